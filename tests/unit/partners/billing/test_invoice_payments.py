"""What comes in for the operator's invoices: once for each key, in parts, never more than is open, and back again."""

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.billing.errors import (
    InvoiceOverpaidError,
    InvoicePaymentDayError,
    InvoicePaymentReversedError,
    UnknownInvoicePaymentError,
)
from partners.billing.invoice import DAYS_UNTIL_DUE, Adjustment
from partners.billing.invoice_payment import InvoiceStatus
from partners.billing.invoice_payment_service import InvoicePayments
from partners.billing.payment_service import Payments
from partners.billing.payment_store import PaymentStore
from partners.funding.errors import PaymentKeyReusedError
from shared.kernel.clock import DAY_MS, utc_day
from shared.kernel.errors import TesseraError
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.invoice_payment_book import FakeInvoicePaymentBook
from tests.functional.partners.test_invoice_store import invoice

TOTAL = 34_500


class Desk:
    """Alpha's invoices of two months, of TOTAL each, issued on one day."""

    def __init__(self, total_cents: int = TOTAL) -> None:
        months = ("2026-11", "2026-12")
        late = (Adjustment("2026-10", total_cents, "late"),)
        self.issued = {month: invoice("alpha", month, adjustments=late) for month in months}
        self.clock = FakeClock(self.issued["2026-11"].issued_at_ms)
        self.book = FakeInvoicePaymentBook()
        self.payments = InvoicePayments(self.book, self, self.clock, self.follow)
        self.standings = Payments(PaymentStore(FakeDynamoDB(), "billing"), self.payments.records, self.clock)
        self.today = date.fromisoformat(utc_day(self.clock.now_ms))

    def invoices(self, partner_id):
        return list(self.issued.values())

    def follow(self, partner_id):
        self.standings.follow(partner_id)

    def stands(self):
        return self.standings.state("alpha").standing.value, self.standings.state("alpha").late_cents

    def invoice(self, partner_id, month):
        assert partner_id == "alpha"
        return self.issued[month]

    def pays(self, cents, key, *, month="2026-11", on=None, by="ann"):
        return self.payments.record(by, key, "alpha", month, cents, on or self.today, "B-1", "by hand")

    def back(self, payment, key, *, month="2026-11", on=None):
        return self.payments.reverse("ann", key, "alpha", month, payment.payment_id, on or self.today, "bounced")

    def standing(self, month="2026-11"):
        (found,) = self.payments.standings("alpha", [self.issued[month]])
        return found.status, found.paid_cents, found.open_cents

    def pass_days(self, days):
        self.clock.now_ms += days * DAY_MS
        self.today = date.fromisoformat(utc_day(self.clock.now_ms))


@pytest.fixture
def desk():
    return Desk()


def test_an_invoice_is_open_part_paid_paid_and_open_again_when_the_money_comes_back(desk):
    assert desk.standing() == (InvoiceStatus.OPEN, 0, TOTAL)
    first = desk.pays(500, "k1")
    assert desk.standing() == (InvoiceStatus.PART_PAID, 500, TOTAL - 500)
    desk.pays(TOTAL - 500, "k2")
    assert desk.standing() == (InvoiceStatus.PAID, TOTAL, 0)
    desk.back(first, "k3")
    assert desk.standing() == (InvoiceStatus.PART_PAID, TOTAL - 500, 500)
    assert desk.standing("2026-12") == (InvoiceStatus.OPEN, 0, TOTAL)


def test_what_is_open_after_the_day_it_was_due_is_overdue_and_not_a_moment_before(desk):
    desk.pays(500, "k1")
    desk.pass_days(DAYS_UNTIL_DUE)
    assert desk.standing()[0] is InvoiceStatus.PART_PAID
    desk.clock.advance(ms=1)
    assert desk.standing()[0] is InvoiceStatus.OVERDUE
    desk.pays(TOTAL - 500, "k2")
    assert desk.standing()[0] is InvoiceStatus.PAID


@pytest.mark.parametrize(("total", "status"), [(0, InvoiceStatus.PAID), (-500, InvoiceStatus.CREDIT)])
def test_of_a_credit_nothing_is_to_be_paid(total, status):
    desk = Desk(total)
    desk.pass_days(100)
    assert desk.standing() == (status, 0, 0)
    with pytest.raises(InvoiceOverpaidError):
        desk.pays(1, "k1")


def test_more_than_is_open_is_refused_and_nothing_of_it_recorded(desk):
    desk.pays(TOTAL - 1, "k1")
    with pytest.raises(InvoiceOverpaidError) as refused:
        desk.pays(2, "k2")
    assert refused.value.data["open_cents"] == 1
    assert desk.standing() == (InvoiceStatus.PART_PAID, TOTAL - 1, 1)


def test_a_request_sent_again_is_answered_as_before_even_if_it_were_refused_by_now(desk):
    paid = desk.pays(TOTAL, "k1")
    back = desk.back(paid, "k2")
    desk.pass_days(1)
    assert desk.pays(TOTAL, "k1", on=date.fromisoformat(paid.day)) == paid
    assert desk.back(paid, "k2", on=date.fromisoformat(back.day)) == back
    assert desk.standing() == (InvoiceStatus.OPEN, 0, TOTAL)
    assert len(desk.book.payments("alpha")) == 2


@pytest.mark.parametrize("change", [{"cents": 2}, {"month": "2026-12"}, {"by": "bob"}])
def test_a_key_of_another_request_is_refused(desk, change):
    desk.pays(1, "k1")
    with pytest.raises(PaymentKeyReusedError):
        desk.pays(**{"cents": 1, "key": "k1", **change})
    assert len(desk.book.payments("alpha")) == 1


def test_a_payment_comes_back_once_and_a_reversal_does_not(desk):
    paid = desk.pays(7, "k1")
    back = desk.back(paid, "k2")
    for again, error in ((paid, InvoicePaymentReversedError), (back, UnknownInvoicePaymentError)):
        with pytest.raises(error):
            desk.back(again, "k3")
    with pytest.raises(UnknownInvoicePaymentError):
        desk.back(paid, "k3", month="2026-12")


def test_money_comes_in_from_the_issue_on_goes_back_after_and_neither_tomorrow(desk):
    desk.pass_days(2)
    day = desk.today
    for wrong in (day.replace(day=day.day - 3), day.replace(day=day.day + 1)):
        with pytest.raises(InvoicePaymentDayError):
            desk.pays(1, "k1", on=wrong)
    paid = desk.pays(1, "k1")
    with pytest.raises(InvoicePaymentDayError):
        desk.back(paid, "k2", on=day.replace(day=day.day - 1))


def test_of_two_who_record_the_rest_at_once_one_is_refused(desk):
    def other():
        desk.book.before_add = lambda: None
        desk.pays(TOTAL, "k2")

    desk.book.before_add = other
    with pytest.raises(InvoiceOverpaidError):
        desk.pays(TOTAL, "k1")
    assert desk.standing() == (InvoiceStatus.PAID, TOTAL, 0)


steps = st.tuples(
    st.sampled_from(["pay", "back"]), st.integers(1, 40), st.sampled_from(["2026-11", "2026-12"]), st.integers(0, 9)
)


@settings(max_examples=60)
@given(st.lists(steps, max_size=20))
def test_paid_and_open_are_the_total_and_neither_is_ever_negative_whatever_is_recorded(some):
    desk = Desk(100)
    for what, cents, month, key in some:
        known = [one for one in desk.book.payments("alpha") if one.reverses is None]
        try:
            if what == "pay":
                desk.pays(cents, f"k{key}", month=month)
            elif known:
                desk.back(known[cents % len(known)], f"k{key}", month=month)
        except TesseraError:
            continue
        finally:
            desk.clock.advance(ms=1)
    for month in desk.issued:
        _, paid, left = desk.standing(month)
        own = [one for one in desk.book.payments("alpha") if one.month == month]
        assert paid + left == 100
        assert 0 <= paid == sum(one.signed_cents for one in own)
    ids = [one.payment_id for one in desk.book.payments("alpha")]
    assert len(ids) == len(set(ids))


def test_how_the_partner_stands_follows_what_is_recorded(desk):
    desk.pass_days(45)
    desk.standings.follow("alpha")
    assert desk.stands() == ("suspended_for_payment", 2 * TOTAL)
    paid = desk.pays(TOTAL, "k1")
    assert desk.stands() == ("suspended_for_payment", TOTAL)
    desk.pays(TOTAL, "k2", month="2026-12")
    assert desk.stands() == ("good", 0)
    desk.back(paid, "k3")
    assert desk.stands() == ("suspended_for_payment", TOTAL)
    assert [step.why for step in desk.standings.state("alpha").steps][-2:] == [
        "nothing is late",
        f"2026-11-alpha is unpaid since {utc_day(desk.issued['2026-11'].due_at_ms)}",
    ]


def test_a_retry_lets_the_standing_follow_that_a_call_that_died_has_left(desk):
    desk.pass_days(20)
    desk.standings.follow("alpha")
    follow, desk.standings = desk.standings, SimpleNamespace(follow=lambda name: None)
    desk.pays(TOTAL, "k1")
    desk.pays(TOTAL, "k2", month="2026-12")
    desk.standings = follow
    assert desk.stands() == ("overdue", 2 * TOTAL)
    desk.pays(TOTAL, "k2", month="2026-12")
    assert desk.stands() == ("good", 0)
