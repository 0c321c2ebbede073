"""Events as their vendors sent them: verified, kept for a month without what names a person, and read again."""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from partners.connectors import shopify, square
from partners.connectors.facts import Fact
from partners.connectors.foreign import Event, Told, mapping
from partners.connectors.model import Connection, SigningKey
from partners.connectors.redaction import redacted
from partners.connectors.service import Vault, bound_to
from partners.connectors.words import SHOP_DOMAIN, SHOPIFY_SIGNATURE, SQUARE_SIGNATURE, Kind
from shared.kernel.clock import Clock
from shared.kernel.hearing import signed_with
from shared.kernel.hearing_errors import UnverifiedWebhookError
from shared.kernel.reading import read_json

EVENTS = "events"
LARGEST_KEPT_BYTES = 1_000_000
"""More than the largest body that the API takes, in base64, with its headers."""

SIGNATURE_HEADERS: Mapping[Kind, str] = {Kind.SHOPIFY: SHOPIFY_SIGNATURE, Kind.SQUARE: SQUARE_SIGNATURE}


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """The body that was signed, and the headers that tell what it is and carry the signature.

    Of a kept one the body is redacted; `body_sha256` is over what was sent, in hexadecimal.
    """

    body: bytes
    headers: Mapping[str, str]
    body_sha256: str = ""

    def signature(self, kind: Kind) -> str:
        return self.headers[SIGNATURE_HEADERS[kind]]


class EventBucket(Protocol):
    """Where events are kept; see `partners.connectors.bucket_gateway.BucketGateway`."""

    def read(self, key: str, limit_bytes: int) -> bytes | None: ...

    def write_sealed(self, key: str, content: bytes, bound_to: Mapping[str, str]) -> None: ...


class ReceivedEvents:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, bucket: EventBucket, vault: Vault, clock: Clock) -> None:
        self._bucket = bucket
        self._vault = vault
        self._clock = clock

    def verifies(self, connection: Connection, received: ReceivedEvent) -> bool:
        """Whether it was signed under a secret that the connection has now."""
        signature = received.signature(connection.kind)
        return any(
            signed_with(self._vault.unseal(key.sealed, bound_to(connection)), _signed(key, received.body), signature)
            for key in connection.usable_keys(self._clock())
        )

    def keep(self, connection: Connection, received: ReceivedEvent) -> str:
        """Keep what an event may be mapped by, and answer its name. That follows from what was sent, so again has no
        effect.
        """
        content = to_json(_without_persons(connection, received))
        name = hashlib.sha256(content).hexdigest()
        self._bucket.write_sealed(_key(connection, name), content, bound_to(connection))
        return name

    def event(self, connection: Connection, name: str) -> ReceivedEvent | None:
        """None if it is there no more."""
        content = self._bucket.read(_key(connection, name), LARGEST_KEPT_BYTES)
        return None if content is None else from_json(content)

    def told_anew(self, connection: Connection, fact: Fact) -> Told:
        """What a fact's event tells as the connection's settings are now, or what it told if it is there no more."""
        received = None if fact.received is None else self.event(connection, fact.received)
        return fact.told if received is None else read(connection, received).told or fact.told


def read(connection: Connection, received: ReceivedEvent) -> Event:
    """What an event tells as the connection's settings are.

    Raises MalformedJsonError, MalformedWebhookError, and UnverifiedWebhookError if it is about another account.
    """
    body, source = mapping(read_json(received.body), "object"), connection.card_source
    of_shopify = connection.kind is Kind.SHOPIFY
    account = received.headers[SHOP_DOMAIN].lower() if of_shopify else square.merchant_of(body)
    if account != connection.account or source is None:
        raise UnverifiedWebhookError
    return shopify.read(received.headers, body, source) if of_shopify else square.read(body, source)


def _without_persons(connection: Connection, received: ReceivedEvent) -> ReceivedEvent:
    body, source = mapping(read_json(received.body), "object"), connection.card_source
    if source is None:
        raise UnverifiedWebhookError
    kept = json.dumps(redacted(connection.kind, body, source), separators=(",", ":")).encode()
    return ReceivedEvent(kept, received.headers, hashlib.sha256(received.body).hexdigest())


def _signed(key: SigningKey, body: bytes) -> bytes:
    """What the vendor signs: Square the notification URL too, which is empty for Shopify."""
    return key.notification_url.encode() + body


def _key(connection: Connection, name: str) -> str:
    return f"{EVENTS}/{connection.partner_id}/{connection.connection_id}/{name}"


def to_json(received: ReceivedEvent) -> bytes:
    """An event as it is kept."""
    plain = {
        "headers": dict(sorted(received.headers.items())),
        "body_base64": b64encode(received.body).decode(),
        "body_sha256": received.body_sha256,
    }
    return json.dumps(plain, separators=(",", ":")).encode()


def from_json(content: bytes) -> ReceivedEvent:
    """What `to_json` has written."""
    plain = json.loads(content)
    return ReceivedEvent(b64decode(plain["body_base64"]), plain["headers"], plain["body_sha256"])
