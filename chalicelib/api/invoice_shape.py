"""An invoice in JSON."""

from typing import TYPE_CHECKING

from chalicelib.api.bill_shape import bill_out
from chalicelib.api.schemas.invoices import AdjustmentOfMonthOut, InvoiceReply, InvoiceSummaryOut
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.billing.invoice import Invoice


def summary_out(invoice: "Invoice") -> InvoiceSummaryOut:
    bill = invoice.bill
    return InvoiceSummaryOut(
        number=invoice.number,
        partner_id=bill.partner_id,
        month=bill.month,
        issued_at=to_rfc3339(invoice.issued_at_ms),
        currency=bill.currency,
        total_cents=invoice.total_cents,
    )


def invoice_out(invoice: "Invoice") -> InvoiceReply:
    from partners.billing.estimate import Estimate

    adjustments = [
        AdjustmentOfMonthOut(month=one.month, amount_cents=one.amount_cents, explanation=one.explanation)
        for one in invoice.adjustments
    ]
    return InvoiceReply(
        **dict(summary_out(invoice)),
        partner_name=invoice.partner_name,
        bill=bill_out(Estimate(invoice.bill, None, None), invoice),
        adjustments=adjustments,
    )
