"""Points given to another customer, and households."""

from chalicelib.api import refusals
from chalicelib.api.schemas.fields import NoParams
from chalicelib.api.schemas.sharing import (
    DepartedReply,
    DepartureBody,
    JoinBody,
    JoinedReply,
    TransferBody,
    TransferredReply,
)
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.till.errors import HouseholdCardNeededError
from partners.till.model import JoinRequest, LeaveRequest, TransferRequest
from shared.kernel.clock import to_rfc3339
from shared.ledger.errors import (
    AccountLinkedError,
    DebtOutstandingError,
    HoldsOpenError,
    HouseholdFullError,
    InsufficientPointsError,
    NotLinkedError,
)

resource = Resource("sharing", __name__)


@resource.post(
    "/v1/transfers",
    scope=Scope.REDEEM,
    params=NoParams,
    body=TransferBody,
    reply=TransferredReply,
    idempotent=True,
    errors=(*refusals.SHARING, DebtOutstandingError, InsufficientPointsError),
)
def transfer_points(call: Call[NoParams, TransferBody]) -> Reply:
    """Give points to another customer.

    Both cards are shown. Points that expire first go first and keep their expiry. Pending points and cashback
    stay, and who owes points can't give any away.
    """
    body = call.body
    done = bootstrap.services().sharing.transfer(
        call.caller.partner_id,
        call.idempotency_key,
        TransferRequest(body.card_number, body.to_card_number, body.location_id, body.occurred_at, body.points),
    )
    reply = TransferredReply(
        entry_id=done.entry.entry_id,
        recorded_at=to_rfc3339(done.entry.recorded_at_ms),
        points=done.entry.points,
        points_balance=done.points_balance,
    )
    return Reply(reply, done.replayed)


@resource.post(
    "/v1/households",
    scope=Scope.MEMBERS,
    params=NoParams,
    body=JoinBody,
    reply=JoinedReply,
    idempotent=True,
    errors=(*refusals.SHARING, AccountLinkedError, HouseholdFullError, HoldsOpenError),
)
def join_household(call: Call[NoParams, JoinBody]) -> Reply:
    """Let a customer's card use another customer's account.

    Both cards are shown. All that the first card holds and owes goes to the second one's account, in which both
    cards earn and spend from now on. Up to nine other cards can use one account.
    """
    body = call.body
    done = bootstrap.services().sharing.join(
        call.caller.partner_id,
        call.idempotency_key,
        JoinRequest(body.card_number, body.household_card_number, body.location_id, body.occurred_at),
    )
    reply = JoinedReply(
        entry_id=done.entry.entry_id,
        recorded_at=to_rfc3339(done.entry.recorded_at_ms),
        points=done.points_brought,
        points_balance=done.points_balance,
    )
    return Reply(reply, done.replayed)


@resource.post(
    "/v1/households/departures",
    scope=Scope.MEMBERS,
    params=NoParams,
    body=DepartureBody,
    reply=DepartedReply,
    idempotent=True,
    errors=(*refusals.SHARING, NotLinkedError, HouseholdCardNeededError, DebtOutstandingError, InsufficientPointsError),
)
def leave_household(call: Call[NoParams, DepartureBody]) -> Reply:
    """Let a customer's card stand alone again.

    The card takes along `points` of the household, if the household's card is shown too, and what its own earlier
    purchases have pending, and unpaid debts that it brought; cashback stays with the household.
    """
    body = call.body
    done = bootstrap.services().sharing.leave(
        call.caller.partner_id,
        call.idempotency_key,
        LeaveRequest(body.card_number, body.household_card_number, body.location_id, body.occurred_at, body.points),
    )
    reply = DepartedReply(
        entry_id=done.entry.entry_id,
        recorded_at=to_rfc3339(done.entry.recorded_at_ms),
        points=done.entry.points,
        points_balance=done.points_balance,
        points_pending=done.points_pending,
    )
    return Reply(reply, done.replayed)
