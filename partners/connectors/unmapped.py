"""The queue of what could not be mapped: looked at and tried again, by the partner and by the operator."""

from typing import Protocol

from partners.connectors.errors import EventBusyError, EventGoneError, UnknownUnmappedError
from partners.connectors.facts import Fact, asked_again, dismissed
from partners.connectors.intake import EventBook, Line
from partners.connectors.received import ReceivedEvent, ReceivedEvents
from partners.connectors.service import Connections
from shared.kernel.clock import Clock

MOST_AT_ONCE = 100
ATTEMPTS = 5


class QueueBook(EventBook, Protocol):
    """What the queue needs of its store; see `partners.connectors.store.ConnectorStore`."""

    def waiting(self, connection_id: str, after: str, limit: int) -> list[Fact]: ...

    def without_card(self, connection_id: str, after: str, limit: int) -> list[Fact]: ...

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
        found = self._book.waiting(connection_id, after, limit + 1)
        page = found[:limit]
        return page, page[-1].item_id if len(found) > limit else None

    def count(self, connection_id: str) -> int:
        """How many items wait; MOST_AT_ONCE stands for that many or more."""
        return len(self._book.waiting(connection_id, "", MOST_AT_ONCE))

    def count_without_card(self, connection_id: str) -> int:
        """How many sales of the last 30 days were let go without a card, as `count` counts."""
        return len(self._book.without_card(connection_id, "", MOST_AT_ONCE))

    def retry(self, partner_id: str, connection_id: str, item_id: str, *, any_age: bool = False) -> Fact:
        """Have one item tried again; it leaves the queue once that succeeds. Only this revives what was dismissed.

        `any_age`, for the operator, records a sale as an import does, however old it is. Raises
        UnknownUnmappedError.
        """
        self._connections.connection(partner_id, connection_id)
        asked = self._ask(self._waiting_item(connection_id, item_id), any_age=any_age, alone=True)
        if asked is None:
            raise UnknownUnmappedError(item_id)
        return asked

    def received(self, partner_id: str, connection_id: str, item_id: str) -> ReceivedEvent:
        """The event behind an item, as it is kept. Raises UnknownUnmappedError, EventGoneError."""
        connection = self._connections.connection(partner_id, connection_id)
        name = self._waiting_item(connection_id, item_id).received
        event = None if name is None else self._events.event(connection, name)
        if event is None:
            raise EventGoneError(item_id)
        return event

    def retry_all(
        self,
        partner_id: str,
        connection_id: str,
        after: str = "",
        *,
        without_card: bool = False,
        any_age: bool = False,
    ) -> tuple[int, str | None]:
        """Have MOST_AT_ONCE items from behind item `after` on tried again, oldest first.

        How many, and the item behind which the next ones begin, if any. With `without_card` the sales that were let go
        without a card are read again, as the settings are now, instead of what waits.
        """
        self._connections.connection(partner_id, connection_id)
        listed = self._book.without_card if without_card else self._book.waiting
        found = listed(connection_id, after, MOST_AT_ONCE + 1)
        these = found[:MOST_AT_ONCE]
        asked = sum(self._ask(shown, any_age=any_age, alone=False) is not None for shown in these)
        return asked, these[-1].item_id if len(found) > MOST_AT_ONCE else None

    def item(self, partner_id: str, connection_id: str, item_id: str) -> Fact:
        """An item of the queue. Raises UnknownUnmappedError."""
        self._connections.connection(partner_id, connection_id)
        return self._waiting_item(connection_id, item_id)

    def dismiss(self, partner_id: str, connection_id: str, item_id: str, why: str) -> Fact:
        """Take an item out of the queue for good, whatever it was; the item.

        If its vendor tells another amount of it later, that waits. Raises UnknownUnmappedError, and EventBusyError
        while another try is under way.
        """
        shown = self.item(partner_id, connection_id, item_id)
        known = self._book.fact(connection_id, shown.group, shown.part)
        if known is None or not known.waiting:
            raise UnknownUnmappedError(item_id)
        after = dismissed(known, why)
        if known.is_open or not self._book.change(known, after, self._clock()):
            raise EventBusyError
        self._line.put(after)
        return after

    def _waiting_item(self, connection_id: str, item_id: str) -> Fact:
        item = self._book.waiting_item(connection_id, item_id)
        if item is None:
            raise UnknownUnmappedError(item_id[:40])
        return item

    def _ask(self, shown: Fact, *, any_age: bool, alone: bool) -> Fact | None:
        """The fact as it is tried again, or None if it was settled since it was shown."""
        for _ in range(ATTEMPTS):
            known = self._book.fact(shown.connection_id, shown.group, shown.part)
            if known is None or not (known.waiting or known.without_card):
                return None
            asked = asked_again(known, any_age=any_age, alone=alone)
            if self._book.change(known, asked, self._clock()):
                self._line.put(asked)
                return asked
        raise EventBusyError
