"""Which payouts a window has for members is noted when it is closed: who pays them reads no line of the network's."""

import pytest

from partners.contracts.model import MEMBERS, NETWORK
from partners.settlement.paid_out import PAYOUTS, MemberPayout
from partners.settlement.window_store import WindowStore
from shared.ledger.model import Entry, Lot, Move, Op, Place
from tests.support.entries import MONTH, entry
from tests.unit.partners.settlement.windows_world import BEGIN_MS, HOUR_MS, World

NOON_MS = BEGIN_MS + 12 * HOUR_MS


def paid(number: int, at_ms: int, cents: int, currency: str = "USD") -> Entry:
    lots = (Lot("harvest", MONTH, cents, currency),)
    moves = tuple(Move(Place.ACTIVE, Place.ACCEPTOR, lot) for lot in lots)
    return of_network(Op.PAYOUT, number, at_ms, cashback_cents=cents, currency=currency, moves=moves)


def taken_back(number: int, at_ms: int, cents: int) -> Entry:
    moves = (Move(Place.ACCEPTOR, Place.ACTIVE, Lot("harvest", MONTH, cents, "USD")),)
    return of_network(Op.CANCEL, number, at_ms, cashback_cents=cents, moves=moves)


def of_network(op: Op, number: int, at_ms: int, **fields) -> Entry:
    moments = {"recorded_at_ms": at_ms, "occurred_at_ms": at_ms}
    return entry(op, member=f"{number:010d}", seq=1, partner=NETWORK, points=0, visit=False, **moments, **fields)


@pytest.fixture(scope="module")
def world() -> World:
    """Window 1 ends at noon, window 2 a day later. One payout comes late, one is posted by hand."""
    world = World()
    lapses = [of_network(Op.LAPSE, number, BEGIN_MS + number) for number in range(900, 930)]
    euros, late, by_hand = (
        paid(3, NOON_MS - 2, 70, "EUR"),
        paid(7, NOON_MS - 9, 50),
        paid(8, NOON_MS - 8, 60),
    )
    in_time = [paid(2, NOON_MS - 1, 10), paid(1, NOON_MS - 1, 20), euros, paid(4, NOON_MS, 30)]
    world.post([*lapses, *in_time, paid(5, NOON_MS + HOUR_MS, 40)])
    world.clock.now_ms = NOON_MS
    world.close_now()
    world.post([late])
    world.post_by_hand(by_hand)
    world.clock.advance(days=1)
    world.close_now()
    return world


def test_a_payout_counts_although_all_that_was_paid_out_on_its_day_comes_to_nothing() -> None:
    """Another was taken back meanwhile. What pages add up to does not tell."""
    world = World()
    world.post([paid(1, NOON_MS, 20), taken_back(2, NOON_MS + 1, 20)])
    world.clock.advance(days=1)
    world.close_now()
    assert world.windows().payouts(1, "USD") == (payout(1, 20),)


def payout(number: int, cents: int) -> MemberPayout:
    return MemberPayout(f"{number:010d}-1", cents)


def test_each_payout_is_in_one_window_and_currency_in_the_order_in_which_they_were_recorded(world: World) -> None:
    windows = world.windows()
    assert windows.payouts(1, "USD") == (payout(1, 20), payout(2, 10))
    assert windows.payouts(1, "EUR") == (payout(3, 70),)
    assert windows.payouts(1, "GBP") == ()
    assert windows.payouts(2, "USD") == (payout(7, 50), payout(8, 60), payout(4, 30), payout(5, 40))


def test_who_asks_for_them_reads_what_was_noted_and_no_page(world: World) -> None:
    other = World()
    other.dynamodb.tables = {name: dict(rows) for name, rows in world.dynamodb.tables.items()}
    other.shelf = None
    assert other.windows().payouts(1, "USD") == world.windows().payouts(1, "USD")


def test_of_windows_that_closed_before_they_are_looked_for_among_the_lines(world: World) -> None:
    other = World()
    other.shelf = world.shelf
    [(table, rows)] = world.dynamodb.tables.items()
    other.dynamodb.tables[table] = {key: row for key, row in rows.items() if key[1] != PAYOUTS}
    for number in (1, 2):
        for currency in ("USD", "EUR"):
            assert other.windows().payouts(number, currency) == world.windows().payouts(number, currency)
        assert other.replays().replay(number).same


def test_a_replay_compares_what_was_noted_with_every_line(world: World) -> None:
    assert world.replays().replay(1).same
    other = World()
    other.shelf = world.shelf
    other.dynamodb.tables = {name: dict(rows) for name, rows in world.dynamodb.tables.items()}
    store = WindowStore(other.dynamodb, "settlement")
    store.put_part(1, PAYOUTS, store.part(1, PAYOUTS).replace(b"70", b"71"))
    replay = other.replays().replay(1)
    assert (replay.same, replay.others) == (False, (MEMBERS,))
