"""Requests that mean harm: ordinary ones, each spoilt in one or two places by a seeded hand."""

import string
from dataclasses import replace
from random import Random
from typing import Any

from tests.support.described import Asked, Known, Operation, changed, places


def nested(levels: int) -> Any:
    value: Any = None
    for _ in range(levels):
        value = [value]
    return value


TEXTS = (
    "",
    " ",
    "\x00",
    "a\nb",
    "x\r\nSet-Cookie: stolen=1",
    "x\r\n\r\n<html>",
    "../../etc/passwd",
    "%2e%2e%2f",
    "' OR 1=1 --",
    '{"$gt": ""}',
    "${jndi:ldap://x}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "#" * 300,
    "9" * 16,
    "\u202egpj.exe",
    "a\u200bb",
    "\ufeffstore",
    "e\u0301",
    "\u0430lpha",
    "\u2160\u2161",
    "\uff11\uff12\uff13",
    "\u0662\u0660\u0662\u0666",
    "\U0001f4a3",
    "\ud800",
    "NaN",
    "-1",
    "1e9",
    "null",
    "true",
    "2026-02-30T00:00:00Z",
    "2026-11-15T24:00:00Z",
    "2016-12-31T23:59:60Z",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59-12:00",
    "2026-11-15T12:00:00+99:99",
    "2026-13",
    "tsk_live_0000000000_",
    "M#member",
    "E#00000001",
)
NUMBERS = (0, -1, 1, 2**31, 2**53 + 1, 2**63, 2**64, 10**30, -(10**30), 0.1, -0.0, 1e308, 1e-320)
OTHERS: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    [[]],
    {"": ""},
    {"$ref": "#"},
    ["x"] * 50,
    nested(20),
    nested(300),
    nested(900),
)
ALL = TEXTS + NUMBERS + OTHERS


def spoilt(asked: Asked, random: Random) -> Asked:
    """The request, spoilt in one or two places, or left as its random known values make it."""
    for _ in range(random.choice((0, 0, 1, 1, 1, 2))):
        asked = random.choice((_body, _body, _body, _body, _path, _query, _header))(asked, random)
    return asked


def hostile_requests(
    operation: Operation, known: dict[str, list[object]], key: str | None, random: Random, count: int
) -> list[Asked]:
    """`count` spoilt requests, and first the unspoilt one."""
    asked = []
    for number in range(count + 1):
        chosen: Known = {name: random.choice(values) for name, values in known.items()}
        ordinary = operation.request(chosen, key, f"k-{random.choice((1, number))}")
        asked.append(spoilt(ordinary, random) if number else ordinary)
    return asked


def _body(asked: Asked, random: Random) -> Asked:
    if asked.body is None:
        return _path(asked, random)
    place = random.choice(list(places(asked.body)))
    match random.randrange(8):
        case 0 if place:
            return replace(asked, body=changed(asked.body, place[:-1], lambda whole: _without(whole, place[-1])))
        case 1 if place:
            added = random.choice(("surprise", "partner_id", "__proto__", "constructor", "", "\ud800"))
            return replace(asked, body=changed(asked.body, place[:-1], lambda whole: _with(whole, added)))
        case 2 | 3 | 4:
            return replace(asked, body=changed(asked.body, place, lambda old: _near(old, random)))
        case _:
            return replace(asked, body=changed(asked.body, place, lambda _: random.choice(ALL)))


def _path(asked: Asked, random: Random) -> Asked:
    if not asked.path:
        return _query(asked, random)
    name = random.choice(list(asked.path))
    return replace(asked, path={**asked.path, name: random.choice(TEXTS).replace("/", "|") or "-"})


def _query(asked: Asked, random: Random) -> Asked:
    name = random.choice([*asked.query, "cursor", "limit", "partner_id", "surprise"])
    return replace(asked, query={**asked.query, name: str(random.choice(ALL))})


def _header(asked: Asked, random: Random) -> Asked:
    name = random.choice(("Idempotency-Key", "Accept", "Content-Type", "X-Forwarded-For", "X-Partner-Id"))
    value = random.choice(("", " ", "*/*", "a" * 65, "k 1", "é", "\x7f", "text/html; charset=utf-16", "?" * 4000))
    return replace(asked, headers={**asked.headers, name: value})


def _near(old: Any, random: Random) -> Any:
    """A value of the same type, near the old one."""
    if isinstance(old, bool):
        return not old
    if isinstance(old, int):
        return random.choice((old + 1, old - 1, -old, old * 1_000, float(old), str(old)))
    if isinstance(old, str) and old:
        at, new = random.randrange(len(old)), random.choice(string.printable + "\u0660\u200b\u00e9")
        return random.choice((old[:at] + new + old[at + 1 :], old[:at] + new + old[at:], old.upper(), old + " ", [old]))
    return [old, old]


def _without(whole: Any, step: str | int) -> Any:
    if isinstance(whole, dict):
        return {name: value for name, value in whole.items() if name != step}
    return [value for place, value in enumerate(whole) if place != step]


def _with(whole: Any, name: str) -> Any:
    return {**whole, name: "beta"} if isinstance(whole, dict) else [*whole, name]
