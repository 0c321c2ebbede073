"""Whatever is sent, the answer is one that the API document promises, and never a 500."""

import json
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.described import api_document
from tests.unit.chalicelib.world import NOW, World, purchase

PATHS = ("/v1/members", "/v1/purchases", "/v1/purchases/quote", "/v1/redemptions", "/v1/transfers", "/v1/households")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=60)
    | st.sampled_from([NOW, "s1", "b1", "USD", "EUR", "r-1", "9770000000000013", -1, 0, 10**30, 1e308])
)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["card_number", "contact", "location_id", "receipt", "occurred_at", "total", "points", "surprise"]
)


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    return api_document()


def promised(openapi: dict[str, Any], path: str, status: int) -> dict[str, Any]:
    response: dict[str, Any] = openapi["paths"][path]["post"]["responses"][str(status)]
    if "$ref" in response:
        response = openapi["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    (media,) = response["content"].values()
    return {**media["schema"], "components": openapi["components"]}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PATHS), changes=st.dictionaries(NAMES, ANY_JSON, max_size=3), left_out=st.sets(NAMES))
def test_a_request_with_any_fields_gets_an_answer_from_the_document(
    world: World, card: str, openapi: dict[str, Any], path: str, changes: dict[str, Any], left_out: set[str]
) -> None:
    other = {"to_card_number": "9770000000000013", "household_card_number": card}
    body = {**purchase(card), **other, "contact": "zoe@example.com", "points": 1}
    fields = openapi["components"]["schemas"][body_name(openapi, path)]["properties"]
    sent = {name: value for name, value in body.items() if name in fields and name not in left_out} | changes
    reply = world.post(path, json.dumps(sent).encode(), idempotency_key=str(crc32(json.dumps(sent).encode())))
    assert reply.status_code != 500
    jsonschema.Draft202012Validator(promised(openapi, path, reply.status_code)).validate(reply.json_body)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | ANY_JSON.map(lambda it: json.dumps(it).encode())
)
def test_any_bytes_get_a_client_error(world: World, openapi: dict[str, Any], raw: bytes) -> None:
    reply = world.post("/v1/purchases", raw, idempotency_key="any")
    assert reply.status_code == 400
    jsonschema.Draft202012Validator(promised(openapi, "/v1/purchases", 400)).validate(reply.json_body)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.text(max_size=70), cursor=st.text(max_size=40))
def test_any_header_and_cursor_get_a_client_error_or_an_answer(world: World, card: str, key: str, cursor: str) -> None:
    bought = world.post("/v1/purchases", purchase(card), idempotency_key=key)
    assert bought.status_code in (201, 400, 409)
    listed = world.client.http.get(
        f"/v1/cards/{card}/entries?" + urlencode({"cursor": cursor}), headers={"authorization": f"Bearer {world.alpha}"}
    )
    assert listed.status_code == 400


def body_name(openapi: dict[str, Any], path: str) -> str:
    schema = openapi["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return str(schema["$ref"].rsplit("/", 1)[1])
