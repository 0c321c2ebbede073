"""The client offers every operation of the API's document, and is written from the current one."""

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tessera_client import Tessera, codes
from tessera_client.errors import ApiError, kind_of

from infra.api_docs import OPENAPI
from infra.client_code import CLIENT, client_files, is_for_clients

DOCUMENT = json.loads(OPENAPI.read_text())
OPERATIONS = [one for methods in DOCUMENT["paths"].values() for one in methods.values()]


@pytest.mark.parametrize("name", ["api.py", "codes.py", "types.py"])
def test_the_generated_files_are_current(name: str) -> None:
    assert (CLIENT / name).read_text() == client_files(DOCUMENT)[name], "run: python -m infra.api_docs"


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one["operationId"] for one in OPERATIONS])
def test_every_operation_is_a_method_with_all_its_parameters(operation: dict[str, Any]) -> None:
    if not is_for_clients(operation):
        assert not hasattr(Tessera, operation["operationId"])
        return
    parameters = set(inspect.signature(getattr(Tessera, operation["operationId"])).parameters)
    expected = set(re.findall(r"'name': '([a-z_]+)'", str(operation.get("parameters", [])))) - {"from"}
    assert expected <= parameters
    for media in operation.get("requestBody", {}).get("content", {}).values():
        body = DOCUMENT["components"]["schemas"][media["schema"]["$ref"].rsplit("/", 1)[1]]
        assert set(body["properties"]) <= parameters
    keyed = {"$ref": "#/components/parameters/IdempotencyKey"} in operation.get("parameters", [])
    assert ("idempotency_key" in parameters) == keyed


def test_only_what_other_systems_call_is_left_out() -> None:
    left_out = {one["operationId"] for one in OPERATIONS if not is_for_clients(one)}
    assert all(name.startswith("receive_") for name in left_out)


def test_every_code_has_a_class_of_its_status() -> None:
    examples = {code: one["value"]["status"] for code, one in DOCUMENT["components"]["examples"].items()}
    assert set(codes.BY_CODE) == set(examples)
    for code, status in examples.items():
        assert issubclass(codes.BY_CODE[code], kind_of(status)), code
    assert len(set(codes.BY_CODE.values())) == len(examples)


def test_listings_have_an_iterator() -> None:
    paged = {one["operationId"] for one in OPERATIONS if "'cursor'" in str(one.get("parameters"))}
    assert paged
    for name in paged:
        assert inspect.signature(getattr(Tessera, f"iter_{name.removeprefix('list_')}")).return_annotation is not None


def test_a_code_of_a_newer_api_comes_as_the_class_of_its_status() -> None:
    assert list(_kinds(404, 422, 429, 500, 418)) == [
        "NotFoundError",
        "UnprocessableError",
        "RateLimitedError",
        "ServerError",
        "ApiError",
    ]
    assert kind_of(418) is ApiError


def _kinds(*statuses: int) -> Iterator[str]:
    return (kind_of(status).__name__ for status in statuses)
