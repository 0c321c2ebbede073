"""Replaying the plan against a network that only keeps what tills tell it."""

import json
import threading

import httpx
import pytest

from infra.demo.baskets import Basket
from infra.demo.calendar import Move
from infra.demo.client import Api
from infra.demo.errors import RetryDiffersError, UnexpectedAnswerError
from infra.demo.plan import Step, StepKind, plan_steps
from infra.demo.replay import SEND_TWICE_EVERY, replay
from infra.demo.retailers import RETAILERS

KEYS = [f"key-of-{retailer.partner_id}" for retailer in RETAILERS]


class Network:
    """Answers each idempotency key once, and the same again."""

    def __init__(self, points: int) -> None:
        self.points = points
        self.answers: dict[str, dict[str, object]] = {}
        self.requests: list[tuple[str, dict[str, object]]] = []
        self.forgets_keys = False
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            key, body = request.headers["Idempotency-Key"], json.loads(request.content)
            self.requests.append((request.url.path, body))
            known = key in self.answers and not self.forgets_keys
            if not known:
                number = len(self.requests)
                answer = {"entry": number, "card_number": f"card-{number}", "points_balance": self.points}
                self.answers[key] = answer | {"points": body.get("points", 7)}
            headers = {"Idempotency-Replayed": "true"} if known else {}
            return httpx.Response(201, json=self.answers[key], headers=headers)


def steps() -> list[Step]:
    baskets = [Basket(household, household % 6, 100 + household, 1000 * household, 999) for household in range(60)]
    return plan_steps(baskets, Move(60_000, 0, 1), seed=1)


def test_every_step_is_played_once_and_some_are_sent_twice() -> None:
    network, plan, advanced = Network(points=512), steps(), []
    with Api("http://network", transport=httpx.MockTransport(network)) as api:
        played = replay(api, KEYS, plan, 3, lambda: advanced.append(1))
    assert played.entries == {StepKind.ENROL: 60, StepKind.PURCHASE: 60, StepKind.REDEEM: 60}
    assert played.entry_count == len(advanced) == len(plan) == 180
    assert played.sent_twice == 180 // SEND_TWICE_EVERY
    assert len(network.requests) == 180 + played.sent_twice
    assert len(set(played.cards)) == 60
    assert {body["points"] for path, body in network.requests if path == "/v1/redemptions"} == {500}
    assert {line.points for line in played.lines} == {7, 500}
    assert {line.amount_cents for line in played.lines if line.kind == "earn"} == {999}


def test_who_has_too_few_points_redeems_nothing() -> None:
    network = Network(points=499)
    with Api("http://network", transport=httpx.MockTransport(network)) as api:
        played = replay(api, KEYS, steps(), 2, lambda: None)
    assert played.entries[StepKind.REDEEM] == 0
    assert not [path for path, _ in network.requests if path == "/v1/redemptions"]


def test_a_retry_that_is_answered_differently_ends_the_replay() -> None:
    network = Network(points=512)
    network.forgets_keys = True
    with (
        Api("http://network", transport=httpx.MockTransport(network)) as api,
        pytest.raises(RetryDiffersError, match="key "),
    ):
        replay(api, KEYS, steps(), 2, lambda: None)


def test_a_refused_request_stops_all_callers() -> None:
    refused = httpx.MockTransport(lambda _request: httpx.Response(403, json={"code": "scope_missing"}))
    with Api("http://network", transport=refused) as api, pytest.raises(UnexpectedAnswerError, match="scope_missing"):
        replay(api, KEYS, steps(), 4, lambda: None)
