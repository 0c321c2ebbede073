"""Fields and parameters are strict: each way to get one wrong has a code and a pointer."""

import json

import pytest

from tests.unit.chalicelib.replies import buy, problem
from tests.unit.chalicelib.world import NOW, World, purchase


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


def test_a_parameter_out_of_bounds_is_named(world: World, card: str) -> None:
    for query, name in (("limit=0", "limit"), ("limit=x", "limit"), ("limit=201", "limit"), ("page=2", "page")):
        reply = world.get(f"/v1/cards/{card}/entries?{query}")
        code = "unknown_field" if name == "page" else "invalid_field"
        assert problem(reply, 400, code)["errors"][0]["parameter"] == name
    twice = problem(world.get(f"/v1/cards/{card}/entries?limit=1&limit=2"), 400, "invalid_field")
    assert twice["detail"] == "limit: give it once"
    problem(world.get(f"/v1/cards/{card}?card_number=1"), 400, "invalid_field")
    problem(world.get("/v1/health?verbose=1"), 400, "unknown_field")


def test_text_that_no_encoding_can_hold_is_refused(world: World, card: str) -> None:
    found = problem(buy(world, json.dumps(purchase(card, receipt="\ud800")).encode()), 400, "invalid_field")
    assert found["errors"][0]["pointer"] == "/receipt"
    problem(buy(world, json.dumps(purchase(card, **{"\ud800": 1})).encode()), 400, "malformed_json")
