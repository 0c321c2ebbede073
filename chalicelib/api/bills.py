"""What a month costs a partner."""

from chalicelib.api.bill_shape import bill_out
from chalicelib.api.schemas.bills import BillParams, BillReply, PartnerBillParams
from chalicelib.api.schemas.fields import NoBody
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.billing.errors import InvalidMonthError, MonthNotBegunError
from partners.contracts.errors import NoTermsInForceError, UnknownPartnerError

resource = Resource("bills", __name__)

REFUSALS = (InvalidMonthError, MonthNotBegunError, NoTermsInForceError)


@resource.get("/v1/bill", scope=Scope.REPORTS, params=BillParams, reply=BillReply, errors=REFUSALS)
def get_bill(call: Call[BillParams, NoBody]) -> Reply:
    """Get your bill of a month.

    It depends on two things only: your locations, and the loyalty visits of the month.
    """
    return Reply(bill_out(bootstrap.services().billing.bill(call.caller.partner_id, call.params.month)))


@resource.get(
    "/v1/partners/{partner_id}/bill",
    scope=Scope.OPERATOR,
    params=PartnerBillParams,
    reply=BillReply,
    errors=(UnknownPartnerError, *REFUSALS),
)
def get_partner_bill(call: Call[PartnerBillParams, NoBody]) -> Reply:
    """Get a partner's bill of a month."""
    return Reply(bill_out(bootstrap.services().billing.bill(call.params.partner_id, call.params.month)))
