"""From what has happened to deliveries that wait: one for each endpoint that asked for it.

A delivery's place in its lane is written once, so an entry that the stream brings again changes nothing. A wake
follows every write, also of one that was there already: whoever wrote it may have died before its wake. The stream
brings a member's entries in order, so no delivery is written before those that precede it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from partners.contracts.model import NETWORK
from partners.visits.lines import line_of
from partners.visits.stream import StreamRecord
from partners.webhooks.delivery import Delivery, Wake, new_delivery
from partners.webhooks.events import Event, event_of
from partners.webhooks.model import Endpoint
from shared.kernel.clock import Clock
from shared.ledger.codec import entry_from_item, item_from_stream
from shared.ledger.errors import MalformedEntryError
from shared.ledger.model import Entry


class Registers(Protocol):
    def all(self, partner_id: str) -> tuple[Endpoint, ...]: ...


class Outbox(Protocol):
    def add(self, delivery: Delivery) -> bool: ...

    def keep_event(self, partner_id: str, event: Event) -> None: ...


class Wakes(Protocol):
    """See `partners.webhooks.queue_gateway.WakeQueue`."""

    def wake(self, wakes: Sequence[Wake]) -> None: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a batch: deliveries that now wait, and records that could not be read."""

    deliveries: int
    unreadable: tuple[str, ...]


class Telling:
    """Use cases of telling endpoints. Every method may raise StoreUnavailableError; again is safe."""

    def __init__(self, registers: Registers, outbox: Outbox, wakes: Wakes, clock: Clock) -> None:
        self._registers = registers
        self._outbox = outbox
        self._wakes = wakes
        self._clock = clock

    def tell_of_records(self, records: Iterable[StreamRecord]) -> Told:
        """Let wait what endpoints want to know of a batch of the journal's stream.

        What can't be read is left out: posting sets it aside, and once it is posted a replay has it.
        """
        entries: list[Entry] = []
        unreadable: list[str] = []
        for record in records:
            try:
                entries.append(entry_from_item(item_from_stream(dict(record.image))))
            except MalformedEntryError:
                unreadable.append(record.number)
        happened: dict[str, list[Event]] = {}
        for entry in entries:
            if entry.partner == NETWORK:
                continue
            try:
                event = event_of(line_of(entry))
            except MalformedEntryError:
                unreadable.append(entry.entry_id)
                continue
            if event is not None:
                happened.setdefault(entry.partner, []).append(event)
        deliveries = sum(self.tell(partner_id, events) for partner_id, events in happened.items())
        return Told(deliveries, tuple(unreadable))

    def tell(self, partner_id: str, events: Sequence[Event]) -> int:
        """Let `events` of a partner wait for each of its endpoints that wants them; how many deliveries that is."""
        endpoints = self._registers.all(partner_id)
        wanted = [
            (endpoint, event)
            for event in events
            for endpoint in endpoints
            if endpoint.wants(event.event_type, event.happened_at_ms)
        ]
        return self.add([new_delivery(partner_id, one.endpoint_id, event, self._clock()) for one, event in wanted])

    def tell_and_keep(self, partner_id: str, events: Sequence[Event]) -> int:
        """As `tell`, of what is in no page: it is kept for replays, whether anybody wants it now or not."""
        for event in events:
            self._outbox.keep_event(partner_id, event)
        return self.tell(partner_id, events)

    def add(self, deliveries: Sequence[Delivery]) -> int:
        """Let `deliveries` wait, in this order; how many they are."""
        for delivery in deliveries:
            self._outbox.add(delivery)
        self._wakes.wake([Wake(delivery.lane, delivery.place) for delivery in deliveries])
        return len(deliveries)
