"""A bill in JSON."""

from typing import TYPE_CHECKING, Literal

from chalicelib.api.schemas.bills import BillLineOut, BillReply, LocationUsageOut, ProjectionOut, SpendAlertOut

if TYPE_CHECKING:
    from partners.billing.estimate import Estimate
    from partners.billing.invoice import Invoice
    from partners.billing.model import BillLine


def bill_out(estimate: "Estimate", invoice: "Invoice | None" = None) -> BillReply:
    """A month as invoiced, or else as estimated now."""
    bill, projection, alert = estimate.bill, estimate.projection, estimate.alert
    unissued: Literal["closing", "running"] = "closing" if bill.month_over else "running"
    usage = bill.usage
    return BillReply(
        state=unissued if invoice is None else "final",
        invoice_number=None if invoice is None else invoice.number,
        partner_id=bill.partner_id,
        month=bill.month,
        currency=bill.currency,
        terms_version=bill.terms_version,
        location_count=bill.location_count,
        location_days=usage.total_location_days,
        visits=bill.visits,
        late_visits=bill.late_visits,
        locations=[
            LocationUsageOut(
                location_id=location,
                location_days=usage.location_days.get(location, 0),
                visits=usage.visits.get(location, 0),
            )
            for location in usage.locations
        ],
        lines=[line_out(line) for line in bill.lines],
        total_cents=bill.total_cents,
        month_over=bill.month_over,
        projection=None
        if projection is None
        else ProjectionOut(visits=projection.visits, total_cents=projection.total_cents),
        spend_alert=None
        if alert is None
        else SpendAlertOut(limit_cents=alert.limit_cents, reached=alert.reached, expected=alert.expected),
    )


def line_out(line: "BillLine") -> BillLineOut:
    return BillLineOut(
        kind=line.kind.value,
        location_id=line.location,
        quantity=line.quantity,
        divisor=line.divisor,
        unit_price_micros=line.unit_price_micros,
        flat_fee_cents=line.flat_fee_cents,
        amount_cents=line.amount_cents,
        explanation=line.explanation,
    )
