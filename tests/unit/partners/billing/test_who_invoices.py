"""A partner's month has one invoice: the operator's own or Stripe's, whoever was first."""

import pytest

from partners.billing.errors import InvoicedThroughStripeError
from partners.billing.invoice_service import Invoices
from partners.billing.stripe_model import ClosingState, Invoicer
from tests.fakes.invoice_book import FakeInvoiceBook
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld, at

JANUARY = at(2027, 1, 1)


class DyingBook(FakeInvoiceBook):
    """The process ends before the first invoice is written."""

    died = False

    def add(self, invoice, newest):
        if not self.died:
            self.died = True
            raise KeyboardInterrupt
        return super().add(invoice, newest)


@pytest.fixture
def world():
    world = StripeWorld()
    world.open()
    return world


def invoices_of(world, book=None):
    return Invoices(book or FakeInvoiceBook(), world.book, world.billing, world.contracts, world.clock)


def months_of(invoices):
    return [one.bill.month for one in invoices.invoices(PARTNER)]


def test_a_month_that_stripe_invoices_is_refused_to_the_operator_before_and_after(world):
    invoices = invoices_of(world)
    world.clock.now_ms = at(2027, 1, 3)
    for _ in range(2):
        with pytest.raises(InvoicedThroughStripeError):
            invoices.issue(PARTNER, "2026-12")
        world.double.advance()
        world.work()
    invoices.issue_due(PARTNER)
    assert months_of(invoices) == ["2026-10"], "the month before Stripe's first"


def test_a_month_that_the_operator_claimed_first_is_held_at_stripe_and_never_finalised(world):
    assert world.book.claim(PARTNER, "2026-12", Invoicer.OPERATOR) is Invoicer.OPERATOR
    world.go(JANUARY, every_ms=24 * HOUR_MS)
    world.go(JANUARY + 4 * HOUR_MS)
    assert world.closing().troubles == ("the operator has invoiced 2026-12 itself",)
    assert world.work() == ["the operator has invoiced 2026-12 itself"]
    drafts = world.double.books.some("invoice", period_end=JANUARY // 1_000)
    assert [(one["status"], one["auto_advance"]) for one in drafts] == [("draft", False)]


def test_who_died_after_its_claim_goes_on_and_the_other_stays_refused(world):
    world.invoicing.end_account(PARTNER)
    world.go(at(2027, 2, 3), every_ms=24 * HOUR_MS)
    invoices = invoices_of(world, DyingBook())
    with pytest.raises(KeyboardInterrupt):
        invoices.issue(PARTNER, "2027-01")
    assert world.book.claim(PARTNER, "2027-01", Invoicer.STRIPE) is Invoicer.OPERATOR
    assert invoices.issue(PARTNER, "2027-01").bill.month == "2027-01"


def test_who_comes_back_to_stripe_at_once_blocks_no_invoice_of_the_operator():
    """The months of its first stay lie before `first_month` of its second; their claim says whose they are."""
    world = StripeWorld()
    invoices = invoices_of(world)
    world.clock.now_ms = at(2026, 11, 2, 12)
    invoices.issue_due(PARTNER)
    world.open()
    world.invoicing.end_account(PARTNER)
    world.go(at(2027, 1, 2), every_ms=6 * HOUR_MS)
    assert world.invoicing.open_account(PARTNER).first_month == "2027-01"
    assert invoices.issue_due(PARTNER) == []
    world.invoicing.end_account(PARTNER)
    world.go(at(2027, 3, 3), every_ms=24 * HOUR_MS)
    assert [one.bill.month for one in invoices.issue_due(PARTNER)] == ["2027-02"]
    assert months_of(invoices) == ["2027-02", "2026-10"]


def test_each_month_is_invoiced_once_by_who_comes_and_goes():
    """Own invoices until October, Stripe from then on to January, own invoices again, and Stripe at last."""
    world = StripeWorld()
    invoices = invoices_of(world)

    def work():
        world.work()
        invoices.issue_due(PARTNER)

    world.clock.now_ms = at(2026, 11, 2, 12)
    invoices.issue_due(PARTNER)
    world.open()
    assert world.account.first_month == "2026-11"
    world.go(at(2027, 1, 1), every_ms=24 * HOUR_MS, work=work)
    world.go(at(2027, 1, 1, 3), work=work)
    world.go(at(2027, 1, 15), every_ms=24 * HOUR_MS, work=work)
    assert world.invoicing.end_account(PARTNER)
    world.go(at(2027, 3, 3), every_ms=24 * HOUR_MS, work=work)
    assert months_of(invoices) == ["2027-02", "2026-10"]
    at_stripe = ["2026-11", "2026-12", "2027-01"]
    assert [world.closing(month).state for month in at_stripe] == [ClosingState.FINALISED] * 3
    for month in at_stripe:
        assert world.invoiced(month) == world.billing.bill(PARTNER, month).total_cents
    assert world.invoiced("2027-02") == 0
    assert {one["status"] for one in world.double.books.some("subscription")} == {"canceled"}

    again = world.invoicing.open_account(PARTNER)
    assert (again.first_month, again.last_month, again.customer_id) == ("2027-03", None, world.account.customer_id)
    world.go(at(2027, 5, 1), every_ms=24 * HOUR_MS, work=work)
    world.go(at(2027, 5, 1, 3), work=work)
    assert months_of(invoices) == ["2027-02", "2026-10"]
    assert world.invoiced("2027-04") == world.billing.bill(PARTNER, "2027-04").total_cents
