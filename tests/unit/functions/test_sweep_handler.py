"""The sweep's handler: what it works on, what it answers, and the lines that alarms and people read."""

import pytest

from functions import sweep as function
from partners.runs.errors import InvalidRunRequestError
from tests.support.lambda_context import FakeContext
from tests.unit.partners.sweep.world import EXPIRED, World, new_book


class FakeServices:
    def __init__(self, world: World) -> None:
        self.sweep = world.sweep(new_book())


class FakeLogger:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, object]]] = []

    def info(self, message: str, extra: dict[str, object]) -> None:
        self.lines.append(("info", message, extra))

    def warning(self, message: str, extra: dict[str, object]) -> None:
        self.lines.append(("warning", message, extra))


@pytest.fixture
def world() -> World:
    return World()


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


def test_the_days_run_is_done_and_says_what_it_came_to_once(services, log):
    answer = function.handler({"every_days": 1}, FakeContext())
    assert (answer["run"], answer["complete"], answer["accounts"]) == ("scheduled-2026-12-15", True, 3)
    assert answer["outcome"] == (
        "3 of 6 members had something due: 30 points released from holds, 40 matured, 50 expired. 15 entries read."
    )
    assert function.handler({}, FakeContext()) == answer
    assert [message for _, message, _ in log] == ["sweep outcome", "sweep stands", "sweep stands"]
    assert log[0][2]["accounts"] == 3
    assert log[-1][2]["unfinished_for_seconds"] == 0


def test_without_time_left_the_run_waits_for_the_next_call_and_says_since_when(world, services, log):
    answer = function.handler({}, FakeContext(function.SPARE_MS))
    assert answer == {"run": "scheduled-2026-12-15", "complete": False}
    world.clock.advance(days=2)
    assert function.handler({}, FakeContext(function.SPARE_MS)) == answer
    assert [(message, facts["unfinished_for_seconds"]) for _, message, facts in log] == [
        ("sweep stands", 0),
        ("sweep stands", 2 * 86_400),
    ]
    assert function.handler({}, FakeContext())["complete"]


def test_accounts_that_were_left_are_logged_by_number(world, services, log):
    world.journal.items[EXPIRED][-1]["lots"] = {"B": b"\xff"}
    answer = function.handler({"run": "by-hand", "segments": 3}, FakeContext())
    assert answer["run"] == "by-hand"
    assert answer["outcome"].endswith("1 account could not be swept.")
    ((level, message, facts), (_, _, counted), _) = log
    assert (level, message, facts["member"]) == ("warning", "sweep left an account", EXPIRED)
    assert counted["left"] == 1


def test_a_rhythm_that_can_not_be_is_refused(services, log):
    with pytest.raises(InvalidRunRequestError):
        function.handler({"every_days": 0}, FakeContext())
