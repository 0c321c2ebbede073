"""A bill in JSON."""

from typing import TYPE_CHECKING

from chalicelib.api.schemas.bills import BillLineOut, BillReply, LocationUsageOut

if TYPE_CHECKING:
    from partners.billing.model import Bill, BillLine


def bill_out(bill: "Bill") -> BillReply:
    usage = bill.usage
    return BillReply(
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
