"""The operator gives partners usage plans, and answers tell partners theirs."""

from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import auth
from partners.access.limits import Tier
from partners.access.model import Scope
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_parties import authorizer_event
from tests.unit.chalicelib.world import World

STANDARD = {
    "partner_id": "alpha",
    "tier": "standard",
    "requests_per_second": 50,
    "requests_at_once": 100,
    "in_force": False,
}
LARGE = STANDARD | {"tier": "large", "requests_per_second": 200, "requests_at_once": 400, "in_force": True}
PATH = "/v1/partners/alpha/usage-plan"


def answer(world: World, key: str) -> dict[str, Any]:
    found: dict[str, Any] = auth.authorize(authorizer_event(f"Bearer {key}"), {})
    return found


def issue(world: World) -> str:
    reply = world.post("/v1/keys", {"scopes": ["reports"]})
    assert reply.status_code == 201, reply.body
    return str(reply.json_body["api_key"])


def test_an_operator_changes_a_plan_and_the_trail_tells_what_it_was(world: World) -> None:
    assert world.get(PATH, world.operator).json_body == STANDARD
    reply = world.post(PATH, {"tier": "large", "reason": "twelve new stores"}, world.operator)
    assert (reply.status_code, reply.json_body) == (200, LARGE)
    assert world.get(PATH, world.operator).json_body == LARGE
    records = world.get("/v1/audit-trail?from=2026-11-15&to=2026-11-15", world.operator).json_body["records"]
    done = next(record for record in records if record["phase"] == "done")
    assert (done["action"], done["reason"]) == ("set_usage_plan", "twelve new stores")
    assert (done["before"], done["after"]) == (STANDARD, LARGE)
    problem(world.post(PATH, {"tier": "endless", "reason": "why not"}, world.operator), 400, "invalid_field")


def test_the_authorizer_names_the_partners_key_at_the_gateway_and_the_answer_its_plan(world: World) -> None:
    key = issue(world)
    found = answer(world, key)
    usage_key = found["usageIdentifierKey"]
    assert world.gateway.attached == [("alpha", Tier.STANDARD, usage_key)]
    assert usage_key not in str(found["context"])
    assert usage_key not in key
    assert found["context"]["usage_tier"] == "standard"
    assert world.get("/v1/visits", key).headers["RateLimit-Policy"] == '"requests";q=50;w=1;burst=100;tier=standard'
    refused = world.post("/v1/purchases", {}, key)
    assert (refused.status_code, refused.headers["RateLimit-Policy"]) == (
        403,
        '"requests";q=50;w=1;burst=100;tier=standard',
    )


def test_all_keys_of_a_partner_have_its_plan_and_no_other_partners(world: World) -> None:
    issue(world)
    world.post(PATH, {"tier": "large", "reason": "twelve new stores"}, world.operator)
    assert answer(world, world.alpha)["usageIdentifierKey"] == world.gateway.attached[-1][2]
    assert answer(world, world.beta)["usageIdentifierKey"] == "shared-by-all-partners"


def test_a_rotated_key_has_the_plan_of_its_partner(world: World) -> None:
    key_id = world.post("/v1/keys", {"scopes": ["earn"]}).json_body["key_id"]
    rotated = world.post(f"/v1/keys/{key_id}/rotate", {}).json_body["api_key"]
    assert answer(world, rotated)["context"]["usage_tier"] == "standard"


def test_a_key_is_issued_and_works_while_the_gateway_takes_no_keys(world: World) -> None:
    world.gateway.out_of_order = True
    key = issue(world)
    found = answer(world, key)
    assert found["usageIdentifierKey"] == "shared-by-all-partners"
    assert "usage_tier" not in found["context"]
    assert "RateLimit-Policy" not in world.get("/v1/visits", key).headers
    problem(world.post(PATH, {"tier": "standard", "reason": "repair"}, world.operator), 503, "store_unavailable")
    world.gateway.out_of_order = False
    world.post(PATH, {"tier": "standard", "reason": "repair"}, world.operator)
    assert answer(world, key)["context"]["usage_tier"] == "standard"


def test_operators_count_for_what_all_share(world: World) -> None:
    assert answer(world, world.operator)["usageIdentifierKey"] == "shared-by-all-partners"


def test_where_the_gateway_does_not_count_by_caller_it_is_told_of_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = issue(world)
    monkeypatch.setattr(world.settings, "shared_usage_key", "")
    found = answer(world, key)
    assert "usageIdentifierKey" not in found
    assert "usage_tier" not in found["context"]


def test_the_log_says_when_a_key_without_a_plan_is_used(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []

    def warning(message: str, extra: dict[str, str]) -> None:
        told.append((message, extra["partner_id"]))

    monkeypatch.setattr(auth, "logger", lambda: SimpleNamespace(info=lambda *_, **__: None, warning=warning))
    unlimited = world.access.issue_key("alpha", frozenset({Scope.REPORTS})).text
    for key in (unlimited, world.operator):
        answer(world, key)
    assert told == [(auth.NO_USAGE_PLAN, "alpha")]
    limited = issue(world)
    told.clear()
    answer(world, limited)
    assert told == []
