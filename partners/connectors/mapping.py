"""From what a foreign system told to the command of ours that it is, or the reason why there is none. Pure."""

from collections.abc import Iterable, Sequence

from partners.connectors.facts import Fact, Plan, Reason
from partners.connectors.foreign import FailedRefund, Refund, Sale, Told
from partners.connectors.model import Connection
from partners.connectors.words import NO_CARD_CODE, ONLINE, REFUND_FAILED_CODE, State
from partners.till.model import PurchaseRequest, ReturnRequest
from shared.kernel.ids import base32, digest

NO_CARD = Reason(NO_CARD_CODE, "The sale names no card, so it is no member's.")
TEST_SALE = Reason("test_sale", "This is a test order, and points are real here.")
SALE_NOT_OURS = Reason("sale_not_ours", "The sale that this refund belongs to named no card.")
ALL_RETURNED = Reason("all_returned", "All that earned was returned before; this refund is of the tip.")
NOTHING_WENT_BACK = Reason(REFUND_FAILED_CODE, "No money went back: the gateway failed to pay this refund.")
SALE_NOT_HEARD = Reason(
    "sale_not_heard", "The sale that this refund belongs to has not been heard of. Once it is, this follows by itself."
)
SALE_UNMAPPED = Reason(
    "sale_unmapped",
    "The sale that this refund belongs to waits here too. Once it is recorded, this follows.",
)
SALE_DISMISSED = Reason(
    "sale_dismissed",
    "The sale that this refund belongs to was dismissed. If you recorded it yourself, return it yourself.",
)
DISMISSED_ELSEWHERE = Reason(
    "dismissed_elsewhere",
    "It was dismissed where another of your connections to the same shop had told of it. Dismiss it here too, or have "
    "this one retried to record it.",
)
WAITS_FOR_SALE = (SALE_NOT_HEARD, SALE_UNMAPPED, SALE_DISMISSED, SALE_NOT_OURS)


def idempotency_key(connection: Connection, fact: Fact) -> str:
    """The key of a fact's command: of the foreign ids alone, so another connection to the same shop has the same."""
    return f"{connection.kind}-{base32(digest(connection.account, fact.group, fact.part))[:40]}"


def plan_sale(connection: Connection, sale: Sale, *, live: bool) -> PurchaseRequest | Reason:
    """The purchase that a sale is; NO_CARD or TEST_SALE if it is none; else why it can't be mapped."""
    if sale.test and live:
        return TEST_SALE
    if sale.card is None:
        return NO_CARD
    location = connection.locations.get(sale.location or ONLINE)
    if location is None:
        named = f"the location {sale.location}" if sale.location else "no location, as a web shop does"
        detail = f"The sale names {named}. Map it to one of yours in the connection's settings"
        return Reason("foreign_location_unknown", f"{detail}{'' if sale.location else f' under `{ONLINE}`'}.")
    if sale.currency is None:
        return Reason("currency_missing", "The sale does not say its currency.")
    if sale.amount_cents is None:
        return Reason("amount_missing", "The sale does not say its amount, or not in whole cents.")
    if sale.occurred_at_ms is None:
        return Reason("time_missing", "The sale does not say when it happened.")
    return PurchaseRequest(
        card_number=sale.card,
        location_id=location,
        receipt=sale.receipt,
        occurred_at_ms=sale.occurred_at_ms,
        amount_cents=sale.amount_cents,
        currency=sale.currency,
    )


def waits_for(sale: Fact | None) -> Reason:
    """Why a refund of a sale that is not recorded can't be either."""
    if sale is None:
        return SALE_NOT_HEARD
    return {State.NOT_OURS: SALE_NOT_OURS, State.DISMISSED: SALE_DISMISSED}.get(sale.state, SALE_UNMAPPED)


def plan_refund(
    connection: Connection, refund: Refund, sale: Fact | None, others: Iterable[Fact]
) -> ReturnRequest | Reason:
    """The return that a refund of a `sale` is, `others` being the sale's other refunds; or why there is none.

    More may be refunded than earned, by the tip: what earned is taken to be refunded first.
    """
    if sale is None or sale.state is not State.RECORDED:
        return waits_for(sale)
    sold = sale.told
    if sale.entry_id is None or not isinstance(sold, Sale):
        raise TypeError(f"{sale.part} is recorded and no sale")
    if refund.amount_cents is None or not refund.currency:
        return Reason("amount_missing", "The refund does not say its amount, or not in one currency and whole cents.")
    if refund.occurred_at_ms is None:
        return Reason("time_missing", "The refund does not say when it happened.")
    if refund.amount_cents == 0 and not refund.transactions:
        return NOTHING_WENT_BACK
    left_cents = (sold.amount_cents or 0) - sum(one.returned_cents for one in others)
    amount_cents = refund.amount_cents
    if left_cents < amount_cents <= left_cents + sold.tip_cents:
        amount_cents = left_cents
    if amount_cents == 0:
        return ALL_RETURNED
    location = connection.locations.get(sold.location or ONLINE)
    if location is None:
        return Reason("foreign_location_unknown", "The location of the sale is not mapped to one of yours any more.")
    return ReturnRequest(
        purchase_id=sale.entry_id,
        location_id=location,
        receipt=refund.receipt,
        occurred_at_ms=refund.occurred_at_ms,
        amount_cents=amount_cents,
        currency=refund.currency,
    )


NOT_OURS = (NO_CARD, TEST_SALE, SALE_NOT_OURS, ALL_RETURNED, NOTHING_WENT_BACK)


def without_failed(told: Told, group: Iterable[Fact]) -> Told:
    """What was told, less what a gateway has failed to pay by now, whichever was told first."""
    if not isinstance(told, Refund):
        return told
    return told.without({one.told.transaction_id for one in group if isinstance(one.told, FailedRefund)})


def plan_of(connection: Connection, fact: Fact, group: Sequence[Fact], *, live: bool) -> Plan | Reason:
    """What to do about an open sale or refund, `group` being all that was told about the same sale.

    That is by all of the partner's connections to the shop or merchant account.
    """
    told = fact.told
    if isinstance(told, Sale):
        return plan_sale(connection, told, live=live)
    if not isinstance(told, Refund):
        raise TypeError(f"{fact.part} is neither sale nor refund")
    # Several connections to the shop may have been told of the same refund: it counts once.
    others = {one.part: one for one in group if isinstance(one.told, Refund) and one.state is State.RECORDED}
    return plan_refund(connection, told, sale_of(group), others.values())


def sales(group: Iterable[Fact]) -> list[Fact]:
    """What was told of the sale, by each connection to the shop that heard of it."""
    return [one for one in group if isinstance(one.told, Sale)]


def sale_of(group: Iterable[Fact]) -> Fact | None:
    """The sale, as far as any connection has brought it."""
    progress = (State.NOT_OURS, State.DISMISSED, State.UNMAPPED, State.HEARD, State.PLANNED, State.RECORDED)
    return max(sales(group), key=lambda one: progress.index(one.state), default=None)
