"""An audit may stop anywhere, be shared, or lose its worker: its verdict is the same."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.audit.model import Share, Verdict
from partners.audit.tallying import LAYOUT
from partners.runs.errors import InvalidRunRequestError
from partners.runs.model import Task
from partners.runs.service import LEASE_MS, SAVE_EVERY_MS
from shared.kernel.clock import DAY_MS
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.audited import FakeAuditBook
from tests.unit.partners.audit.world import FAR_MS, World

MEMBER = "0000000043"


def sound(_: World) -> None:
    """Nothing is wrong."""


def altered(world: World) -> None:
    world.item(MEMBER, 4)["loc"] = {"S": "elsewhere"}


def missing(world: World) -> None:
    del world.journal.items[MEMBER][7]


def garbled(world: World) -> None:
    world.item(MEMBER, 7)["mov"] = {"B": b"\xff"}


def forged(world: World) -> None:
    for member in world.members:
        world.forge(member, 2, visit=True)
        world.forge(member, 9, location="elsewhere")


FAULTS = (sound, altered, missing, garbled, forged)
WORLDS = {}


def world_with(fault) -> World:
    """Each built once: an audit changes nothing in it."""
    if fault not in WORLDS:
        WORLDS[fault] = World()
        fault(WORLDS[fault])
    return WORLDS[fault]


def whole(fault) -> Verdict:
    return world_with(fault).verdict(segments=1, per_scan=1_000)


@settings(max_examples=60)
@given(
    fault=st.sampled_from(FAULTS),
    segments=st.integers(1, 5),
    per_scan=st.integers(1, 20),
    splits=st.booleans(),
    stops=st.lists(st.integers(1, 40), max_size=30),
)
def test_wherever_it_is_cut_the_verdict_is_the_same(fault, segments, per_scan, splits, stops):
    world, book = world_with(fault), FakeAuditBook()
    audit = world.audit(book, per_scan=per_scan, splits_members=splits)
    run = audit.begin("run", segments=segments, settled_for_ms=0)
    for milliseconds in stops:
        verdict = audit.work(run, for_ms=milliseconds)
        if verdict is not None:
            break
    verdict = audit.work(run, for_ms=FAR_MS)
    assert verdict is not None
    assert verdict.total == whole(fault).total


@pytest.mark.parametrize("fails_at", range(1, 14))
def test_a_worker_that_dies_at_a_save_costs_nothing_but_time(fails_at):
    world, book = world_with(forged), FakeAuditBook()
    audit = world.audit(book, per_scan=5)
    run = audit.begin("run", segments=2, settled_for_ms=0)
    book.fails_at = fails_at
    died = False
    while not died:
        try:
            audit.work(run, for_ms=4)
        except StoreUnavailableError:
            died = True
    world.clock.advance(ms=LEASE_MS)
    assert audit.work(run, for_ms=FAR_MS).total == whole(forged).total


def test_what_another_worker_has_is_left_to_it_until_it_is_taken_for_dead():
    world, book = world_with(sound), FakeAuditBook()
    audit = world.audit(book)
    run = audit.begin("run", segments=1, settled_for_ms=0)
    book.save(run, Task("segment-000", Share(), version=1, leased_until_ms=world.clock() + LEASE_MS))
    assert audit.work(run, for_ms=FAR_MS) is None
    world.clock.advance(ms=LEASE_MS)
    assert audit.work(run, for_ms=FAR_MS).holds


def test_a_worker_taken_for_dead_that_still_lives_does_not_count_twice():
    world, book = world_with(sound), FakeAuditBook()
    audit = world.audit(book, per_scan=5)
    run = audit.begin("run", segments=1, settled_for_ms=0)
    verdicts = []

    def overtaken(_: int) -> None:
        if not verdicts:
            world.clock.advance(ms=LEASE_MS)
            verdicts.append(world.audit(book).work(run, for_ms=FAR_MS))

    assert audit.work(run, for_ms=FAR_MS, advance=overtaken) == verdicts[0]
    assert verdicts[0].total == whole(sound).total


def test_progress_is_saved_every_few_seconds():
    world, book = world_with(sound), FakeAuditBook()
    audit = world.audit(book, per_scan=1)
    run = audit.begin("run", segments=1, settled_for_ms=0)
    audit.work(run, for_ms=FAR_MS, advance=lambda _: world.clock.advance(ms=SAVE_EVERY_MS // 2))
    assert book.tasks(run)["segment-000"].version > 42 // 2


def test_a_finished_run_gives_its_verdict_again():
    world, book = world_with(sound), FakeAuditBook()
    audit = world.audit(book)
    first = audit.work(audit.begin("run", segments=2, settled_for_ms=0), for_ms=FAR_MS)
    assert audit.work(audit.begin("run", segments=9, settled_for_ms=5), for_ms=0) == first


def test_what_is_not_settled_yet_may_be_missing_from_pages():
    world = World(1)
    world.clock.advance(ms=1_000)
    world.live("0000000099")
    assert not world.verdict(settled_for_ms=0).holds
    since = world.clock.now_ms - int(world.item("0000000099", 1)["at"]["N"])
    assert world.verdict(settled_for_ms=since + 1).holds


def test_lines_of_what_was_recorded_since_the_cut_off_do_not_count_either():
    world = world_with(sound)
    total = world.verdict(settled_for_ms=30 * DAY_MS).total
    assert total.findings == ()
    assert total.lines < total.entries == 42


def test_a_day_has_one_run_and_an_unfinished_one_goes_on_the_day_after():
    world, book = World(1), FakeAuditBook()
    audit = world.audit(book)
    first = audit.daily(segments=2, settled_for_ms=0)
    world.clock.advance(days=1)
    assert audit.daily(segments=2, settled_for_ms=0) == first
    audit.work(first, for_ms=FAR_MS)
    second = audit.daily(segments=2, settled_for_ms=0)
    assert second.run_id > first.run_id
    audit.work(second, for_ms=FAR_MS)
    assert audit.daily(segments=2, settled_for_ms=0).verdict is not None


@pytest.mark.parametrize("days", [0, 1])
def test_a_run_that_other_code_began_is_begun_anew(days):
    world, book = World(1), FakeAuditBook()
    audit = world.audit(book)
    old = audit.daily(segments=2, settled_for_ms=0)
    book.by_name[old.run_id] = replace(old, layout="of old")
    world.clock.advance(days=days)
    new = audit.daily(segments=2, settled_for_ms=0)
    assert (new.run_id > old.run_id, new.layout) == (True, LAYOUT)
    assert audit.daily(segments=2, settled_for_ms=0) == new


@pytest.mark.parametrize(
    ("name", "segments", "settled"), [("", 1, 0), ("A b", 1, 0), ("r", 0, 0), ("r", 1_001, 0), ("r", 1, -1)]
)
def test_a_run_that_can_not_be_is_refused(name, segments, settled):
    with pytest.raises(InvalidRunRequestError):
        world_with(sound).audit().begin(name, segments=segments, settled_for_ms=settled)
