"""Usage plans: the operator says how fast a partner may send requests."""

from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.api.schemas.usage_plans import UsagePlanBody, UsagePlanReply
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.errors import UsagePlanConflictError
from partners.access.limits import RATES, PartnerLimits
from partners.access.model import Scope
from partners.contracts.errors import UnknownPartnerError

resource = Resource("usage plans", __name__)


@resource.get(
    "/v1/partners/{partner_id}/usage-plan",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    reply=UsagePlanReply,
    errors=(UnknownPartnerError,),
)
def get_usage_plan(call: Call[PartnerParams, NoBody]) -> Reply:
    """Show how fast a partner may send requests."""
    return Reply(_shown(bootstrap.services().usage_plans.of(call.params.partner_id)))


@resource.post(
    "/v1/partners/{partner_id}/usage-plan",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    before=lambda call: _shown(bootstrap.services().usage_plans.of(call.params.partner_id)),
    body=UsagePlanBody,
    reply=UsagePlanReply,
    status=200,
    errors=(UnknownPartnerError, UsagePlanConflictError),
)
def set_usage_plan(call: Call[PartnerParams, UsagePlanBody]) -> Reply:
    """Say how fast a partner may send requests.

    All its keys have the new limit within a minute, and at no moment none. The same again repairs what was left half
    done.
    """
    plans = bootstrap.services().usage_plans
    return Reply(_shown(plans.set_tier(call.params.partner_id, call.body.tier)))


def _shown(limits: PartnerLimits) -> UsagePlanReply:
    rate = RATES[limits.tier]
    return UsagePlanReply(
        partner_id=limits.partner_id,
        tier=limits.tier,
        requests_per_second=rate.requests_per_second,
        requests_at_once=rate.requests_at_once,
        in_force=limits.in_force,
    )
