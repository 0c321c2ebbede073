"""The queue of what could not be mapped: looked at and tried again, by the partner and by the operator."""

from typing import Protocol

from partners.connectors.errors import EventBusyError, EventGoneError, UnknownUnmappedError
from partners.connectors.facts import Fact, asked_again
from partners.connectors.intake import EventBook, Line
from partners.connectors.received import ReceivedEvent, ReceivedEvents
from partners.connectors.service import Connections
from shared.kernel.clock import Clock

MOST_AT_ONCE = 100
ATTEMPTS = 5


class QueueBook(EventBook, Protocol):
    """What the queue needs of its store; see `partners.connectors.store.ConnectorStore`."""

    def waiting(self, connection_id: str, after: str, limit: int) -> list[Fact]: ...

    def waiting_item(self, connection_id: str, item_id: str) -> Fact | None: ...


class Unmapped:
    """Use cases of the queue. All may raise StoreUnavailableError and UnknownConnectionError."""

    def __init__(
        self, book: QueueBook, connections: Connections, line: Line, events: ReceivedEvents, clock: Clock
    ) -> None:
        self._book = book
        self._connections = connections
        self._line = line
        self._events = events
        self._clock = clock

    def waiting(self, partner_id: str, connection_id: str, after: str, limit: int) -> tuple[list[Fact], str | None]:
        """A page of what waits, oldest first, from behind item `after` on, and where the next page begins, if any."""
        self._connections.connection(partner_id, connection_id)
        found = self._book.waiting(connection_id, after, limit)
        return found, found[-1].item_id if len(found) == limit else None

    def count(self, connection_id: str) -> int:
        """How many items wait; MOST_AT_ONCE stands for that many or more."""
        return len(self._book.waiting(connection_id, "", MOST_AT_ONCE))

    def retry(self, partner_id: str, connection_id: str, item_id: str, *, any_age: bool = False) -> Fact:
        """Have one item tried again; it leaves the queue once that succeeds.

        `any_age`, for the operator, records a sale as an import does, however old it is. Raises
        UnknownUnmappedError.
        """
        self._connections.connection(partner_id, connection_id)
        return self._ask(self._waiting_item(connection_id, item_id), any_age=any_age)

    def received(self, partner_id: str, connection_id: str, item_id: str) -> ReceivedEvent:
        """The event behind an item, as it is kept. Raises UnknownUnmappedError, EventGoneError."""
        connection = self._connections.connection(partner_id, connection_id)
        name = self._waiting_item(connection_id, item_id).received
        event = None if name is None else self._events.event(connection, name)
        if event is None:
            raise EventGoneError(item_id)
        return event

    def retry_all(self, partner_id: str, connection_id: str, *, any_age: bool = False) -> int:
        """Have the oldest items of the queue tried again, MOST_AT_ONCE at once; how many."""
        self._connections.connection(partner_id, connection_id)
        found = self._book.waiting(connection_id, "", MOST_AT_ONCE)
        for shown in found:
            self._ask(shown, any_age=any_age)
        return len(found)

    def _waiting_item(self, connection_id: str, item_id: str) -> Fact:
        item = self._book.waiting_item(connection_id, item_id)
        if item is None:
            raise UnknownUnmappedError(item_id[:40])
        return item

    def _ask(self, shown: Fact, *, any_age: bool) -> Fact:
        for _ in range(ATTEMPTS):
            known = self._book.fact(shown.connection_id, shown.group, shown.part)
            if known is None or not known.waiting:
                raise UnknownUnmappedError(shown.item_id)
            asked = asked_again(known, any_age=any_age)
            if self._book.change(known, asked, self._clock()):
                self._line.put(asked.connection_id, asked.group)
                return asked
        raise EventBusyError
