"""The OpenAPI document as tests use it: every operation, a request that it describes, and the check of an answer.

Nothing here names a route, so a new one is covered as soon as the document has it.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal
from urllib.parse import quote, urlencode

import jsonschema_rs

from app import app
from chalicelib.openapi import document
from chalicelib.openapi_examples import example_of

Known = Mapping[str, object]
"""By field or parameter name: values under which the tested world has something."""

_REFERENCE = re.compile(r'"#/components/schemas/(\w+)"')


@dataclass(frozen=True)
class Asked:
    """A request, as plain as it goes over the wire but for its parts being apart."""

    method: str
    template: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: object = None

    @property
    def target(self) -> str:
        """Path and query, percent-encoded."""
        filled = self.template
        for name, value in self.path.items():
            filled = filled.replace(f"{{{name}}}", quote(value, safe="", errors="surrogatepass"))
        return filled + ("?" + urlencode(self.query, errors="surrogatepass") if self.query else "")

    @property
    def raw_body(self) -> bytes | None:
        return None if self.body is None else json.dumps(self.body).encode()

    def text(self) -> str:
        """All that the caller sends, to tell what an answer merely repeats."""
        return json.dumps([self.path, self.query, self.headers, self.body], ensure_ascii=False, default=str)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Operation:
    """One method of one path, with what the document says of it."""

    method: str
    path: str
    described: Mapping[str, Any]
    document: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        return str(self.described["operationId"])

    @property
    def caller(self) -> Literal["anyone", "partner", "sign-in", "operator"]:
        """Who may call it; `sign-in` is an operator who has no token yet."""
        if not self.described["security"]:
            return "anyone"
        ((scheme, scopes),) = [pair for one in self.described["security"] for pair in one.items()]
        if scheme == "operator_token":
            return "operator"
        return "sign-in" if "sign-in" in scopes else "partner"

    @property
    def parameters(self) -> list[dict[str, Any]]:
        return [self._resolved(one) for one in self.described.get("parameters", [])]

    def names(self) -> set[str]:
        """Every parameter and every field of the body, however deep."""
        found = {one["name"] for one in self.parameters}
        return found | _names(self.example())

    def example(self) -> Any:
        """The body of the document's example; None without a body."""
        content = self.described.get("requestBody", {}).get("content", {})
        return next((media.get("example", {}) for media in content.values()), None)

    def request(self, known: Known, key: str | None = None, idempotency_key: str = "k-1") -> Asked:
        """The example, with `known` values wherever a name has one."""
        found: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
        for one in self.parameters:
            if one["required"] or one["name"] in known:
                value = known.get(one["name"], example_of(one["schema"], self.document["components"]["schemas"]))
                found[one["in"]][one["name"]] = str(value)
        headers = {**found["header"], "Accept": self._accepted}
        if "Idempotency-Key" in headers:
            headers["Idempotency-Key"] = idempotency_key
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        body = self.example()
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = with_known(body, known)
        return Asked(self.method, self.path, found["path"], found["query"], headers, body)

    def check(self, answer: Answer) -> None:
        """Raises AssertionError unless the document promises this status, media type and body."""
        assert answer.status < 500, f"{answer.status}: {answer.body[:500]!r}"
        assert all(value.isascii() and value.isprintable() for value in answer.headers.values()), answer.headers
        assert str(answer.status) in self.described["responses"], f"undocumented {answer.status}: {answer.body[:500]!r}"
        content = self._resolved(self.described["responses"][str(answer.status)])["content"]
        media_type = answer.headers["content-type"]
        assert media_type in content, f"undocumented {media_type} under {answer.status}"
        if media_type.endswith("json"):
            self._validator(answer.status, media_type).validate(json.loads(answer.body))

    def codes(self, status: int) -> set[str]:
        """Those of the problems that the document knows under this status."""
        response = self.described["responses"].get(str(status))
        return set() if response is None else set(re.findall(r"`(\w+)`:", self._resolved(response)["description"]))

    @property
    def _accepted(self) -> str:
        success = next(one for status, one in self.described["responses"].items() if status.startswith("2"))
        return str(next(iter(success["content"])))

    @cached_property
    def _validators(self) -> dict[tuple[int, str], Any]:
        return {}

    def _validator(self, status: int, media_type: str) -> Any:
        if (status, media_type) not in self._validators:
            response = self._resolved(self.described["responses"][str(status)])
            whole = self._with_components(response["content"][media_type]["schema"])
            self._validators[status, media_type] = _validator_of(json.dumps(whole, sort_keys=True))
        return self._validators[status, media_type]

    def _with_components(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema and those of the document that it names, however deep: with all of them each takes 3 MB."""
        named: dict[str, Any] = {}
        waiting = [schema]
        while waiting:
            for name in sorted(set(_REFERENCE.findall(json.dumps(waiting.pop()))) - named.keys()):
                named[name] = self.document["components"]["schemas"][name]
                waiting.append(named[name])
        return {**schema, "components": {"schemas": named}}

    def _resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in part:
            found: Any = self.document
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return part


@cache
def _validator_of(schema: str) -> Any:
    """Made once for all operations that promise the same."""
    return jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True)


@cache
def api_document() -> dict[str, Any]:
    """The product's own document, made once: change a copy."""
    return document(app)


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Every operation of the document."""
    return [
        Operation(method.upper(), path, described, document)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]


def with_known(body: Any, known: Known) -> Any:
    """`body` with the known value of every name that has one, however deep."""
    if isinstance(body, dict):
        return {name: known[name] if name in known else with_known(value, known) for name, value in body.items()}
    return [with_known(one, known) for one in body] if isinstance(body, list) else body


def places(value: Any, here: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value inside `value`, itself first."""
    yield here
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield from places(one, (*here, step))


def changed(value: Any, place: tuple[str | int, ...], change: Callable[[Any], Any]) -> Any:
    """A copy of `value` with what stands at `place` changed."""
    if not place:
        return change(value)
    step, *rest = place
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[step] = changed(copy[step], tuple(rest), change)
    return copy


def _names(body: Any) -> set[str]:
    if isinstance(body, dict):
        return set(body) | {name for value in body.values() for name in _names(value)}
    return {name for one in body for name in _names(one)} if isinstance(body, list) else set()
