"""A visit is one (member, partner, location, receipt) that enrols, earns a point, or redeems."""

from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import earn, enrol, redeem, spend


def _visits(*commands):
    clock = FakeClock()
    ledger = Ledger(FakeJournal(), clock, sleep=lambda _: None)
    return [ledger.apply(make(clock())).entry.visit for make in commands]


def test_enrolling_earning_and_redeeming_on_one_receipt_is_one_visit():
    assert _visits(
        lambda now: enrol("join", now, receipt="7"),
        lambda now: earn("a", now, receipt="7"),
        lambda now: redeem("b", now, receipt="7", points=50),
    ) == [True, False, False]


def test_the_same_receipt_at_another_location_is_another_visit():
    assert _visits(
        lambda now: enrol("join", now, receipt="7"),
        lambda now: earn("a", now, receipt="7", location="s2"),
    ) == [True, True]


def test_a_purchase_that_earns_nothing_is_no_visit_until_the_receipt_redeems():
    assert _visits(
        lambda now: enrol("join", now),
        lambda now: earn("a", now),
        lambda now: earn("b", now, points=0, receipt="8"),
        lambda now: redeem("c", now, points=50, receipt="8"),
    ) == [True, True, False, True]


def test_a_purchase_that_earns_cashback_alone_is_no_visit_and_spending_it_is_one():
    assert _visits(
        lambda now: enrol("join", now),
        lambda now: earn("a", now, points=0, cashback_cents=1, receipt="8"),
        lambda now: spend("b", now, 1, partner="alpha", receipt="8"),
    ) == [True, False, True]


def test_an_enrolment_without_a_receipt_is_its_own_visit():
    assert _visits(
        lambda now: enrol("join", now, receipt=None),
        lambda now: earn("a", now),
    ) == [True, True]
