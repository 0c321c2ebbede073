"""Sending what waits: each lane one delivery after the other, each until it arrives or is given up.

Why nothing is lost or out of order. A delivery is sent only when the one before it in its lane is settled, and
settled ones stay so: hence all before it are. The first delivery of a lane that is not settled always has a wake in
the queue: its own at first; a wake is dropped only after the delivery is settled and the next one was looked after,
or another wake was sent in its place, before the write that makes the first one void. A wake that finds the delivery
before its own waiting may go, because whoever settles that one looks for the next by a strongly consistent read. A
sender takes a delivery by a conditional write that keeps others away for a minute, and a sender that dies leaves its
wake to the queue, which brings it again.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Protocol

from partners.webhooks.delivery import (
    CLAIM_MS,
    FIRST_WAIT_MS,
    LONGEST_QUIET_MS,
    Attempt,
    Delivery,
    Lane,
    Standing,
    State,
    Wake,
)
from partners.webhooks.errors import UnknownWebhookEndpointError
from partners.webhooks.model import PING, Disabled, Endpoint
from partners.webhooks.sender_gateway import Answer
from partners.webhooks.service import WebhookEndpoints
from partners.webhooks.signing import signed_headers
from partners.webhooks.telling import Wakes
from shared.kernel.clock import Clock
from shared.kernel.ids import RandomBytes

GONE_STATUS = 410
OVERDUE_MS = 3_600_000
"""A delivery that should have been looked after so long ago may have lost its wake."""


class DeliveryBook(Protocol):
    """What sending needs of its store; see `partners.webhooks.store.DeliveryStore`."""

    def replace(self, before: Delivery, after: Delivery) -> bool: ...

    def upto(self, lane: Lane, place: str) -> list[Delivery]: ...

    def after(self, lane: Lane, place: str) -> Delivery | None: ...

    def log(self, attempt: Attempt) -> None: ...

    def standing(self, endpoint_id: str) -> Standing: ...

    def set_standing(self, endpoint_id: str, standing: Standing) -> bool: ...


class Sender(Protocol):
    """See `partners.webhooks.sender_gateway.WebhookSender`."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


class Sending:
    """The use case of looking after a lane. It may raise StoreUnavailableError; then the wake must come again."""

    def __init__(
        self,
        book: DeliveryBook,
        endpoints: WebhookEndpoints,
        wakes: Wakes,
        sender: Sender,
        clock: Clock,
        random: RandomBytes,
    ) -> None:
        self._book = book
        self._endpoints = endpoints
        self._wakes = wakes
        self._sender = sender
        self._clock = clock
        self._random = random

    def attend(self, wake: Wake, may_go_on: Callable[[], bool]) -> Counter[str]:
        """Send from `wake`'s place on what is due, for as long as `may_go_on`; how often what happened."""
        done: Counter[str] = Counter()
        lane, now_ms = wake.lane, self._clock()
        if now_ms < wake.not_before_ms:
            self._wakes.wake([wake])
            return done
        try:
            endpoint = self._endpoints.get(lane.partner_id, lane.endpoint_id)
        except UnknownWebhookEndpointError:
            done["forgotten"] += 1
            return done
        delivery, before = self._at(wake)
        if before is not None and before.state is State.WAITING:
            if before.due_at_ms < now_ms - OVERDUE_MS:
                self._later(before, 0)
            return done
        if delivery is not None and delivery.state is State.WAITING and wake.attempts < delivery.attempts:
            return done
        place = wake.place
        while True:
            if delivery is not None:
                place = delivery.place
                if delivery.state is State.WAITING:
                    known = self._send(endpoint, delivery, done)
                    if known is None:
                        return done
                    endpoint = known
            delivery = self._book.after(lane, place)
            if delivery is None:
                return done
            if not may_go_on():
                self._later(delivery, 0)
                return done

    def _at(self, wake: Wake) -> tuple[Delivery | None, Delivery | None]:
        """The delivery that the wake is about, if it is still there, and the one before it."""
        found = self._book.upto(wake.lane, wake.place)
        if found and found[0].place == wake.place:
            return found[0], found[1] if len(found) > 1 else None
        return None, found[0] if found else None

    def _send(self, endpoint: Endpoint, delivery: Delivery, done: Counter[str]) -> Endpoint | None:
        """One attempt, if one may be made now: the endpoint as it is known then, None if the delivery still waits.

        A delivery that still waits has a wake.
        """
        now_ms = self._clock()
        if now_ms < delivery.due_at_ms:
            self._later(delivery, delivery.due_at_ms)
            return None
        if endpoint.disabled is not None:
            return self._wait_or_give_up(endpoint, delivery, endpoint.disabled, done)
        standing = self._book.standing(endpoint.endpoint_id).since(endpoint.fresh_at_ms)
        resting_until = None if delivery.event_type == PING else standing.resting_until(now_ms)
        if resting_until is not None:
            if now_ms >= delivery.last_chance_ms:
                return self._give_up(endpoint, delivery, "endpoint_failing", done)
            self._later(delivery, min(resting_until + self._jitter_ms(), delivery.last_chance_ms))
            return None
        if (probing := standing.probing(now_ms)) is not None:
            if not self._book.set_standing(endpoint.endpoint_id, probing):
                self._later(delivery, now_ms + FIRST_WAIT_MS)
                return None
            standing = probing
        claimed = delivery.claimed(now_ms)
        if not self._book.replace(delivery, claimed):
            self._later(delivery, now_ms + CLAIM_MS)
            return None
        secrets = self._endpoints.secrets(endpoint, now_ms)
        headers = signed_headers(delivery.event_id, delivery.body, secrets, now_ms)
        answer = self._sender.post(endpoint.url, headers, delivery.body.encode())
        if answer.status is not None and 200 <= answer.status < 300:
            return self._arrived(endpoint, claimed, answer, standing, done)
        return self._failed(endpoint, claimed, answer, standing, done)

    def _wait_or_give_up(
        self, endpoint: Endpoint, delivery: Delivery, why: Disabled, done: Counter[str]
    ) -> Endpoint | None:
        """What becomes of a delivery to an endpoint that is disabled: it has its three days all the same."""
        now_ms = self._clock()
        for_good = why is Disabled.PARTNER_CLOSED or delivery.event_type == PING
        if for_good or now_ms >= delivery.last_chance_ms:
            return self._give_up(endpoint, delivery, "endpoint_disabled", done)
        self._later(delivery, min(now_ms + LONGEST_QUIET_MS + self._jitter_ms(), delivery.last_chance_ms))
        return None

    def _arrived(
        self, endpoint: Endpoint, delivery: Delivery, answer: Answer, standing: Standing, done: Counter[str]
    ) -> Endpoint | None:
        self._log(delivery, State.DELIVERED, answer, None)
        done["delivered"] += 1
        if not self._book.replace(delivery, delivery.settled(State.DELIVERED, attempted=True)):
            self._later(delivery, self._clock())
            return None
        if (better := standing.succeeded()) is not None:
            # Lost if another attempt has said so meanwhile; then the next one that succeeds says it again.
            self._book.set_standing(endpoint.endpoint_id, better)
        return endpoint

    def _failed(
        self, endpoint: Endpoint, delivery: Delivery, answer: Answer, standing: Standing, done: Counter[str]
    ) -> Endpoint | None:
        now_ms = self._clock()
        after = delivery.after_failure(now_ms, self._random(1)[0])
        if answer.status == GONE_STATUS:
            after = delivery.settled(State.DEAD, attempted=True)
        waits = after.state is State.WAITING
        self._log(delivery, "failed" if waits else State.DEAD, answer, after.due_at_ms if waits else None)
        done["failed"] += 1
        if (worse := standing.failed(now_ms)) is not None:
            self._book.set_standing(endpoint.endpoint_id, worse)
        if answer.status == GONE_STATUS:
            endpoint = self._disable(endpoint, Disabled.GONE, done)
        elif standing.hopeless(now_ms):
            endpoint = self._disable(endpoint, Disabled.FAILING, done)
        if waits:
            self._later(after, after.due_at_ms)
        if not self._book.replace(delivery, after):
            self._later(delivery, now_ms)
            return None
        if waits:
            return None
        done[State.DEAD] += 1
        return endpoint

    def _give_up(self, endpoint: Endpoint, delivery: Delivery, why: str, done: Counter[str]) -> Endpoint | None:
        if not self._book.replace(delivery, delivery.settled(State.DEAD, attempted=False)):
            self._later(delivery, self._clock() + CLAIM_MS)
            return None
        self._log(delivery, State.DEAD, Answer(None, why, "", 0), None, attempted=False)
        done[State.DEAD] += 1
        return endpoint

    def _disable(self, endpoint: Endpoint, why: Disabled, done: Counter[str]) -> Endpoint:
        done[f"disabled, {why}"] += 1
        try:
            return self._endpoints.disable(endpoint.partner_id, endpoint.endpoint_id, why)
        except UnknownWebhookEndpointError:
            return endpoint

    def _later(self, delivery: Delivery, at_ms: int) -> None:
        self._wakes.wake([Wake(delivery.lane, delivery.place, at_ms, delivery.attempts)])

    def _jitter_ms(self) -> int:
        return FIRST_WAIT_MS * self._random(1)[0] // 256

    def _log(
        self, delivery: Delivery, outcome: str, answer: Answer, next_at_ms: int | None, *, attempted: bool = True
    ) -> None:
        attempt = Attempt(
            endpoint_id=delivery.lane.endpoint_id,
            event_id=delivery.event_id,
            event_type=delivery.event_type,
            replay_id=delivery.lane.replay_id,
            at_ms=self._clock(),
            number=delivery.attempts + 1 if attempted else 0,
            outcome=str(outcome),
            status=answer.status,
            error=answer.error,
            latency_ms=answer.latency_ms,
            snippet=answer.snippet,
            next_at_ms=next_at_ms,
        )
        self._book.log(attempt)
