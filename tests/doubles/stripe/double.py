"""The double itself: what happens to a request, from its key to its answer."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from stripe._api_version import _ApiVersion

from tests.doubles.stripe import catalogue, happenings, invoice_routes, money_routes, previews, subscriptions, usage
from tests.doubles.stripe.books import DAY_S, Books, Thing
from tests.doubles.stripe.description import Description, load
from tests.doubles.stripe.errors import ApiError, NoAnswerError
from tests.doubles.stripe.faults import Fault, Faults
from tests.doubles.stripe.forms import decode
from tests.doubles.stripe.passing import pass_time
from tests.doubles.stripe.routes import ROUTES, answer, find

HANDLERS = (catalogue, happenings, invoice_routes, money_routes, previews, subscriptions, usage)
KEY = "sk_test_double"
KEPT_S = DAY_S
"""How long an Idempotency-Key is remembered."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Saved:
    request: tuple[str, str, str]
    reply: Reply
    at: int


@dataclass
class StripeDouble:
    """`clock_ms` is its time. Every request that reached it is in `requests`: method, path, parameters."""

    clock_ms: Callable[[], int]
    summary_delay_s: int = 0
    key: str = KEY
    faults: Faults = field(default_factory=Faults)
    requests: list[tuple[str, str, Thing]] = field(default_factory=list)
    saved: dict[str, Saved] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.description: Description = load(ROUTES)
        self.books = Books(self.clock_ms, _ApiVersion.CURRENT, self.summary_delay_s)

    def advance(self) -> None:
        """Let all happen that is due by now: cycles, finalisation, payments tried again."""
        pass_time(self.books)

    def request(self, method: str, url: str, headers: Mapping[str, str], body: str | None) -> Reply:
        """Answer a request. Raises NoAnswerError for a connection that ends without one."""
        self.advance()
        sent = {name.lower(): value for name, value in headers.items()}
        where = urlsplit(url)
        try:
            self._check_headers(sent, where.path)
            return self._idempotent(method, where.path, (body or "") if method == "post" else where.query, sent)
        except ApiError as error:
            return _reply(error.status, error.body)

    def _check_headers(self, sent: Mapping[str, str], path: str) -> None:
        if sent.get("authorization") != f"Bearer {self.key}":
            raise ApiError(401, "invalid_request_error", "Invalid API Key provided", kept=False)
        if sent.get("stripe-version", _ApiVersion.CURRENT) != _ApiVersion.CURRENT:
            raise ApiError.invalid(f"Stripe-Version is {sent.get('stripe-version')!r} at {path}")

    def _idempotent(self, method: str, path: str, text: str, sent: Mapping[str, str]) -> Reply:
        fault = self.faults.next(method, path)
        if fault is Fault.RATE_LIMITED:
            raise ApiError(429, "rate_limit_error", "Too many requests", code="rate_limit", kept=False)
        if fault in (Fault.TIME_OUT_BEFORE, Fault.RESET_BEFORE):
            raise NoAnswerError(fault is Fault.TIME_OUT_BEFORE)
        key = sent.get("idempotency-key") if method == "post" else None
        reply = self._said_before(key, (method, path, text)) or self._said_now(key, (method, path, text), fault)
        if fault in (Fault.TIME_OUT_AFTER, Fault.RESET_AFTER):
            raise NoAnswerError(fault is Fault.TIME_OUT_AFTER)
        return reply

    def _said_before(self, key: str | None, request: tuple[str, str, str]) -> Reply | None:
        before = self.saved.get(key or "")
        if before is None or before.at <= self.books.now - KEPT_S:
            return None
        if before.request != request:
            message = f"Keys for idempotent requests can only be used with the same parameters: {key}"
            raise ApiError(400, "idempotency_error", message, kept=False)
        return Reply(before.reply.status, before.reply.body, {**before.reply.headers, "Idempotent-Replayed": "true"})

    def _said_now(self, key: str | None, request: tuple[str, str, str], fault: Fault | None) -> Reply:
        reply, kept = (_failure(), True) if fault is Fault.ERROR_BEFORE else self._carry_out(*request, fault)
        if fault is Fault.ERROR_AFTER:
            reply, kept = _failure(), True
        if key and kept:
            self.saved[key] = Saved(request, reply, self.books.now)
        return reply

    def _carry_out(self, method: str, path: str, text: str, fault: Fault | None) -> tuple[Reply, bool]:
        found = find(method, path)
        if found is None:
            raise ApiError(404, "invalid_request_error", f"Unrecognized request URL ({method}: {path})", kept=False)
        operation, parts = found
        try:
            params = self.description.operations[operation].read(decode(text))
        except ValueError as error:
            raise ApiError.invalid(str(error)) from error
        self.requests.append((method, path, params))
        try:
            thing = answer(self.books, operation, parts, params)
        except ApiError as error:
            return _reply(error.status, error.body), error.kept
        if fault is Fault.LOST_LATER:
            self.lose(thing["identifier"])
        if not thing.get("deleted"):
            self._check(thing)
        return _reply(200, thing), True

    def lose(self, identifier: str, *, told: bool = True) -> None:
        """An accepted meter event comes to nothing after all; with a report, or without."""
        event = next(one for one in self.books.meter_events if one.identifier == identifier)
        event.dropped = True
        if told:
            usage.report(self.books, event.event_name, identifier, "meter_event_customer_not_found")

    def _check(self, thing: Thing) -> None:
        self.description.check_object(thing)
        for one in thing.get("data", []) if thing.get("object") == "list" else []:
            self.description.check_object(one)


def _reply(status: int, body: Any) -> Reply:
    return Reply(status, json.dumps(body), {"Content-Type": "application/json", "Request-Id": "req_double"})


def _failure() -> Reply:
    return _reply(500, {"error": {"type": "api_error", "message": "An unknown error occurred"}})
