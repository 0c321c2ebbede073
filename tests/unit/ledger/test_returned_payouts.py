"""A payout that the bank returns: the cashback is never lost, whatever has become of the account meanwhile."""

import pytest

from shared.ledger.errors import (
    AccountClosedError,
    CancelExceedsRedemptionError,
    InsufficientCashbackError,
)
from shared.ledger.model import NEVER, Lot, Op
from tests.support.walked import audit_findings
from tests.unit.ledger.book import ANN, BOB
from tests.unit.ledger.commands import CASH_RATES, cancel, close, earn, join, leave, merge, pay_out, spend

CASHBACK = Lot("alpha", NEVER, 1_200, "USD")


@pytest.fixture
def paid(book):
    """All of BOB's cashback, paid out."""
    book.do(earn, 0, member=BOB, amount_cents=60_000, rates=CASH_RATES, cashback_cents=1_200)
    return book.do(pay_out, 1_200, member=BOB)


def comes_back(book, payout):
    return book.do(cancel, payout, partner="network")


def in_the_audit(book):
    return audit_findings(book.journal.items)


def test_it_comes_back_to_a_closed_account_which_stays_closed(book, paid):
    book.do(close, member=BOB)
    entry = comes_back(book, paid)
    assert (entry.op, entry.member, entry.account.closed) == (Op.CANCEL, BOB, True)
    assert book.holds(BOB).cash == (CASHBACK,)
    for refused in (spend, earn):
        with pytest.raises(AccountClosedError):
            book.do(refused, 100, member=BOB)
    assert in_the_audit(book) == []


def test_it_can_be_paid_out_again_in_any_part_and_no_more(book, paid):
    book.do(close, member=BOB)
    comes_back(book, paid)
    again = book.do(pay_out, 1_195, member=BOB)
    book.do(pay_out, 5, member=BOB)
    assert (book.holds(BOB).cash, book.holds(BOB).closed) == ((), True)
    with pytest.raises(AccountClosedError):
        book.do(pay_out, 1, member=BOB)
    comes_back(book, again)
    with pytest.raises(InsufficientCashbackError):
        book.do(pay_out, 1_196, member=BOB)
    assert in_the_audit(book) == []


def test_what_came_back_before_the_closing_does_not_come_back_again(book, paid):
    comes_back(book, paid)
    book.do(close, member=BOB, forfeit=True)
    with pytest.raises(CancelExceedsRedemptionError):
        comes_back(book, paid)


def test_it_comes_back_once_to_a_closed_account(book, paid):
    book.do(close, member=BOB)
    comes_back(book, paid)
    with pytest.raises(CancelExceedsRedemptionError):
        comes_back(book, paid)


def test_after_a_merge_it_comes_back_to_the_account_that_answers_also_when_that_is_closed(book, paid):
    book.do(merge, ANN, member=BOB)
    assert comes_back(book, paid).member == ANN
    again = book.do(pay_out, 1_200, member=BOB)
    book.do(close, member=ANN)
    assert comes_back(book, again).member == ANN
    assert (book.holds(ANN).cash, book.holds(BOB).cash) == ((CASHBACK,), ())
    book.do(pay_out, 1_200, member=BOB)
    assert in_the_audit(book) == []


def test_a_payout_before_a_merge_comes_back_after_the_account_that_answers_was_closed(book, paid):
    book.do(merge, ANN, member=BOB)
    book.do(close, member=ANN)
    assert comes_back(book, paid).member == ANN
    with pytest.raises(CancelExceedsRedemptionError):
        comes_back(book, paid)
    assert in_the_audit(book) == []


def test_only_a_payout_comes_back_to_a_closed_account(book):
    book.do(earn, 0, member=BOB, amount_cents=5_000, rates=CASH_RATES, cashback_cents=100)
    spent = book.do(spend, 100, member=BOB)
    book.do(close, member=BOB)
    with pytest.raises(AccountClosedError):
        book.do(cancel, spent)


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ({"account": {"closed": False}}, "it closes its account, or opens it, where it may not"),
        ({"op": Op.EARN}, "its account was closed before"),
        ({"rates": CASH_RATES}, "its account was closed before"),
    ],
)
def test_the_audit_finds_a_closed_account_that_was_opened_or_given_something(book, paid, forged, why):
    book.do(close, member=BOB)
    entry = comes_back(book, paid)
    as_it_was = list(book.journal.items[BOB])
    book.forge_last(BOB, **forged)
    assert in_the_audit(book) == [(entry.entry_id, why)]
    book.journal.items[BOB] = as_it_was


def test_a_household_that_was_left_is_not_asked(book, paid):
    book.do(join, ANN, member=BOB)
    book.do(leave, ANN, 0, member=BOB)
    book.do(close, member=BOB)
    assert comes_back(book, paid).member == BOB
