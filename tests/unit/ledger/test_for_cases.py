"""Returns that two operators make for a partner's case: the network bears what was spent, and nothing else."""

from dataclasses import replace

import pytest

from shared.kernel.clock import month_number
from shared.ledger.audit import check_history
from shared.ledger.errors import BrokenJournalError, HoldsOpenError, PointsRunOutError, UndoExceedsAdjustmentError
from shared.ledger.model import Debt, Place
from tests.unit.ledger.book import ANN, Book
from tests.unit.ledger.commands import RATES, adjust, earn, redeem, reserve, take_back, void


@pytest.fixture
def book():
    book = Book()
    yield book
    check_history(book.ledger.history(ANN))


def moved(entry):
    return [(move.source, move.target, move.lot.quantity) for move in entry.moves]


def test_what_a_till_has_set_aside_is_not_spent_so_the_network_does_not_bear_it_yet(book):
    doubted = book.do(earn, 100, member=ANN)
    held = book.do(reserve, 100, member=ANN)
    with pytest.raises(HoldsOpenError):
        book.do(take_back, doubted, network_bears=True)
    book.do(void, member=ANN, hold_seq=held.seq)
    back = book.do(take_back, doubted, network_bears=True)
    assert moved(back) == [(Place.ACTIVE, Place.ISSUER, 100)]


def test_what_another_issuer_has_granted_may_be_set_aside(book):
    book.do(earn, 50, member=ANN, partner="gamma", expiry_month=month_number(book.clock()))
    doubted = book.do(earn, 100, member=ANN)
    book.do(reserve, 50, member=ANN)
    assert moved(book.do(take_back, doubted, network_bears=True)) == [(Place.ACTIVE, Place.ISSUER, 100)]


def test_what_has_run_out_by_the_moment_of_recording_is_not_borne(book):
    doubted = book.do(earn, 100, member=ANN, expiry_month=month_number(book.clock()))
    book.clock.advance(days=32)
    with pytest.raises(PointsRunOutError):
        book.do(take_back, doubted, network_bears=True)
    assert moved(book.do(take_back, doubted))[-1] == (Place.DEBT, Place.ISSUER, 100)


def in_debt(book, points=100):
    bought = book.do(earn, points, member=ANN)
    book.do(redeem, points, member=ANN)
    book.do(take_back, bought)


def test_what_repaid_a_debt_is_owed_again_and_the_network_bears_the_rest_that_was_spent(book):
    in_debt(book)
    doubted = book.do(earn, 160, amount_cents=3_200, member=ANN)
    book.do(redeem, 20, member=ANN)
    back = book.do(take_back, doubted, network_bears=True)
    assert moved(back) == [
        (Place.ACTIVE, Place.ISSUER, 40),
        (Place.DEBT, Place.ISSUER, 100),
        (Place.ADJUSTMENT, Place.ISSUER, 20),
    ]
    assert book.holds(ANN).debts == (Debt("alpha", 100),)


def test_of_a_part_what_repaid_a_debt_comes_last_as_if_less_had_been_bought(book):
    in_debt(book)
    doubted = book.do(earn, 160, amount_cents=3_200, member=ANN)
    book.do(redeem, 60, member=ANN)
    first = book.do(take_back, doubted, 1_600, network_bears=True)
    assert moved(first) == [(Place.DEBT, Place.ISSUER, 20), (Place.ADJUSTMENT, Place.ISSUER, 60)]
    second = book.do(take_back, doubted, network_bears=True)
    assert moved(second) == [(Place.DEBT, Place.ISSUER, 80)]
    assert book.holds(ANN).debts == (Debt("alpha", 100),)


def test_what_was_bought_later_repays_what_the_doubted_purchase_had_repaid(book):
    in_debt(book)
    doubted = book.do(earn, 100, member=ANN)
    book.do(earn, 300, amount_cents=6_000, member=ANN)
    assert moved(book.do(take_back, doubted, network_bears=True)) == [(Place.ACTIVE, Place.ISSUER, 100)]
    assert (book.holds(ANN).points_active, book.holds(ANN).debts) == (200, ())


def granted(book, points):
    at_a_price = {"currency": "USD", "rates": RATES, "member": ANN, "partner": "alpha"}
    return book.do(adjust, points, **at_a_price)


def taken(book, points, entry):
    return book.do(adjust, -points, member=ANN, partner="alpha", rates=entry.rates, undoes=entry)


def test_what_a_case_granted_goes_back_once_and_the_network_bears_what_was_spent(book):
    book.do(earn, 10, member=ANN)
    entry = granted(book, 50)
    book.do(redeem, 40, member=ANN)
    back = taken(book, 30, entry)
    assert moved(back) == [(Place.ACTIVE, Place.ISSUER, 20), (Place.ADJUSTMENT, Place.ISSUER, 10)]
    assert (back.refers_to, back.points, back.rates) == (entry.entry_id, -30, entry.rates)
    with pytest.raises(UndoExceedsAdjustmentError, match="20 of this"):
        taken(book, 21, entry)
    taken(book, 20, entry)
    with pytest.raises(UndoExceedsAdjustmentError):
        taken(book, 1, entry)


def test_what_a_case_granted_and_repaid_a_debt_is_owed_again_last(book):
    in_debt(book)
    entry = granted(book, 160)
    assert moved(taken(book, 60, entry)) == [(Place.ACTIVE, Place.ISSUER, 60)]
    assert moved(taken(book, 100, entry)) == [(Place.DEBT, Place.ISSUER, 100)]
    assert book.holds(ANN).debts == (Debt("alpha", 100),)


def test_more_of_an_adjustment_taken_back_than_it_granted_is_found(book):
    entry, _ = granted(book, 50), book.do(earn, 100, member=ANN)
    once = taken(book, 50, entry)
    twice = replace(once.account.undone[0], quantity=100)
    book.forge_last(ANN, points=-100, account={"undone": (twice,)})
    with pytest.raises(BrokenJournalError):
        check_history(book.ledger.history(ANN))
    book.journal.items[ANN].pop()
