"""Points and cashback spent at the till."""

from chalicelib.api import refusals
from chalicelib.api.schemas.fields import NoParams, money_out
from chalicelib.api.schemas.till import (
    CashbackRedeemedReply,
    CashbackRedemptionBody,
    RedeemedReply,
    RedemptionBody,
)
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.till.errors import CurrencyMismatchError
from partners.till.model import CashbackRequest, RedeemRequest
from shared.kernel.clock import to_rfc3339
from shared.kernel.money import Money
from shared.ledger.errors import InsufficientCashbackError, InsufficientPointsError, RedemptionTooSmallError

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
        value=money_out(done.value),
    )
    return Reply(reply, done.replayed)


@resource.post(
    "/v1/redemptions/cashback",
    scope=Scope.REDEEM,
    params=NoParams,
    body=CashbackRedemptionBody,
    reply=CashbackRedeemedReply,
    idempotent=True,
    errors=(*refusals.POSTING, CurrencyMismatchError, InsufficientCashbackError),
)
def redeem_cashback(call: Call[NoParams, CashbackRedemptionBody]) -> Reply:
    """Take cashback off a receipt.

    A cent of cashback is worth a cent, whoever granted it. It can be spent where its currency is taken.
    """
    body = call.body
    done = bootstrap.services().cashback.redeem(
        call.caller.partner_id,
        call.idempotency_key,
        CashbackRequest(
            card_number=body.card_number,
            location_id=body.location_id,
            receipt=body.receipt,
            occurred_at_ms=body.occurred_at,
            cashback=Money(body.cashback.amount_cents, body.cashback.currency),
        ),
    )
    reply = CashbackRedeemedReply(
        entry_id=done.entry.entry_id,
        recorded_at=to_rfc3339(done.entry.recorded_at_ms),
        visit=done.entry.visit,
        cashback=money_out(done.cashback),
        cashback_balance=money_out(done.cashback_balance),
    )
    return Reply(reply, done.replayed)
