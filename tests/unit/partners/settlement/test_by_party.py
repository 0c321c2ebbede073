"""A closed window's figures party by party: together they are the whole, and each is read without the others."""

import random
from dataclasses import replace

import pytest

from partners.contracts.model import NETWORK, PARTNER_ID
from partners.settlement.by_party import EMPTY, OUTLINE, position_in
from partners.settlement.errors import UnknownWindowError, WindowNotClosedError
from partners.settlement.model import Carried, LineKind
from tests.support.entries import random_book
from tests.unit.partners.settlement.windows_world import BEGIN_MS, HOUR_MS, PARTNERS, World

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
    for one in CARRIED:
        world.windows().carry(one)
    world.close_now()
    return world


def rows_without(world: World, gone) -> World:
    """The same network, of whose windows some rows are not there."""
    other = World()
    [(table, rows)] = world.dynamodb.tables.items()
    other.dynamodb.tables[table] = {key: row for key, row in rows.items() if not gone(key[0])}
    return other


def is_part(pk: str) -> bool:
    return pk.startswith(("PARTS#", "PART#"))


def test_the_parts_of_all_parties_are_the_whole(world: World) -> None:
    whole = world.windows().book(1)
    assert len(whole.currencies) > 1
    for settled in whole.currencies:
        mirrored, honoured, owed = [], [], []
        for position in settled.positions:
            part = world.windows().part(1, position.party)
            found = position_in(part, settled.currency)
            assert found == (position if position.party != NETWORK else replace(position, lines=()))
            mirrored += [replace(line, amount_micros=-line.amount_micros) for line in found.lines]
        assert tuple(mirrored) == settled.positions[-1].lines
        for party in (*PARTNERS, "members", NETWORK):
            for one in world.windows().part(1, party).currencies:
                honoured += one.matrix if one.currency == settled.currency else ()
                owed += one.bilateral if one.currency == settled.currency else ()
        assert sorted(honoured, key=lambda cell: (cell.issuer, cell.acceptor)) == list(settled.matrix)
        assert sorted(owed, key=lambda pair: (pair.payer, pair.payee)) == list(settled.bilateral)


def test_the_outline_has_what_every_position_comes_to_and_what_was_carried(world: World) -> None:
    whole, outline = world.windows().book(1), world.windows().outline(1)
    assert (outline.flows, outline.cashback_flows) == (whole.flows, whole.cashback_flows)
    carried = 0
    for settled, outlined in zip(whole.currencies, outline.currencies, strict=True):
        assert (outlined.currency, outlined.matrix, outlined.bilateral) == (settled.currency, (), ())
        for position, one in zip(settled.positions, outlined.positions, strict=True):
            lines = tuple(line for line in position.lines if line.kind is LineKind.CARRIED)
            assert one == replace(position, lines=lines)
            carried += len(lines)
    assert carried == 4, "the partner's and the network's"


def test_one_partys_figures_and_the_outline_are_read_without_the_rest(world: World) -> None:
    without_the_whole = rows_without(world, lambda pk: pk.startswith("POSITIONS#")).windows()
    assert without_the_whole.part(1, "harvest") == world.windows().part(1, "harvest") != EMPTY
    assert without_the_whole.part(1, "nobody") == EMPTY
    assert without_the_whole.outline(1) == world.windows().outline(1)


def test_a_window_that_closed_before_there_were_parts_reads_alike(world: World) -> None:
    before = rows_without(world, is_part).windows()
    assert before.outline(1) == world.windows().outline(1)
    for party in (*PARTNERS, NETWORK, "nobody"):
        assert before.part(1, party) == world.windows().part(1, party)


def test_a_window_that_is_not_closed_has_neither(world: World) -> None:
    for read in (world.windows().outline, lambda number: world.windows().part(number, "harvest")):
        with pytest.raises(WindowNotClosedError):
            read(2)
        with pytest.raises(UnknownWindowError):
            read(3)


def test_no_party_can_be_taken_for_the_outline() -> None:
    assert not PARTNER_ID.fullmatch(OUTLINE)
