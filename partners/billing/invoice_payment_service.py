"""Recording what comes in for the operator's own invoices, and how these stand."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from partners.billing.dunning import InvoiceRecord
from partners.billing.invoice import Invoice
from partners.billing.invoice_payment import (
    InvoicePayment,
    InvoiceStanding,
    check_payment,
    check_reversal,
    reversed_payment,
    standing,
    unpaid_record,
)
from partners.funding.errors import PaymentKeyReusedError
from shared.kernel.clock import Clock
from shared.kernel.ids import digest


class PaymentBook(Protocol):
    """See `partners.billing.invoice_payment_store.InvoicePaymentStore`."""

    def add(self, partner_id: str, payment: InvoicePayment, after: int) -> bool: ...

    def payments(self, partner_id: str) -> list[InvoicePayment]: ...


class IssuedInvoices(Protocol):
    """See `partners.billing.invoice_service.Invoices`."""

    def invoice(self, partner_id: str, month: str) -> Invoice: ...

    def invoices(self, partner_id: str) -> list[Invoice]: ...


class InvoicePayments:
    """Use cases of payments of the operator's own invoices. Every method may raise StoreUnavailableError.

    A payment is recorded once for each key: the same request again answers as the first did. What it is checked
    against is all that was recorded before, whoever records at the same time. Then the partner's standing follows.
    """

    def __init__(
        self, book: PaymentBook, invoices: IssuedInvoices, clock: Clock, follow: Callable[[str], object]
    ) -> None:
        """`follow` is called with a partner whose invoices stand differently now."""
        self._book = book
        self._invoices = invoices
        self._clock = clock
        self._follow = follow

    def record(
        self,
        by: str,
        idempotency_key: str,
        partner_id: str,
        month: str,
        amount_cents: int,
        received_on: date,
        reference: str,
        reason: str | None = None,
    ) -> InvoicePayment:
        """Record that so much of an invoice was paid on a day.

        Raises InvalidMonthError, UnknownInvoiceError, InvoicePaymentDayError, InvoiceOverpaidError,
        PaymentKeyReusedError.
        """
        invoice = self._invoices.invoice(partner_id, month)
        new = InvoicePayment(
            payment_id=_id(partner_id, idempotency_key),
            month=invoice.bill.month,
            amount_cents=amount_cents,
            day=received_on.isoformat(),
            reference=reference,
            reason=reason,
            by=by,
            at_ms=self._clock(),
        )
        return self._added(partner_id, new, lambda known: check_payment(invoice, known, new))

    def reverse(
        self,
        by: str,
        idempotency_key: str,
        partner_id: str,
        month: str,
        payment_id: str,
        returned_on: date,
        reason: str,
    ) -> InvoicePayment:
        """Record that a payment came back on a day: the invoice is open by it again, and due as it was.

        Raises InvalidMonthError, UnknownInvoiceError, UnknownInvoicePaymentError, InvoicePaymentReversedError,
        InvoicePaymentDayError, PaymentKeyReusedError.
        """
        month = self._invoices.invoice(partner_id, month).bill.month
        payment = reversed_payment(month, payment_id, self._book.payments(partner_id))
        new = InvoicePayment(
            payment_id=_id(partner_id, idempotency_key),
            month=month,
            amount_cents=payment.amount_cents,
            day=returned_on.isoformat(),
            reference=payment.reference,
            reason=reason,
            by=by,
            at_ms=self._clock(),
            reverses=payment_id,
        )
        return self._added(partner_id, new, lambda known: check_reversal(known, payment, new))

    def standings(self, partner_id: str, invoices: Sequence[Invoice]) -> list[InvoiceStanding]:
        """How each of a partner's invoices stands now."""
        known = self._book.payments(partner_id)
        now_ms = self._clock()
        return [standing(invoice, known, now_ms) for invoice in invoices]

    def unpaid(self, partner_id: str) -> list[tuple[str, int]]:
        """Invoices of which something is open: number, and how many cents. Raises UnknownPartnerError."""
        return [(one.invoice_id, one.remaining_cents) for one in self.records(partner_id)]

    def records(self, partner_id: str) -> list[InvoiceRecord]:
        """What dunning knows of the invoices of which something is open. Raises UnknownPartnerError."""
        invoices = self._invoices.invoices(partner_id)
        found = zip(invoices, self.standings(partner_id, invoices), strict=True)
        return [unpaid_record(one, stands) for one, stands in found if stands.open_cents]

    def _added(
        self, partner_id: str, new: InvoicePayment, check: Callable[[Sequence[InvoicePayment]], None]
    ) -> InvoicePayment:
        added = self._added_once(partner_id, new, check)
        self._follow(partner_id)
        return added

    def _added_once(
        self, partner_id: str, new: InvoicePayment, check: Callable[[Sequence[InvoicePayment]], None]
    ) -> InvoicePayment:
        while True:
            known = self._book.payments(partner_id)
            for one in known:
                if one.payment_id == new.payment_id:
                    if one.asks_the_same(new):
                        return one
                    raise PaymentKeyReusedError(new.payment_id)
            check(known)
            if self._book.add(partner_id, new, len(known)):
                return new


def _id(partner_id: str, idempotency_key: str) -> str:
    return digest("invoice-payment", partner_id, idempotency_key).hex()[:32]
