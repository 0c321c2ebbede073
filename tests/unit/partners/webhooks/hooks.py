"""The services of outgoing webhooks over a fake table, a fake queue and one fake receiver."""

import itertools
from collections.abc import Mapping
from typing import Any

from partners.visits.service import Pages
from partners.webhooks.delivery import Wake
from partners.webhooks.replaying import Replays
from partners.webhooks.sender_gateway import Answer
from partners.webhooks.sending import Sending
from partners.webhooks.service import WebhookEndpoints
from partners.webhooks.store import DeliveryStore, EndpointStore
from partners.webhooks.telling import Telling
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.page_book import FakePageBook
from tests.fakes.partner_states import FakePartnerStates
from tests.fakes.wakes import FakeWakes


class FakeReceiver:
    """Answers with the next of `answers`, or 204 if there is none; keeps what it heard."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.always: Answer | None = None
        self.heard: list[tuple[str, dict[str, str], bytes]] = []

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.heard.append((url, dict(headers), body))
        if self.answers:
            return self.answers.pop(0)
        return self.always or Answer(204, None, "", 12)


class Hooks:
    def __init__(self, clock: FakeClock) -> None:
        tables: Any = FakeDynamoDB()
        counter = itertools.count()
        self.clock = clock
        self.tables = tables
        self.store = DeliveryStore(tables, "webhooks")
        self.wakes = FakeWakes()
        self.receiver = FakeReceiver()
        self.page_book = FakePageBook()
        self.random = lambda size: next(counter).to_bytes(size, "big")
        self.partners = FakePartnerStates()
        self.endpoints = WebhookEndpoints(
            EndpointStore(tables, "webhooks"),
            self.partners,
            clock,
            self.random,
            lambda: b"master",
            local_receivers=False,
        )
        self.telling = Telling(self.endpoints, self.store, self.wakes, clock)
        self.sending = Sending(self.store, self.endpoints, self.wakes, self.receiver, clock, bytes)
        self.replays = Replays(
            self.endpoints, self.telling, Pages(self.page_book), self.wakes, self.store, clock, self.random
        )

    def work(self, until_ms: int | None = None) -> None:
        """Attend to every wake, and to those that follow, in the order of their time; none after `until_ms`."""
        while self.wakes.wakes:
            wake = min(self.wakes.wakes, key=lambda one: one.not_before_ms)
            if until_ms is not None and wake.not_before_ms > until_ms:
                return
            self.wakes.wakes.remove(wake)
            self.clock.now_ms = max(self.clock(), wake.not_before_ms)
            self.attend(wake)

    def attend(self, wake: Wake) -> dict[str, int]:
        return dict(self.sending.attend(wake, lambda: True))
