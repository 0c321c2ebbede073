"""The demo's HTTP client behaves like a till: what was not answered is sent again, a refusal is not."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from infra.demo import client
from infra.demo.client import Api
from infra.demo.errors import UnexpectedAnswerError


def api(handle: Callable[[httpx.Request], httpx.Response]) -> Api:
    return Api("http://network/stage/", transport=httpx.MockTransport(handle))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.time, "sleep", lambda _seconds: None)


def test_a_post_carries_key_and_idempotency_key() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, json={"points": 5}, headers={"Idempotency-Replayed": "true"})

    with api(answer) as network:
        answered = network.post("/v1/purchases", "tsk_live_x", {"a": 1}, "key-1")
    assert (answered.status, answered.body, answered.replayed) == (201, {"points": 5}, True)
    assert str(seen[0].url) == "http://network/stage/v1/purchases"
    assert seen[0].headers["Authorization"] == "Bearer tsk_live_x"
    assert seen[0].headers["Idempotency-Key"] == "key-1"


def test_a_503_and_a_broken_connection_are_sent_again_with_the_same_key() -> None:
    outcomes: list[Any] = [httpx.Response(503), httpx.ConnectError("gone"), httpx.Response(201, json={})]
    keys: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        outcome = outcomes.pop(0)
        if isinstance(outcome, httpx.HTTPError):
            raise outcome
        assert isinstance(outcome, httpx.Response)
        return outcome

    with api(answer) as network:
        assert network.post("/v1/purchases", "k", {}, "key-1").status == 201
        assert keys == ["key-1"] * 3
        assert network.meter.asked_again == 2
        assert len(network.meter.seconds) == 2


def test_a_refusal_is_raised_with_its_problem_document_and_not_repeated() -> None:
    calls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request.method)
        return httpx.Response(422, json={"code": "insufficient_points"})

    with api(answer) as network, pytest.raises(UnexpectedAnswerError, match="insufficient_points"):
        network.get("/v1/bill", "k", month="2026-11")
    assert calls == ["GET"]


def test_what_is_never_answered_gives_up() -> None:
    with api(lambda _request: httpx.Response(504)) as network, pytest.raises(UnexpectedAnswerError, match="504"):
        network.get("/v1/bill", "k")
