"""The words, forms and limits of connectors: what the API's document shows of them, and imports nothing for it."""

import re
from enum import StrEnum

CONNECTION_ID = re.compile(r"cn_[0-9a-z]{16}")
MOST_LOCATIONS = 500
LONGEST_FOREIGN_ID = 64
ONLINE = "online"
"""Stands for sales that name no location: those of a web shop."""
LONGEST_SECRET = 200
FILE_LIMIT_BYTES = 4_000_000
LEASE_MS = 600_000
"""After which a worker that has not said how it ended is gone for certain: twice as long as the function may take."""
LONGEST_OVERLAP_SECONDS = 7 * 86_400

SHOPIFY_SIGNATURE = "X-Shopify-Hmac-Sha256"
TOPIC = "X-Shopify-Topic"
SHOP_DOMAIN = "X-Shopify-Shop-Domain"
WEBHOOK_ID = "X-Shopify-Webhook-Id"
EVENT_ID = "X-Shopify-Event-Id"
SHOPIFY_HEADERS = (TOPIC, SHOP_DOMAIN, WEBHOOK_ID, EVENT_ID)
SQUARE_SIGNATURE = "x-square-hmacsha256-signature"


class Kind(StrEnum):
    """The systems that can be connected."""

    SHOPIFY = "shopify"
    SQUARE = "square"
    FILE = "file"


class CardPlace(StrEnum):
    """Where a sale carries the number of the customer's card.

    Of the first three a connection gives the `name`: of the attribute, of the beginning of the tag, and
    `namespace.key` of the metafield.
    """

    NOTE_ATTRIBUTE = "note_attribute"
    CUSTOMER_TAG = "customer_tag"
    METAFIELD = "metafield"
    REFERENCE_ID = "reference_id"
    NOTE = "note"


class State(StrEnum):
    """How far a fact is. `unmapped` waits for people, who may have `dismissed` it; `not_ours` has no member in it."""

    HEARD = "heard"
    PLANNED = "planned"
    RECORDED = "recorded"
    NOT_OURS = "not_ours"
    UNMAPPED = "unmapped"
    DISMISSED = "dismissed"


NO_CARD_CODE = "no_card"
REFUND_FAILED_CODE = "refund_failed"
