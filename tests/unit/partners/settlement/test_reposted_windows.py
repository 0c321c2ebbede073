"""Entries whose stream records were given up, posted from the journal however late: each in exactly one window."""

import random
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.settlement.window import LOOK_BACK_DAYS
from partners.visits.errors import RedriveTooEarlyError
from partners.visits.lines import line_of
from partners.visits.posting import DECIDED_AFTER_MS
from partners.visits.service import Pages
from shared.kernel.clock import DAY_MS
from tests.support.entries import random_book
from tests.unit.partners.settlement.test_windows import at
from tests.unit.partners.settlement.windows_world import BEGIN_MS, PARTNERS, World, whole

FAR_DAYS = LOOK_BACK_DAYS + 30


def ids_of(*entries):
    return [line_of(one).entry_id for one in entries]


def test_an_entry_posted_by_hand_after_months_is_in_the_open_window_alone():
    world = World()
    in_time, by_hand, given_up = (at(number, BEGIN_MS + number) for number in (1, 2, 3))
    world.post([in_time])
    world.close_now()
    world.clock.advance(days=FAR_DAYS)
    world.close_now()
    world.post_by_hand(by_hand)
    assert world.post_from_journal(given_up)
    world.clock.advance(days=1)
    world.close_now()
    assert not world.post_from_journal(given_up)
    world.clock.advance(days=1)
    world.close_now()
    held = world.held()
    assert (held[1], held[2], sorted(held[3]), held[4]) == (ids_of(in_time), [], ids_of(by_hand, given_up), [])
    [usd] = whole(world.windows(), 3).currencies
    assert [(source.day, source.quantity) for source in usd.positions[0].lines[0].sources] == [("2026-11-21", 100)]
    assert all(world.replays().replay(number).same for number in held)


def test_what_was_posted_by_hand_in_time_is_not_taken_again_once_a_window_looks_no_further_back():
    world = World()
    early, late = (at(number, BEGIN_MS + number) for number in (1, 2))
    world.post_by_hand(early)
    for _ in range(3):
        world.close_now()
        world.clock.advance(days=FAR_DAYS)
    world.post_by_hand(late)
    world.close_now()
    assert world.held() == {1: ids_of(early), 2: [], 3: [], 4: ids_of(late)}


def test_pages_posted_by_hand_before_they_were_listed_stay_in_their_window():
    world = World()
    early, late = (at(number, BEGIN_MS + number) for number in (1, 2))
    world.post_by_hand(early)
    world.shelf.listed.clear()
    world.close_now()
    world.clock.advance(days=FAR_DAYS)
    world.close_now()
    world.post_by_hand(late)
    world.clock.advance(days=1)
    world.close_now()
    assert world.held() == {1: ids_of(early), 2: [], 3: ids_of(late)}
    assert all(world.replays().replay(number).same for number in (1, 2, 3))


def test_days_of_which_nothing_is_new_are_not_read_again():
    world = World()
    world.clock.advance(days=FAR_DAYS)
    world.post_by_hand(at(1, BEGIN_MS + 1))
    world.close_now()
    world.clock.advance(days=1)
    read = []
    marks = world.shelf.marks
    world.shelf.marks = lambda partner, day: read.append(day) or marks(partner, day)
    world.close_now()
    assert read
    assert "2026-11-21" not in read


def test_an_entry_that_the_stream_may_still_deliver_is_not_posted_from_the_journal():
    world = World()
    one = at(1, BEGIN_MS)
    world.clock.now_ms = BEGIN_MS + DECIDED_AFTER_MS - 1
    with pytest.raises(RedriveTooEarlyError):
        world.post_from_journal(one)
    world.clock.advance(ms=1)
    assert world.post_from_journal(one)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**9))
def test_whatever_is_dropped_and_whenever_it_is_posted_each_entry_is_in_one_window_which_recomputes(seed):
    rng, world = random.Random(seed), World()
    entries = random_book(rng, 40, PARTNERS, days=3)
    dropped = [one for one in entries if rng.random() < 0.3]
    ahead = [one for one in entries if one not in dropped]
    books = {}
    while ahead or dropped:
        world.clock.advance(ms=rng.choice([DAY_MS // 3, DAY_MS, 9 * DAY_MS, 25 * DAY_MS]))
        ready = [one for one in ahead if one.recorded_at_ms <= world.clock()]
        ahead = [one for one in ahead if one not in ready]
        world.post(ready, rng.choice(["shard-a", "shard-b"])) if ready else None
        for one in list(dropped):
            if one.recorded_at_ms + DECIDED_AFTER_MS <= world.clock() and rng.random() < 0.3:
                dropped.remove(one)
                world.post_by_hand(one) if rng.random() < 0.3 else world.post_from_journal(one)
                assert not world.post_from_journal(one)
        if rng.random() < 0.7:
            closed = world.close_now()
            books[closed.number] = whole(world.windows(), closed.number)
    world.clock.advance(days=rng.choice([1, FAR_DAYS]))
    world.close_now()
    held = world.held()
    assert Counter(one for ids in held.values() for one in ids) == Counter(ids_of(*entries))
    for number in held:
        replay = world.replays().replay(number)
        assert replay.same
        assert books.get(number, now := whole(world.windows(), number)) == now
    days = date(2026, 11, 21), date(2026, 11, 25)
    visits = sum(1 for partner in PARTNERS for _ in Pages(world.shelf).visits(partner, *days))
    assert visits == sum(one.visit for one in entries)
    assert visits == sum(world.windows().visits(number, partner) for number in held for partner in PARTNERS)
