"""What is not a JSON object of ordinary size is refused before its fields are looked at."""

import json

import pytest

from tests.unit.chalicelib.replies import buy, problem
from tests.unit.chalicelib.world import World, purchase


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"card=1&total=2",
        b'{"total": NaN}',
        b'{"total": Infinity}',
        b'{"total": -Infinity}',
        b'{"receipt": "1", "receipt": "2"}',
        b'{"total": {"currency": "USD", "currency": "EUR"}}',
        b'{"receipt": "\xff"}',
        b'{"receipt": "\x00"}',
        b"\xef\xbb\xbf{}",
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b'{"total": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_that_is_not_json_is_refused(world: World, raw: bytes) -> None:
    problem(buy(world, raw), 400, "malformed_json")


@pytest.mark.parametrize("raw", [b"[]", b"null", b"7", b'"text"'])
def test_a_body_that_is_no_object_is_refused(world: World, raw: bytes) -> None:
    found = problem(buy(world, raw), 400, "invalid_field")
    assert found["errors"][0]["pointer"] == ""


def test_a_deep_value_in_an_unknown_field_is_refused(world: World, card: str) -> None:
    deep = b"[" * 20 + b"]" * 20
    body = json.dumps(purchase(card)).encode()[:-1] + b', "deep": ' + deep + b"}"
    problem(buy(world, body), 400, "unknown_field")


def test_a_body_above_the_limit_is_refused(world: World, card: str) -> None:
    found = problem(buy(world, purchase(card, receipt="r" * 70_000)), 413, "body_too_large")
    assert found["limit_bytes"] == 65_536


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_another_content_type_is_refused(world: World, card: str, content_type: str) -> None:
    reply = world.post("/v1/purchases", purchase(card), idempotency_key="p1", content_type=content_type)
    assert problem(reply, 415, "unsupported_media_type")["content_type"] == content_type


def test_json_with_a_charset_is_json(world: World, card: str) -> None:
    reply = world.post(
        "/v1/purchases", purchase(card), idempotency_key="p1", content_type="Application/JSON; charset=utf-8"
    )
    assert reply.status_code == 201
