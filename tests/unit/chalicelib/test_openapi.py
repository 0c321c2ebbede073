"""The OpenAPI document is valid, current, complete, and true to what the API answers."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app import app
from chalicelib.openapi import document_text
from chalicelib.operations import operations_of
from partners.webhooks.model import EventType
from tests.support.described import api_document
from tests.unit.chalicelib.world import NOW, World, purchase

STORED = Path(__file__).parents[3] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    return api_document()


def test_the_stored_document_is_the_current_one() -> None:
    assert STORED.read_text() == document_text(app), "run: python -m infra.api_docs"


def test_whoever_reads_the_document_may_keep_it_for_a_while(world: World) -> None:
    assert world.client.http.get("/v1/openapi.json").headers["Cache-Control"] == "public, max-age=300"


def test_the_served_document_is_the_stored_one(world: World) -> None:
    assert world.client.http.get("/v1/openapi.json", headers={}).body.decode() == STORED.read_text()


def test_the_document_is_valid_openapi_3_1(openapi: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(openapi).validate()


def test_every_route_is_an_operation_and_every_operation_a_route(openapi: dict[str, Any]) -> None:
    routes = {(method.lower(), path) for path, methods in app.routes.items() for method in methods}
    documented = {(method, path) for path, methods in openapi["paths"].items() for method in methods}
    assert routes == documented


def test_an_operation_needs_a_key_exactly_if_its_route_asks_the_authorizer(openapi: dict[str, Any]) -> None:
    for path, methods in app.routes.items():
        for method, route in methods.items():
            security = openapi["paths"][path][method.lower()]["security"]
            assert bool(security) == bool(route.authorizer), (method, path)


def test_operations_are_described_and_named_once(openapi: dict[str, Any]) -> None:
    operations = [one for methods in openapi["paths"].values() for one in methods.values()]
    assert all(one["summary"] and one["tags"] for one in operations)
    ids = [one["operationId"] for one in operations]
    assert len(set(ids)) == len(ids)


def test_what_moves_value_requires_an_idempotency_key(openapi: dict[str, Any]) -> None:
    header = {"$ref": "#/components/parameters/IdempotencyKey"}
    posts = {path: methods["post"] for path, methods in openapi["paths"].items() if "post" in methods}
    asking = {path for path, operation in posts.items() if header in operation.get("parameters", [])}
    assert asking == {
        "/v1/adjustments",
        "/v1/cases",
        "/v1/cases/{case}/comments",
        "/v1/reconciliations",
        "/v1/partners/{partner_id}/cases",
        "/v1/partners/{partner_id}/cases/{case}/adjustments",
        "/v1/partners/{partner_id}/cases/{case}/comments",
        "/v1/billing/backfills",
        "/v1/billing/events/{event_id}/decisions",
        "/v1/partners/{partner_id}/billing",
        "/v1/partners/{partner_id}/billing/end",
        "/v1/partners/{partner_id}/billing/replacements",
        "/v1/partners/{partner_id}/billing/{month}/credits",
        "/v1/partners/{partner_id}/billing/{month}/decisions",
        "/v1/members",
        "/v1/partners/{partner_id}/invoices/{month}/payments",
        "/v1/partners/{partner_id}/invoices/{month}/payments/{payment_id}/reverse",
        "/v1/partners/{partner_id}/payments",
        "/v1/payouts",
        "/v1/payouts/{entry_id}/reversals",
        "/v1/purchases",
        "/v1/purchases/{entry_id}/returns",
        "/v1/redemptions",
        "/v1/redemptions/cashback",
        "/v1/redemptions/{entry_id}/cancellations",
        "/v1/holds",
        "/v1/holds/{entry_id}/capture",
        "/v1/holds/{entry_id}/void",
        "/v1/transfers",
        "/v1/households",
        "/v1/households/departures",
        "/v1/merges",
        "/v1/merges/reversals",
        "/v1/closures",
    }


def test_every_example_fits_its_schema(openapi: dict[str, Any]) -> None:
    seen = 0
    for operation in [one for methods in openapi["paths"].values() for one in methods.values()]:
        contents = [operation.get("requestBody", {}), *operation["responses"].values()]
        for media in [media for one in contents for media in one.get("content", {}).values()]:
            if "example" in media:
                check(openapi, media["schema"], media["example"])
                seen += 1
    for example in openapi["components"]["examples"].values():
        check(openapi, {"$ref": "#/components/schemas/Problem"}, example["value"])
    assert seen > 20


def test_what_is_sent_is_described_and_fits_its_schema(openapi: dict[str, Any]) -> None:
    assert set(openapi["webhooks"]) == {*EventType, "ping"}
    for event_type, path in openapi["webhooks"].items():
        media = path["post"]["requestBody"]["content"]["application/json"]
        check(openapi, media["schema"], media["example"])
        assert media["example"]["type"] == event_type


def test_nothing_in_the_components_is_unused(openapi: dict[str, Any]) -> None:
    text = json.dumps(openapi)
    for kind, components in openapi["components"].items():
        unused = [name for name in components if f'"#/components/{kind}/{name}"' not in text]
        assert kind == "securitySchemes" or unused == []


def issued_plan(world: World) -> dict[str, Any]:
    plan = {"location_fee_cents": 900, "mode": "graduated", "bands": [{"up_to": None}], "spend_alert_cents": 1}
    terms = {"effective_from": "2027-01-01T00:00:00Z", "earn_points": 5, "earn_per_cents": 100}
    prices = {"issue_price_micros": 6_000, "redeem_price_micros": 5_000, "expiry_months": 24}
    reply = world.post("/v1/partners/alpha/terms", {**terms, **prices, "plan": plan, "reason": "x"}, world.operator)
    found: dict[str, Any] = reply.json_body["terms"]["plan"]
    return found


def test_replies_fit_their_schemas(world: World, card: str, openapi: dict[str, Any]) -> None:
    redemption = {"card_number": card, "location_id": "s1", "receipt": "r", "occurred_at": NOW, "points": 60}
    sent = [
        ("/v1/members", {"contact": "z@example.com", "location_id": "s1", "occurred_at": NOW}),
        ("/v1/purchases/quote", purchase(card)),
        ("/v1/purchases", purchase(card)),
        ("/v1/redemptions", redemption),
    ]
    for number, (path, body) in enumerate(sent):
        reply = world.post(path, body, idempotency_key=f"k{number}")
        check_reply(openapi, path, "post", reply)
    world.post_all_entries()
    issued = world.post("/v1/partners/alpha/invoices", {"month": "2026-10"}, world.operator)
    check_reply(openapi, "/v1/partners/{partner_id}/invoices", "post", issued)
    tried = world.post("/v1/bill/what-if", {"month": "2026-11", "plan": issued_plan(world)})
    check_reply(openapi, "/v1/bill/what-if", "post", tried)
    asked = [
        ("/v1/cards/{card_number}", f"/v1/cards/{card}", world.alpha),
        ("/v1/cards/{card_number}/entries", f"/v1/cards/{card}/entries?limit=1", world.alpha),
        ("/v1/entries", "/v1/entries?from=2026-11-01&to=2026-11-15", world.alpha),
        ("/v1/bill", "/v1/bill?month=2026-11", world.alpha),
        ("/v1/invoices", "/v1/invoices", world.alpha),
        ("/v1/invoices/{month}", "/v1/invoices/2026-10", world.alpha),
        ("/v1/visits", "/v1/visits?from=2026-11-01&to=2026-11-15", world.alpha),
        ("/v1/visit-counts", "/v1/visit-counts?from=2026-11-15&to=2026-11-15&by=day", world.alpha),
        ("/v1/locations", "/v1/locations", world.alpha),
        ("/v1/terms", "/v1/terms", world.alpha),
        ("/v1/partners/{partner_id}", "/v1/partners/alpha", world.operator),
        ("/v1/funding", "/v1/funding", world.alpha),
        ("/v1/partners/{partner_id}/funding", "/v1/partners/alpha/funding", world.operator),
        ("/v1/partners/{partner_id}/terms", "/v1/partners/alpha/terms", world.operator),
        ("/v1/partners", "/v1/partners", world.operator),
        ("/v1/positions", "/v1/positions?from=2026-11-01&to=2026-11-15", world.operator),
        ("/v1/positions/{party}", "/v1/positions/alpha?from=2026-11-01&to=2026-11-15", world.operator),
        ("/v1/position-pairs", "/v1/position-pairs?from=2026-11-01&to=2026-11-15", world.operator),
        ("/v1/position-flows", "/v1/position-flows?from=2026-11-01&to=2026-11-15", world.operator),
        ("/v1/partners/{partner_id}/bill", "/v1/partners/beta/bill?month=2026-11", world.operator),
        ("/v1/cards/{card_number}", "/v1/cards/9770000000000000", world.alpha),
        ("/v1/bill", "/v1/bill?month=11", world.alpha),
        ("/v1/partners", "/v1/partners", world.alpha),
    ]
    for template, path, key in asked:
        check_reply(openapi, template, "get", world.get(path, key))


def test_every_operation_lists_errors_of_our_own_kinds(openapi: dict[str, Any]) -> None:
    for operation in operations_of(app):
        described = openapi["paths"][operation.path][operation.method.lower()]["responses"]
        assert "500" in described
        assert ("401" in described) == (operation.scope is not None)


def test_what_happens_at_a_location_is_documented_as_refused_before_it_opens_and_after_it_closes(
    openapi: dict[str, Any],
) -> None:
    at_a_location = [
        operation
        for operation in operations_of(app)
        if {"location_id", "occurred_at"} <= set(operation.body.model_fields)
    ]
    assert {"/v1/purchases", "/v1/transfers"} <= {operation.path for operation in at_a_location}
    for operation in at_a_location:
        refused = str(openapi["paths"][operation.path][operation.method.lower()]["responses"]["422"])
        assert all(code in refused for code in ("location_not_open", "location_closed")), operation.path


def check_reply(openapi: dict[str, Any], template: str, method: str, reply: Any) -> None:
    described = openapi["paths"][template][method]["responses"][str(reply.status_code)]
    if "$ref" in described:
        described = openapi["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
    (media,) = described["content"].items()
    assert reply.headers["Content-Type"] == media[0]
    check(openapi, media[1]["schema"], reply.json_body)


def check(openapi: dict[str, Any], schema: dict[str, Any], value: object) -> None:
    whole = {**schema, "components": openapi["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def test_a_body_may_be_left_out_only_where_nothing_in_it_is_needed(world: World) -> None:
    left_out = {one.operation_id for one in operations_of(app) if not one.body_needed}
    assert "open_location" not in left_out
    assert "approve_settlement" in left_out
    reply = world.post("/v1/partners/alpha/locations", b"", world.operator)
    assert (reply.status_code, reply.json_body["code"]) == (400, "malformed_json")
