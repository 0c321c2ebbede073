"""An audit on real tables: scans in segments, runs that stop, are shared and resumed, faults in stored items."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from infra.local.tables import create_tables
from partners.audit.journal_gateway import AuditedTables
from partners.audit.model import Check, Finding, Part, Run, Share, Tally, Verdict
from partners.audit.service import Audit
from partners.audit.store import AuditStore
from partners.runs.errors import TaskTakenError
from partners.runs.model import Task
from shared.ledger.store import JournalStore
from tests.support.clouds import DynamoEngine
from tests.unit.partners.audit.world import FAR_MS, World

RUN = Run("run", 5_000, 4_000, 3, "layout")


@dataclass
class Stored:
    """A world whose journal and pages lie in tables of their own."""

    world: World
    client: Any
    ledger: str
    pages: str
    book: AuditStore

    def audit(self, per_scan: int | None = None) -> Audit:
        tables = AuditedTables(self.client, self.ledger, self.pages, per_scan)
        journal = JournalStore(self.client, self.ledger)
        return Audit(tables, journal, self.world.contracts, self.book, self.world.clock)

    def verdict(self, name: str, *, segments: int = 3, per_scan: int | None = None) -> Verdict:
        audit = self.audit(per_scan)
        verdict = audit.work(audit.begin(name, segments=segments, settled_for_ms=0), for_ms=FAR_MS)
        assert verdict is not None
        return verdict


@pytest.fixture(scope="module")
def stored(dynamodb_engine: DynamoEngine) -> Stored:
    world = World()
    world.live_on_cashback()
    names = create_tables(dynamodb_engine.client, "audited")
    for item in (item for items in world.journal.items.values() for item in items):
        dynamodb_engine.client.put_item(TableName=names["LedgerTable"], Item=item)
    for item in world.book.items.values():
        dynamodb_engine.client.put_item(TableName=names["PagesTable"], Item=item)
    book = AuditStore(dynamodb_engine.client, names["AuditTable"])
    return Stored(world, dynamodb_engine.client, names["LedgerTable"], names["PagesTable"], book)


@pytest.fixture
def altered(stored: Stored) -> Iterator[str]:
    """An entry in the ledger table that somebody has changed."""
    member = stored.world.members[1]
    item = stored.world.item(member, 4)
    stored.client.put_item(TableName=stored.ledger, Item={**item, "loc": {"S": "elsewhere"}})
    yield f"{member}-4"
    stored.client.put_item(TableName=stored.ledger, Item=item)


def test_a_sound_book_holds_as_it_does_in_memory(stored: Stored) -> None:
    assert stored.verdict("sound").total == stored.world.verdict().total


def test_a_run_that_stops_after_every_few_items_comes_to_the_same(stored: Stored) -> None:
    audit = stored.audit(per_scan=4)
    run = audit.begin("stopping", segments=2, settled_for_ms=0)
    calls = 1
    while (verdict := audit.work(run, for_ms=12)) is None:
        calls += 1
    assert calls > 10
    assert verdict.total == stored.world.verdict().total


def test_an_entry_changed_in_the_table_is_found(stored: Stored, altered: str) -> None:
    findings = stored.verdict("altered", per_scan=4).total.findings
    why = "its hash does not follow from its content"
    assert Finding(altered, Check.HISTORY, why) in findings


def test_a_run_is_begun_once_and_keeps_its_first_verdict(stored: Stored) -> None:
    book, run = stored.book, replace(RUN, run_id="once")
    assert book.add_run(run) == book.add_run(replace(run, segments=9)) == run
    verdict = Verdict("once", 6_000, Part(members=1, flows={("alpha", "points", "issued"): 5}))
    concluded = book.conclude(replace(run, verdict=verdict))
    assert concluded.verdict == verdict
    assert book.conclude(replace(run, verdict=replace(verdict, ended_at_ms=7_000))) == concluded


def test_the_newest_run_of_a_series_is_the_last_by_name(stored: Stored) -> None:
    for name in ("weekly-2026-11-20", "weekly-2026-11-21", "weekly-2026-11-19", "xmas"):
        stored.book.add_run(replace(RUN, run_id=name))
    newest = stored.book.newest_run("weekly-")
    assert newest is not None
    assert newest.run_id == "weekly-2026-11-21"
    assert stored.book.newest_run("never-") is None


def test_of_two_saves_of_one_version_the_second_is_refused_and_brings_nothing(stored: Stored) -> None:
    book, run = stored.book, stored.book.add_run(replace(RUN, run_id="raced"))
    share = Share(tallied=(1,), months=frozenset({"2026-11"}))
    first = Task("segment-001", share, 1, 9_000, '{"pk": 1}')
    tallies = {("alpha", "2026-11-21"): Tally(1, 1, 2**100, 2**127), ("alpha", "2026-12-01"): Tally(2, 0, 3, 4)}
    book.add_tallies(run, first, tallies)
    book.save(run, first)
    with pytest.raises(TaskTakenError):
        book.save(run, replace(first, cursor=None))
    part = Part(findings=(Finding("a", Check.PAGE, "b"),))
    second = replace(first, version=2, done=True, result=replace(share, part=part))
    late = replace(first, version=3, result=replace(share, tallied=(1, 3)))
    book.add_tallies(run, late, {("alpha", "2026-11-21"): Tally(9, 9, 9, 9)})
    with pytest.raises(TaskTakenError):
        book.save(run, late)
    book.save(run, second)
    assert book.tasks(run) == {"segment-001": second}
    assert list(book.tallies(run, "2026-11", [second])) == [{("alpha", "2026-11-21"): Tally(1, 1, 2**100, 2**127)}]
