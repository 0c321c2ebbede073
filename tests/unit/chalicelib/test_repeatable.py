"""What clients may send again when its answer was lost: twice it is a success, and has no more effect than once."""

import re
from typing import Any

import pytest

from app import app
from chalicelib.operations import operations_of
from chalicelib.repeatable import REPEATABLE
from tests.support.described import api_document
from tests.unit.chalicelib.test_terms_routes import TERMS
from tests.unit.chalicelib.world import World

OPERATIONS = {one.operation_id: one for one in operations_of(app)}
PROMISE = re.compile(r"(?i)\bagain (is a success|changes nothing|gives the same)|(same request|the same) again")


def test_what_is_documented_to_be_harmless_again_is_known_to_be() -> None:
    promised = {
        name
        for name, one in OPERATIONS.items()
        if one.method == "POST" and not one.idempotent and PROMISE.search(f"{one.summary}. {one.description}")
    }
    assert promised <= REPEATABLE, f"name it in chalicelib/repeatable.py: {promised - REPEATABLE}"
    assert len(promised) > 10
    assert {OPERATIONS[name].idempotent for name in REPEATABLE} == {False}


def test_the_document_says_so() -> None:
    posts = [methods["post"] for methods in api_document()["paths"].values() if "post" in methods]
    assert {one["operationId"] for one in posts if one.get("x-repeatable")} == REPEATABLE


def requests(world: World) -> dict[str, tuple[str, object, str]]:
    """Path, body and key of requests, ready to be sent."""
    admin = world.operator
    key = world.post("/v1/keys", {"scopes": ["earn"]}).json_body["key_id"]
    theirs = world.post("/v1/partners/beta/keys", {"scopes": ["earn"]}, admin).json_body["key_id"]
    terms = world.post("/v1/partners/alpha/terms", {**TERMS, "effective_from": "2027-01-01T00:00:00Z"}, admin)
    source = {"card_source": {"place": "customer_tag", "name": "card:"}, "locations": {}}
    shop = {"kind": "shopify", "account": "my-shop.myshopify.com", **source}
    connection = world.post("/v1/connectors", shop).json_body["connection_id"]
    hook = {"url": "https://shop.example/hooks", "event_types": ["points.earned"]}
    endpoint = world.post("/v1/webhook-endpoints", hook).json_body["endpoint_id"]
    location = {"location_id": "s9", "name": "Ninth", "time_zone": "America/Chicago"}
    why = {"reason": "x"}
    return {
        "revoke_key": (f"/v1/keys/{key}/revoke", {}, world.alpha),
        "revoke_partner_key": (f"/v1/partners/beta/keys/{theirs}/revoke", {}, admin),
        "approve_terms": (
            f"/v1/partners/alpha/terms/proposals/{terms.json_body['proposal']}/approve",
            why,
            world.second_operator,
        ),
        "create_partner": ("/v1/partners", {"partner_id": "gamma", "name": "Gamma", "currency": "USD"}, admin),
        "open_location": ("/v1/partners/alpha/locations", location, admin),
        "close_location": ("/v1/partners/alpha/locations/s2/close", {}, admin),
        "set_usage_plan": ("/v1/partners/alpha/usage-plan", {"tier": "large", **why}, admin),
        "change_partner_state": ("/v1/partners/beta/state", {"state": "suspended", **why}, admin),
        "change_webhook_endpoint": (f"/v1/webhook-endpoints/{endpoint}", {"enabled": False}, world.alpha),
        "change_connection": (f"/v1/connectors/{connection}/settings", source, world.alpha),
        "retry_unmapped": (f"/v1/connectors/{connection}/retries", {}, world.alpha),
        "disable_connection": (f"/v1/connectors/{connection}/disable", {}, world.alpha),
    }


def facts(body: Any) -> Any:
    return {name: value for name, value in body.items() if name != "request_id"}


def test_sent_twice_they_answer_the_same(world: World) -> None:
    ready = requests(world)
    assert ready.keys() <= REPEATABLE
    for name, (path, body, key) in ready.items():
        first = world.post(path, body, key)
        world.clock.advance(ms=1_000)
        again = world.post(path, body, key)
        assert first.status_code == again.status_code, (name, first.body, again.body)
        assert first.status_code in (200, 201), (name, first.body)
        assert facts(first.json_body) == facts(again.json_body), name


@pytest.mark.parametrize(
    "name", ["issue_key", "issue_credential", "rotate_key", "ping_webhook_endpoint", "pay_settlement"]
)
def test_what_acts_each_time_is_not_among_them(name: str) -> None:
    assert name in OPERATIONS
    assert name not in REPEATABLE
