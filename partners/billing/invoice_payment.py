"""What came in for an invoice of the operator's own, and how the invoice stands by it. Pure.

Stripe's invoices are paid at Stripe; what an unpaid invoice leads to, of either, says `partners.billing.dunning`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from partners.billing.dunning import InvoiceRecord
from partners.billing.errors import (
    InvoiceOverpaidError,
    InvoicePaymentDayError,
    InvoicePaymentReversedError,
    UnknownInvoicePaymentError,
)
from partners.billing.invoice import Invoice
from shared.kernel.clock import utc_day


class InvoiceStatus(StrEnum):
    """`overdue`: something is open after the day on which all was due, however much was paid. A `credit` is nothing
    that the partner owes.
    """

    OPEN = "open"
    PART_PAID = "part_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePayment:
    """`amount_cents` that came in on `day` (UTC) for the invoice of `month`; never changed.

    If it `reverses` an earlier payment, that came back on `day`: its whole amount. `by` is the operator that recorded
    it at `at_ms`, `reference` what the bank calls it.
    """

    payment_id: str
    month: str
    amount_cents: int
    day: str
    reference: str | None
    reason: str | None
    by: str
    at_ms: int
    reverses: str | None = None

    @property
    def signed_cents(self) -> int:
        return self.amount_cents if self.reverses is None else -self.amount_cents

    def asks_the_same(self, other: "InvoicePayment") -> bool:
        """Whether both were made by the same request."""
        return _asked(self) == _asked(other)


def _asked(one: InvoicePayment) -> tuple[object, ...]:
    return one.month, one.amount_cents, one.day, one.reference, one.reason, one.by, one.reverses


@dataclass(frozen=True, slots=True)
class InvoiceStanding:
    """How an invoice stands on a day: `paid_cents` and `open_cents` are its total, `due_at_ms` is None of a credit.

    `payments` are those recorded up to now, in that order, reversals among them.
    """

    status: InvoiceStatus
    due_at_ms: int | None
    paid_cents: int
    open_cents: int
    payments: tuple[InvoicePayment, ...] = ()


def standing(invoice: Invoice, payments: Iterable[InvoicePayment], at_ms: int) -> InvoiceStanding:
    """By what had come in and not gone back at the end of the day of `at_ms`; `payments` are all of the partner's."""
    own = tuple(one for one in payments if one.month == invoice.bill.month)
    day = utc_day(at_ms)
    paid_cents = sum(one.signed_cents for one in own if one.day <= day)
    if invoice.due_at_ms is None:
        status = InvoiceStatus.CREDIT if invoice.total_cents < 0 else InvoiceStatus.PAID
        return InvoiceStanding(status, None, 0, 0, own)
    # A payment may be recorded with a day on which another was there that came back later.
    open_cents = max(0, invoice.total_cents - paid_cents)
    if not open_cents:
        status = InvoiceStatus.PAID
    elif at_ms > invoice.due_at_ms:
        status = InvoiceStatus.OVERDUE
    else:
        status = InvoiceStatus.PART_PAID if paid_cents else InvoiceStatus.OPEN
    return InvoiceStanding(status, invoice.due_at_ms, invoice.total_cents - open_cents, open_cents, own)


def unpaid_record(invoice: Invoice, stands: InvoiceStanding) -> InvoiceRecord:
    """An invoice of which something is open, as dunning knows it: late from the second after it was due."""
    due_at = None if stands.due_at_ms is None else stands.due_at_ms // 1_000 + 1
    return InvoiceRecord(invoice.number, "open", stands.open_cents, due_at=due_at)


def check_payment(invoice: Invoice, known: Sequence[InvoicePayment], new: InvoicePayment) -> None:
    """Whether a payment may be recorded after those that are `known`.

    Raises InvoicePaymentDayError, InvoiceOverpaidError.
    """
    _check_day(new, utc_day(invoice.issued_at_ms))
    paid_cents = sum(one.signed_cents for one in known if one.month == new.month)
    open_cents = max(0, invoice.total_cents) - paid_cents
    if new.amount_cents > open_cents:
        raise InvoiceOverpaidError(invoice.number, open_cents)


def reversed_payment(month: str, payment_id: str, known: Sequence[InvoicePayment]) -> InvoicePayment:
    """The payment of a month's invoice that is to be reversed. Raises UnknownInvoicePaymentError."""
    for one in known:
        if (one.month, one.payment_id, one.reverses) == (month, payment_id, None):
            return one
    raise UnknownInvoicePaymentError(payment_id)


def check_reversal(known: Sequence[InvoicePayment], payment: InvoicePayment, new: InvoicePayment) -> None:
    """Whether `payment` may be reversed. Raises InvoicePaymentReversedError, InvoicePaymentDayError."""
    if any(one.reverses == payment.payment_id for one in known):
        raise InvoicePaymentReversedError(payment.payment_id)
    _check_day(new, payment.day)


def _check_day(new: InvoicePayment, earliest: str) -> None:
    latest = utc_day(new.at_ms)
    if not earliest <= new.day <= latest:
        raise InvoicePaymentDayError(new.day, earliest, latest)
