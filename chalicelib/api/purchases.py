"""Purchases, and what they would earn."""

from chalicelib.api import refusals
from chalicelib.api.schemas.fields import NoParams, money_out
from chalicelib.api.schemas.till import PurchasedReply, QuotedReply
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import FundingExhaustedError, PartnerWasSuspendedError
from partners.till.errors import CurrencyMismatchError
from partners.till.model import Purchased
from partners.till.wire import PurchaseBody, purchase_request
from shared.kernel.clock import to_rfc3339
from shared.ledger.errors import ReceiptAlreadyRecordedError

resource = Resource("purchases", __name__)


@resource.post(
    "/v1/purchases",
    scope=Scope.EARN,
    params=NoParams,
    body=PurchaseBody,
    reply=PurchasedReply,
    idempotent=True,
    errors=(
        *refusals.POSTING,
        PartnerWasSuspendedError,
        FundingExhaustedError,
        CurrencyMismatchError,
        ReceiptAlreadyRecordedError,
    ),
)
def record_purchase(call: Call[NoParams, PurchaseBody]) -> Reply:
    """Record a purchase and grant its points and cashback.

    Each receipt of a location earns once. `total` is what was paid in money, without what points paid for.
    """
    done = bootstrap.services().till.purchase(call.caller.partner_id, call.idempotency_key, purchase_request(call.body))
    return Reply(purchased_reply(done), done.replayed)


@resource.post(
    "/v1/purchases/quote",
    scope=Scope.EARN,
    params=NoParams,
    body=PurchaseBody,
    reply=QuotedReply,
    status=200,
    errors=refusals.QUOTE,
)
def quote_purchase(call: Call[NoParams, PurchaseBody]) -> Reply:
    """Tell what a purchase would earn.

    Nothing is recorded. The same body sent to /v1/purchases grants the same under the same terms.
    """
    quote = bootstrap.services().till.quote(call.caller.partner_id, purchase_request(call.body))
    return Reply(
        QuotedReply(points=quote.points, cashback=money_out(quote.cashback), explanation=list(quote.explanation))
    )


def purchased_reply(done: Purchased) -> PurchasedReply:
    return PurchasedReply(
        entry_id=done.entry.entry_id,
        recorded_at=to_rfc3339(done.entry.recorded_at_ms),
        visit=done.entry.visit,
        points=done.entry.points,
        points_balance=done.points_balance,
        cashback=money_out(done.cashback),
        cashback_balance=money_out(done.cashback_balance),
        expires_on=done.expires_on,
        cashback_expires_on=done.cashback_expires_on,
        pending_until=None if done.pending_until_ms is None else to_rfc3339(done.pending_until_ms),
        explanation=list(done.explanation),
    )
