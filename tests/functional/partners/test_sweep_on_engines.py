"""A sweep on real tables: scans in segments, runs that stop and are resumed, what its store keeps."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from infra.local.tables import create_tables
from partners.runs.errors import TaskTakenError
from partners.runs.journal_gateway import JournalScan
from partners.runs.model import Task
from partners.sweep.model import Left, Outcome, Run, Swept
from partners.sweep.service import Sweep
from partners.sweep.store import SweepStore
from shared.ledger.model import Op
from shared.ledger.service import Ledger
from shared.ledger.store import JournalStore
from tests.support.clouds import DynamoEngine
from tests.unit.partners.sweep.world import ALL_DUE, DUE, FAR_MS, World

RUN = Run("run", 5_000, 3)


@dataclass
class Stored:
    """A world whose journal lies in a table of its own."""

    world: World
    client: Any
    ledger_table: str
    book: SweepStore

    @property
    def ledger(self) -> Ledger:
        return Ledger(JournalStore(self.client, self.ledger_table), self.world.clock)

    def sweep(self, per_scan: int | None = None) -> Sweep:
        scan = JournalScan(self.client, self.ledger_table, consistent=False, per_scan=per_scan)
        return Sweep(scan, self.ledger, self.book, self.world.clock)

    def lapsed(self) -> list[str]:
        histories = [list(self.ledger.history(member)) for member in self.world.journal.items]
        return sorted(entry.member for history in histories for entry in history if entry.op is Op.LAPSE)


@pytest.fixture
def stored(dynamodb_engine: DynamoEngine, request: pytest.FixtureRequest) -> Stored:
    world = World()
    names = create_tables(dynamodb_engine.client, request.function.__name__[:60])
    for item in (item for items in world.journal.items.values() for item in items):
        dynamodb_engine.client.put_item(TableName=names["LedgerTable"], Item=item)
    book = SweepStore(dynamodb_engine.client, names["SweepsTable"])
    return Stored(world, dynamodb_engine.client, names["LedgerTable"], book)


def test_a_sweep_comes_to_what_it_does_in_memory(stored: Stored) -> None:
    sweep = stored.sweep()
    run = sweep.work(sweep.begin("whole", segments=3), for_ms=FAR_MS)
    assert run.outcome is not None
    assert run.outcome.total == ALL_DUE
    assert stored.lapsed() == sorted(DUE)
    assert stored.book.newest_run("whole") == run


def test_a_run_that_stops_after_every_few_items_leaves_one_entry_an_account(stored: Stored) -> None:
    sweep = stored.sweep(per_scan=2)
    run = sweep.scheduled(segments=2, every_days=1)
    calls = 1
    while (run := sweep.work(run, for_ms=8)).outcome is None:
        calls += 1
    assert calls > 4
    assert replace(run.outcome.total, entries=0) == replace(ALL_DUE, entries=0)
    assert stored.lapsed() == sorted(DUE)
    assert sweep.scheduled(segments=2, every_days=1) == run


def test_a_run_keeps_its_first_outcome_and_a_task_its_first_save(stored: Stored) -> None:
    book = stored.book
    assert book.add_run(RUN) == book.add_run(replace(RUN, segments=9)) == RUN
    part = Swept(1, 2, 3, 4, 5, 6, (Left("0000000042", "account_full_today"),), 7)
    task = Task("segment-001", part, 1, 9_000, "[null,null]")
    book.save(RUN, task)
    with pytest.raises(TaskTakenError):
        book.save(RUN, replace(task, done=True))
    assert book.tasks(RUN) == {"segment-001": task}
    ended = replace(RUN, outcome=Outcome(6_000, part))
    assert book.conclude(ended) == ended
    assert book.conclude(replace(RUN, outcome=Outcome(7_000, Swept()))) == ended
