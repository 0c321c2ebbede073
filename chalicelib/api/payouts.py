"""Payouts: the network pays a member's cashback out in money."""

from typing import Any

from chalicelib.api import refusals
from chalicelib.api.schemas.fields import NoBody, NoParams, WhyBody, money_out
from chalicelib.api.schemas.payouts import (
    AskedPayoutReply,
    PayoutBody,
    PayoutOriginReply,
    PayoutReply,
    PayoutRequestParams,
    PayoutRequestReply,
    PayoutRequestsReply,
)
from chalicelib.api.schemas.undo import EntryParams
from chalicelib.cursors import cursors
from chalicelib.errors import InvalidCursorError
from chalicelib.listing import PageParams
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import SecondPersonNeededError
from partners.contracts.payment import usual_method
from partners.payouts.errors import (
    MemberAccountNeededError,
    PayoutRequestDecidedError,
    PayoutReversedError,
    UnknownPayoutError,
    UnknownPayoutRequestError,
)
from partners.payouts.model import Asked, PayoutRequest
from partners.settlement.payments.errors import PayoutInSettlementError
from shared.kernel.clock import to_rfc3339
from shared.kernel.money import Money
from shared.ledger.errors import (
    AccountBusyError,
    AccountClosedError,
    AccountFullError,
    AccountFullTodayError,
    CardReplacedError,
    CashbackOwedError,
    IdempotencyKeyReusedError,
    InsufficientCashbackError,
    PayoutBelowMinimumError,
)

resource = Resource("payouts", __name__)

LISTING = ("payout-requests",)
OF_THE_ACCOUNT = (
    PayoutBelowMinimumError,
    InsufficientCashbackError,
    CashbackOwedError,
    AccountClosedError,
    AccountFullError,
    AccountFullTodayError,
    AccountBusyError,
)


@resource.post(
    "/v1/payouts",
    scope=Scope.OPERATOR,
    params=NoParams,
    body=PayoutBody,
    reply=AskedPayoutReply,
    idempotent=True,
    errors=(*refusals.CARD, MemberAccountNeededError, IdempotencyKeyReusedError, *OF_THE_ACCOUNT),
)
def pay_out(call: Call[NoParams, PayoutBody]) -> Reply:
    """Pay cashback out.

    Up to 50.00, of a currency and on a UTC day, an operator pays out alone. More waits (`proposed`) until another
    operator approves it. The entry is the instruction, and what the network owes the member from then on; the money
    itself is sent by your bank. Where payouts go by bank file, in euros, say to which account: no file pays another.
    A deployment has a minimum, 10.00 unless it is set to something else. What the member owes
    of cashback for returned goods is not paid out. A card of a closed account is
    taken if the bank returned a payout of it; there is no minimum then.
    """
    body = call.body
    cashback = Money(body.cashback.amount_cents, body.cashback.currency)
    asked = bootstrap.services().payout_requests.ask(
        call.caller.acting_as, call.idempotency_key, body.card_number, cashback, body.member_account_fingerprint
    )
    return Reply(_asked(asked), asked.paid is not None and asked.paid.replayed)


@resource.get(
    "/v1/payouts/{entry_id}",
    scope=Scope.OPERATOR,
    params=EntryParams,
    reply=PayoutOriginReply,
    errors=(UnknownPayoutError,),
)
def get_payout(call: Call[EntryParams, NoBody]) -> Reply:
    """Get a payout: who asked for it, who approved it, and the fingerprint of the bank account that it goes to.

    A fingerprint is kept for 400 days.
    """
    services = bootstrap.services()
    entry, origin = services.payout_requests.origin(call.params.entry_id)
    return Reply(
        PayoutOriginReply(
            entry_id=entry.entry_id,
            recorded_at=to_rfc3339(entry.recorded_at_ms),
            cashback=money_out(Money(entry.cashback_cents or 0, entry.currency or "")),
            paid_by=usual_method(entry.currency or ""),
            member_account_fingerprint=origin.account,
            asked_by=origin.asked_by,
            approved_by=origin.approved_by,
        )
    )


@resource.get(
    "/v1/payout-requests",
    scope=Scope.OPERATOR,
    params=PageParams,
    reply=PayoutRequestsReply,
    errors=(InvalidCursorError,),
)
def list_payout_requests(call: Call[PageParams, NoBody]) -> Reply:
    """List requests for payouts that needed two operators, newest first.

    An applied one's account is with its payout.
    """
    params = call.params
    after = None if params.cursor is None else str(cursors().read(LISTING, params.cursor)["after"])
    page, following = bootstrap.services().payout_requests.newest(after, params.limit)
    next_cursor = None if following is None else cursors().write(LISTING, {"after": following})
    shown = [PayoutRequestReply(**_facts(one)) for one in page]
    return Reply(PayoutRequestsReply(requests=shown, next_cursor=next_cursor))


@resource.get(
    "/v1/payout-requests/{request_id}",
    scope=Scope.OPERATOR,
    params=PayoutRequestParams,
    reply=AskedPayoutReply,
    errors=(UnknownPayoutRequestError,),
)
def get_payout_request(call: Call[PayoutRequestParams, NoBody]) -> Reply:
    """Get a request for a payout: whose it is, where it is to go, and what has become of it."""
    return Reply(_as_it_is(call.params.request_id))


@resource.post(
    "/v1/payout-requests/{request_id}/approve",
    scope=Scope.OPERATOR,
    params=PayoutRequestParams,
    before=lambda call: _as_it_is(call.params.request_id),
    body=WhyBody,
    reply=AskedPayoutReply,
    status=200,
    errors=(
        UnknownPayoutRequestError,
        SecondPersonNeededError,
        PayoutRequestDecidedError,
        CardReplacedError,
        *OF_THE_ACCOUNT,
    ),
)
def approve_payout_request(call: Call[PayoutRequestParams, WhyBody]) -> Reply:
    """Approve a payout that another operator has asked for. Again is a success.

    Look at whose it is (`card_member`, and `member` as in who may be paid at an account), and compare the account with
    what that very member has told you. What the ledger refuses waits still.
    """
    requests = bootstrap.services().payout_requests
    return Reply(_asked(requests.approve(call.caller.acting_as, call.params.request_id)))


@resource.post(
    "/v1/payout-requests/{request_id}/reject",
    scope=Scope.OPERATOR,
    params=PayoutRequestParams,
    before=lambda call: _as_it_is(call.params.request_id),
    body=WhyBody,
    reply=AskedPayoutReply,
    status=200,
    errors=(UnknownPayoutRequestError, PayoutRequestDecidedError),
)
def reject_payout_request(call: Call[PayoutRequestParams, WhyBody]) -> Reply:
    """Take back a request of your own for a payout, or refuse another's. Again is a success."""
    requests = bootstrap.services().payout_requests
    return Reply(_asked(requests.reject(call.caller.acting_as, call.params.request_id)))


@resource.post(
    "/v1/payouts/{entry_id}/reversals",
    scope=Scope.OPERATOR,
    params=EntryParams,
    body=WhyBody,
    reply=PayoutReply,
    idempotent=True,
    errors=(
        UnknownPayoutError,
        PayoutReversedError,
        PayoutInSettlementError,
        IdempotencyKeyReusedError,
        AccountFullError,
        AccountFullTodayError,
        AccountBusyError,
    ),
)
def reverse_payout(call: Call[EntryParams, WhyBody]) -> Reply:
    """Take a payout back that no settlement has planned to pay yet.

    Once one has, what became of the money is said there: defer it, or record what the bank says.
    All of it goes back to the account, as if it had never left; after a merge to the account that answers now. A
    closed account stays closed, and what it gets back can be paid out again.
    """
    done = bootstrap.services().member_cashback.reverse(
        call.caller.acting_as, call.idempotency_key, call.params.entry_id
    )
    reply = PayoutReply(
        entry_id=done.entry.entry_id,
        recorded_at=to_rfc3339(done.entry.recorded_at_ms),
        cashback=money_out(done.cashback),
        cashback_balance=money_out(done.cashback_balance),
    )
    return Reply(reply, done.replayed)


def _as_it_is(request_id: str) -> AskedPayoutReply:
    return _asked(bootstrap.services().payout_requests.whole(request_id))


def _asked(asked: Asked) -> AskedPayoutReply:
    paid = asked.paid
    return AskedPayoutReply(
        **_facts(asked.request),
        recorded_at=None if paid is None else to_rfc3339(paid.entry.recorded_at_ms),
        cashback_balance=None if paid is None else money_out(paid.cashback_balance),
    )


def _facts(request: PayoutRequest) -> dict[str, Any]:
    return {
        "request_id": request.request_id,
        "state": request.state,
        "member": bootstrap.services().payout_requests.taken_from(request),
        "card_member": request.member,
        "entry_id": request.entry_id,
        "cashback": money_out(request.cashback),
        "paid_by": usual_method(request.cashback.currency),
        "member_account_fingerprint": request.account,
        "asked_by": request.asked_by,
        "asked_at": to_rfc3339(request.asked_at_ms),
        "decided_by": request.decided_by,
    }
