"""What is kept of an event: what it takes to map it, under any settings, and nothing that names a person. Pure."""

from collections.abc import Mapping
from typing import Any

from partners.connectors.foreign import CARD_IN_TEXT, items
from partners.connectors.model import CardSource
from partners.connectors.words import CardPlace, Kind

WITHHELD = "withheld"

_OF_SHOPIFY = (
    *("id", "order_id", "processed_at", "created_at", "updated_at", "currency", "location_id", "test"),
    *("total_price", "total_tip_received"),
    # Of a transaction that is told by itself.
    *("kind", "status", "amount"),
)
_OF_TRANSACTION = ("id", "kind", "status", "amount", "currency")
_OF_SQUARE = ("event_id", "type", "merchant_id")
_OF_PAYMENT = (
    *("id", "payment_id", "status", "created_at", "updated_at", "location_id", "unlinked"),
    *("amount_money", "tip_money", CardPlace.REFERENCE_ID.value, CardPlace.NOTE.value),
)

Json = Mapping[str, Any]


def redacted(kind: Kind, body: Json, source: CardSource) -> dict[str, Any]:
    """`body` without what is not read of it.

    Of texts that may have a card's number, only that is kept, wherever the settings may say one day that it is; at
    the place that is named now the whole text, for there stands nothing else.
    """
    return _shopify(body, source) if kind is Kind.SHOPIFY else _square(body)


def _shopify(body: Json, source: CardSource) -> dict[str, Any]:
    kept = _only(body, _OF_SHOPIFY)
    if "transactions" in body:
        kept["transactions"] = [_only(one, _OF_TRANSACTION) for one in items(body["transactions"])]
    at_note = source.name if source.place is CardPlace.NOTE_ATTRIBUTE else None
    attributes = items(body.get("note_attributes"))
    kept["note_attributes"] = [_named(one, one.get("name"), at_note, ("name",)) for one in attributes]
    kept["metafields"] = _metafields(body, source)
    customer = body.get("customer")
    if isinstance(customer, dict):
        begin = source.name if source.place is CardPlace.CUSTOMER_TAG else None
        tags = [tag.strip() for tag in str(customer.get("tags") or "").split(",")]
        kept["customer"] = {
            "tags": ", ".join(tag for tag in tags if _card_like(tag) or (begin and tag.startswith(begin))),
            "metafields": _metafields(customer, source),
        }
    return kept


def _metafields(body: Json, source: CardSource) -> list[dict[str, Any]]:
    here = source.name if source.place is CardPlace.METAFIELD else None
    fields = items(body.get("metafields"))
    return [_named(one, f"{one.get('namespace')}.{one.get('key')}", here, ("namespace", "key")) for one in fields]


def _named(one: Json, name: object, here: str | None, names: tuple[str, ...]) -> dict[str, Any]:
    value = one.get("value")
    return {**_only(one, names), "value": value if name == here or _card_like(value) else WITHHELD}


def _square(body: Json) -> dict[str, Any]:
    kept, data = _only(body, _OF_SQUARE), body.get("data")
    thing = data.get("object") if isinstance(data, dict) else None
    objects = {name: one for name, one in thing.items() if isinstance(one, dict)} if isinstance(thing, dict) else {}
    kept["data"] = {"object": {name: _payment(one) for name, one in objects.items() if name in ("payment", "refund")}}
    return kept


def _payment(one: Json) -> dict[str, Any]:
    kept = _only(one, _OF_PAYMENT)
    for place in (CardPlace.REFERENCE_ID.value, CardPlace.NOTE.value):
        if place in kept:
            found = CARD_IN_TEXT.search(kept[place]) if isinstance(kept[place], str) else None
            kept[place] = found[0] if found else WITHHELD
    return kept


def _card_like(value: object) -> bool:
    return isinstance(value, str | int) and CARD_IN_TEXT.search(str(value)) is not None


def _only(body: Json, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: body[name] for name in names if name in body}
