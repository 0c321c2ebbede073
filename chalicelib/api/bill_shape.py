"""A bill in JSON."""

from typing import TYPE_CHECKING, Literal

from chalicelib.api.schemas.bills import BillLineOut, BillReply, LocationUsageOut, ProjectionOut, SpendAlertOut

if TYPE_CHECKING:
    from partners.billing.estimate import Estimate
    from partners.billing.invoice import Invoice
    from partners.billing.model import Bill, BillLine
    from partners.billing.stripe_model import Closing


State = Literal["running", "closing", "held", "final"]


def bill_out(estimate: "Estimate", invoice: "Invoice | None" = None, at_stripe: "Closing | None" = None) -> BillReply:
    """A month as invoiced, or else as counted now. `at_stripe` is how it stands there, if it is billed there."""
    bill, projection, alert = estimate.bill, estimate.projection, estimate.alert
    usage = bill.usage
    state = _state(bill, invoice, at_stripe)
    invoicer: Literal["operator", "stripe"] | None = None if invoice is None else "operator"
    return BillReply(
        state=state,
        invoicer=invoicer if at_stripe is None else "stripe",
        invoice_number=None if invoice is None or invoice.nothing_due else invoice.number,
        invoiced_cents=at_stripe.billed_cents if at_stripe is not None and state == "final" else None,
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


def _state(bill: "Bill", invoice: "Invoice | None", at_stripe: "Closing | None") -> State:
    from partners.billing.stripe_model import ClosingState

    closing = None if at_stripe is None else at_stripe.state
    if invoice is not None or closing is ClosingState.FINALISED:
        return "final"
    if closing is ClosingState.HELD:
        return "held"
    return "closing" if bill.month_over else "running"


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
