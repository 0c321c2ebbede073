"""A sweep may stop anywhere, be shared, or lose its worker: each account gets its one entry, and is counted once."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.runs.errors import InvalidRunRequestError
from partners.runs.service import LEASE_MS
from shared.kernel.clock import DAY_MS
from shared.kernel.errors import StoreUnavailableError
from tests.unit.ledger.commands import earn
from tests.unit.partners.sweep.world import ALL_DUE, DUE, FAR_MS, World, done, new_book


@settings(max_examples=60)
@given(
    segments=st.integers(1, 5),
    per_scan=st.integers(1, 20),
    stops=st.lists(st.integers(1, 40), max_size=30),
)
def test_wherever_it_is_cut_it_comes_to_the_same(segments, per_scan, stops):
    world, book = World(), new_book()
    run = world.sweep(book).begin("run", segments=segments)
    for milliseconds in stops:
        world.sweep(book, per_scan=per_scan).work(run, for_ms=milliseconds)
    assert recorded(done(world.sweep(book, per_scan=per_scan), run)) == recorded(ALL_DUE)
    assert world.lapsed() == dict.fromkeys(DUE, 1)


@pytest.mark.parametrize("per_scan", [1, 2, 5, 1_000])
@pytest.mark.parametrize("fails_at", range(1, 8))
def test_a_worker_that_dies_at_a_save_has_its_entries_counted_by_the_next(fails_at, per_scan):
    world, book = World(), new_book()
    sweep = world.sweep(book, per_scan=per_scan)
    run = sweep.begin("run", segments=2)
    book.fails_at = fails_at
    try:
        while sweep.work(run, for_ms=7).outcome is None:
            pass
    except StoreUnavailableError:
        world.clock.advance(ms=LEASE_MS)
    assert recorded(done(world.sweep(book, per_scan=per_scan), run)) == recorded(ALL_DUE)
    assert world.lapsed() == dict.fromkeys(DUE, 1)


def test_an_entry_that_was_lost_sight_of_is_counted_though_others_came_after_it():
    world, book = World(), new_book()
    sweep = world.sweep(book, per_scan=1_000)
    run = sweep.begin("run", segments=1)
    book.fails_at = 2
    with pytest.raises(StoreUnavailableError):
        sweep.work(run, for_ms=FAR_MS)
    assert world.lapsed() == dict.fromkeys(DUE, 1)
    world.clock.advance(ms=LEASE_MS)
    for number, member in enumerate(DUE):
        world.apply(earn(f"later-{number}", world.clock(), 1, member=member))
    assert recorded(done(sweep, run)) == recorded(ALL_DUE)


def test_two_workers_side_by_side_share_the_segments():
    world, book = World(), new_book()
    run = world.sweep(book).begin("run", segments=4)
    helped = []

    def help_out(_: int) -> None:
        if not helped:
            helped.append(world.sweep(book).work(run, for_ms=FAR_MS))

    total = done_with(world, book, run, help_out)
    assert helped[0].outcome is None, "the first worker has a segment still"
    assert len([task for task in book.tasks(run).values() if task.done]) == 4
    assert recorded(total) == recorded(ALL_DUE)
    assert world.lapsed() == dict.fromkeys(DUE, 1)


def test_a_worker_taken_for_dead_that_still_lives_adds_nothing():
    world, book = World(), new_book()
    run = world.sweep(book).begin("run", segments=1)
    overtaken = []

    def overtake(_: int) -> None:
        if not overtaken:
            world.clock.advance(ms=LEASE_MS)
            overtaken.append(done(world.sweep(book, per_scan=4), run))

    assert done_with(world, book, run, overtake) == overtaken[0]
    assert recorded(overtaken[0]) == recorded(ALL_DUE)
    assert world.lapsed() == dict.fromkeys(DUE, 1)


def recorded(total):
    """`total` without what was read: a scan that is made again may see what the sweep has written."""
    return replace(total, entries=0)


def done_with(world, book, run, advance):
    run = world.sweep(book, per_scan=4).work(run, for_ms=FAR_MS, advance=advance)
    assert run.outcome is not None
    return run.outcome.total


def test_a_run_begins_a_day_at_most_and_goes_on_until_it_is_done():
    world, book = World(), new_book()
    sweep = world.sweep(book)
    first = sweep.scheduled(segments=2, every_days=1)
    world.clock.advance(days=1)
    assert sweep.scheduled(segments=2, every_days=1) == first
    assert sweep.unfinished_for_ms(first) >= DAY_MS
    first = sweep.work(first, for_ms=FAR_MS)
    assert sweep.unfinished_for_ms(first) == 0
    second = sweep.scheduled(segments=2, every_days=1)
    assert second.run_id > first.run_id
    second = sweep.work(second, for_ms=FAR_MS)
    world.clock.advance(ms=3_600_000)
    assert sweep.scheduled(segments=2, every_days=1) == second


def test_with_a_longer_rhythm_every_month_still_begins_with_a_run():
    world, book = World(), new_book()
    sweep = world.sweep(book)
    days = set()
    for _ in range(80):
        world.clock.advance(days=1)
        run = sweep.work(sweep.scheduled(segments=1, every_days=10), for_ms=FAR_MS)
        days.add(run.run_id.removeprefix("scheduled-"))
    assert sorted(days) == [
        *("2026-12-16", "2026-12-26"),
        *("2027-01-01", "2027-01-11", "2027-01-21", "2027-01-31"),
        *("2027-02-01", "2027-02-11", "2027-02-21"),
        "2027-03-01",
    ]


def test_a_clock_that_goes_back_over_the_end_of_a_month_begins_no_run():
    world, book = World(), new_book()
    sweep = world.sweep(book)
    newest = sweep.work(sweep.scheduled(segments=1, every_days=1), for_ms=FAR_MS)
    world.clock.advance(days=-20)
    assert sweep.scheduled(segments=1, every_days=1) == newest


@pytest.mark.parametrize(("name", "segments"), [("", 1), ("A b", 1), ("r", 0), ("r", 1_001)])
def test_a_run_that_can_not_be_is_refused(name, segments):
    with pytest.raises(InvalidRunRequestError):
        World().sweep().begin(name, segments=segments)


def test_more_than_one_run_a_day_can_not_be_scheduled():
    with pytest.raises(InvalidRunRequestError):
        World().sweep().scheduled(segments=1, every_days=0)
