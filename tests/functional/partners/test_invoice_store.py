"""Invoices on both engines, and the fake that stands for them."""

from itertools import count

import pytest

from partners.billing.invoice import Adjustment, Invoice
from partners.billing.invoice_store import InvoiceStore
from partners.billing.model import Bill
from partners.billing.price import price
from partners.billing.usage import Usage
from partners.contracts.plan import Band, BandScope, Plan, PlanMode
from tests.fakes.invoice_book import FakeInvoiceBook
from tests.support.clouds import DynamoEngine

_names = count(1)
PLAN = Plan(
    2_999, PlanMode.GRADUATED, (Band(5, 100, 12_345), Band(None, 10)), BandScope.PER_LOCATION, minimum_cents=9_000
)
ADJUSTMENT = Adjustment("2026-09", -7, "2026-09: Käse")


def invoice(partner_id, month, adjustments=(ADJUSTMENT,), locations=2):
    stores = [str(number) for number in range(locations)]
    usage = Usage(30, dict.fromkeys(stores, 29), dict.fromkeys(stores, 7))
    lines = price(PLAN, usage, in_trial=True)
    total = sum(line.amount_cents for line in lines)
    bill = Bill(partner_id, month, "EUR", 3, usage, 1, lines, total, month_over=True)
    return Invoice("Käse & Söhne", 1_795_260_000_123, bill, adjustments)


class InvoiceBookContract:
    """A subclass gives the fixture `book`."""

    @pytest.fixture
    def name(self):
        return f"payer-{next(_names)}"

    def test_an_invoice_reads_back_as_added(self, book, name):
        added = invoice(name, "2026-10")
        assert book.add(added, None) is True
        assert book.invoice(name, "2026-10") == added

    def test_an_invoice_that_is_there_stays_as_it_is(self, book, name):
        first = invoice(name, "2026-10")
        book.add(first, None)
        assert book.add(invoice(name, "2026-10", ()), None) is False
        assert book.add(invoice(name, "2026-10", ()), "2026-10") is False
        assert book.invoices(name) == [first]

    def test_of_two_that_follow_the_same_one_is_added(self, book, name):
        months = [("2026-10", None, True), ("2026-12", "2026-10", True), ("2026-11", "2026-10", False)]
        for month, newest, expected in months:
            assert book.add(invoice(name, month), newest) is expected
        assert book.add(invoice(name, "2027-01"), None) is False
        assert [one.bill.month for one in book.invoices(name)] == ["2026-10", "2026-12"]

    def test_invoices_are_the_partner_s_own_oldest_first(self, book, name):
        for partner_id, month, newest in [
            (name, "2026-10", None),
            (f"{name}x", "2026-09", None),
            (name, "2026-11", "2026-10"),
        ]:
            assert book.add(invoice(partner_id, month), newest)
        assert [one.bill.month for one in book.invoices(name)] == ["2026-10", "2026-11"]
        assert book.invoice(name, "2026-09") is None

    def test_an_invoice_of_a_thousand_stores_fits(self, book, name):
        added = invoice(name, "2026-10", locations=1_000)
        book.add(added, None)
        assert book.invoice(name, "2026-10") == added


class TestInvoiceStore(InvoiceBookContract):
    @pytest.fixture
    def book(self, dynamodb_engine: DynamoEngine) -> InvoiceStore:
        return InvoiceStore(dynamodb_engine.client, dynamodb_engine.partners_table)


class TestFakeInvoiceBook(InvoiceBookContract):
    @pytest.fixture
    def book(self) -> FakeInvoiceBook:
        return FakeInvoiceBook()
