"""Returned goods and redemptions called off."""

from chalicelib.api import refusals
from chalicelib.api.schemas.fields import money_out
from chalicelib.api.schemas.undo import CancellationBody, CancelledReply, EntryParams, ReturnBody, ReturnedReply
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.till.errors import CancelledUnitMismatchError, CurrencyMismatchError
from partners.till.model import CancelRequest, ReturnRequest
from shared.kernel.clock import to_rfc3339
from shared.kernel.money import Money as Amount
from shared.ledger.errors import (
    CancelExceedsRedemptionError,
    NotAPurchaseError,
    NotARedemptionError,
    ReturnExceedsPurchaseError,
)

resource = Resource("returns", __name__)


@resource.post(
    "/v1/purchases/{entry_id}/returns",
    scope=Scope.EARN,
    params=EntryParams,
    body=ReturnBody,
    reply=ReturnedReply,
    idempotent=True,
    errors=(*refusals.UNDOING, CurrencyMismatchError, NotAPurchaseError, ReturnExceedsPurchaseError),
)
def return_purchase(call: Call[EntryParams, ReturnBody]) -> Reply:
    """Take back what returned goods had earned.

    As often as you like, up to the purchase: any number of partial returns takes exactly what one return of
    their sum would. Points come from this purchase, then from your newest ones at this member; what was
    spent already becomes a debt to you that your next points repay. Cashback likewise.
    """
    body = call.body
    returned = bootstrap.services().returns.return_goods(
        call.caller.partner_id,
        call.idempotency_key,
        ReturnRequest(
            purchase_id=call.params.entry_id,
            location_id=body.location_id,
            receipt=body.receipt,
            occurred_at_ms=body.occurred_at,
            amount_cents=body.total.amount_cents if body.total else None,
            currency=body.total.currency if body.total else None,
        ),
    )
    reply = ReturnedReply(
        entry_id=returned.entry.entry_id,
        recorded_at=to_rfc3339(returned.entry.recorded_at_ms),
        total=money_out(returned.total),
        points_taken_back=returned.points_taken_back,
        points_owed=returned.points_owed,
        points_balance=returned.points_balance,
        cashback_taken_back=money_out(returned.cashback_taken_back),
        cashback_owed=money_out(returned.cashback_owed),
        cashback_balance=money_out(returned.cashback_balance),
    )
    return Reply(reply, returned.replayed)


@resource.post(
    "/v1/redemptions/{entry_id}/cancellations",
    scope=Scope.REDEEM,
    params=EntryParams,
    body=CancellationBody,
    reply=CancelledReply,
    idempotent=True,
    errors=(
        *refusals.UNDOING,
        NotARedemptionError,
        CancelledUnitMismatchError,
        CurrencyMismatchError,
        CancelExceedsRedemptionError,
    ),
)
def cancel_redemption(call: Call[EntryParams, CancellationBody]) -> Reply:
    """Give back points of a redemption or capture, or cashback of a redemption of cashback.

    It returns to where it came from. What has expired meanwhile stays expired and is reported.
    """
    body = call.body
    cashback = None if body.cashback is None else Amount(body.cashback.amount_cents, body.cashback.currency)
    cancelled = bootstrap.services().returns.cancel_redemption(
        call.caller.partner_id,
        call.idempotency_key,
        CancelRequest(call.params.entry_id, body.location_id, body.receipt, body.occurred_at, body.points, cashback),
    )
    reply = CancelledReply(
        entry_id=cancelled.entry.entry_id,
        recorded_at=to_rfc3339(cancelled.entry.recorded_at_ms),
        points=cancelled.entry.points,
        points_restored=cancelled.points_restored,
        points_lapsed=cancelled.points_lapsed,
        points_balance=cancelled.points_balance,
        value=money_out(cancelled.value),
        cashback_restored=money_out(cancelled.cashback_restored),
        cashback_lapsed=money_out(cancelled.cashback_lapsed),
        cashback_balance=money_out(cancelled.cashback_balance),
    )
    return Reply(reply, cancelled.replayed)
