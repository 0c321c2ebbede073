"""Events of Stripe's that could not be understood, for the operator: which, why, and what becomes of them."""

from typing import TYPE_CHECKING

from chalicelib.api.billing import DECIDING, decided
from chalicelib.api.schemas.billing import BillingDecisionReply
from chalicelib.api.schemas.billing_events import (
    EventDecisionBody,
    EventParams,
    SetAsideEventOut,
    SetAsideEventsReply,
)
from chalicelib.api.schemas.fields import NoBody
from chalicelib.errors import InvalidCursorError
from chalicelib.listing import PageParams, page_of
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.billing.decision import Asked, What
from partners.billing.stripe_errors import DecisionNotPossibleError
from partners.contracts.model import NETWORK
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.billing.webhooks import SetAside

resource = Resource("billing_events", __name__)

_DECISIONS = {"retry": What.RETRY_EVENT, "dismiss": What.DISMISS_EVENT}


@resource.get(
    "/v1/billing/events",
    scope=Scope.OPERATOR,
    params=PageParams,
    reply=SetAsideEventsReply,
    errors=(InvalidCursorError,),
)
def list_billing_events(call: Call[PageParams, NoBody]) -> Reply:
    """List Stripe's events that had no effect, because they could not be understood or what they ask for failed.

    The schedule tries them again every 15 minutes, and tells of them each time until they are understood or dismissed.
    """
    found = bootstrap.services().webhooks.all_set_aside()
    page, next_cursor = page_of(found, lambda one: one.event_id, ("billing events",), call.params)
    return Reply(SetAsideEventsReply(events=[_shown(one) for one in page], next_cursor=next_cursor))


@resource.post(
    "/v1/billing/events/{event_id}/decisions",
    scope=Scope.OPERATOR,
    params=EventParams,
    body=EventDecisionBody,
    reply=BillingDecisionReply,
    idempotent=True,
    errors=(*DECIDING, DecisionNotPossibleError),
)
def decide_event(call: Call[EventParams, EventDecisionBody]) -> Reply:
    """Try an event again that had no effect, or dismiss it: then it never has one."""
    body = call.body
    return decided(call, Asked(_DECISIONS[body.decision], NETWORK, body.reason, identifier=call.params.event_id))


def _shown(one: "SetAside") -> SetAsideEventOut:
    return SetAsideEventOut(
        event_id=one.event_id,
        type=one.kind,
        why=one.why,
        first_tried_at=to_rfc3339(one.first_s * 1_000),
        last_tried_at=to_rfc3339(one.tried_s * 1_000),
        tries=one.tries,
    )
