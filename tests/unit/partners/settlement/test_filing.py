"""Filing: what a closed window holds of each partner is in the lake, once, whatever is posted late."""

import random

import pytest

from partners.contracts.model import NETWORK
from partners.lake.errors import NotInLakeError
from partners.lake.reading import records
from partners.lake.service import Lake
from partners.settlement.filing import Filing
from tests.support.entries import random_book
from tests.unit.partners.settlement.windows_world import HOUR_MS, PARTNERS, World, shuffled_late


def filing(world):
    return Filing(world.windows(), Lake(world.lake, memory_mb=256))


def filed(world):
    """The entries of every filed window."""
    lake = Lake(world.lake, memory_mb=256)
    for window in world.windows().windows()[:0:-1]:
        with lake.opened((window.number, party) for party in window.parties) as database:
            yield window.number, [record["entry_id"] for record in records(database)]


def test_each_entry_of_a_closed_window_is_in_the_lake_under_that_window_and_in_no_other():
    rng, world = random.Random(5), World()
    entries = random_book(rng, 60, PARTNERS)
    while entries:
        world.clock.advance(ms=20 * HOUR_MS)
        posted, entries = shuffled_late(rng, entries, world.clock(), late=0.2)
        if posted:
            world.post(posted)
        world.close_now()
    assert filing(world).work(lambda: True) is None
    held = {number: sorted(entries) for number, entries in world.held().items()}
    assert {number: sorted(entries) for number, entries in filed(world)} == held
    assert sum(len(entries) for entries in held.values()) == 60
    assert all(world.lake.is_whole(number) for number in held)


def test_filing_stops_without_time_and_goes_on_with_the_partner_it_was_at():
    world = World()
    world.post(random_book(random.Random(1), 8, PARTNERS, days=1)[:4])
    world.clock.advance(ms=24 * HOUR_MS)
    world.close_now()
    turns = iter([True, True, False])
    assert filing(world).work(lambda: next(turns)) == 1
    assert [world.lake.part(1, party, 1) is not None for party in (*PARTNERS, NETWORK)] == [True, True, False, False]
    assert filing(world).work(lambda: True) is None
    assert world.lake.is_whole(1)
    assert world.lake.objects["windows/1"] == [*PARTNERS, NETWORK], "whose lines are there"


def test_a_window_is_not_whole_while_a_partner_of_it_is_not_there():
    world = World()
    world.clock.advance(ms=24 * HOUR_MS)
    window = world.close_now()
    lake = Lake(world.lake, memory_mb=256)
    for party in window.parties[:-1]:
        assert lake.write(1, party, lambda day: (), lambda: True)
    with pytest.raises(NotInLakeError):
        lake.set_whole(1, window.parties)
    assert not world.lake.is_whole(1)


def test_what_is_whole_is_not_looked_into_again():
    world = World()
    world.clock.advance(ms=24 * HOUR_MS)
    world.close_now()
    filing(world).work(lambda: True)
    before = world.lake.writes, world.lake.parts_read
    assert filing(world).work(lambda: True) is None
    assert (world.lake.writes, world.lake.parts_read) == before


def test_an_open_or_closing_window_is_not_filed():
    world = World()
    world.clock.advance(ms=24 * HOUR_MS)
    world.windows().close(1, "key-1")
    assert filing(world).work(lambda: True) is None
    assert not world.lake.objects
