"""Redeeming in two steps: set points aside, then capture or void."""

from chalicelib.api import refusals
from chalicelib.api.schemas.fields import NoParams, money_out
from chalicelib.api.schemas.undo import (
    CaptureBody,
    CapturedReply,
    EntryParams,
    HeldReply,
    HoldBody,
    VoidBody,
    VoidedReply,
)
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.till.model import EndHoldRequest, ReserveRequest
from shared.kernel.clock import to_rfc3339
from shared.ledger.errors import HoldNotOpenError, InsufficientPointsError, RedemptionTooSmallError

resource = Resource("holds", __name__)


@resource.post(
    "/v1/holds",
    scope=Scope.REDEEM,
    params=NoParams,
    body=HoldBody,
    reply=HeldReply,
    idempotent=True,
    errors=(*refusals.POSTING, RedemptionTooSmallError, InsufficientPointsError),
)
def reserve_points(call: Call[NoParams, HoldBody]) -> Reply:
    """Set points aside.

    Nobody can spend them until you capture or void the hold, or it ends by itself. Their value is promised.
    """
    body = call.body
    held = bootstrap.services().holds.reserve(
        call.caller.partner_id,
        call.idempotency_key,
        ReserveRequest(
            card_number=body.card_number,
            location_id=body.location_id,
            receipt=body.receipt,
            occurred_at_ms=body.occurred_at,
            points=body.points,
            ttl_seconds=body.ttl_seconds,
        ),
    )
    reply = HeldReply(
        entry_id=held.hold_id,
        recorded_at=to_rfc3339(held.entry.recorded_at_ms),
        expires_at=to_rfc3339(held.expires_at_ms),
        points=held.entry.points,
        points_balance=held.points_balance,
        value=money_out(held.value),
    )
    return Reply(reply, held.replayed)


@resource.post(
    "/v1/holds/{entry_id}/capture",
    scope=Scope.REDEEM,
    params=EntryParams,
    body=CaptureBody,
    reply=CapturedReply,
    idempotent=True,
    errors=(*refusals.UNDOING, HoldNotOpenError, InsufficientPointsError, RedemptionTooSmallError),
)
def capture_hold(call: Call[EntryParams, CaptureBody]) -> Reply:
    """Redeem points that were set aside.

    All or part, at the value promised; what is not captured becomes active again. A hold ends once.
    """
    body = call.body
    ended = bootstrap.services().holds.capture(
        call.caller.partner_id,
        call.idempotency_key,
        EndHoldRequest(call.params.entry_id, body.location_id, body.receipt, body.occurred_at, body.points),
    )
    reply = CapturedReply(
        entry_id=ended.entry.entry_id,
        recorded_at=to_rfc3339(ended.entry.recorded_at_ms),
        visit=ended.entry.visit,
        points=ended.entry.points,
        points_released=ended.points_released,
        points_balance=ended.points_balance,
        value=money_out(ended.value),
    )
    return Reply(reply, ended.replayed)


@resource.post(
    "/v1/holds/{entry_id}/void",
    scope=Scope.REDEEM,
    params=EntryParams,
    body=VoidBody,
    reply=VoidedReply,
    idempotent=True,
    errors=(*refusals.UNDOING, HoldNotOpenError),
)
def void_hold(call: Call[EntryParams, VoidBody]) -> Reply:
    """Give up points that were set aside.

    All of them become active again. A hold ends once.
    """
    body = call.body
    ended = bootstrap.services().holds.void(
        call.caller.partner_id,
        call.idempotency_key,
        EndHoldRequest(call.params.entry_id, body.location_id, body.receipt, body.occurred_at),
    )
    reply = VoidedReply(
        entry_id=ended.entry.entry_id,
        recorded_at=to_rfc3339(ended.entry.recorded_at_ms),
        points_released=ended.points_released,
        points_balance=ended.points_balance,
    )
    return Reply(reply, ended.replayed)
