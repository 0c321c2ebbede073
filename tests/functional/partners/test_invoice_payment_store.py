"""Payments of invoices on both engines, and on the fake that stands for them."""

from dataclasses import replace
from itertools import count

import pytest

from partners.billing.invoice_payment import InvoicePayment
from partners.billing.invoice_payment_store import InvoicePaymentStore
from tests.fakes.invoice_payment_book import FakeInvoicePaymentBook
from tests.support.clouds import DynamoEngine

_names = count(1)
PAYMENT = InvoicePayment(
    payment_id="a" * 32,
    month="2026-11",
    amount_cents=34_500,
    day="2026-12-03",
    reference="camt 17",
    reason=None,
    by="ann",
    at_ms=1_795_260_000_123,
)
REVERSAL = replace(PAYMENT, payment_id="b" * 32, reason="bounced", reverses="a" * 32)


class InvoicePaymentBookContract:
    """A subclass gives the fixture `book`; tests share it, and so take partners of their own."""

    @pytest.fixture
    def partner(self):
        return f"paying-{next(_names)}"

    def test_payments_read_back_in_their_order_and_are_another_partners_never(self, book, partner):
        assert book.payments(partner) == []
        assert book.add(partner, PAYMENT, 0) is True
        assert book.add(partner, REVERSAL, 1) is True
        assert book.payments(partner) == [PAYMENT, REVERSAL]
        assert book.payments(f"{partner}0") == []

    def test_who_does_not_know_all_before_adds_nothing(self, book, partner):
        assert book.add(partner, PAYMENT, 0) is True
        assert book.add(partner, REVERSAL, 0) is False
        assert book.payments(partner) == [PAYMENT]


class TestInvoicePaymentStore(InvoicePaymentBookContract):
    @pytest.fixture
    def book(self, dynamodb_engine: DynamoEngine) -> InvoicePaymentStore:
        return InvoicePaymentStore(dynamodb_engine.client, dynamodb_engine.partners_table)


class TestFakeInvoicePaymentBook(InvoicePaymentBookContract):
    @pytest.fixture
    def book(self) -> FakeInvoicePaymentBook:
        return FakeInvoicePaymentBook()
