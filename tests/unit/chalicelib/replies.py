"""What tests of the API check on every reply of a kind."""

from typing import Any

from chalice.test import HTTPResponse
from jsonschema import Draft202012Validator

from chalicelib.api.schemas.problem import Problem
from tests.unit.chalicelib.world import World

_PROBLEM = Draft202012Validator(Problem.model_json_schema())


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
    _PROBLEM.validate(document)
    return document


def buy(world: World, body: object, **headers: str) -> HTTPResponse:
    """A purchase of alpha under the key p1."""
    return world.post("/v1/purchases", body, idempotency_key="p1", **headers)
