"""Points spent at the till."""

from chalicelib.api import refusals
from chalicelib.api.schemas.fields import NoParams
from chalicelib.api.schemas.till import RedeemedReply, RedemptionBody, ValueOut
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.till.errors import RedemptionTooSmallError
from partners.till.model import RedeemRequest
from shared.kernel.clock import to_rfc3339
from shared.ledger.errors import InsufficientPointsError

resource = Resource("redemptions", __name__)


@resource.post(
    "/v1/redemptions",
    scope=Scope.REDEEM,
    params=NoParams,
    body=RedemptionBody,
    reply=RedeemedReply,
    idempotent=True,
    errors=(*refusals.POSTING, RedemptionTooSmallError, InsufficientPointsError),
)
def redeem_points(call: Call[NoParams, RedemptionBody]) -> Reply:
    """Take points and tell what they are worth.

    Points of every partner are taken, those that expire first before the others. `value` is what the till
    takes off the receipt, rounded down to a whole cent.
    """
    body = call.body
    done = bootstrap.services().till.redeem(
        call.caller.partner_id,
        call.idempotency_key,
        RedeemRequest(body.card_number, body.location_id, body.receipt, body.occurred_at, body.points),
    )
    reply = RedeemedReply(
        entry_id=done.entry.entry_id,
        recorded_at=to_rfc3339(done.entry.recorded_at_ms),
        visit=done.entry.visit,
        points=done.entry.points,
        points_balance=done.points_balance,
        value=ValueOut(amount_cents=done.value.amount_cents, currency=done.value.currency),
    )
    return Reply(reply, done.replayed)
