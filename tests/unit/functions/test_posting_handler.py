"""The handler on the stream: what it answers on AWS and on the emulator, and the one line it logs."""

import json
from pathlib import Path

import pytest

from functions import posting as function
from partners.visits.errors import MalformedEventError
from partners.visits.posting import Posting
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.clock import FakeClock
from tests.fakes.page_book import FakeDeadLetters, FakePageBook

EVENTS = Path(__file__).parents[2] / "fixtures" / "events"


class FakeSettings:
    stream_source = "aws"


class FakeServices:
    def __init__(self) -> None:
        self.settings = FakeSettings()
        self.book = FakePageBook()
        self.letters = FakeDeadLetters()
        self.posting = Posting(self.book, self.letters, FakeClock())


class FakeLogger:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, object]]] = []

    def info(self, message: str, extra: dict[str, object]) -> None:
        self.lines.append(("info", message, extra))

    def error(self, message: str, extra: dict[str, object]) -> None:
        self.lines.append(("error", message, extra))


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    fake = FakeServices()
    monkeypatch.setattr(function.bootstrap, "services", lambda: fake)
    return fake


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, object]]]:
    logger = FakeLogger()
    monkeypatch.setattr(function, "logger", lambda: logger)
    return logger.lines


def event(name: str) -> dict[str, object]:
    return json.loads((EVENTS / f"{name}.json").read_text())


def throttle_northpharm(services: FakeServices) -> None:
    add = services.book.add

    def throttled(page):
        if page.chain.partner == "northpharm":
            raise StoreUnavailableError("throttled")
        add(page)

    services.book.add = throttled


def test_a_batch_is_posted_and_one_line_says_so(services, log):
    answer = function.handler(event("stream_enrol_earn_redeem"), None)
    assert answer == {"batchItemFailures": [], "state": {}}
    assert sorted(page.chain.partner for page in services.book.all_pages()) == ["harvest", "northpharm"]
    assert log == [
        (
            "info",
            "posted",
            {
                "shard": "shardId-00000001795260000000-7f3a9c21",
                "records": 3,
                "entries_posted": 3,
                "pages_added": 2,
                "records_set_aside": 0,
                "first_failed": None,
            },
        )
    ]


def test_the_pages_hold_what_the_entries_say(services, log):
    function.handler(event("stream_enrol_earn_redeem"), None)
    harvest, northpharm = services.book.all_pages()
    assert (harvest.totals.visits, harvest.totals.enrolments, harvest.totals.purchases) == (1, 1, 1)
    assert harvest.totals.sales_cents == 12_340
    assert [(move.kind, move.quantity) for move in harvest.totals.moves] == [("issued", 617)]
    assert [(move.kind, move.issuer, move.quantity) for move in northpharm.totals.moves] == [
        ("redeemed", "harvest", 600)
    ]


def test_on_aws_the_first_record_that_failed_is_named(services, log):
    throttle_northpharm(services)
    answer = function.handler(event("stream_enrol_earn_redeem"), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "421584600000000017450439101"}], "state": {}}
    assert [line[0] for line in log] == ["error"]
    assert log[0][2]["first_failed"] == "421584600000000017450439101"


def test_on_the_emulator_which_ignores_such_answers_the_failure_is_raised(services, log):
    services.settings.stream_source = "emulator"
    throttle_northpharm(services)
    with pytest.raises(function.PostingIncompleteError):
        function.handler(event("emulator_stream_enrol_earn_redeem"), None)
    assert [line[0] for line in log] == ["error"]


def test_on_the_emulator_a_batch_without_a_shard_is_posted(services, log):
    services.settings.stream_source = "emulator"
    assert function.handler(event("emulator_stream_enrol_earn_redeem"), None)["batchItemFailures"] == []
    assert log[0][2]["entries_posted"] == 3


def test_on_aws_a_batch_without_a_shard_is_refused_with_one_line(services, log):
    with pytest.raises(MalformedEventError):
        function.handler(event("emulator_stream_enrol_earn_redeem"), None)
    assert [line[:2] for line in log] == [("error", "posting refused an event")]
    assert services.book.items == {}


def test_a_record_that_does_not_read_is_set_aside_and_counted(services, log):
    assert function.handler(event("stream_malformed_record"), None)["batchItemFailures"] == []
    assert [record.number for _, record, _ in services.letters.letters] == ["421584500000000017450439092"]
    assert (log[0][2]["entries_posted"], log[0][2]["records_set_aside"]) == (2, 1)


def test_an_entry_that_was_changed_is_set_aside(services, log):
    function.handler(event("stream_modified_entry"), None)
    assert "MODIFY" in services.letters.letters[0][2]


def test_the_end_of_a_window_is_answered_with_an_empty_state(services, log):
    assert function.handler(event("window_end"), None) == {"batchItemFailures": [], "state": {}}
    assert log[0][2]["records"] == 0


def test_an_unknown_stream_source_is_an_error(services, log):
    services.settings.stream_source = "kinesis"
    with pytest.raises(function.UnknownStreamSourceError):
        function.handler(event("stream_enrol_earn_redeem"), None)
