"""One event on its way to one endpoint, when it is tried again, and when not. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

from partners.webhooks.events import Event

DAY_MS = 86_400_000
TRIED_FOR_MS = 3 * DAY_MS
KEPT_FOR_MS = 30 * DAY_MS
"""Deliveries and the log of attempts."""
CLAIM_MS = 60_000
"""So long one sender has an event for itself: longer than an attempt takes."""
FIRST_WAIT_MS = 5_000
WAIT_FACTOR = 3
LONGEST_WAIT_MS = 6 * 3_600_000
QUIET_AFTER_MS = 60_000
LONGEST_QUIET_MS = 900_000


class State(StrEnum):
    """Whether a delivery goes on: it waits for its next attempt, has arrived, or was given up."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead_lettered"


@dataclass(frozen=True, slots=True)
class Lane:
    """Deliveries to one endpoint that go one after the other: of one member, and one replay if it is one."""

    partner_id: str
    endpoint_id: str
    name: str
    replay_id: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event for an endpoint, at its `place` in a lane. The next attempt is due at `due_at_ms`."""

    lane: Lane
    place: str
    event_id: str
    event_type: str
    body: str
    created_at_ms: int
    due_at_ms: int
    state: State = State.WAITING
    attempts: int = 0
    version: int = 1

    @property
    def last_chance_ms(self) -> int:
        """From then on a failed attempt is the last one."""
        return self.created_at_ms + TRIED_FOR_MS

    def claimed(self, now_ms: int) -> "Delivery":
        """As a sender takes it: not due for others while it works, and due again if it dies."""
        return replace(self, due_at_ms=now_ms + CLAIM_MS, version=self.version + 1)

    def after_failure(self, now_ms: int, jitter: int) -> "Delivery":
        """As it stands after a failed attempt; `jitter` is random, 0 to 255."""
        tried = replace(self, attempts=self.attempts + 1, version=self.version + 1)
        if now_ms >= self.last_chance_ms:
            return replace(tried, state=State.DEAD)
        return replace(tried, due_at_ms=min(now_ms + wait_ms(tried.attempts, jitter), self.last_chance_ms))

    def settled(self, state: State, *, attempted: bool) -> "Delivery":
        return replace(self, state=state, attempts=self.attempts + attempted, version=self.version + 1)


def new_delivery(partner_id: str, endpoint_id: str, event: Event, now_ms: int, replay_id: str = "") -> Delivery:
    """`event` for an endpoint, due at once."""
    lane = Lane(partner_id, endpoint_id, event.lane, replay_id)
    return Delivery(lane, event.place, event.event_id, event.event_type, event.body, now_ms, now_ms)


def wait_ms(attempts: int, jitter: int) -> int:
    """How long to wait after so many failed attempts: three times as long each time, less up to half at random."""
    whole: int = min(FIRST_WAIT_MS * WAIT_FACTOR ** min(attempts - 1, 20), LONGEST_WAIT_MS)
    return whole - whole * jitter // 512


@dataclass(frozen=True, slots=True)
class Standing:
    """How an endpoint does: since when every attempt at it has failed, and when the next may be made.

    An endpoint that has failed for a minute is tried by one delivery at a time, ever more rarely, so one that is
    down costs neither us nor it an attempt for every event.
    """

    failing_since_ms: int | None = None
    probe_at_ms: int = 0
    version: int = 0

    def since(self, fresh_at_ms: int) -> "Standing":
        """Without what was known before `fresh_at_ms`, when the endpoint was enabled or changed."""
        if self.failing_since_ms is None or self.failing_since_ms >= fresh_at_ms:
            return self
        return Standing(version=self.version)

    def resting_until(self, now_ms: int) -> int | None:
        """Until when nothing is sent, None if an attempt may be made now."""
        return self.probe_at_ms if self._quiet(now_ms) and now_ms < self.probe_at_ms else None

    def probing(self, now_ms: int) -> "Standing | None":
        """As it stands while an attempt is made, None if it needs no permission."""
        if self.failing_since_ms is None or not self._quiet(now_ms):
            return None
        step = (now_ms - self.failing_since_ms) // 4
        return replace(
            self, probe_at_ms=now_ms + min(max(step, FIRST_WAIT_MS), LONGEST_QUIET_MS), version=self.version + 1
        )

    def failed(self, now_ms: int) -> "Standing | None":
        """After a failed attempt, None if nothing changes."""
        return Standing(now_ms, 0, self.version + 1) if self.failing_since_ms is None else None

    def succeeded(self) -> "Standing | None":
        """After an attempt that succeeded, None if nothing changes."""
        return None if self.failing_since_ms is None else Standing(None, 0, self.version + 1)

    def hopeless(self, now_ms: int) -> bool:
        """Whether an endpoint is given up: nothing has arrived for as long as an event is tried."""
        return self.failing_since_ms is not None and now_ms - self.failing_since_ms >= TRIED_FOR_MS

    def _quiet(self, now_ms: int) -> bool:
        return self.failing_since_ms is not None and now_ms - self.failing_since_ms >= QUIET_AFTER_MS


@dataclass(frozen=True, slots=True)
class Wake:
    """Says that a lane has a delivery at `place` to look after, not before a moment.

    `attempts` is how many the delivery has had; once it has had more, another wake is in charge.
    """

    lane: Lane
    place: str
    not_before_ms: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of an endpoint's log: an attempt, or that a delivery was given up without one (`number` 0)."""

    endpoint_id: str
    event_id: str
    event_type: str
    replay_id: str
    at_ms: int
    number: int
    outcome: str
    status: int | None
    error: str | None
    latency_ms: int
    snippet: str
    next_at_ms: int | None

    @property
    def sort_key(self) -> str:
        """The order of the log, and unique in it."""
        return f"{self.at_ms:013d}#{self.event_id}#{self.replay_id}#{self.number:03d}"
