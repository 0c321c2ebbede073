"""Every entry balances per issuer, so the whole book does."""

from collections import Counter

import pytest

from shared.ledger.postings import postings
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import adjust, earn, enrol, redeem


@pytest.fixture
def book():
    clock = FakeClock()
    ledger = Ledger(FakeJournal(), clock, sleep=lambda _: None)
    return [
        ledger.apply(enrol("join", clock())).entry,
        ledger.apply(earn("a", clock(), partner="alpha", points=70)).entry,
        ledger.apply(earn("b", clock(), partner="beta", points=50)).entry,
        ledger.apply(redeem("c", clock(), partner="gamma", points=90)).entry,
    ]


def test_the_legs_of_every_entry_sum_to_zero_for_every_issuer(book):
    for entry in book:
        sums = Counter()
        for leg in postings(entry):
            sums[leg.issuer] += leg.quantity
        assert not any(sums.values())


def test_the_book_says_who_owes_whom(book):
    balances = Counter()
    for entry in book:
        for leg in postings(entry):
            balances[leg.account, leg.issuer] += leg.quantity
    assert {place: points for place, points in balances.items() if points} == {
        ("issuer:alpha", "alpha"): -70,
        ("issuer:beta", "beta"): -50,
        ("acceptor:gamma", "alpha"): 70,
        ("acceptor:gamma", "beta"): 20,
        ("active:0000000042", "beta"): 30,
    }


def test_expired_points_go_to_breakage_with_the_next_entry():
    clock = FakeClock()
    ledger = Ledger(FakeJournal(), clock, sleep=lambda _: None)
    ledger.apply(enrol("join", clock()))
    granted = ledger.apply(earn("a", clock(), points=70, expiry_month=24_322)).entry
    clock.advance(days=70)
    entry = ledger.apply(earn("b", clock(), points=10)).entry
    assert granted.account.points_active == 70
    assert entry.account.points_active == 10
    assert ("breakage:alpha", 70) in [(leg.account, leg.quantity) for leg in postings(entry)]


def test_an_adjustment_of_nothing_is_a_fault_of_the_caller():
    clock = FakeClock()
    ledger = Ledger(FakeJournal(), clock, sleep=lambda _: None)
    ledger.apply(enrol("join", clock()))
    with pytest.raises(ValueError, match="at least one point"):
        ledger.apply(adjust("a", clock(), 0))
