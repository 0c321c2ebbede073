"""The door: an event is verified, cut down to what is needed, kept, and put in line. What it means comes later."""

from collections.abc import Mapping
from typing import Any, Protocol

from partners.connectors import shopify, square
from partners.connectors.errors import EventBusyError
from partners.connectors.facts import Fact, heard, place_of
from partners.connectors.foreign import Event, TillFile, Told, mapping
from partners.connectors.model import Connection, SigningKey
from partners.connectors.service import Vault, bound_to
from partners.connectors.words import CONNECTION_ID, SHOP_DOMAIN, Kind
from shared.kernel.clock import Clock
from shared.kernel.hearing import Heard, signed_with
from shared.kernel.hearing_errors import UnverifiedWebhookError
from shared.kernel.reading import read_json

ATTEMPTS = 5


class EventBook(Protocol):
    """What the door needs of its store; see `partners.connectors.store.ConnectorStore`."""

    def connection(self, connection_id: str) -> Connection | None: ...

    def fact(self, connection_id: str, group: str, part: str) -> Fact | None: ...

    def was_heard(self, connection_id: str, group: str, event_id: str) -> bool: ...

    def change(
        self,
        before: Fact | None,
        fact: Fact,
        now_ms: int,
        event_id: str | None = None,
        kept: Mapping[str, Any] | None = None,
    ) -> bool: ...


class Line(Protocol):
    """Where work is put in line; see `partners.connectors.line_gateway.LineGateway`."""

    def put(self, connection_id: str, group: str) -> None: ...


class Signed(Protocol):
    """The message that a vendor signs, under a key."""

    def __call__(self, key: SigningKey, /) -> bytes: ...


class Intake:
    """Hears events. Every method may raise StoreUnavailableError, after which the event is to be delivered again."""

    def __init__(self, book: EventBook, line: Line, vault: Vault, clock: Clock) -> None:
        self._book = book
        self._line = line
        self._vault = vault
        self._clock = clock

    def hear_shopify(self, connection_id: str, body: bytes, signature: str, headers: Mapping[str, str]) -> Heard:
        """Shopify's webhook as it came. Raises UnverifiedWebhookError, MalformedJsonError, MalformedWebhookError."""
        connection = self._signed(connection_id, Kind.SHOPIFY, signature, lambda _key: body)
        source = connection.card_source
        if headers[SHOP_DOMAIN].lower() != connection.account or source is None:
            raise UnverifiedWebhookError
        return self._hear_event(connection, shopify.read(headers, mapping(read_json(body), "object"), source))

    def hear_square(self, connection_id: str, body: bytes, signature: str) -> Heard:
        """Square's webhook as it came. Raises UnverifiedWebhookError, MalformedJsonError, MalformedWebhookError."""
        connection = self._signed(
            connection_id, Kind.SQUARE, signature, lambda key: key.notification_url.encode() + body
        )
        event, source = mapping(read_json(body), "object"), connection.card_source
        if square.merchant_of(event) != connection.account or source is None:
            raise UnverifiedWebhookError
        return self._hear_event(connection, square.read(event, source))

    def hear_file(self, partner_id: str, connection_id: str, file: TillFile) -> Heard:
        """A file that was put into a partner's folder. IGNORED if the partner has no such connection."""
        connection = self._book.connection(connection_id) if CONNECTION_ID.fullmatch(connection_id) else None
        if connection is None or (connection.partner_id, connection.kind) != (partner_id, Kind.FILE):
            return Heard.IGNORED
        if connection.disabled_at_ms is not None:
            return Heard.IGNORED
        return self.hear(connection, file, f"put-{file.etag}", {"key": file.key, "size_bytes": file.size_bytes})

    def hear(self, connection: Connection, told: Told, event_id: str, kept: Mapping[str, Any]) -> Heard:
        """Take note of what an event told, once, and have it worked on."""
        group, part = place_of(told)
        for _ in range(ATTEMPTS):
            known = self._book.fact(connection.connection_id, group, part)
            now_ms = self._clock()
            after = heard(known, told, connection.connection_id, connection.partner_id, now_ms)
            if self._book.change(known, after, now_ms, event_id, kept):
                if after.is_open:
                    self._line.put(connection.connection_id, group)
                return Heard.NEW
            if self._book.was_heard(connection.connection_id, group, event_id):
                # It may have been kept and not put in line.
                if known is None or known.is_open:
                    self._line.put(connection.connection_id, group)
                return Heard.KNOWN
        raise EventBusyError

    def _hear_event(self, connection: Connection, event: Event) -> Heard:
        if event.told is None:
            return Heard.IGNORED
        return self.hear(connection, event.told, event.event_id, event.kept)

    def _signed(self, connection_id: str, kind: Kind, signature: str, signed: Signed) -> Connection:
        """The connection under one of whose keys `signed` was signed. Raises UnverifiedWebhookError."""
        connection = self._book.connection(connection_id) if CONNECTION_ID.fullmatch(connection_id) else None
        if connection is None or connection.kind is not kind or connection.disabled_at_ms is not None:
            raise UnverifiedWebhookError
        for key in connection.usable_keys(self._clock()):
            if signed_with(self._vault.unseal(key.sealed, bound_to(connection)), signed(key), signature):
                return connection
        raise UnverifiedWebhookError
