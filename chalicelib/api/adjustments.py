"""Adjustments: the network operator grants or takes points, two people above a limit."""

from chalicelib.api import refusals
from chalicelib.api.schemas.adjustments import (
    AdjustmentBody,
    AdjustmentParams,
    AdjustmentReply,
    AdjustmentsReply,
)
from chalicelib.api.schemas.fields import NoBody, NoParams, WhyBody
from chalicelib.errors import InvalidCursorError
from chalicelib.listing import PageParams, page_of
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.adjustments.errors import (
    AdjustmentDecidedError,
    InvalidAdjustmentError,
    UnknownAdjustmentError,
)
from partners.adjustments.model import Adjustment
from partners.contracts.errors import (
    NoTermsInForceError,
    NotInThisStateError,
    SecondPersonNeededError,
    UnknownPartnerError,
)
from shared.kernel.clock import to_rfc3339
from shared.kernel.logs import logger
from shared.ledger.errors import (
    AccountBusyError,
    AccountClosedError,
    HoldsOpenError,
    IdempotencyKeyReusedError,
    InsufficientPointsError,
    OccurredTooLongAgoError,
    PointsRunOutError,
    ReturnExceedsPurchaseError,
    UndoExceedsAdjustmentError,
)

resource = Resource("adjustments", __name__)

BEYOND_ONE_PERSON = "an adjustment is beyond what one person may do alone in a day"


@resource.post(
    "/v1/adjustments",
    scope=Scope.OPERATOR,
    params=NoParams,
    body=AdjustmentBody,
    reply=AdjustmentReply,
    idempotent=True,
    errors=(
        *refusals.CARD,
        UnknownPartnerError,
        NotInThisStateError,
        NoTermsInForceError,
        InvalidAdjustmentError,
        InsufficientPointsError,
        IdempotencyKeyReusedError,
        AccountBusyError,
    ),
)
def propose_adjustment(call: Call[NoParams, AdjustmentBody]) -> Reply:
    """Grant or take points.

    What you grant and take in a UTC day is applied at once while it comes to 5,000 points at most, and so does what
    is done alone on the account that day, by whomever. What is more waits as a proposal until another operator, with
    a key of their own, approves it. Every adjustment has a reason and is an entry of the journal like any other.
    """
    body = call.body
    adjustment = bootstrap.services().adjustments.propose(
        call.caller.acting_as,
        call.idempotency_key,
        body.card_number,
        body.issuer,
        body.points,
        body.reason,
        # An alarm reads this.
        lambda adjustment_id: logger().warning(BEYOND_ONE_PERSON, extra={"adjustment_id": adjustment_id}),
    )
    return Reply(_shown(adjustment))


@resource.get(
    "/v1/adjustments", scope=Scope.OPERATOR, params=PageParams, reply=AdjustmentsReply, errors=(InvalidCursorError,)
)
def list_adjustments(call: Call[PageParams, NoBody]) -> Reply:
    """List all adjustments, newest first."""
    newest_first = sorted(bootstrap.services().adjustments.all(), key=_place, reverse=True)
    page, next_cursor = page_of(newest_first, _place, ("adjustments",), call.params, descending=True)
    return Reply(AdjustmentsReply(adjustments=[_shown(one) for one in page], next_cursor=next_cursor))


def _place(adjustment: Adjustment) -> str:
    return f"{adjustment.proposed_at_ms:015d}{adjustment.adjustment_id}"


@resource.post(
    "/v1/adjustments/{adjustment_id}/approve",
    scope=Scope.OPERATOR,
    params=AdjustmentParams,
    before=lambda call: _shown(bootstrap.services().adjustments.get(call.params.adjustment_id)),
    body=WhyBody,
    reply=AdjustmentReply,
    status=200,
    errors=(
        UnknownAdjustmentError,
        SecondPersonNeededError,
        AdjustmentDecidedError,
        NotInThisStateError,
        InvalidAdjustmentError,
        InsufficientPointsError,
        ReturnExceedsPurchaseError,
        UndoExceedsAdjustmentError,
        PointsRunOutError,
        HoldsOpenError,
        OccurredTooLongAgoError,
        AccountClosedError,
        AccountBusyError,
    ),
)
def approve_adjustment(call: Call[AdjustmentParams, WhyBody]) -> Reply:
    """Approve another operator's proposal, and apply it.

    Again is a success. A proposal can be approved for 30 days. What takes points back for a case waits until no till
    has points of the issuer set aside (`holds_open`), and can't be once some have run out (`points_run_out`).
    """
    adjustments = bootstrap.services().adjustments
    return Reply(_shown(adjustments.approve(call.caller.acting_as, call.params.adjustment_id)))


@resource.post(
    "/v1/adjustments/{adjustment_id}/reject",
    scope=Scope.OPERATOR,
    params=AdjustmentParams,
    before=lambda call: _shown(bootstrap.services().adjustments.get(call.params.adjustment_id)),
    body=WhyBody,
    reply=AdjustmentReply,
    status=200,
    errors=(UnknownAdjustmentError, AdjustmentDecidedError),
)
def reject_adjustment(call: Call[AdjustmentParams, WhyBody]) -> Reply:
    """Reject a proposal, your own or another's. Again is a success."""
    adjustments = bootstrap.services().adjustments
    return Reply(_shown(adjustments.reject(call.caller.acting_as, call.params.adjustment_id)))


def _shown(adjustment: Adjustment) -> AdjustmentReply:
    return AdjustmentReply(
        adjustment_id=adjustment.adjustment_id,
        state=adjustment.state,
        issuer=adjustment.issuer,
        points=adjustment.points,
        reason=adjustment.reason,
        proposed_by=adjustment.proposed_by,
        proposed_at=to_rfc3339(adjustment.proposed_at_ms),
        decided_by=adjustment.decided_by,
        entry_id=adjustment.entry_id,
        case=adjustment.case,
        amount_cents=None if adjustment.amount_cents is None else -adjustment.amount_cents,
    )
