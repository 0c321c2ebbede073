"""Every way to get a request wrong has a code of its own, and nothing else in it."""

import json
from typing import Any

import jsonschema
import pytest
from chalice.test import HTTPResponse

from chalicelib.api.schemas.problem import Problem
from shared.kernel.errors import StoreUnavailableError
from shared.members.card import Card, card_number
from tests.unit.chalicelib.world import NOW, World, purchase


def problem(reply: HTTPResponse, status: int, code: str) -> dict[str, Any]:
    """The problem document of a reply, after checking everything that all of them promise."""
    document: dict[str, Any] = reply.json_body
    assert (reply.status_code, document["code"]) == (status, code), document
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.headers["Cache-Control"] == "no-store"
    assert document["status"] == status
    assert document["type"] == f"https://tessera.example/problems/{code}"
    assert document["instance"].startswith("urn:uuid:")
    assert document["title"]
    assert document["detail"]
    jsonschema.validate(document, Problem.model_json_schema())
    return document


def buy(world: World, body: object, **headers: str) -> HTTPResponse:
    return world.post("/v1/purchases", body, idempotency_key="p1", **headers)


def test_an_unknown_field_is_refused_at_any_depth(world: World, card: str) -> None:
    found = problem(buy(world, purchase(card, points=5)), 400, "unknown_field")
    assert found["errors"] == [{"pointer": "/points", "code": "unknown_field", "detail": "there is no such field"}]
    total = {"amount_cents": 1, "currency": "USD", "cash": True}
    found = problem(buy(world, purchase(card, total=total)), 400, "unknown_field")
    assert found["errors"][0]["pointer"] == "/total/cash"


def test_a_pointer_escapes_the_characters_of_names(world: World, card: str) -> None:
    found = problem(buy(world, purchase(card, **{"a/b~c": 1})), 400, "unknown_field")
    assert found["errors"][0]["pointer"] == "/a~1b~0c"


def test_a_missing_field_is_named(world: World, card: str) -> None:
    body = purchase(card)
    del body["receipt"]
    found = problem(buy(world, body), 400, "missing_field")
    assert found["errors"][0]["pointer"] == "/receipt"
    assert found["detail"] == "/receipt: this is required"


def test_all_wrong_fields_are_listed(world: World) -> None:
    found = problem(buy(world, {"card_number": 1, "surprise": 2}), 400, "invalid_field")
    pointers = [error["pointer"] for error in found["errors"]]
    assert pointers == ["/card_number", "/location_id", "/receipt", "/occurred_at", "/total", "/surprise"]


def test_a_long_list_of_wrong_fields_is_cut(world: World, card: str) -> None:
    found = problem(buy(world, purchase(card, **{f"x{n}": n for n in range(100)})), 400, "unknown_field")
    assert len(found["errors"]) == 20


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("-1", "negative_amount"),
        ("12.5", "fractional_cents"),
        ("12.0", "fractional_cents"),
        ("1e2", "fractional_cents"),
        ("-0.5", "fractional_cents"),
        ('"12"', "invalid_field"),
        ("true", "invalid_field"),
        ("null", "invalid_field"),
        ("100000000001", "invalid_field"),
    ],
)
def test_an_amount_is_a_whole_number_of_cents(world: World, card: str, amount: str, code: str) -> None:
    body = json.dumps(purchase(card)).replace("2000", amount).encode()
    found = problem(buy(world, body), 400, code)
    assert found["errors"][0]["pointer"] == "/total/amount_cents"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("card_number", "977001234567891"),
        ("card_number", "9770-0123-4567-8912"),
        ("card_number", "９７７００１２３４５６７８９１２"),
        ("location_id", "a/b"),
        ("location_id", "s" * 21),
        ("receipt", ""),
        ("receipt", "r" * 41),
        ("receipt", "tab\there"),
        ("receipt", " r1"),
        ("receipt", "r1\n"),
        ("receipt", "quittung-ü"),
        ("occurred_at", "2026-11-15T12:00:00"),
        ("occurred_at", "2026-11-15 12:00:00Z"),
        ("occurred_at", "2026-11-15"),
        ("occurred_at", "2026-02-30T12:00:00Z"),
        ("occurred_at", "2026-11-15T12:00:60Z"),
        ("occurred_at", "1969-12-31T23:59:59Z"),
        ("occurred_at", "0001-01-01T00:00:00+14:00"),
        ("occurred_at", "9999-12-31T23:59:59-14:00"),
        ("occurred_at", 1763208000000),
        ("total", {"amount_cents": 1, "currency": "usd"}),
        ("total", {"amount_cents": 1, "currency": "EURO"}),
        ("total", 20),
        ("total", [2000, "USD"]),
    ],
)
def test_a_field_out_of_its_bounds_is_refused(world: World, card: str, field: str, value: object) -> None:
    found = problem(buy(world, purchase(card, **{field: value})), 400, "invalid_field")
    assert found["errors"][0]["pointer"].startswith(f"/{field}")


@pytest.mark.parametrize("points", [0, -5, 1.0, "60", True, 1_000_000_001])
def test_points_to_redeem_are_a_whole_number_from_one(world: World, card: str, points: object) -> None:
    body = {"card_number": card, "location_id": "s1", "receipt": "r", "occurred_at": NOW, "points": points}
    found = problem(world.post("/v1/redemptions", body, idempotency_key="x"), 400, "invalid_field")
    assert found["errors"][0]["pointer"] == "/points"


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


def test_text_that_no_encoding_can_hold_is_refused(world: World, card: str) -> None:
    found = problem(buy(world, json.dumps(purchase(card, receipt="\ud800")).encode()), 400, "invalid_field")
    assert found["errors"][0]["pointer"] == "/receipt"
    problem(buy(world, json.dumps(purchase(card, **{"\ud800": 1})).encode()), 400, "invalid_field")


def test_a_deep_value_in_an_unknown_field_is_refused(world: World, card: str) -> None:
    deep = b"[" * 400 + b"]" * 400
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


@pytest.mark.parametrize("path", ["/v1/members", "/v1/purchases", "/v1/redemptions"])
def test_moving_value_needs_an_idempotency_key(world: World, path: str) -> None:
    problem(world.post(path, {}), 400, "idempotency_key_missing")
    problem(world.post(path, {}, idempotency_key=""), 400, "idempotency_key_missing")


@pytest.mark.parametrize("key", ["two words", "k" * 65, "schlüssel", "tab\tkey"])
def test_a_malformed_idempotency_key_is_refused(world: World, card: str, key: str) -> None:
    problem(world.post("/v1/purchases", purchase(card), idempotency_key=key), 400, "idempotency_key_invalid")


def test_a_key_used_again_for_another_request_is_refused(world: World, card: str) -> None:
    first = buy(world, purchase(card)).json_body
    other = purchase(card, total={"amount_cents": 2_001, "currency": "USD"})
    assert problem(buy(world, other), 422, "idempotency_key_reused")["entry_id"] == first["entry_id"]


def test_a_receipt_earns_once(world: World, card: str) -> None:
    buy(world, purchase(card))
    again = world.post("/v1/purchases", purchase(card), idempotency_key="p2")
    problem(again, 409, "receipt_already_recorded")


def test_a_foreign_currency_is_refused(world: World, card: str) -> None:
    found = problem(buy(world, purchase(card, total={"amount_cents": 5, "currency": "EUR"})), 422, "currency_mismatch")
    assert (found["currency"], found["contract_currency"]) == ("EUR", "USD")


def test_an_unknown_card_and_a_wrong_card_number_differ(world: World, card: str) -> None:
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)
    problem(buy(world, purchase(wrong)), 400, "invalid_card_number")
    nobodys = card_number("9770", Card("0000000000", 1))
    problem(buy(world, purchase(nobodys)), 404, "unknown_card")
    problem(world.get(f"/v1/cards/{nobodys}"), 404, "unknown_card")
    problem(world.get("/v1/cards/977"), 400, "invalid_field")


def test_another_partners_location_is_unknown(world: World, card: str) -> None:
    mine = problem(buy(world, purchase(card, location_id="nowhere")), 404, "unknown_location")
    theirs = problem(buy(world, purchase(card, location_id="b1")), 404, "unknown_location")
    same = {name: value for name, value in mine.items() if name not in ("instance", "location_id")}
    assert same == {name: value for name, value in theirs.items() if name not in ("instance", "location_id")}


def test_points_that_are_not_there_cannot_be_redeemed(world: World, card: str) -> None:
    body = {"card_number": card, "location_id": "s1", "receipt": "r", "occurred_at": NOW, "points": 60}
    found = problem(world.post("/v1/redemptions", body, idempotency_key="x"), 422, "insufficient_points")
    assert (found["points_requested"], found["points_available"]) == (60, 0)


def test_too_old_and_too_new_are_refused(world: World, card: str) -> None:
    problem(buy(world, purchase(card, occurred_at="2026-10-01T00:00:00Z")), 422, "occurred_too_long_ago")
    problem(buy(world, purchase(card, occurred_at="2026-11-15T12:06:00Z")), 422, "occurred_in_future")


def test_a_contact_is_enrolled_once_and_never_repeated_in_an_error(world: World, card: str) -> None:
    body = {"contact": "ann@example.com", "location_id": "s1", "occurred_at": NOW}
    again = world.post("/v1/members", body, idempotency_key="other")
    problem(again, 409, "already_enrolled")
    assert b"ann" not in again.body
    bad = world.post("/v1/members", {**body, "contact": "ann@"}, idempotency_key="bad")
    problem(bad, 400, "invalid_contact")
    assert b"ann" not in bad.body


def test_a_parameter_out_of_bounds_is_named(world: World, card: str) -> None:
    for query, name in (("limit=0", "limit"), ("limit=x", "limit"), ("limit=201", "limit"), ("page=2", "page")):
        reply = world.get(f"/v1/cards/{card}/entries?{query}")
        code = "unknown_field" if name == "page" else "invalid_field"
        assert problem(reply, 400, code)["errors"][0]["parameter"] == name
    twice = problem(world.get(f"/v1/cards/{card}/entries?limit=1&limit=2"), 400, "invalid_field")
    assert twice["detail"] == "limit: give it once"
    problem(world.get(f"/v1/cards/{card}?card_number=1"), 400, "invalid_field")
    problem(world.get("/v1/health?verbose=1"), 400, "unknown_field")


def test_an_unknown_method_is_a_problem_too(world: World) -> None:
    reply = world.client.http.delete("/v1/purchases", headers={})
    problem(reply, 405, "method_not_allowed")
    assert reply.headers["Allow"] == "POST"


def test_a_store_that_does_not_answer_is_a_503(world: World, card: str) -> None:
    class Down:
        def card(self, partner_id: str, card_number: str) -> None:
            raise StoreUnavailableError("throttled")

    world.till = Down()
    reply = world.get(f"/v1/cards/{card}")
    problem(reply, 503, "store_unavailable")
    assert reply.headers["Retry-After"] == "1"


def test_an_unexpected_error_tells_nothing_and_is_logged_once(
    world: World, card: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def card(self, partner_id: str, card_number: str) -> None:
            raise RuntimeError("table ledger-prod is on fire")

    world.till = Broken()
    caplog.clear()
    reply = world.get(f"/v1/cards/{card}")
    found = problem(reply, 500, "internal_error")
    assert b"fire" not in reply.body
    (logged,) = [record for record in caplog.records if record.message != "authorize"]
    assert logged.levelname == "ERROR"
    assert "on fire" in str(logged.exc_info)
    assert f"urn:uuid:{logged.__dict__['request_id']}" == found["instance"]
