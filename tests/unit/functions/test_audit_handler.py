"""The audit's handler: a run a day, what it answers, and the lines that the alarm reads."""

import pytest

from functions import audit as function
from partners.runs.errors import InvalidRunRequestError
from tests.fakes.audited import FakeAuditBook
from tests.support.lambda_context import FakeContext
from tests.unit.partners.audit.world import World

MEMBER = "0000000043"


class FakeServices:
    def __init__(self, world: World) -> None:
        self.audit = world.audit(FakeAuditBook())


class FakeLogger:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, object]]] = []

    def info(self, message: str, extra: dict[str, object]) -> None:
        self.lines.append(("info", message, extra))

    def error(self, message: str, extra: dict[str, object]) -> None:
        self.lines.append(("error", message, extra))


@pytest.fixture
def world() -> World:
    world = World()
    world.clock.advance(days=1)
    return world


@pytest.fixture
def services(world: World, monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    fake = FakeServices(world)
    monkeypatch.setattr(function.bootstrap, "services", lambda: fake)
    return fake


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, object]]]:
    logger = FakeLogger()
    monkeypatch.setattr(function, "logger", lambda: logger)
    return logger.lines


def test_a_days_run_comes_to_its_verdict_and_logs_it_once(services, log):
    answer = function.handler({}, FakeContext())
    assert answer["run"].startswith("daily-")
    assert (answer["complete"], answer["findings"]) == (True, 0)
    assert answer["verdict"].startswith("The ledger holds: 42 entries of 3 members and 42 lines")
    assert function.handler({}, FakeContext()) == answer
    ((level, message, facts),) = log
    assert (level, message, facts["findings"], facts["entries"]) == ("info", "audit verdict", 0, 42)


def test_without_time_left_the_run_waits_for_the_next_call(services, log):
    answer = function.handler({}, FakeContext(function.SPARE_MS))
    assert answer["complete"] is False
    assert [line[1] for line in log] == ["audit goes on"]
    assert function.handler({}, FakeContext())["run"] == answer["run"]


def test_findings_are_logged_one_by_one_before_the_verdict_that_counts_them(world, services, log):
    del world.journal.items[MEMBER][4]
    answer = function.handler({"run": "by-hand", "segments": 3, "settled_for_seconds": 0}, FakeContext())
    assert (answer["run"], answer["findings"]) == ("by-hand", len(log) - 1)
    facts = {"check": "history", "subject": f"{MEMBER}-6", "contradiction": "entry 5 was expected here"}
    assert ("error", "audit finding", {"run": "by-hand", **facts}) in log
    assert log[-1][2]["findings"] == answer["findings"]


def test_a_run_that_can_not_be_is_refused(services, log):
    with pytest.raises(InvalidRunRequestError):
        function.handler({"run": "No such name", "segments": 1}, FakeContext())
