"""A window closed by workers whose calls go wrong, one by one, and that die at any: every entry once, one digest."""

import contextlib
import random
from collections import Counter

import pytest

from partners.settlement.model import Carried
from partners.settlement.window import CARRIED_TOGETHER, Schedule, WindowState
from partners.visits.lines import line_of
from shared.kernel.clock import DAY_MS
from shared.kernel.errors import StoreUnavailableError
from tests.simulation.ledger.faults import Fault, FaultyClient
from tests.simulation.test_sweep_exactly_once import WorkersClient
from tests.support.entries import random_book
from tests.support.workers import DiedError, FaultRates, Worker
from tests.unit.partners.settlement.windows_world import PARTNERS, World, whole

CARRIED = [Carried(f"1:harvest:1:{number}:returned", "harvest", "USD", 250) for number in range(CARRIED_TOGETHER + 2)]


class Life:
    """A day of entries, from noon to noon, a few of them posted while the first window is closing."""

    def __init__(self) -> None:
        self.world = World()
        self.entries = random_book(random.Random(4), 9, PARTNERS, days=1)
        self.late = [one for number, one in enumerate(self.entries) if number % 4 == 0]
        self.world.post([one for one in self.entries if one not in self.late])
        self.world.clock.now_ms = max(one.recorded_at_ms for one in self.entries) + 1

    def call(self, client) -> None:
        """As the function and the legs of a settlement do."""
        windows = self.world.windows(client)
        windows.carry(CARRIED)
        windows.close_due(Schedule.DAILY)
        windows.work(drain_ms=0)

    def through(self, client) -> None:
        """Calls that may die, until every window that is due has closed."""
        for _ in range(40):
            with contextlib.suppress(DiedError, StoreUnavailableError):
                self.call(client)
            if self.late:
                self.world.post([self.late.pop(0)], "shard-late")
            newest = self.world.windows().newest()
            if newest.begins_at_ms + DAY_MS > self.world.clock() and self.world.windows().work(drain_ms=0) is None:
                return
        raise AssertionError("the windows do not close")

    def check(self) -> None:
        while self.late:
            self.world.post([self.late.pop(0)], "shard-late")
        self.world.close_now()
        windows = self.world.windows()
        found = windows.windows()[::-1]
        assert [one.state for one in found] == [WindowState.CLOSED] * (len(found) - 1) + [WindowState.OPEN]
        assert [one.ends_at_ms for one in found[:-1]] == [one.begins_at_ms for one in found[1:]]
        held = Counter(one for ids in self.world.held().values() for one in ids)
        assert held == Counter(line_of(one).entry_id for one in self.entries)
        assert all(self.world.replays().replay(one.number).same for one in found[:-1])
        lines = [
            line
            for one in found[:-1]
            for usd in whole(windows, one.number).currencies
            for line in usd.positions[-1].lines
        ]
        carried = Counter({line.reference: -line.amount_micros for line in lines if line.reference})
        assert carried == Counter({one.reference: 2_500_000 for one in CARRIED})
        assert sum(line.reference is not None for line in lines) == len(CARRIED)


def lived(plan: dict[int, Fault]) -> FaultyClient:
    life = Life()
    client = FaultyClient(life.world.dynamodb, {"settlement": "settlement"})
    client.begin("settlement", plan)
    life.through(client)
    life.check()
    return client


def test_a_fault_at_any_call_changes_nothing(in_full: bool) -> None:
    points = lived({}).points
    calls = {point.call for point in points}
    assert calls >= {"PutItem", "Query strong", "GetItem strong", "TransactWriteItems"}
    for number, point in list(enumerate(points))[:: 1 if in_full else 3]:
        for fault in point.faults:
            lived({number: fault})


@pytest.mark.parametrize("rates", [FaultRates(), FaultRates(death=0.02, outage=0.02)], ids=["sound", "faulty"])
@pytest.mark.parametrize("seed", range(8))
def test_workers_that_race_and_die_close_each_window_once(seed: int, rates: FaultRates) -> None:
    rng = random.Random(seed)
    life = Life()

    def worker() -> Worker:
        return Worker(lambda one: life.call(WorkersClient(life.world.dynamodb, one)), rng, rates)

    workers = [worker() for _ in range(3)]
    for step in range(600):
        place = rng.randrange(3)
        workers[place].step()
        if step % 50 == 0 and life.late:
            life.world.post([life.late.pop(0)], "shard-late")
        if workers[place].done:
            assert workers[place].error is None or isinstance(workers[place].error, StoreUnavailableError)
            workers[place] = worker()
    for one in workers:
        one.finish()
    life.through(life.world.dynamodb)
    life.check()
