"""Shopify's webhooks of orders, refunds and their transactions, read as Shopify documents them. Pure.

Amounts are in the shop's own currency.
"""

from collections.abc import Mapping
from typing import Any

from partners.connectors.foreign import (
    Event,
    FailedRefund,
    Refund,
    Sale,
    card_text,
    cents_of_decimal,
    currency_of,
    identity,
    items,
    mapping,
    moment_ms,
    place_text,
    receipt_of,
)
from partners.connectors.model import CardSource
from partners.connectors.words import TOPIC, WEBHOOK_ID, CardPlace

_GOES_BACK = ("success", "pending")
_FAILED = ("failure", "error")


def read(headers: Mapping[str, str], body: Mapping[str, Any], source: CardSource) -> Event:
    """What an event tells. Raises MalformedWebhookError."""
    topic = headers[TOPIC]
    event_id = identity(headers[WEBHOOK_ID], f"header {WEBHOOK_ID}")
    if topic == "orders/paid":
        return Event(event_id, _order(body, source))
    if topic == "refunds/create":
        return Event(event_id, _refund(body))
    if topic == "order_transactions/create":
        return Event(event_id, _failure(body))
    return Event(event_id, None)


def _order(order: Mapping[str, Any], source: CardSource) -> Sale:
    sale_id = identity(order.get("id"), "id")
    card = _card(order, source)
    total, tip = cents_of_decimal(order.get("total_price")), cents_of_decimal(order.get("total_tip_received"))
    tip_cents = min(tip or 0, total or 0)
    return Sale(
        sale_id=sale_id,
        receipt=receipt_of("shopify", sale_id),
        occurred_at_ms=moment_ms(order.get("processed_at"), order.get("created_at")),
        amount_cents=None if total is None else total - tip_cents,
        currency=currency_of(order.get("currency")),
        location=place_text(order.get("location_id")),
        card=card,
        tip_cents=tip_cents,
        test=order.get("test") is True,
        as_of_ms=moment_ms(order.get("updated_at")),
    )


def _refund(refund: Mapping[str, Any]) -> Refund | None:
    refund_id, sale_id = identity(refund.get("id"), "id"), identity(refund.get("order_id"), "order_id")
    back = [
        one
        for one in items(refund.get("transactions"))
        if one.get("kind") == "refund" and one.get("status") in _GOES_BACK
    ]
    if not back:
        # Goods were put back into stock, or a gateway refused: no money went back.
        return None
    cents = [cents_of_decimal(one.get("amount")) for one in back]
    paid = [(place_text(one.get("id")), amount) for one, amount in zip(back, cents, strict=True)]
    currencies = {currency_of(one.get("currency")) for one in back}
    return Refund(
        refund_id=refund_id,
        sale_id=sale_id,
        receipt=receipt_of("shopify-refund", refund_id),
        occurred_at_ms=moment_ms(refund.get("processed_at"), refund.get("created_at")),
        amount_cents=None if None in cents else sum(one for one in cents if one is not None),
        currency=currencies.pop() if len(currencies) == 1 else None,
        transactions=tuple((one, amount) for one, amount in paid if one is not None and amount is not None),
    )


def _failure(transaction: Mapping[str, Any]) -> FailedRefund | None:
    """Told once a transaction has come to its end, also when it was pending before. Only what failed is news."""
    if transaction.get("kind") != "refund" or transaction.get("status") not in _FAILED:
        return None
    return FailedRefund(
        transaction_id=identity(transaction.get("id"), "id"), sale_id=identity(transaction.get("order_id"), "order_id")
    )


def _card(order: Mapping[str, Any], source: CardSource) -> str | None:
    customer = order.get("customer")
    customer = mapping(customer, "customer") if customer else {}
    if source.place is CardPlace.NOTE_ATTRIBUTE:
        named = [one.get("value") for one in items(order.get("note_attributes")) if one.get("name") == source.name]
    elif source.place is CardPlace.CUSTOMER_TAG:
        tags = [tag.strip() for tag in str(customer.get("tags") or "").split(",")]
        named = [tag.removeprefix(source.name) for tag in tags if tag.startswith(source.name)]
    else:
        fields = items(order.get("metafields")) + items(customer.get("metafields"))
        named = [one.get("value") for one in fields if f"{one.get('namespace')}.{one.get('key')}" == source.name]
    return next((text for text in map(card_text, named) if text), None)
