"""What a month costs a partner, and what it were under another plan."""

from typing import TYPE_CHECKING

from chalicelib.api.bill_shape import bill_out
from chalicelib.api.plan_shape import plan_of
from chalicelib.api.schemas.bills import BillParams, BillReply, PartnerBillParams, WhatIfBody, WhatIfReply
from chalicelib.api.schemas.fields import NoBody, NoParams
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.billing.errors import InvalidMonthError, MonthNotBegunError
from partners.contracts.errors import InvalidPlanError, NoTermsInForceError, UnknownPartnerError

if TYPE_CHECKING:
    from partners.contracts.plan import Plan

resource = Resource("bills", __name__)

REFUSALS = (InvalidMonthError, MonthNotBegunError, NoTermsInForceError)


@resource.get("/v1/bill", scope=Scope.REPORTS, params=BillParams, reply=BillReply, errors=REFUSALS)
def get_bill(call: Call[BillParams, NoBody]) -> Reply:
    """Get your bill of a month.

    It depends on two things only: your locations, and the loyalty visits of the month. While the month goes on it is an
    estimate: what has come to pass, and what the month comes to if visits go on like that.
    """
    return _standing(call.caller.partner_id, call.params.month)


@resource.get(
    "/v1/partners/{partner_id}/bill",
    scope=Scope.OPERATOR,
    params=PartnerBillParams,
    reply=BillReply,
    errors=(UnknownPartnerError, *REFUSALS),
)
def get_partner_bill(call: Call[PartnerBillParams, NoBody]) -> Reply:
    """Get a partner's bill of a month."""
    return _standing(call.params.partner_id, call.params.month)


@resource.post(
    "/v1/bill/what-if",
    scope=Scope.REPORTS,
    params=NoParams,
    body=WhatIfBody,
    reply=WhatIfReply,
    status=200,
    errors=(InvalidPlanError, *REFUSALS),
)
def try_plan(call: Call[NoParams, WhatIfBody]) -> Reply:
    """Try another plan out on one of your months.

    Nothing is agreed or written.
    """
    return _what_if(call.caller.partner_id, call.body.month, plan_of(call.body.plan))


@resource.post(
    "/v1/partners/{partner_id}/bill/what-if",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=WhatIfBody,
    reply=WhatIfReply,
    status=200,
    errors=(UnknownPartnerError, InvalidPlanError, *REFUSALS),
)
def try_partner_plan(call: Call[PartnerParams, WhatIfBody]) -> Reply:
    """Try another plan out on a partner's month.

    Nothing is agreed or written.
    """
    return _what_if(call.params.partner_id, call.body.month, plan_of(call.body.plan))


def _standing(partner_id: str, month: str) -> Reply:
    return Reply(bill_out(*bootstrap.services().invoices.standing(partner_id, month)))


def _what_if(partner_id: str, month: str, plan: "Plan") -> Reply:
    (actual, invoice, at_stripe), tried = bootstrap.services().invoices.what_if(partner_id, month, plan)
    reply = WhatIfReply(
        actual=bill_out(actual, invoice, at_stripe),
        what_if=bill_out(tried),
        difference_cents=tried.bill.total_cents - actual.bill.total_cents,
    )
    return Reply(reply)
