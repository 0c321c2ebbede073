"""The conventions of the API, checked on every operation of its document. A new route is held to them as it comes."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from app import app
from chalicelib.deprecations import DEPRECATIONS, Deprecation
from chalicelib.openapi import document
from infra.gateway_errors import gateway_responses
from infra.paths import ROOT
from partners.access.limits import Tier, rate_limit_policy
from partners.connectors.service import MOST_CONNECTIONS
from partners.contracts.currencies import CENT_CURRENCIES
from partners.webhooks.model import MOST_ENDPOINTS
from shared.kernel.clock import DAY_MS
from tests.support.described import api_document
from tests.unit.chalicelib.world import World

DOCUMENT = api_document()
OPERATIONS = [(method, path, one) for path, methods in DOCUMENT["paths"].items() for method, one in methods.items()]
every_operation = pytest.mark.parametrize(
    ("method", "path", "operation"), OPERATIONS, ids=[one["operationId"] for _, _, one in OPERATIONS]
)

WHOLE = {
    "list_webhook_endpoints": MOST_ENDPOINTS,
    "list_connections": MOST_CONNECTIONS,
    "list_partner_connections": MOST_CONNECTIONS,
    # One for each currency of a window.
    "list_settlements": len(CENT_CURRENCIES),
    # Another only when the key is replaced: one a year would fill it in a lifetime.
    "list_statement_keys": 100,
}
"""Listings that are answered whole, and how many they can have: a service refuses more."""
LONGEST_WHOLE = 200


def test_what_is_listed_whole_fits_a_page() -> None:
    assert max(WHOLE.values()) <= LONGEST_WHOLE


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = DOCUMENT
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def parameters(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in map(resolved, operation.get("parameters", []))}


def reply_of(operation: dict[str, Any]) -> dict[str, Any]:
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            media = resolved(response).get("content", {}).get("application/json", {})
            return resolved(media.get("schema", {}))
    raise AssertionError(operation["operationId"])


@every_operation
def test_every_answer_bears_the_request_s_id(method: str, path: str, operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        assert "Request-Id" in resolved(response)["headers"], (path, status)


@every_operation
def test_every_error_is_a_problem_document(method: str, path: str, operation: dict[str, Any]) -> None:
    errors = {status: one for status, one in operation["responses"].items() if not status.startswith("2")}
    assert {"400", "500"} <= set(errors)
    for response in errors.values():
        assert list(resolved(response)["content"]) == ["application/problem+json"]


@every_operation
def test_a_listing_has_cursor_limit_and_next_cursor_or_stays_short(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    names, fields = parameters(operation), reply_of(operation).get("properties", {})
    paged = [("cursor" in names), ("limit" in names), ("next_cursor" in fields)]
    assert len(set(paged)) == 1, path
    if paged[0]:
        assert names["limit"]["schema"]["maximum"] == 200
        assert not names["cursor"]["required"]
        assert "invalid_cursor" in json.dumps(operation["responses"]["400"])
        assert operation["operationId"] not in WHOLE
    elif operation["operationId"].startswith("list_"):
        assert operation["operationId"] in WHOLE, f"{path} is neither paged nor known to stay short"


@every_operation
def test_names_are_in_snake_case_and_periods_are_from_and_to(method: str, path: str, operation: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"])
    for segment in path.split("/")[2:]:
        assert re.fullmatch(r"[a-z0-9.-]+|\{[a-z]+(_[a-z]+)*\}", segment), path
    for name, parameter in parameters(operation).items():
        if parameter["in"] in ("query", "path"):
            assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name), (path, name)
    names = set(parameters(operation))
    assert not names & {"offset", "page", "page_size", "per_page", "start", "end", "since", "until", "after", "before"}
    assert ("from" in names) == ("to" in names)


@every_operation
def test_what_moves_value_asks_for_an_idempotency_key_and_says_when_it_was_replayed(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    asks = "Idempotency-Key" in parameters(operation)
    says = "Idempotency-Replayed" in json.dumps(operation["responses"])
    assert asks == says
    assert not (asks and method == "get")


@every_operation
def test_who_may_call_it_is_said(method: str, path: str, operation: dict[str, Any]) -> None:
    guarded = bool(operation["security"])
    assert ("401" in operation["responses"]) == guarded
    for schemes in operation["security"]:
        ((_, rights),) = schemes.items()
        assert rights


def fields_of(part: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for schema in DOCUMENT["components"]["schemas"].values() if part is None else [part]:
        yield from schema.get("properties", {}).items()


def test_amounts_are_integers_and_moments_are_rfc_3339() -> None:
    def kinds(field: dict[str, Any]) -> set[str]:
        return {one.get("type", "object") for one in field.get("anyOf", [field])} - {"null"}

    for name, field in fields_of(None):
        if name.endswith(("_cents", "_points", "_micros", "_seconds")) or name == "points":
            assert kinds(field) == {"integer"}, name
        if name.endswith("_at") or name in ("effective_from", "occurred_at"):
            formats = {one.get("format") for one in field.get("anyOf", [field]) if one.get("type") != "null"}
            assert formats == {"date-time"}, name


def test_an_answer_and_a_problem_bear_the_same_id_as_the_log(world: World) -> None:
    good, bad = world.get("/v1/locations"), world.get("/v1/bill?month=11")
    assert good.headers["Request-Id"]
    assert bad.json_body["instance"] == f"urn:uuid:{bad.headers['Request-Id']}"


def test_what_the_gateway_answers_bears_the_id_and_says_when_to_come_back() -> None:
    for kind, response in gateway_responses().items():
        given = response["responseParameters"]
        assert given["gatewayresponse.header.Request-Id"] == "context.requestId", kind
        waits = {name.rsplit(".", 1)[1] for name in given} >= {"Retry-After", "RateLimit"}
        assert waits == (response["statusCode"] == "429"), kind
        if waits:
            named = given["gatewayresponse.header.RateLimit"].strip("'").partition(";")[0]
            assert named == rate_limit_policy(Tier.STANDARD).partition(";")[0]


def test_a_deprecated_operation_says_so_in_its_answers_and_in_the_document(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    since_ms = 1_780_000_000_000
    deprecated = Deprecation(since_ms, since_ms + 200 * DAY_MS, "https://tessera.example/changes#locations")
    monkeypatch.setitem(DEPRECATIONS, "list_locations", deprecated)
    headers = world.get("/v1/locations").headers
    assert headers["Deprecation"] == "@1780000000"
    assert headers["Sunset"] == "Mon, 14 Dec 2026 20:26:40 GMT"
    assert headers["Link"] == '<https://tessera.example/changes#locations>; rel="deprecation"'
    described = document(app)["paths"]["/v1/locations"]["get"]
    assert described["deprecated"] is True
    assert {"Deprecation", "Sunset"} <= set(described["responses"]["200"]["headers"])
    assert "Deprecation" not in world.get("/v1/bill?month=2026-11").headers


def test_notice_is_half_a_year_at_least() -> None:
    with pytest.raises(ValueError, match="180 days"):
        Deprecation(0, 179 * DAY_MS, "https://tessera.example")


def test_what_is_deprecated_is_an_operation_and_stands_in_the_changelog() -> None:
    told = (ROOT / "docs" / "api-changelog.md").read_text()
    known = {operation["operationId"] for _, _, operation in OPERATIONS}
    assert set(DEPRECATIONS) <= known
    assert all(name in told for name in DEPRECATIONS)


def test_the_changelog_is_dated_newest_first_and_names_every_path() -> None:
    told = (ROOT / "docs" / "api-changelog.md").read_text()
    days = re.findall(r"(?m)^## (?!What may change)(.*)$", told)
    assert days == sorted({date.fromisoformat(one).isoformat() for one in days}, reverse=True)
    named = set(re.findall(r"`(?:[A-Z]+ )?(/v1/[^`? ]*)", " ".join(told.split())))
    assert set(DOCUMENT["paths"]) - named == set(), "say in docs/api-changelog.md what is new, under the day of today"


def test_listings_go_on_where_the_page_before_ended(world: World) -> None:
    for number in range(5):
        store = {"location_id": f"x{number}", "name": "Store", "time_zone": "UTC"}
        assert world.post("/v1/partners/alpha/locations", store, world.operator).status_code == 201
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = world.get(f"/v1/locations?limit=3{cursor and f'&cursor={cursor}'}").json_body
        seen += [one["location_id"] for one in page["locations"]]
        cursor = page["next_cursor"]
    assert seen == sorted(seen) == ["s1", "s2", *(f"x{number}" for number in range(5))]
