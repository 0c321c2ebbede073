"""Cashback that expires: as points do, but for what was paid out, which had been asked for in time."""

import pytest

from shared.kernel.clock import DAY_MS, month_number
from shared.ledger.errors import InsufficientCashbackError, NothingDueError, PointsRunOutError
from shared.ledger.model import NEVER, Debt, Lot, Move, Place
from tests.support.walked import audit_findings
from tests.unit.ledger.book import ANN, BOB, Book
from tests.unit.ledger.commands import (
    CASH_RATES,
    cancel,
    close,
    earn,
    lapse,
    merge,
    pay_out,
    spend,
    take_back,
    transfer,
    unmerge,
)


@pytest.fixture
def book():
    book = Book()
    yield book
    assert audit_findings(book.journal.items) == []


def ends(book, months=0):
    return month_number(book.clock()) + months


def buys(book, months=0, cents=100_000, member=BOB, partner="alpha", **fields):
    back = cents * CASH_RATES.cashback_bps // 10_000
    month = NEVER if months is None else ends(book, months)
    fields = {"rates": CASH_RATES, "partner": partner, "cashback_expiry_month": month, **fields}
    return book.do(earn, cents // 20, member=member, amount_cents=cents, cashback_cents=back, **fields)


def lost(entry):
    return [move for move in entry.moves if move.target is Place.BREAKAGE]


def test_cashback_expires_at_the_end_of_its_month_as_points_do(book):
    buys(book, 0, 10_000)
    buys(book, 1, 5_000)
    this_month = ends(book)
    book.clock.advance(days=20)
    entry = book.do(lapse, member=BOB)
    assert lost(entry) == [Move(Place.ACTIVE, Place.BREAKAGE, Lot("alpha", this_month, 200, "USD"))]
    assert entry.account.cash == (Lot("alpha", this_month + 1, 100, "USD"),)
    with pytest.raises(NothingDueError):
        book.do(lapse, member=BOB)
    with pytest.raises(InsufficientCashbackError):
        book.do(spend, 101, member=BOB)


def test_what_expires_first_is_spent_first_and_what_never_does_last(book):
    buys(book, None, 10_000, partner="gamma")
    buys(book, 3, 10_000)
    buys(book, 1, 10_000)
    taken = book.do(spend, 500, member=BOB).lots_to(Place.ACCEPTOR)
    assert [(lot.issuer, lot.expiry_month, lot.quantity) for lot in taken] == [
        ("alpha", ends(book, 1), 200),
        ("alpha", ends(book, 3), 200),
        ("gamma", NEVER, 100),
    ]


def test_a_return_takes_what_has_expired_for_spent_so_it_is_owed(book):
    bought = buys(book, 0, 10_000)
    book.clock.advance(days=20)
    book.do(take_back, bought)
    assert book.holds(BOB).debts == (Debt("alpha", 200, "USD"),)


def test_what_is_called_off_after_the_month_stays_expired(book):
    buys(book, 0, 10_000)
    buys(book, 1, 10_000)
    spent = book.do(spend, 300, member=BOB)
    month = ends(book)
    book.clock.advance(days=20)
    entry = book.do(cancel, spent)
    assert lost(entry) == [Move(Place.ACCEPTOR, Place.BREAKAGE, Lot("alpha", month, 200, "USD"))]
    assert (entry.cashback_cents, entry.account.cash_active("USD")) == (300, 200)


@pytest.mark.parametrize("days", [1, 20, 400])
def test_a_payout_that_comes_back_never_expires_since_it_was_asked_for_in_time(book, days):
    buys(book, 0)
    buys(book, 1)
    paid = book.do(pay_out, 3_000, member=BOB)
    book.clock.advance(days=days)
    entry = book.do(cancel, paid, partner="network")
    assert not [move for move in lost(entry) if move.source is Place.ACCEPTOR]
    assert Lot("alpha", NEVER, 3_000, "USD") in entry.account.cash
    book.clock.advance(days=400)
    again = book.do(pay_out, 3_000, member=BOB)
    assert again.lots_to(Place.ACCEPTOR) == (Lot("alpha", NEVER, 3_000, "USD"),)


def test_a_payout_comes_back_to_a_closed_account_and_waits_there_for_ever(book):
    buys(book, 0)
    paid = book.do(pay_out, 2_000, member=BOB)
    book.do(close, member=BOB, forfeit=True)
    book.clock.advance(days=400)
    book.do(cancel, paid, partner="network")
    book.clock.advance(days=400)
    assert book.do(pay_out, 2_000, member=BOB).cashback_cents == 2_000


def test_what_came_back_of_a_payout_is_taken_back_with_its_purchase(book):
    bought = buys(book, 0)
    paid = book.do(pay_out, 2_000, member=BOB)
    book.clock.advance(days=20)
    book.do(cancel, paid, partner="network")
    book.do(take_back, bought)
    assert (book.holds(BOB).cash, book.holds(BOB).debts) == ((), ())


def test_the_network_bears_no_return_of_cashback_that_has_run_out(book):
    """A share of it may have been paid to its issuer, who would be paid twice."""
    bought = buys(book, 0, 10_000)
    book.clock.advance(days=20)
    with pytest.raises(PointsRunOutError):
        book.do(take_back, bought, network_bears=True)


def test_a_merge_brings_cashback_with_its_month_and_what_expired_since_stays_so(book):
    buys(book, 0, 10_000)
    buys(book, 1, 10_000)
    book.do(merge, ANN, member=BOB)
    assert [lot.expiry_month for lot in book.holds(ANN).cash] == [ends(book), ends(book, 1)]
    book.clock.advance(days=20)
    book.do(unmerge, ANN, member=BOB)
    assert (book.holds(BOB).cash_active("USD"), book.holds(ANN).cash) == (200, ())


def test_an_account_that_is_closed_gives_up_what_has_not_run_out(book):
    buys(book, 0, 10_000)
    buys(book, 1, 10_000)
    book.clock.advance(days=20)
    entry = book.do(close, member=BOB, forfeit=True)
    assert [move.lot.expiry_month - ends(book) for move in lost(entry) if move.lot.unit == "USD"] == [-1, 0]


def test_cashback_of_an_old_purchase_that_is_imported_late_is_recorded_and_gone(book):
    months_ago = {"occurred_at_ms": book.clock() - 90 * DAY_MS, "imported": True}
    entry = buys(book, -1, 10_000, **months_ago)
    assert [move.source for move in lost(entry)] == [Place.ACTIVE]
    assert entry.account.cash == ()


def test_a_transfer_of_points_leaves_cashback_and_records_what_expired(book):
    buys(book, 0, 10_000)
    book.clock.advance(days=20)
    entry = book.do(transfer, 10, ANN, member=BOB)
    assert [move.lot.quantity for move in lost(entry)] == [200]
