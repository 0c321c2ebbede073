"""A sweep whose calls to DynamoDB go wrong, one by one, and workers that race and die: one entry an account."""

import random
from dataclasses import replace
from typing import Any

import pytest

from partners.runs.journal_gateway import JournalScan
from partners.runs.service import LEASE_MS
from partners.sweep.model import Run, Swept, added
from partners.sweep.service import Sweep
from partners.sweep.store import SweepStore
from shared.kernel.errors import StoreUnavailableError
from shared.ledger.model import Op
from shared.ledger.service import Ledger
from shared.ledger.store import JournalStore
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import DynamoDBMethods, FakeDynamoDB
from tests.simulation.ledger.faults import Fault, FaultyClient, Point
from tests.simulation.ledger.world import check_book
from tests.support.workers import DiedError, FaultRates, Worker
from tests.unit.partners.sweep.world import ALL_DUE, DUE
from tests.unit.partners.sweep.world import World as Accounts

TABLES = {"ledger": "ledger", "sweeps": "sweeps"}
SEGMENTS = 2
PER_SCAN = 4
TURN_MS = 60_000


class World:
    """The accounts of the unit tests in a DynamoDB, and servers that sweep them."""

    def __init__(self) -> None:
        accounts = Accounts()
        self.inner = FakeDynamoDB()
        for item in (item for items in accounts.journal.items.values() for item in items):
            self.inner.put_item(TableName="ledger", Item=item)
        self.clock = FakeClock(accounts.clock.now_ms)

    def sweep(self, client: Any) -> Sweep:
        """A worker that has just started; it reaches the store through `client`."""
        ledger = Ledger(JournalStore(client, "ledger"), self.clock, sleep=lambda _: None, jitter=lambda: 0.0)
        scan = JournalScan(client, "ledger", consistent=False, per_scan=PER_SCAN)
        return Sweep(scan, ledger, SweepStore(client, "sweeps"), self.clock)

    def run(self, client: Any) -> Run:
        """One call of the function."""
        sweep = self.sweep(client)
        return sweep.work(sweep.scheduled(segments=SEGMENTS, every_days=1), for_ms=TURN_MS)

    def until_done(self, client: Any) -> Swept:
        """Calls of the function until one finds the run done, however many of them fail."""
        for _ in range(60):
            try:
                run = self.run(client)
            except (DiedError, StoreUnavailableError):
                run = None
            if run is not None and run.outcome is not None:
                return run.outcome.total
            self.clock.advance(ms=LEASE_MS)
        raise AssertionError("the run does not come to its end")

    def check(self, total: Swept) -> None:
        """One entry for each account with something due, none for another, each counted once."""
        ledger = Ledger(JournalStore(self.inner, "ledger"), self.clock)
        members = sorted({pk.removeprefix("M#") for pk, _ in self.inner.tables["ledger"]})
        histories = {member: list(ledger.history(member)) for member in members}
        check_book(histories.values())
        lapsed = [entry.member for history in histories.values() for entry in history if entry.op is Op.LAPSE]
        assert sorted(lapsed) == sorted(DUE)
        assert replace(total, members=0, entries=0) == replace(ALL_DUE, members=0, entries=0)


def swept(plan: dict[int, Fault]) -> FaultyClient:
    """A run with these faults, and the next day's, which finds what a stale scan did not show."""
    world = World()
    client = FaultyClient(world.inner, TABLES)
    client.begin("sweep", plan)
    first = world.until_done(client)
    if not any(_hides(client.points[number], fault) for number, fault in plan.items()):
        world.check(first)
    world.clock.advance(days=1)
    world.check(added([first, world.until_done(world.inner)]))
    return client


def test_a_fault_at_any_call_costs_nothing_but_time() -> None:
    points = swept({}).points
    calls = {(point.call, point.table) for point in points}
    assert calls >= {
        *(("Scan eventual", "ledger"), ("Query eventual", "ledger"), ("PutItem", "ledger")),
        *(("Query strong", "sweeps"), ("PutItem", "sweeps")),
    }
    for number, point in enumerate(points):
        for fault in point.faults:
            swept({number: fault})


@pytest.mark.parametrize("seed", range(25))
def test_faults_at_several_calls_do_not_either(seed: int) -> None:
    rng = random.Random(seed)
    world = World()
    client = FaultyClient(world.inner, TABLES)

    def misfortune(number: int) -> None:
        point = client.points[number]
        if rng.random() < 0.06:
            client.plan = {number: rng.choice([fault for fault in point.faults if not _hides(point, fault)])}

    client.begin("sweep", {}, misfortune)
    world.check(world.until_done(client))


def _hides(point: Point, fault: Fault) -> bool:
    return fault is Fault.STALE and point.call.startswith("Scan")


class WorkersClient(DynamoDBMethods):
    """A client as one worker reaches it: the worker pauses before each call."""

    _request_signer = None

    def __init__(self, inner: FakeDynamoDB, worker: Worker) -> None:
        self._inner = inner
        self._worker = worker
        self.exceptions = inner.exceptions
        self.meta = inner.meta

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        return self._worker.call(lambda: self._inner._make_api_call(operation_name, api_params))


@pytest.mark.parametrize("rates", [FaultRates(), FaultRates(death=0.01, outage=0.02)], ids=["sound", "faulty"])
@pytest.mark.parametrize("seed", range(15))
def test_workers_that_race_overtake_each_other_and_die_leave_one_entry(seed: int, rates: FaultRates) -> None:
    rng = random.Random(seed)
    world = World()

    def worker() -> Worker:
        return Worker(lambda one: world.run(WorkersClient(world.inner, one)), rng, rates)

    workers = [worker() for _ in range(3)]
    for _ in range(1_000):
        place = rng.randrange(3)
        if rng.random() < 0.02:
            world.clock.advance(ms=LEASE_MS)
        workers[place].step()
        if workers[place].done:
            assert workers[place].error is None or isinstance(workers[place].error, StoreUnavailableError)
            workers[place] = worker()
    for one in workers:
        one.finish()
    world.check(world.until_done(world.inner))
