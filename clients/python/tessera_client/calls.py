"""How a call travels: one key for all its attempts, waits that grow and vary, answers read into types."""

import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx

from tessera_client import codes
from tessera_client.errors import ApiError, NoAnswerError, UnexpectedAnswerError, kind_of
from tessera_client.values import decode, encode

T = TypeVar("T")

USER_AGENT = "tessera-client-python/0.1.0"
JSON, PDF, CSV = "application/json", "application/pdf", "text/csv"
TIMEOUT = httpx.Timeout(30, connect=5)

# These say that a request never left, so even one that must not be repeated may be sent again.
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and how long a call is tried.

    Before attempt n+1 passes a random part of `base_seconds` * 2 ** (n - 1), at most `longest_seconds`, and at least
    what the answer's Retry-After asks for; one that asks for more than `patience_seconds` ends the attempts.
    """

    attempts: int = 4
    base_seconds: float = 0.5
    longest_seconds: float = 8.0
    patience_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """What became of a call, for logs and metrics: no key, no body, nothing about a customer.

    `status` is None if no answer came. `replayed` tells that an earlier, identical call had had the effect.
    """

    operation: str
    status: int | None
    attempts: int
    replayed: bool


class Calls:
    """What every operation is made of. Use `tessera_client.Tessera`."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        timeout: httpx.Timeout | float = TIMEOUT,
        retries: Retries = Retries(),
        observe: Callable[[Exchange], None] = lambda _: None,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_key: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        """A client of the API at `base_url`, the address without `/v1`. `observe` is told of every call.

        Redirects are not followed. The other arguments are for tests.
        """
        self._http = httpx.Client(base_url=base_url.rstrip("/"), timeout=timeout, transport=transport)
        self._http.headers = httpx.Headers({"Authorization": f"Bearer {api_key}", "User-Agent": USER_AGENT})
        self._retries = retries
        self._observe = observe
        self._sleep = sleep
        self._jitter = jitter
        self._clock = clock
        self._new_key = new_key

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _call(
        self,
        operation: str,
        method: str,
        path: str,
        reply: type[T],
        *,
        repeatable: bool,
        path_values: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        idempotency_key: str | None = None,
        keyed: bool = False,
    ) -> T:
        """Make a call, in several attempts if need be, and read its answer as `reply`.

        `repeatable`: sending it twice has no more effect than once. Raises ApiError, NoAnswerError,
        UnexpectedAnswerError, and ValueError for an id that a path can't name.
        """
        key = (self._new_key() if idempotency_key is None else idempotency_key) if keyed else None
        headers = {"Accept": _media_type_of(reply)}
        if key is not None:
            headers["Idempotency-Key"] = key
        request = self._http.build_request(
            method,
            path.format(**{name: _segment(name, value) for name, value in (path_values or {}).items()}),
            params={name: encode(value) for name, value in (query or {}).items() if value is not None},
            json=body,
            headers=headers,
        )
        attempts, answer, error = self._attempts(request, repeatable or keyed)
        status, replayed = (None, False) if answer is None else (answer.status_code, _replayed(answer))
        self._observe(Exchange(operation, status, attempts, replayed))
        if answer is None:
            raise NoAnswerError(f"no answer after {attempts} attempts: {error!r}", key) from error
        return _read(answer, reply, key)

    def _pages(self, call: Callable[[str | None], Any], items: str) -> Iterator[Any]:
        """The items of all pages, fetched as they are asked for."""
        cursor: str | None = None
        while True:
            page = call(cursor)
            yield from getattr(page, items)
            cursor = page.next_cursor
            if cursor is None:
                return

    def _attempts(
        self, request: httpx.Request, repeatable: bool
    ) -> tuple[int, httpx.Response | None, httpx.RequestError | None]:
        """The number of attempts, and the last one's answer or error."""
        attempt = 0
        while True:
            attempt += 1
            answer, error = self._attempt(request)
            again = repeatable if error is None else repeatable or isinstance(error, _NEVER_SENT)
            if answer is not None:
                # A throttled request was turned away at the door, so it may always come again.
                again = answer.status_code == 429 or (repeatable and answer.status_code >= 500)
            wait = None if answer is None else self._asked_wait(answer)
            if not again or attempt >= self._retries.attempts or (wait or 0) > self._retries.patience_seconds:
                return attempt, answer, error
            backoff = min(self._retries.base_seconds * 2 ** (attempt - 1), self._retries.longest_seconds)
            self._sleep((wait or 0) + backoff * self._jitter())

    def _attempt(self, request: httpx.Request) -> tuple[httpx.Response | None, httpx.RequestError | None]:
        try:
            return self._http.send(request), None
        except httpx.RequestError as error:
            # Not only what happened on the way: an answer whose compression does not read is none either.
            return None, error

    def _asked_wait(self, answer: httpx.Response) -> float | None:
        """Seconds that Retry-After asks for, as a number or a date; None if it asks for nothing that reads."""
        asked = answer.headers.get("Retry-After", "")
        if asked.isascii() and asked.isdigit():
            return float(asked)
        try:
            return max(0.0, (parsedate_to_datetime(asked) - self._clock()).total_seconds())
        except (TypeError, ValueError):
            return None


def _segment(name: str, value: Any) -> str:
    """A value as one segment of a path. Raises ValueError for those that would make it another path."""
    text = str(value)
    if text in ("", ".", ".."):
        raise ValueError(f"{name} can't be {text!r}")
    return quote(text, safe="")


def _replayed(answer: httpx.Response) -> bool:
    return bool(answer.headers.get("Idempotency-Replayed") == "true")


def _media_type_of(reply: type[Any]) -> str:
    return PDF if reply is bytes else CSV if reply is str else JSON


def _read(answer: httpx.Response, reply: type[T], key: str | None) -> T:
    media_type = answer.headers.get("Content-Type", "").split(";")[0].strip()
    if answer.is_success and media_type == _media_type_of(reply):
        if reply is bytes:
            return answer.content  # type: ignore[return-value]
        if reply is str:
            return answer.text  # type: ignore[return-value]
        try:
            found: T = decode(reply, answer.json())
        except (AttributeError, TypeError, ValueError) as error:
            raise UnexpectedAnswerError(f"the answer does not read: {error!r}", key) from error
        return found
    if not answer.is_success and media_type == "application/problem+json":
        raise _problem(answer, key)
    raise UnexpectedAnswerError(f"status {answer.status_code} with {media_type or 'no media type'}", key)


def _problem(answer: httpx.Response, key: str | None) -> ApiError | UnexpectedAnswerError:
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        return UnexpectedAnswerError(f"status {answer.status_code} with a problem that does not read", key)
    kind = codes.BY_CODE.get(str(problem.get("code")), kind_of(answer.status_code))
    try:
        return kind(answer.status_code, problem, key)
    except (AttributeError, TypeError):
        return UnexpectedAnswerError(f"status {answer.status_code} with a problem that does not read", key)
