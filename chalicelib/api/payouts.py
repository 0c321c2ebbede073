"""Payouts: the network pays a member's cashback out in money."""

from chalicelib.api import refusals
from chalicelib.api.schemas.fields import NoParams, WhyBody, money_out
from chalicelib.api.schemas.payouts import PayoutBody, PayoutReply
from chalicelib.api.schemas.undo import EntryParams
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.payouts.errors import PayoutReversedError, UnknownPayoutError
from partners.payouts.model import PaidOut
from partners.settlement.payments.errors import PayoutInSettlementError
from shared.kernel.clock import to_rfc3339
from shared.kernel.money import Money
from shared.ledger.errors import (
    AccountBusyError,
    AccountClosedError,
    AccountFullError,
    AccountFullTodayError,
    CashbackOwedError,
    IdempotencyKeyReusedError,
    InsufficientCashbackError,
    PayoutBelowMinimumError,
)

resource = Resource("payouts", __name__)


@resource.post(
    "/v1/payouts",
    scope=Scope.OPERATOR,
    params=NoParams,
    body=PayoutBody,
    reply=PayoutReply,
    idempotent=True,
    errors=(
        *refusals.CARD,
        PayoutBelowMinimumError,
        InsufficientCashbackError,
        CashbackOwedError,
        IdempotencyKeyReusedError,
        AccountClosedError,
        AccountFullError,
        AccountFullTodayError,
        AccountBusyError,
    ),
)
def pay_out(call: Call[NoParams, PayoutBody]) -> Reply:
    """Pay cashback out.

    The entry is the instruction, and what the network owes the member from then on; the money itself is sent
    by your bank. A deployment has a minimum, 10.00 unless it is set to something else. What the member owes
    of cashback for returned goods is not paid out. A card of a closed account is
    taken if the bank returned a payout of it; there is no minimum then.
    """
    body = call.body
    cashback = Money(body.cashback.amount_cents, body.cashback.currency)
    return _reply(
        bootstrap.services().payouts.pay_out(call.caller.acting_as, call.idempotency_key, body.card_number, cashback)
    )


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
    return _reply(
        bootstrap.services().member_cashback.reverse(call.caller.acting_as, call.idempotency_key, call.params.entry_id)
    )


def _reply(done: PaidOut) -> Reply:
    reply = PayoutReply(
        entry_id=done.entry.entry_id,
        recorded_at=to_rfc3339(done.entry.recorded_at_ms),
        cashback=money_out(done.cashback),
        cashback_balance=money_out(done.cashback_balance),
    )
    return Reply(reply, done.replayed)
