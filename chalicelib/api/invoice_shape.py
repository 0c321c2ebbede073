"""An invoice in JSON, and how it stands."""

from typing import TYPE_CHECKING, Any

from chalicelib.api.bill_shape import bill_out
from chalicelib.api.schemas.invoices import (
    AdjustmentOfMonthOut,
    InvoicePaymentReply,
    InvoiceReply,
    InvoiceSummaryOut,
    OwnInvoicePaymentOut,
    PartnerInvoiceReply,
)
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.billing.invoice import Invoice
    from partners.billing.invoice_payment import InvoicePayment, InvoiceStanding


def summary_out(invoice: "Invoice", standing: "InvoiceStanding") -> InvoiceSummaryOut:
    return InvoiceSummaryOut(**_summary(invoice, standing))


def invoice_out(invoice: "Invoice", standing: "InvoiceStanding") -> InvoiceReply:
    """As the partner sees it."""
    payments = [OwnInvoicePaymentOut(**_own(one)) for one in standing.payments]
    return InvoiceReply(**_whole(invoice, standing), payments=payments)


def partner_invoice_out(invoice: "Invoice", standing: "InvoiceStanding") -> PartnerInvoiceReply:
    """As an operator sees it."""
    return PartnerInvoiceReply(**_whole(invoice, standing), payments=[payment_out(one) for one in standing.payments])


def payment_out(payment: "InvoicePayment") -> InvoicePaymentReply:
    return InvoicePaymentReply(
        **_own(payment), recorded_by=payment.by, recorded_at=to_rfc3339(payment.at_ms), reason=payment.reason
    )


def _own(payment: "InvoicePayment") -> dict[str, Any]:
    return {
        "payment_id": payment.payment_id,
        "amount_cents": payment.signed_cents,
        "day": payment.day,
        "reference": payment.reference,
        "reverses": payment.reverses,
    }


def _summary(invoice: "Invoice", standing: "InvoiceStanding") -> dict[str, Any]:
    bill = invoice.bill
    return {
        "number": invoice.number,
        "partner_id": bill.partner_id,
        "month": bill.month,
        "issued_at": to_rfc3339(invoice.issued_at_ms),
        "currency": bill.currency,
        "total_cents": invoice.total_cents,
        "status": standing.status.value,
        "due_at": None if standing.due_at_ms is None else to_rfc3339(standing.due_at_ms),
        "paid_cents": standing.paid_cents,
        "open_cents": standing.open_cents,
    }


def _whole(invoice: "Invoice", standing: "InvoiceStanding") -> dict[str, Any]:
    from partners.billing.estimate import Estimate

    adjustments = [
        AdjustmentOfMonthOut(month=one.month, amount_cents=one.amount_cents, explanation=one.explanation)
        for one in invoice.adjustments
    ]
    return {
        **_summary(invoice, standing),
        "partner_name": invoice.partner_name,
        "bill": bill_out(Estimate(invoice.bill, None, None), invoice),
        "adjustments": adjustments,
    }
