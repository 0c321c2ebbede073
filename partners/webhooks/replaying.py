"""Sending a partner's events again from a time on, out of the pages its entries stand in, and what was kept beside.

A replay has lanes of its own, so it disturbs neither the order nor the pace of what happens meanwhile. Its events
have the ids that they always had.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from partners.visits.model import Bookmark
from partners.visits.service import Pages
from partners.webhooks.delivery import DAY_MS, Attempt, new_delivery
from partners.webhooks.errors import (
    InvalidReplayError,
    PingTooSoonError,
    ReplayTooSoonError,
    UnknownWebhookEndpointError,
    WebhookEndpointDisabledError,
)
from partners.webhooks.events import Event, event_of, ping
from partners.webhooks.model import Endpoint
from partners.webhooks.service import WebhookEndpoints
from partners.webhooks.telling import Telling
from shared.kernel.clock import Clock
from shared.kernel.ids import RandomBytes, base32

REACH_DAYS = 30
PAUSE_MINUTES = 10
PING_PAUSE_SECONDS = 5
SETTLE_MS = 120_000
"""A replay begins so long after it was asked for: what happened until then is in pages by then."""
LINES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Replay:
    """Events from `since_ms` until `until_ms` for an endpoint again; done up to the bookmark."""

    partner_id: str
    endpoint_id: str
    replay_id: str
    since_ms: int
    until_ms: int
    bookmark: Bookmark | None = None


class ReplayQueue(Protocol):
    """See `partners.webhooks.queue_gateway.WakeQueue`."""

    def replay(self, replay: Replay, not_before_ms: int) -> None: ...


class Log(Protocol):
    """See `partners.webhooks.store.DeliveryStore`."""

    def kept_events(self, partner_id: str, since_ms: int, until_ms: int) -> Iterator[Event]: ...

    def attempts(self, endpoint_id: str, before: str | None, limit: int) -> list[Attempt]: ...


class Replays:
    """Use cases of replays, test events and the log. Every method may raise StoreUnavailableError."""

    def __init__(
        self,
        endpoints: WebhookEndpoints,
        telling: Telling,
        pages: Pages,
        queue: ReplayQueue,
        log: Log,
        clock: Clock,
        random: RandomBytes,
    ) -> None:
        self._endpoints = endpoints
        self._telling = telling
        self._pages = pages
        self._queue = queue
        self._log = log
        self._clock = clock
        self._random = random

    def request(self, partner_id: str, endpoint_id: str, since_ms: int) -> Replay:
        """Have all events since `since_ms` that the endpoint asks for sent again, those that arrived included.

        Raises UnknownWebhookEndpointError, WebhookEndpointDisabledError, InvalidReplayError, ReplayTooSoonError.
        """
        _refuse_disabled(self._endpoints.get(partner_id, endpoint_id))
        now_ms = self._clock()
        if not now_ms - REACH_DAYS * DAY_MS <= since_ms <= now_ms:
            raise InvalidReplayError(REACH_DAYS)

        def marked(endpoint: Endpoint) -> Endpoint:
            _refuse_disabled(endpoint)
            if endpoint.replayed_at_ms is not None and now_ms < endpoint.replayed_at_ms + PAUSE_MINUTES * 60_000:
                raise ReplayTooSoonError(PAUSE_MINUTES)
            return replace(endpoint, replayed_at_ms=now_ms)

        self._endpoints.change(partner_id, endpoint_id, marked)
        replay = Replay(partner_id, endpoint_id, f"rp_{base32(self._random(10))}", since_ms, now_ms)
        self._queue.replay(replay, now_ms + SETTLE_MS)
        return replay

    def work(self, job: Replay, not_before_ms: int, may_go_on: Callable[[], bool]) -> int:
        """Let events of a replay wait to be sent, for as long as `may_go_on`; how many. Again changes nothing."""
        if self._clock() < not_before_ms:
            self._queue.replay(job, not_before_ms)
            return 0
        try:
            endpoint = self._endpoints.get(job.partner_id, job.endpoint_id)
        except UnknownWebhookEndpointError:
            return 0
        days = [datetime.fromtimestamp(at_ms // 1_000, UTC).date() for at_ms in (job.since_ms, job.until_ms)]
        waiting = 0
        if endpoint.disabled is None and job.bookmark is None:
            waiting += self._again(job, endpoint, self._log.kept_events(job.partner_id, job.since_ms, job.until_ms))
        while endpoint.disabled is None:
            listing = self._pages.entries(job.partner_id, *days, after=job.bookmark, limit=LINES_AT_ONCE)
            found = (event_of(item.line) for item in listing.lines)
            waiting += self._again(job, endpoint, (event for event in found if event is not None))
            if listing.next is None:
                return waiting
            job = replace(job, bookmark=listing.next)
            if not may_go_on():
                self._queue.replay(job, 0)
                return waiting
        return waiting

    def _again(self, job: Replay, endpoint: Endpoint, events: Iterable[Event]) -> int:
        now_ms = self._clock()
        return self._telling.add(
            [
                new_delivery(job.partner_id, job.endpoint_id, event, now_ms, job.replay_id)
                for event in events
                if event.event_type in endpoint.event_types and job.since_ms <= event.happened_at_ms <= job.until_ms
            ]
        )

    def ping(self, partner_id: str, endpoint_id: str) -> str:
        """Send a test event; its id. One every PING_PAUSE_SECONDS, for nobody has shown yet that the URL is theirs.

        Raises UnknownWebhookEndpointError, WebhookEndpointDisabledError, PingTooSoonError.
        """
        _refuse_disabled(self._endpoints.get(partner_id, endpoint_id))
        now_ms = self._clock()

        def marked(endpoint: Endpoint) -> Endpoint:
            _refuse_disabled(endpoint)
            if endpoint.pinged_at_ms is not None and now_ms < endpoint.pinged_at_ms + PING_PAUSE_SECONDS * 1_000:
                raise PingTooSoonError(PING_PAUSE_SECONDS)
            return replace(endpoint, pinged_at_ms=now_ms)

        self._endpoints.change(partner_id, endpoint_id, marked)
        event = ping(f"evt_ping_{base32(self._random(10))}", now_ms)
        self._telling.add([new_delivery(partner_id, endpoint_id, event, now_ms)])
        return event.event_id

    def attempts(self, partner_id: str, endpoint_id: str, *, before: str | None, limit: int) -> list[Attempt]:
        """The endpoint's log, newest first. Raises UnknownWebhookEndpointError."""
        self._endpoints.get(partner_id, endpoint_id)
        return self._log.attempts(endpoint_id, before, limit)


def _refuse_disabled(endpoint: Endpoint) -> None:
    if endpoint.disabled is not None:
        raise WebhookEndpointDisabledError(endpoint.endpoint_id)
