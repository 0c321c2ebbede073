"""A closed window's figures party by party: together they are the whole, and each is read without the others."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.contracts.model import NETWORK, PARTNER_ID
from partners.settlement.by_party import EMPTY, OUTLINE, nets_of, outline_of, parts_of
from partners.settlement.concluding import conclude
from partners.settlement.document import document_of
from partners.settlement.errors import UnknownWindowError, WindowNotClosedError
from partners.settlement.model import Book, Carried, LineKind
from partners.settlement.positions import book
from partners.settlement.window_store import WindowStore
from partners.visits.lines import line_of, recount
from partners.visits.model import DayTotals
from shared.kernel.canonical import digest_of
from shared.kernel.clock import utc_day
from shared.kernel.parts import Parts
from tests.support.entries import random_book
from tests.unit.partners.settlement.windows_world import BEGIN_MS, HOUR_MS, PARTNERS, TheRates, World, whole

CARRIED = [
    Carried("1-USD:harvest:left", "harvest", "USD", -77),
    Carried("1-EUR:harvest:left", "harvest", "EUR", 5),
]


@pytest.fixture(scope="module")
def world() -> World:
    """Window 1 is closed with entries of all partners and amounts carried into it."""
    world = World()
    world.post(sorted(random_book(random.Random(4), 120, PARTNERS, days=3), key=lambda one: one.recorded_at_ms))
    world.clock.now_ms = BEGIN_MS + 96 * HOUR_MS
    world.windows().carry(CARRIED)
    world.close_now()
    return world


def rows_without(world: World, gone) -> World:
    """The same network, of whose windows some rows are not there."""
    other = World()
    [(table, rows)] = world.dynamodb.tables.items()
    other.dynamodb.tables[table] = {key: row for key, row in rows.items() if not gone(key[0])}
    return other


def computed(world: World) -> Book:
    """The positions of window 1 as all its days at once come to."""
    store = WindowStore(world.dynamodb, "settlement")
    days = [day for extract in store.extracts(1) for day in extract.days]
    return book(days, world.rates, store.carried(1))


def as_before_nets(world: World) -> World:
    """The network as it was when outlines had what was carried, and there were no nets."""
    other, outline = rows_without(world, lambda pk: pk == "NETS"), computed(world)
    store = WindowStore(other.dynamodb, "settlement")
    carried = [
        replace(
            settled,
            positions=tuple(
                replace(one, lines=tuple(line for line in one.lines if line.kind is LineKind.CARRIED))
                for one in settled.positions
            ),
            matrix=(),
            bilateral=(),
        )
        for settled in outline.currencies
    ]
    store.put_part(1, OUTLINE, document_of(replace(outline, currencies=tuple(carried))))
    return other


def as_before_parts(world: World) -> World:
    """The network as it was when windows had the whole alone."""
    other = rows_without(world, lambda pk: pk.startswith(("PARTS#", "PART#", "NETS")))
    Parts(other.dynamodb, "settlement").put("POSITIONS#1", document_of(computed(world)))
    return other


def test_the_parts_of_all_parties_are_the_whole(world: World) -> None:
    found = whole(world.windows(), 1)
    assert len(found.currencies) > 1
    assert found == computed(world)
    assert digest_of(document_of(found)) == world.windows().window(1).digest
    parts = parts_of(found)
    assert {party: world.windows().part(1, party) for party in parts} == parts


def test_the_outline_and_the_nets_have_what_every_position_comes_to(world: World) -> None:
    assert world.windows().outline(1) == outline_of(computed(world))
    assert world.windows().nets(1) == nets_of(computed(world))
    nets = {(one.currency, net.party): net for one in world.windows().nets(1) for net in one.nets}
    assert nets["EUR", "harvest"].carried_micros == 50_000
    assert nets["USD", "harvest"].fees_micros < 0 < nets["USD", "greenleaf"].fees_micros
    assert world.windows().part(1, "nobody") == EMPTY


@pytest.mark.parametrize("before", [as_before_nets, as_before_parts])
def test_a_window_that_closed_before_reads_alike_and_replays(world: World, before: Callable[[World], World]) -> None:
    then, windows = before(world), world.windows()
    assert then.windows().outline(1) == windows.outline(1)
    assert then.windows().nets(1) == windows.nets(1)
    assert then.windows().news() == windows.news()
    for party in (*PARTNERS, NETWORK, "nobody"):
        assert then.windows().part(1, party) == windows.part(1, party)
    then.shelf = world.shelf
    replay = then.replays().replay(1)
    assert (replay.same, replay.others, replay.nets) == (True, (), windows.nets(1))


def test_what_is_new_is_without_what_is_carried(world: World) -> None:
    news = world.windows().news()
    nets = {(one.currency, net.party): net.net_cents for one in world.windows().nets(1) for net in one.nets}
    assert list(news) == [1]
    assert news[1]["USD", "harvest"] == nets["USD", "harvest"] + 77
    assert news[1].get(("EUR", "harvest"), 0) == nets["EUR", "harvest"] - 5
    assert 0 not in news[1].values()


def test_calculating_reads_the_nets_and_no_partys_lines(world: World) -> None:
    there = rows_without(world, lambda pk: pk.startswith(("PARTS#", "PART#", "POSITIONS#")))
    assert there.windows().nets(1) == world.windows().nets(1)
    assert there.windows().news() == world.windows().news()


@pytest.mark.parametrize("of", ["part", "nets"])
def test_a_replay_names_whose_stored_figures_are_not_what_follows(world: World, of: str) -> None:
    other = rows_without(world, lambda pk: False)
    other.shelf = world.shelf
    store = WindowStore(other.dynamodb, "settlement")
    if of == "part":
        store.put_part(1, "harvest", store.part(1, "harvest").replace(b'"net_cents":', b'"net_cents":1', 1))
    else:
        [first, *rest] = store.nets(1)
        nets = tuple(replace(one, fees_micros=one.fees_micros + (one.party == "harvest")) for one in first.nets)
        store.put_nets(1, (replace(first, nets=nets), *rest))
    replay = other.replays().replay(1)
    assert (replay.same, replay.others) == (False, ("harvest",))


def test_a_replay_misses_a_part_that_is_gone(world: World) -> None:
    other = rows_without(world, lambda pk: False)
    other.shelf = world.shelf
    [(_, rows)] = other.dynamodb.tables.items()
    del rows["PARTS#1", "greenleaf"]
    assert other.replays().replay(1).others == ("greenleaf",)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([0, 300, 10_000_000]))
def test_party_by_party_it_is_byte_for_byte_what_all_at_once_is(seed: int, in_memory_bytes: int) -> None:
    rng = random.Random(seed)
    days = [
        DayTotals(one.partner, utc_day(one.recorded_at_ms), recount(one.partner, [line_of(one)]))
        for one in random_book(rng, 60, PARTNERS, days=3)
    ]
    parties, currencies = [*PARTNERS, "members"], ["USD", "EUR"]
    carried = [
        Carried(f"r-{n}", rng.choice(parties), rng.choice(currencies), rng.randrange(-999, 999))
        for n in range(rng.randrange(4))
    ]
    kept: dict[str, bytes] = {}
    found = conclude(iter(days), TheRates(), carried, kept.__setitem__, in_memory_bytes=in_memory_bytes)
    at_once = book(days, TheRates(), carried)
    assert found.digest == digest_of(document_of(at_once))
    assert kept == {party: document_of(part) for party, part in parts_of(at_once).items()}
    assert (found.outline, found.nets) == (outline_of(at_once), nets_of(at_once))


def test_a_window_that_is_not_closed_has_neither(world: World) -> None:
    for read in (world.windows().outline, world.windows().nets, lambda number: world.windows().part(number, "harvest")):
        with pytest.raises(WindowNotClosedError):
            read(2)
        with pytest.raises(UnknownWindowError):
            read(3)


def test_no_party_can_be_taken_for_the_outline() -> None:
    assert not PARTNER_ID.fullmatch(OUTLINE)
