"""On every route: bodies that are no honest JSON, headers that carry more than they should, and what the log keeps."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.support.described import Asked, Operation, api_document, operations
from tests.unit.hostile.stage import Stage, set_up

OPERATIONS = operations(api_document())
WITH_BODY = [one for one in OPERATIONS if one.example() and one.caller != "anyone"]
DEEP = 100_000
MALFORMED = {
    "not JSON": b"{",
    "a body of nothing": b"",
    "invalid UTF-8": b'{"receipt": "\xff\xfe"}',
    "an overlong encoding": b'{"receipt": "\xc0\xaf"}',
    "half a character": b'{"receipt": "\xed\xa0\x80"}',
    "UTF-16": '{"receipt": "1"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"receipt": "1"}',
    "a name twice": b'{"card_number": "1", "card_number": "2"}',
    "a name twice, once escaped": b'{"card_number": "1", "card\\u005fnumber": "2"}',
    "a name twice, deep": b'{"a": [{"b": 1, "b": 2}]}',
    "half a character as a name, deep": b'{"purchases": [{"\\ud800": 1}]}',
    "NaN": b'{"points": NaN}',
    "Infinity": b'{"points": -Infinity}',
    "a number of 5,000 digits": b'{"points": ' + b"9" * 5_000 + b"}",
    "a control character": b'{"receipt": "a\nb"}',
    "a comment": b'{"points": 1 /* or 2 */}',
    "more after the end": b'{"points": 1} {"points": 2}',
    "lists in lists": b"[" * 60_000,
    "more levels than anything has": b'{"purchases": ' + b"[" * 32 + b"]" * 32 + b"}",
    "levels that can be read and not written": b'{"a":' * 300 + b"1" + b"}" * 300,
    "lists in lists, closed": b"[" * 30_000 + b"]" * 30_000,
    "objects in objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
}
MARK = "Zx9-planted"
HEADERS = {
    *("content-type", "cache-control", "idempotency-replayed", "retry-after", "request-id"),
    *("deprecation", "sunset", "link"),
}
"""All that an answer has; none takes its value from the request."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One for all: what is refused leaves it as it was."""
    with pytest.MonkeyPatch.context() as patch:
        yield set_up(patch)


def ordinary(stage: Stage, operation: Operation) -> Asked:
    return operation.request({name: values[0] for name, values in stage.known.items()}, stage.key_for(operation))


@pytest.mark.parametrize("operation", WITH_BODY, ids=[one.name for one in WITH_BODY])
def test_a_body_that_is_no_honest_json_is_refused_before_it_is_looked_at(stage: Stage, operation: Operation) -> None:
    required = operation.described["requestBody"]["required"]
    for what, raw in MALFORMED.items():
        if not raw and not required:
            continue
        answer = stage.answer(ordinary(stage, operation), raw)
        operation.check(answer)
        assert (answer.status, json.loads(answer.body)["code"]) == (400, "malformed_json"), what
    for raw in (b" " * 65_537, b'{"a": "' + b"x" * 1_000_000 + b'"}', b"[" * DEEP):
        answer = stage.answer(ordinary(stage, operation), raw)
        operation.check(answer)
        assert (answer.status, json.loads(answer.body)["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("operation", WITH_BODY, ids=[one.name for one in WITH_BODY])
def test_a_number_beyond_all_bounds_is_refused(stage: Stage, operation: Operation) -> None:
    asked = ordinary(stage, operation)
    for name, value in asked.body.items():  # type: ignore[attr-defined]
        if isinstance(value, int) and not isinstance(value, bool):
            for huge in ("1e400", "-1e400", "1e308", "9" * 4_000, "0.1", "-0.0"):
                raw = json.dumps(asked.body).replace(json.dumps({name: value})[1:-1], f'"{name}": {huge}')
                answer = stage.answer(asked, raw.encode())
                operation.check(answer)
                assert answer.status == 400, (name, huge)


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.name for one in OPERATIONS])
def test_nothing_sent_reaches_a_header_of_the_answer_or_the_log(
    stage: Stage, operation: Operation, caplog: pytest.LogCaptureFixture
) -> None:
    usual = ordinary(stage, operation)
    injected = f"{MARK}\r\nSet-Cookie: {MARK}=1"
    headers = {**usual.headers, "X-Request-Id": MARK, "User-Agent": MARK, "Cookie": MARK}
    attempts = [
        replace(usual, headers={**headers, "Idempotency-Key": MARK}, body=_marked(usual.body)),
        replace(usual, headers=headers, path=dict.fromkeys(usual.path, MARK), body=_marked(usual.body)),
        replace(usual, headers=headers, path=dict.fromkeys(usual.path, injected), query={"cursor": injected}),
        replace(usual, headers={**headers, "Content-Type": MARK, "Accept": MARK}),
        replace(usual, headers={**headers, "Authorization": f"Bearer {MARK}"}),
    ]
    caplog.clear()
    for asked in attempts:
        fresh = ordinary(stage, operation).headers
        own = asked.headers.get("Authorization") != usual.headers.get("Authorization")
        answer = stage.answer(asked if own else replace(asked, headers={**asked.headers, **_key_of(fresh)}))
        assert MARK not in json.dumps(dict(answer.headers))
        assert set(answer.headers) <= HEADERS
    assert [record.message for record in caplog.records].count("request") >= 3
    assert MARK not in str([record.__dict__ for record in caplog.records])


def _key_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Anew for each request: one of them may have ended the key that it was sent with."""
    return {name: value for name, value in headers.items() if name == "Authorization"}


def _marked(body: Any) -> Any:
    if isinstance(body, dict):
        return {name: _marked(value) for name, value in body.items()}
    if isinstance(body, list):
        return [_marked(value) for value in body]
    return MARK if isinstance(body, str) else body
