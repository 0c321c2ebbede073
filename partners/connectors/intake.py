"""The door: an event is verified, kept as it came, and put in line. What it means comes later."""

from collections.abc import Mapping
from typing import Protocol

from partners.connectors.errors import EventBusyError
from partners.connectors.facts import Fact, heard, place_of
from partners.connectors.foreign import TillFile, Told
from partners.connectors.model import Connection
from partners.connectors.received import ReceivedEvent, ReceivedEvents, read
from partners.connectors.words import CONNECTION_ID, SHOPIFY_SIGNATURE, SQUARE_SIGNATURE, Kind
from partners.contracts.life import IN_TOUCH, PartnerState
from shared.kernel.clock import Clock
from shared.kernel.hearing import Heard
from shared.kernel.hearing_errors import UnverifiedWebhookError

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
        beside: Mapping[str, Fact | None] = ...,
    ) -> bool: ...


class Line(Protocol):
    """Where work is put in line; see `partners.connectors.line_gateway.LineGateway`."""

    def put(self, fact: Fact) -> None: ...


class OriginalEvents(Protocol):
    """Where events are kept whole; see `partners.connectors.originals.Originals`."""

    def keep(self, connection: Connection, sale_id: str, received: ReceivedEvent) -> None: ...


class Partners(Protocol):
    """What the door asks of contracts; see `partners.contracts.service.Contracts`."""

    def state(self, partner_id: str) -> PartnerState: ...


class Intake:
    """Hears events. What is told of a partner that is closed is IGNORED and not kept.

    Every method may raise StoreUnavailableError, after which the event is to be delivered again.
    """

    def __init__(
        self,
        book: EventBook,
        line: Line,
        events: ReceivedEvents,
        originals: OriginalEvents,
        contracts: Partners,
        clock: Clock,
    ) -> None:
        self._book = book
        self._line = line
        self._events = events
        self._originals = originals
        self._contracts = contracts
        self._clock = clock

    def hear_shopify(self, connection_id: str, body: bytes, signature: str, headers: Mapping[str, str]) -> Heard:
        """Shopify's webhook as it came. Raises UnverifiedWebhookError, MalformedJsonError, MalformedWebhookError."""
        received = ReceivedEvent(body, {**headers, SHOPIFY_SIGNATURE: signature})
        return self._hear_event(connection_id, Kind.SHOPIFY, received)

    def hear_square(self, connection_id: str, body: bytes, signature: str) -> Heard:
        """Square's webhook as it came. Raises UnverifiedWebhookError, MalformedJsonError, MalformedWebhookError."""
        return self._hear_event(connection_id, Kind.SQUARE, ReceivedEvent(body, {SQUARE_SIGNATURE: signature}))

    def hear_file(self, partner_id: str, connection_id: str, file: TillFile, put_id: str) -> Heard:
        """A file that was put into a partner's folder. IGNORED also if the partner has no such connection.

        Each `put_id` has the file worked on, also the same file again: what refused its lines may be mended by then.
        """
        connection = self._book.connection(connection_id) if CONNECTION_ID.fullmatch(connection_id) else None
        if connection is None or (connection.partner_id, connection.kind) != (partner_id, Kind.FILE):
            return Heard.IGNORED
        if connection.disabled_at_ms is not None or self._has_left(connection):
            return Heard.IGNORED
        return self.hear(connection, file, f"put-{put_id}")

    def hear(self, connection: Connection, told: Told, event_id: str, received: str | None = None) -> Heard:
        """Take note of what an event told, once, and have it worked on."""
        group, part = place_of(told)
        for _ in range(ATTEMPTS):
            known = self._book.fact(connection.connection_id, group, part)
            now_ms = self._clock()
            after = heard(known, told, connection.connection_id, connection.partner_id, now_ms, received)
            if self._book.change(known, after, now_ms, event_id):
                if after.is_open:
                    self._line.put(after)
                return Heard.NEW
            if self._book.was_heard(connection.connection_id, group, event_id):
                # It may have been kept and not put in line.
                if known is None or known.is_open:
                    self._line.put(after)
                return Heard.KNOWN
        raise EventBusyError

    def _hear_event(self, connection_id: str, kind: Kind, received: ReceivedEvent) -> Heard:
        connection = self._book.connection(connection_id) if CONNECTION_ID.fullmatch(connection_id) else None
        if connection is None or connection.kind is not kind or connection.disabled_at_ms is not None:
            raise UnverifiedWebhookError
        if not self._events.verifies(connection, received):
            raise UnverifiedWebhookError
        event = read(connection, received)
        if event.told is None or self._has_left(connection):
            return Heard.IGNORED
        # Kept first: what is in the queue can always be seen as it was sent.
        self._originals.keep(connection, place_of(event.told)[0], received)
        return self.hear(connection, event.told, event.event_id, self._events.keep(connection, received))

    def _has_left(self, connection: Connection) -> bool:
        return self._contracts.state(connection.partner_id) not in IN_TOUCH
