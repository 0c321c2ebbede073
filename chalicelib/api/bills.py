"""What a month costs a partner."""

from typing import TYPE_CHECKING

from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.reports import BillLineOut, BillParams, BillReply, PartnerBillParams
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.billing.errors import InvalidMonthError, MonthNotBegunError
from partners.contracts.errors import NoTermsInForceError, UnknownPartnerError

if TYPE_CHECKING:
    from partners.billing.model import Bill

resource = Resource("bills", __name__)

REFUSALS = (InvalidMonthError, MonthNotBegunError, NoTermsInForceError)


@resource.get("/v1/bill", scope=Scope.REPORTS, params=BillParams, reply=BillReply, errors=REFUSALS)
def get_bill(call: Call[BillParams, NoBody]) -> Reply:
    """Get your bill of a month.

    It depends on two things only: your locations, and the loyalty visits of the month.
    """
    return Reply(_shape(bootstrap.services().billing.bill(call.caller.partner_id, call.params.month)))


@resource.get(
    "/v1/partners/{partner_id}/bill",
    scope=Scope.OPERATOR,
    params=PartnerBillParams,
    reply=BillReply,
    errors=(UnknownPartnerError, *REFUSALS),
)
def get_partner_bill(call: Call[PartnerBillParams, NoBody]) -> Reply:
    """Get a partner's bill of a month."""
    return Reply(_shape(bootstrap.services().billing.bill(call.params.partner_id, call.params.month)))


def _shape(bill: "Bill") -> BillReply:
    lines = [
        BillLineOut(
            kind=line.kind.value,
            quantity=line.quantity,
            unit_price_micros=line.unit_price_micros,
            flat_fee_cents=line.flat_fee_cents,
            amount_cents=line.amount_cents,
            explanation=line.explanation,
        )
        for line in bill.lines
    ]
    return BillReply(
        partner_id=bill.partner_id,
        month=bill.month,
        currency=bill.currency,
        terms_version=bill.terms_version,
        location_count=bill.location_count,
        visits=bill.visits,
        lines=lines,
        total_cents=bill.total_cents,
        month_over=bill.month_over,
    )
