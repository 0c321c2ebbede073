"""Square's webhooks of payments and refunds, read as Square documents them. Pure.

Only what has come to its end counts: a payment or refund that is COMPLETED, whether created so or updated.
"""

from collections.abc import Mapping
from typing import Any

from partners.connectors.foreign import (
    Event,
    Refund,
    Sale,
    card_within,
    cents_of_minor,
    currency_of,
    identity,
    mapping,
    moment_ms,
    place_text,
    receipt_of,
)
from partners.connectors.model import CardSource

PAYMENTS = ("payment.created", "payment.updated")
REFUNDS = ("refund.created", "refund.updated")


def merchant_of(body: Mapping[str, Any]) -> str:
    """The merchant that an event is about, which its signature covers."""
    return str(body.get("merchant_id"))


def read(body: Mapping[str, Any], source: CardSource) -> Event:
    """What an event tells. Raises MalformedWebhookError."""
    event_id = identity(body.get("event_id"), "event_id")
    kind = body.get("type")
    if kind in PAYMENTS:
        return _payment(event_id, _object(body, "payment"), source)
    if kind in REFUNDS:
        return _refund(event_id, _object(body, "refund"))
    return Event(event_id, None)


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    data = mapping(body.get("data"), "data")
    return mapping(mapping(data.get("object"), "data.object").get(name), f"data.object.{name}")


def _payment(event_id: str, payment: Mapping[str, Any], source: CardSource) -> Event:
    sale_id = identity(payment.get("id"), "payment id")
    if payment.get("status") != "COMPLETED":
        return Event(event_id, None)
    card = card_within(payment.get(source.place.value))
    amount, currency = _money(payment.get("amount_money"))
    tip, _ = _money(payment.get("tip_money"))
    sale = Sale(
        sale_id=sale_id,
        receipt=receipt_of("square", sale_id),
        occurred_at_ms=moment_ms(payment.get("created_at")),
        amount_cents=amount,
        currency=currency,
        location=place_text(payment.get("location_id")),
        card=card,
        tip_cents=tip or 0,
        as_of_ms=moment_ms(payment.get("updated_at")),
    )
    return Event(event_id, sale)


def _refund(event_id: str, refund: Mapping[str, Any]) -> Event:
    refund_id = identity(refund.get("id"), "refund id")
    if refund.get("status") != "COMPLETED" or refund.get("unlinked") is True:
        return Event(event_id, None)
    amount, currency = _money(refund.get("amount_money"))
    told = Refund(
        refund_id=refund_id,
        sale_id=identity(refund.get("payment_id"), "payment_id"),
        receipt=receipt_of("square-refund", refund_id),
        occurred_at_ms=moment_ms(refund.get("created_at")),
        amount_cents=amount,
        currency=currency,
        as_of_ms=moment_ms(refund.get("updated_at")),
    )
    return Event(event_id, told)


def _money(value: object) -> tuple[int | None, str | None]:
    money = value if isinstance(value, dict) else {}
    return cents_of_minor(money.get("amount")), currency_of(money.get("currency"))
