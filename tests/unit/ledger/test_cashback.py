"""Cashback: a second unit in the same entries, in cents of one currency, funded by the partner that granted it."""

import pytest

from shared.kernel.clock import DAY_MS
from shared.ledger.audit import check_history
from shared.ledger.codec import entry_from_item, entry_to_item
from shared.ledger.errors import (
    CancelExceedsRedemptionError,
    CashbackOwedError,
    IdempotencyKeyReusedError,
    InsufficientCashbackError,
    NotARedemptionError,
    PayoutBelowMinimumError,
)
from shared.ledger.model import NEVER, Debt, Lot, Place
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import CASH_RATES, cancel, earn, enrol, pay_out, redeem, spend, take_back

MEMBER = "0000000042"


class Book:
    def __init__(self):
        self.clock = FakeClock()
        self.ledger = Ledger(FakeJournal(), self.clock, sleep=lambda _: None)
        self.keys = 0
        self.do(enrol)

    def do(self, make, *args, **fields):
        self.keys += 1
        return self.ledger.apply(make(f"k{self.keys}", self.clock(), *args, **fields)).entry

    def buys(self, cents, partner="alpha", currency="USD", **fields):
        back = cents * CASH_RATES.cashback_bps // 10_000
        fields = {"rates": CASH_RATES, "cashback_cents": back, "currency": currency, "partner": partner, **fields}
        return self.do(earn, cents * 5 // 100, amount_cents=cents, **fields)

    @property
    def account(self):
        return self.ledger.account(MEMBER)


@pytest.fixture
def book():
    book = Book()
    yield book
    check_history(book.ledger.history(MEMBER))


def test_a_purchase_grants_cashback_beside_points(book):
    entry = book.buys(10_000)
    assert (entry.points, entry.cashback_cents) == (500, 200)
    assert book.account.points_active == 500
    assert book.account.cash == (Lot("alpha", NEVER, 200, "USD"),)
    assert entry_from_item(entry_to_item(entry)) == entry


def test_cashback_is_spent_at_any_partner_oldest_issuer_first(book):
    book.buys(10_000, partner="alpha")
    book.buys(5_000, partner="gamma")
    entry = book.do(spend, 250, partner="beta")
    assert entry.lots_to(Place.ACCEPTOR) == (Lot("alpha", NEVER, 200, "USD"), Lot("gamma", NEVER, 50, "USD"))
    assert (entry.points, entry.value_cents, entry.visit) == (0, 250, True)
    assert book.account.cash_active("USD") == 50
    assert book.account.points_active == 750


def test_cashback_of_another_currency_stays_where_it_is(book):
    book.buys(10_000, partner="alpha", currency="EUR")
    book.buys(5_000, partner="gamma")
    with pytest.raises(InsufficientCashbackError):
        book.do(spend, 101)
    book.do(spend, 100)
    assert book.account.cash == (Lot("alpha", NEVER, 200, "EUR"),)


def test_points_can_not_be_redeemed_from_cashback_nor_cashback_spent_from_points(book):
    book.buys(10_000)
    with pytest.raises(InsufficientCashbackError):
        book.do(spend, 201)
    assert book.do(redeem, 500).account.cash_active("USD") == 200


def test_cashback_does_not_expire(book):
    book.buys(10_000)
    book.clock.advance(days=365 * 20)
    book.buys(0)
    assert (book.account.points_active, book.account.cash_active("USD")) == (0, 200)


def test_cashback_waits_with_the_points_of_its_purchase(book):
    book.buys(10_000, matures_at_ms=book.clock() + 3 * DAY_MS)
    assert (book.account.cash_active("USD"), book.account.points_pending) == (0, 500)
    book.clock.advance(days=3)
    assert book.do(spend, 200).account.cash_active("USD") == 0


def test_returns_in_parts_take_back_what_one_return_would(book):
    purchase = book.buys(9_999)
    parts = [book.do(take_back, purchase, cents) for cents in (3_333, 3_333, 3_333)]
    assert sum(part.cashback_cents or 0 for part in parts) == 199
    assert sum(part.points for part in parts) == 499
    assert (book.account.cash, book.account.lots) == ((), ())


def test_returned_cashback_that_was_spent_is_owed_and_netted_from_the_next(book):
    purchase = book.buys(10_000)
    book.do(spend, 150)
    book.do(take_back, purchase)
    assert book.account.debts == (Debt("alpha", 150, "USD"),)
    assert book.account.points_owed == 0
    book.buys(5_000, partner="alpha")
    assert book.account.debts == (Debt("alpha", 50, "USD"),)
    assert book.account.cash == ()


def test_spent_cashback_comes_back_to_the_lots_it_came_from(book):
    book.buys(10_000, partner="alpha")
    book.buys(5_000, partner="gamma")
    before = book.account.cash
    spent = book.do(spend, 250)
    book.do(cancel, spent, 30)
    assert book.account.cash == (Lot("gamma", NEVER, 80, "USD"),)
    entry = book.do(cancel, spent)
    assert (entry.points, entry.cashback_cents, entry.value_cents) == (0, 220, 220)
    assert book.account.cash == before
    with pytest.raises(CancelExceedsRedemptionError):
        book.do(cancel, spent)


def test_cashback_is_paid_out_from_the_minimum_on_and_can_come_back(book):
    book.buys(60_000)
    with pytest.raises(PayoutBelowMinimumError):
        book.do(pay_out, 999)
    with pytest.raises(InsufficientCashbackError):
        book.do(pay_out, 1_201)
    paid = book.do(pay_out, 1_200)
    assert (paid.partner, paid.visit, book.account.cash) == ("network", False, ())
    book.do(cancel, paid, partner="network")
    assert book.account.cash_active("USD") == 1_200


def test_what_is_owed_of_cashback_is_not_paid_out_until_a_purchase_has_repaid_it(book):
    bought = book.buys(100_000)
    paid = book.do(pay_out, 2_000)
    book.do(take_back, bought)
    book.do(cancel, paid, partner="network")
    assert (book.account.cash_active("USD"), book.account.cash_owed("USD")) == (2_000, 2_000)
    with pytest.raises(InsufficientCashbackError):
        book.do(pay_out, 2_001)
    book.buys(60_000)
    with pytest.raises(CashbackOwedError) as refused:
        book.do(pay_out, 1_201)
    assert refused.value.data["cashback_cents_owed"] == 800
    book.do(pay_out, 1_200)
    assert (book.account.cash_active("USD"), book.account.cash_owed("USD")) == (800, 800)


def test_a_debt_in_one_currency_keeps_no_cashback_of_another_from_being_paid_out(book):
    bought = book.buys(10_000)
    book.do(spend, 200)
    book.do(take_back, bought)
    book.buys(60_000, partner="gamma", currency="EUR")
    assert book.do(pay_out, 1_200, currency="EUR").cashback_cents == 1_200


def test_a_payout_asked_for_again_is_the_same_payout_however_late(book):
    book.buys(200_000)
    first = book.ledger.apply(pay_out("p", book.clock(), 1_500, body="the same")).entry
    book.clock.advance(days=40)
    book.buys(10_000)
    again = book.ledger.apply(pay_out("p", book.clock(), 1_500, body="the same"))
    assert (again.entry, again.replayed) == (first, True)
    assert book.account.cash_active("USD") == 4_000 - 1_500 + 200
    with pytest.raises(IdempotencyKeyReusedError):
        book.ledger.apply(pay_out("p", book.clock(), 1_600, body="another"))


def test_a_reversal_asked_for_again_is_the_same_reversal_however_late(book):
    book.buys(200_000)
    paid, later = book.do(pay_out, 1_500), book.do(pay_out, 1_100)
    first = book.ledger.apply(cancel("r", book.clock(), paid, partner="network", body="the same")).entry
    book.clock.advance(days=40)
    book.buys(10_000)
    again = book.ledger.apply(cancel("r", book.clock(), paid, partner="network", body="the same"))
    assert (again.entry, again.replayed) == (first, True)
    with pytest.raises(IdempotencyKeyReusedError):
        book.ledger.apply(cancel("r", book.clock(), later, partner="network", body="another"))


def test_another_partner_can_not_cancel_what_was_spent(book):
    book.buys(10_000)
    spent = book.do(spend, 100, partner="beta")
    with pytest.raises(NotARedemptionError):
        book.do(cancel, spent, partner="gamma")
