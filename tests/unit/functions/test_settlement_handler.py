"""The settlement's handler: what it closes, what it answers, and the line that the alarm reads."""

import pytest

from functions import settlement as function
from partners.lake.service import Lake
from partners.settlement.filing import Filing
from partners.settlement.payments.legs import LegState
from partners.settlement.payments.telling import BankWord
from partners.settlement.statements.issuing import Issuing
from tests.fakes.collateral import default_by_two
from tests.support.lambda_context import FakeContext
from tests.unit.partners.settlement.statement_office import Office
from tests.unit.partners.settlement.windows_world import HOUR_MS


class TwoLateCases:
    def compare_marks(self) -> int:
        return 1

    def overdue_count(self) -> int:
        return 2


class FakeServices:
    def __init__(self, world: Office) -> None:
        self.cases = TwoLateCases()
        self.windows = world.windows()
        self.issuing = world.issuing()
        self.settlement_payments = world.payments()
        self.filing = Filing(self.windows, Lake(world.lake, memory_mb=256))


class FakeLogger:
    def __init__(self) -> None:
        self.lines: list[dict[str, object]] = []
        self.troubles: list[object] = []

    def info(self, message: str, extra: dict[str, object]) -> None:
        if message == "cases stand":
            assert extra == {"overdue": 2, "marks_mended": 1}
        elif message == "payments stand":
            self.troubles.append(extra["troubles"])
        else:
            assert message == "settlement stands"
            self.lines.append(extra)


@pytest.fixture
def world() -> Office:
    return Office()


@pytest.fixture
def log(world: Office, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    logger = FakeLogger()
    monkeypatch.setattr(function, "logger", lambda: logger)
    monkeypatch.setattr(function.bootstrap, "services_for", lambda event: FakeServices(world))
    return logger.lines


def test_a_window_that_is_due_is_closing_until_entries_on_their_way_have_come(world, log):
    event = {"schedule": "daily"}
    assert function.handler(event, FakeContext()) == {}
    world.clock.advance(ms=12 * HOUR_MS)
    assert function.handler(event, FakeContext()) == {"window": 1, "state": "closing"}
    world.clock.advance(ms=HOUR_MS // 2)
    assert function.handler(event, FakeContext()) == {"window": 1, "state": "closing"}
    world.clock.advance(ms=HOUR_MS // 2)
    assert function.handler(event, FakeContext()) == {"window": 1, "state": "closed"}
    assert [facts["closing_for_seconds"] for facts in log] == [0, 0, 1_800, 0]
    assert [facts["statements_wait_seconds"] for facts in log] == [0, 0, 0, 0]
    assert len(world.statements().issued("harvest")) == 1


def test_how_long_statements_wait_is_logged_until_all_are_issued(world, log, monkeypatch):
    world.windows().close(1, "key-1")
    with monkeypatch.context() as patched:
        patched.setattr(Issuing, "work", lambda self, time_left: None)
        function.handler({"drain_seconds": 0}, FakeContext())
        world.clock.advance(ms=HOUR_MS)
        function.handler({}, FakeContext())
    function.handler({}, FakeContext())
    assert [facts["statements_wait_seconds"] for facts in log] == [0, 3_600, 0]


def test_without_time_left_the_window_waits_for_the_next_call(world, log):
    world.windows().close(1, "key-1")
    event = {"drain_seconds": 0}
    assert function.handler(event, FakeContext(function.SPARE_MS)) == {"window": 1, "state": "closing"}
    assert function.handler(event, FakeContext()) == {"window": 1, "state": "closed"}


def test_lines_of_a_closed_window_are_filed_when_there_is_time_for_them(world, log):
    event = {"drain_seconds": 0}
    world.windows().close(1, "key-1")
    assert function.handler(event, FakeContext(function.SPARE_TO_FILE_MS)) == {"window": 1, "state": "closed"}
    assert not world.lake.is_whole(1)
    function.handler(event, FakeContext())
    assert world.lake.is_whole(1)


def test_payments_that_a_person_must_look_at_are_counted_for_the_alarm(world, log, monkeypatch):
    logger = FakeLogger()
    monkeypatch.setattr(function, "logger", lambda: logger)
    world.begin()
    world.pass_days(2)
    function.handler({}, FakeContext())
    payments = world.payments()
    payments.calculate(1, "ann")
    payments.approve(1, "USD", "bob")
    first, *_ = payments.collect(1, "USD", "ann").legs
    payments.tell(1, "USD", [BankWord(first.key, LegState.FAILED)], "ann")
    default_by_two(payments, 1, "USD", first.party, 0)
    payments.tell(1, "USD", [BankWord(first.key, LegState.SUCCEEDED, "B-1")], "ann")
    function.handler({}, FakeContext())
    [trouble] = payments.settlement(1, "USD").troubles
    payments.see(1, "USD", first.party, trouble.text)
    function.handler({}, FakeContext())
    assert logger.troubles == [0, 1, 0]


def test_an_unknown_schedule_is_refused(world, log):
    with pytest.raises(ValueError, match="hourly"):
        function.handler({"schedule": "hourly"}, FakeContext())
