"""Stream, queue, senders and receivers, as unkind as they may be, around the real services of outgoing webhooks.

Every call of a store, of the queue or of a receiver is a point at which a worker can die or get no answer, before the
call took effect or after. Workers are interleaved call by call. A worker lives no longer than Lambda lets it.
"""

import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import time_machine
from standardwebhooks import Webhook

from partners.visits.lines import line_of
from partners.visits.stream import StreamRecord
from partners.webhooks.delivery import CLAIM_MS, TRIED_FOR_MS, Lane, State, Wake
from partners.webhooks.events import Event, event_of
from partners.webhooks.model import Endpoint, EventType
from partners.webhooks.sender_gateway import Answer
from partners.webhooks.sending import Sending
from partners.webhooks.service import WebhookEndpoints
from partners.webhooks.store import DeliveryStore, EndpointStore
from partners.webhooks.telling import Telling
from shared.kernel.errors import StoreUnavailableError
from shared.ledger.codec import entry_to_item
from shared.ledger.model import Entry, Op
from tests.fakes.clock import DAY_MS, FakeClock
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.partner_states import FakePartnerStates
from tests.support.entries import entry, record_of_item
from tests.support.workers import FaultRates, Worker

VISIBILITY_MS = 360_000
PARTNER = "harvest"
MASTER = b"master"


class Through:
    """Anything as one worker reaches it: each call may be its last."""

    def __init__(self, target: Any, worker: Worker) -> None:
        self._target = target
        self._worker = worker

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *given, **named: self._worker.call(lambda: getattr(self._target, name)(*given, **named))


@dataclass
class Message:
    wake: Wake
    visible_at_ms: int


@dataclass
class Queue:
    """Keeps a message until it is deleted, and shows it again after a while, sometimes sooner."""

    clock: FakeClock
    longest_delay_ms: int
    messages: list[Message] = field(default_factory=list)

    def wake(self, wakes: Sequence[Wake]) -> None:
        for wake in wakes:
            delay_ms = min(max(0, wake.not_before_ms - self.clock()), self.longest_delay_ms)
            self.messages.append(Message(wake, self.clock() + delay_ms))


@dataclass
class Receivers:
    """Hosts of endpoints: up, down for a time, or moody. They check every signature, and the order of what comes."""

    world: "World"
    arrived: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    latest: defaultdict[tuple[str, str], str] = field(default_factory=lambda: defaultdict(str))

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        world, endpoint = self.world, self.world.by_url[url]
        secret = world.secrets[endpoint.endpoint_id]
        with time_machine.travel(world.clock() / 1_000, tick=False):
            Webhook(secret).verify(body, dict(headers))
        event = world.events[headers["webhook-id"]]
        assert body.decode() == event.body
        lane = endpoint.endpoint_id, event.lane
        assert event.place >= self.latest[lane], f"{event.event_id} came after a later one"
        self.latest[lane] = event.place
        for earlier in world.before(event):
            settled = earlier.event_id in self.arrived[endpoint.endpoint_id] or world.is_dead(endpoint, earlier)
            assert settled, f"{event.event_id} came before {earlier.event_id}"
        mood = world.moods[endpoint.endpoint_id]
        if world.clock() < mood.down_until_ms or world.rng.random() < mood.failure_chance:
            return Answer(None, "connection_failed", "", 1)
        self.arrived[endpoint.endpoint_id].append(event.event_id)
        return Answer(204, None, "", 1)


@dataclass
class Mood:
    down_until_ms: int
    failure_chance: float


class World:
    """One run. All that is random comes from `seed`."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.clock = FakeClock()
        tables: Any = FakeDynamoDB()
        self.store = DeliveryStore(tables, "webhooks")
        self.endpoint_store = EndpointStore(tables, "webhooks")
        self.queue = Queue(self.clock, self.rng.choice([900_000, 10 * DAY_MS, 10 * DAY_MS]))
        self.receivers = Receivers(self)
        self.rates = FaultRates(*(self.rng.choice([0, 0.02, 0.08]) for _ in range(2)))
        self.repeat_chance = self.rng.choice([0, 0.1, 0.3])
        self.faults_left = self.repeats_left = 30
        counter = itertools.count()
        self.service = WebhookEndpoints(
            self.endpoint_store,
            FakePartnerStates(),
            self.clock,
            lambda size: next(counter).to_bytes(size, "big"),
            lambda: MASTER,
            local_receivers=False,
        )
        self.secrets: dict[str, str] = {}
        self.by_url: dict[str, Endpoint] = {}
        self.moods: dict[str, Mood] = {}
        for number in range(2):
            issued = self.service.create(PARTNER, f"https://shop{number}.example/hooks", list(EventType))
            self.secrets[issued.endpoint.endpoint_id] = issued.secret
            self.by_url[issued.endpoint.url] = issued.endpoint
            down_for_ms = self.rng.choice([0, 0, 300_000, DAY_MS, 5 * DAY_MS])
            self.moods[issued.endpoint.endpoint_id] = Mood(self.clock() + down_for_ms, self.rng.choice([0, 0.1, 0.4]))
        self.entries = self._book()
        found = [event_of(line_of(one)) for one in self.entries]
        self.events = {event.event_id: event for event in found if event is not None}
        self.delivered_upto = 0
        self.workers: list[tuple[Worker, Callable[[Worker], None]]] = []

    def before(self, event: Event) -> list[Event]:
        """Events of the same member before this one."""
        return [one for one in self.events.values() if one.lane == event.lane and one.place < event.place]

    def is_dead(self, endpoint: Endpoint, event: Event) -> bool:
        found = self.store.upto(Lane(PARTNER, endpoint.endpoint_id, event.lane), event.place)
        return bool(found and found[0].place == event.place and found[0].state is State.DEAD)

    def run(self) -> None:
        """Until the stream is read and the queue is empty."""
        for _ in range(200_000):
            if not self._advance():
                return
        raise AssertionError("it does not come to an end")

    def _advance(self) -> bool:
        if self.delivered_upto < len(self.entries) and self.rng.random() < 0.1:
            self._start_telling()
        due = [message for message in self.queue.messages if message.visible_at_ms <= self.clock()]
        if due and len(self.workers) < 4 and self.rng.random() < 0.5:
            self._start_sending(self.rng.choice(due))
        if self.workers:
            self._step()
            return True
        if due:
            return True
        if self.delivered_upto < len(self.entries):
            self._start_telling()
            return True
        if not self.queue.messages:
            return False
        self.clock.now_ms = max(self.clock(), min(message.visible_at_ms for message in self.queue.messages))
        return True

    def _step(self) -> None:
        worker, settle = self.rng.choice(self.workers)
        self.clock.advance(ms=self.rng.randrange(CLAIM_MS // 2_000))
        worker.step()
        if worker.done:
            self.workers.remove((worker, settle))
            settle(worker)

    def _start_telling(self) -> None:
        """A batch of the stream: from where it was last read, sometimes from further back."""
        start = self.delivered_upto
        if start and self._repeats():
            start = self.rng.randrange(start)
        end = min(len(self.entries), start + self.rng.randrange(1, 8))
        records = [self._record(place) for place in range(start, end)]

        def job(worker: Worker) -> None:
            Telling(
                Through(self.service, worker), Through(self.store, worker), Through(self.queue, worker), self.clock
            ).tell_of_records(records)

        worker = Worker(job, random.Random(self.rng.random()), self.rates)
        if start == self.delivered_upto:
            # A shard's next batch comes when this one is done; meanwhile senders go on.
            while not worker.done:
                worker.step()
                for other, _ in self.workers[:1]:
                    other.step()
                self._reap()
            if not worker.died and worker.error is None:
                self.delivered_upto = end
            else:
                self._settle_fault(worker)
        else:
            self.workers.append((worker, self._settle_fault))

    def _reap(self) -> None:
        for one in [one for one in self.workers if one[0].done]:
            self.workers.remove(one)
            one[1](one[0])

    def _start_sending(self, message: Message) -> None:
        message.visible_at_ms = self.clock() + (0 if self._repeats() else VISIBILITY_MS)
        steps = self.rng.randrange(1, 4)
        goes_on = iter([True] * steps)

        def job(worker: Worker) -> Any:
            sending = Sending(
                Through(self.store, worker),
                Through(self.service, worker),  # type: ignore[arg-type]
                Through(self.queue, worker),
                Through(self.receivers, worker),
                self.clock,
                lambda size: bytes(self.rng.randrange(256) for _ in range(size)),
            )
            return sending.attend(message.wake, lambda: next(goes_on, False))

        def settle(worker: Worker) -> None:
            self._settle_fault(worker)
            if not worker.died and worker.error is None and message in self.queue.messages:
                self.queue.messages.remove(message)

        self.workers.append((Worker(job, random.Random(self.rng.random()), self.rates), settle))

    def _settle_fault(self, worker: Worker) -> None:
        """After so many faults all goes well: what follows must come to an end."""
        if worker.error is not None and not isinstance(worker.error, StoreUnavailableError):
            raise worker.error
        self.faults_left -= worker.died or worker.error is not None
        if self.faults_left <= 0:
            self.rates = FaultRates()

    def _repeats(self) -> bool:
        repeats = self.repeats_left > 0 and self.rng.random() < self.repeat_chance
        self.repeats_left -= repeats
        return repeats

    def _record(self, place: int) -> StreamRecord:
        change = record_of_item(entry_to_item(self.entries[place]), str(place + 1))["dynamodb"]
        return StreamRecord(str(place + 1), f"{place + 1:040d}", "INSERT", change["Keys"], change["NewImage"])

    def _book(self) -> list[Entry]:
        seqs: defaultdict[str, int] = defaultdict(int)
        book = []
        for _ in range(self.rng.randrange(4, 14)):
            member = self.rng.choice(["0000000001", "0000000002", "0000000003"])
            seqs[member] += 1
            op = Op.ENROL if seqs[member] == 1 else self.rng.choice([Op.EARN, Op.REDEEM])
            at_ms = self.clock() + len(book)
            book.append(entry(op, member=member, seq=seqs[member], partner=PARTNER, recorded_at_ms=at_ms))
        return book


def check(world: World) -> None:
    """Every event has arrived at every endpoint, or was given up for a reason."""
    for endpoint in world.service.all(PARTNER):
        arrived = set(world.receivers.arrived[endpoint.endpoint_id])
        for event in world.events.values():
            lane = Lane(PARTNER, endpoint.endpoint_id, event.lane)
            found = [one for one in world.store.upto(lane, event.place) if one.place == event.place]
            if not found:
                assert endpoint.disabled is not None
                continue
            (delivery,) = found
            assert delivery.state is not State.WAITING, f"{event.event_id} waits for ever"
            if delivery.state is State.DELIVERED:
                assert event.event_id in arrived
            elif endpoint.disabled is None:
                assert world.clock() >= delivery.created_at_ms + TRIED_FOR_MS
