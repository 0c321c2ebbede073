"""Faults in a request, at every call it makes; and what must be true afterwards."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

from tests.simulation.ledger.faults import DIFFERENT, Fault, Point
from tests.simulation.ledger.linked import SCENARIOS
from tests.simulation.ledger.scenarios import Scenario, Situation
from tests.simulation.ledger.world import Asked, World, check_book, plain

Plan = Mapping[int, Fault]


@dataclass
class Covered:
    """Which faults were injected at which points; how many requests lived through how many."""

    faults: defaultdict[Point, set[Fault]] = field(default_factory=lambda: defaultdict(set))
    requests: int = 0
    injected: int = 0

    def add(self, points: tuple[Point, ...], plan: Plan) -> None:
        self.requests += 1
        self.injected += len(plan)
        for number, point in enumerate(points):
            self.faults[point].update({plan[number]} if number in plan else ())


class Crashes:
    """Runs `scenario` again and again, each time with other faults, and compares with a run without any.

    In memory every run begins from one snapshot; on an engine with a member of its own. With `every_pair` each
    different fault comes after each; else after each kind of fault, at whichever call that struck first.
    """

    def __init__(self, world: World, scenario: Scenario, salt: str = "m", *, every_pair: bool = True) -> None:
        self.world = world
        self.scenario = scenario
        self.covered = Covered()
        self._every_pair = every_pair
        self._paired: set[tuple[Fault, Point, Fault]] = set()
        self._salts = (f"{salt}{number}" for number in count())
        self._in_memory = hasattr(world.inner, "tables")
        self._began_ms = world.clock()
        self._situation = scenario.begin(world, next(self._salts))
        if self._in_memory:
            self._past = world.snapshot(), world.clock()
        self.points, self._expected = self._run_without_faults()

    def one_fault(self, *faults: Fault) -> None:
        """Every fault, or each of `faults`, at every call."""
        for plan in self._plans({}, self.points):
            if not faults or set(plan.values()) <= set(faults):
                self.run(plan)

    def several_faults(self) -> None:
        """Every fault at every call; after each, every different one at every later call of the journal that
        it leads to; and a third one where a point has not seen all its faults yet."""
        for first in self._plans({}, self.points):
            for second in self._plans(first, self.run(first).points):
                for third in self._plans(second, self.run(second).points):
                    self.run(third)

    def run(self, plan: Plan) -> Asked:
        """Run with these faults. The client must be told, and the store hold, what they would be without."""
        asked, again, after = self._asked(plan)
        told, stored = self._expected
        where = f"{self.scenario}: {[f'{number} {asked.points[number]}: {fault}' for number, fault in plan.items()]}"
        may_lag = self.scenario.reads and Fault.STALE in plan.values()
        assert may_lag or asked.outcome.plain == told, where
        assert again.outcome.plain == told, f"{where}: asked again, another answer"
        assert again.outcome.replayed == (self.scenario.writes and self.scenario.replays), where
        assert after == stored, f"{where}: the store is not as it would be without faults"
        return asked

    def _run_without_faults(self) -> tuple[tuple[Point, ...], tuple[Any, Any]]:
        situation = self._fresh()
        before = self._stored(situation)
        asked, _, after = self._asked({})
        assert asked.outcome.refused == self.scenario.refused
        if self._in_memory:
            assert (after != before) == self.scenario.writes
        return asked.points, (asked.outcome.plain, after)

    def _asked(self, plan: Plan) -> tuple[Asked, Asked, Any]:
        situation = self._fresh()
        asked = self.world.ask(self.scenario.operation, situation.act, situation.key, plan)
        self.covered.add(asked.points, plan)
        again = self.world.ask(self.scenario.operation, situation.act, situation.key)
        if self._in_memory:
            self.world.check_stored()
        else:
            check_book(self.world.history(number) for number in self._members(situation))
        return asked, again, self._stored(situation)

    def _plans(self, before: Plan, points: tuple[Point, ...]) -> Iterator[Plan]:
        start = max(before, default=-1) + 1
        for number, point in enumerate(points[start:], start):
            for fault in point.faults:
                if not before or self._goes_together(before, fault, point) or fault not in self.covered.faults[point]:
                    yield {**before, number: fault}

    def _goes_together(self, before: Plan, fault: Fault, point: Point) -> bool:
        if len(before) != 1 or fault not in DIFFERENT or point.table == "partners":
            return False
        (first,) = before.values()
        new = (first, point, fault) not in self._paired
        self._paired.add((first, point, fault))
        return new or self._every_pair

    def _fresh(self) -> Situation:
        if self._in_memory:
            self.world.restore(*self._past)
            return self._situation
        self.world.clock.now_ms = self._began_ms
        return self.scenario.begin(self.world, next(self._salts))

    def _stored(self, situation: Situation) -> Any:
        if self._in_memory:
            return self.world.snapshot()
        return [plain(self.world.history(number)) for number in self._members(situation)]

    def _members(self, situation: Situation) -> list[str]:
        if self._in_memory:
            return self.world.members()
        return [member.number for member in (situation.member, *situation.member.others)]


@cache
def explored(scenario: Scenario, *, every_pair: bool = True) -> Crashes:
    """`scenario` after all its faults, in memory; explored once a process."""
    crashes = Crashes(World(), scenario, every_pair=every_pair)
    crashes.several_faults()
    return crashes


def all_explored(*, every_pair: bool = True) -> Covered:
    """Every scenario after all its faults."""
    everything = Covered()
    for scenario in SCENARIOS:
        covered = explored(scenario, every_pair=every_pair).covered
        everything.requests += covered.requests
        everything.injected += covered.injected
        for point, faults in covered.faults.items():
            everything.faults[point] |= faults
    return everything
