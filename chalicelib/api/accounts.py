"""Merging accounts of one customer, and closing an account: the network operator's work."""

from chalicelib.api.schemas.accounts import ClosedReply, ClosureBody, MergeBody, MergedReply, UnmergedReply
from chalicelib.api.schemas.fields import NoParams, money_out
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.accounts.model import CloseRequest, MergeRequest
from partners.contracts.errors import InvalidReasonError
from shared.kernel.clock import to_rfc3339
from shared.ledger.errors import (
    AccountBusyError,
    AccountClosedError,
    AccountFullError,
    AccountFullTodayError,
    AccountLinkedError,
    AccountNotEmptyError,
    HoldsOpenError,
    HouseholdFullError,
    HouseholdNotEmptyError,
    IdempotencyKeyReusedError,
    MergedPointsUsedError,
    NotLinkedError,
    SameAccountError,
    UnknownCardError,
    UnmergeTooLateError,
)
from shared.members.errors import InvalidCardNumberError

resource = Resource("accounts", __name__)

DECISION = (
    InvalidReasonError,
    InvalidCardNumberError,
    UnknownCardError,
    AccountClosedError,
    IdempotencyKeyReusedError,
    AccountFullError,
    AccountFullTodayError,
    AccountBusyError,
)


@resource.post(
    "/v1/merges",
    scope=Scope.OPERATOR,
    params=NoParams,
    body=MergeBody,
    reply=MergedReply,
    idempotent=True,
    errors=(*DECISION, SameAccountError, AccountLinkedError, HouseholdFullError, HoldsOpenError),
)
def merge_accounts(call: Call[NoParams, MergeBody]) -> Reply:
    """Merge two accounts of one customer.

    All that the first card holds and owes goes to the second one's account, which both cards use from now on.
    Holds must have ended.
    """
    body = call.body
    done = bootstrap.services().accounts.merge(
        call.caller.acting_as,
        call.idempotency_key,
        MergeRequest(body.card_number, body.into_card_number, body.reason),
    )
    reply = MergedReply(
        entry_id=done.entry.entry_id,
        recorded_at=to_rfc3339(done.entry.recorded_at_ms),
        points=done.points,
        points_balance=done.points_balance,
        reversible_until=to_rfc3339(done.reversible_until_ms),
    )
    return Reply(reply, done.replayed)


@resource.post(
    "/v1/merges/reversals",
    scope=Scope.OPERATOR,
    params=NoParams,
    body=MergeBody,
    reply=UnmergedReply,
    idempotent=True,
    errors=(*DECISION, SameAccountError, NotLinkedError, UnmergeTooLateError, MergedPointsUsedError),
)
def reverse_merge(call: Call[NoParams, MergeBody]) -> Reply:
    """Undo a merge.

    For 30 days, and while all that it moved is still there. The first card gets back what it brought, less what
    has expired since; what either card earned meanwhile stays with the second one's account.
    """
    body = call.body
    done = bootstrap.services().accounts.unmerge(
        call.caller.acting_as,
        call.idempotency_key,
        MergeRequest(body.card_number, body.into_card_number, body.reason),
    )
    reply = UnmergedReply(
        entry_id=done.entry.entry_id,
        recorded_at=to_rfc3339(done.entry.recorded_at_ms),
        points=done.entry.points,
        points_balance=done.points_balance,
        points_pending=done.points_pending,
    )
    return Reply(reply, done.replayed)


@resource.post(
    "/v1/closures",
    scope=Scope.OPERATOR,
    params=NoParams,
    body=ClosureBody,
    reply=ClosedReply,
    idempotent=True,
    errors=(*DECISION, AccountLinkedError, HouseholdNotEmptyError, HoldsOpenError, AccountNotEmptyError),
)
def close_account(call: Call[NoParams, ClosureBody]) -> Reply:
    """Close an account for good.

    Its cards, merged ones included, are refused from now on, and its customer's contact is erased, so that the
    customer may enrol again. What it still holds is lost, which `forfeit` must allow; what it owes is written
    off. The others of a household must have left.
    """
    body = call.body
    done = bootstrap.services().accounts.close(
        call.caller.acting_as,
        call.idempotency_key,
        CloseRequest(body.card_number, body.forfeit, body.reason),
    )
    reply = ClosedReply(
        entry_id=done.entry.entry_id,
        recorded_at=to_rfc3339(done.entry.recorded_at_ms),
        points_forfeited=done.points_forfeited,
        cashback_forfeited=[money_out(one) for one in done.cashback_forfeited],
        points_written_off=done.points_written_off,
        cashback_written_off=[money_out(one) for one in done.cashback_written_off],
    )
    return Reply(reply, done.replayed)
