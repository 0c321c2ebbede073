"""The handler of the books: a month at a time, what it answers, and the lines that alarms and people read."""

from dataclasses import replace

import pytest

from functions import books as function
from tests.support.lambda_context import FakeContext
from tests.unit.partners.books.world import World


class FakeServices:
    def __init__(self, world: World) -> None:
        self.books = world.books()


class FakeLogger:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, object]]] = []

    def info(self, message: str, extra: dict[str, object]) -> None:
        self.lines.append(("info", message, extra))

    def error(self, message: str, extra: dict[str, object]) -> None:
        self.lines.append(("error", message, extra))


@pytest.fixture
def world() -> World:
    world = World(3, steps=0)
    world.coalition.buys("alpha", 10_000)
    world.coalition.clock.advance(days=31)
    return world


@pytest.fixture
def services(world: World, monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    fake = FakeServices(world)
    monkeypatch.setattr(function.bootstrap, "services_for", lambda event: fake)
    return fake


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, object]]]:
    logger = FakeLogger()
    monkeypatch.setattr(function, "logger", lambda: logger)
    return logger.lines


def test_a_month_is_closed_in_one_call_and_then_there_is_nothing_to_do(services, log):
    answer = function.handler({"segments": 2}, FakeContext())
    assert answer == {"month": services.books.closed()[0].run_id, "complete": True, "contradictions": 0}
    while answer["month"] is not None:
        answer = function.handler({"segments": 2}, FakeContext())
    assert answer == {"month": None, "complete": True}
    assert log[0] == ("info", "books closed", {"month": services.books.closed()[0].run_id, "contradictions": 0})
    assert log[-1] == ("info", "books stand", {"unfinished_for_seconds": 0})


def test_without_time_left_a_month_waits_and_says_since_when(world, services, log):
    before = services.books.unfinished_for_ms() // 1_000
    answer = function.handler({"segments": 1}, FakeContext(function.SPARE_MS))
    assert (answer["complete"], set(answer)) == (False, {"month", "complete"})
    world.coalition.clock.advance(days=2)
    assert function.handler({"segments": 1}, FakeContext(function.SPARE_MS)) == answer
    assert [facts["unfinished_for_seconds"] for _, _, facts in log] == [before, before + 2 * 86_400]


def test_each_contradiction_is_an_error_in_the_log(services, log):
    lines = next(iter(services.books._pages.lines.values()))
    lines[0] = replace(lines[0], issued=7_777)
    answer = function.handler({"segments": 1}, FakeContext())
    assert answer["contradictions"] == 1
    ((level, message, facts), (_, _, closed), _) = log
    assert (level, message, closed["contradictions"]) == ("error", "books contradicted", 1)
    assert "granted by the journal" in str(facts["contradiction"])
