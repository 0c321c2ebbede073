"""The network's HTTP API as its callers see it: JSON, a key, and the time each answer took."""

import json
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from infra.demo.errors import UnexpectedAnswerError

TIMEOUT_SECONDS = 30.0
MOST_ATTEMPTS = 5
PAGE_LIMIT = "200"
_AGAIN = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer."""

    status: int
    raw: bytes
    replayed: bool

    @property
    def body(self) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.raw)
        return decoded

    @property
    def pdf(self) -> bytes:
        """The local gateway passes binary answers on as the function gives them, in Base64."""
        return b64decode(self.raw)


@dataclass(slots=True)
class Meter:
    """Counts requests and times them, for all threads together."""

    seconds: list[float] = field(default_factory=list)
    asked_again: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def took(self, seconds: float) -> None:
        with self._lock:
            self.seconds.append(seconds)

    def again(self) -> None:
        with self._lock:
            self.asked_again += 1


class Api:
    """The API under `base_url`. Use it in a `with` block; threads may share it."""

    def __init__(self, base_url: str, *, transport: httpx.BaseTransport | None = None, connections: int = 8) -> None:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._http = httpx.Client(timeout=TIMEOUT_SECONDS, limits=limits, transport=transport, trust_env=False)
        self._base_url = base_url.rstrip("/")
        self.meter = Meter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, api_key: str, *, accept: str = "application/json", **query: str) -> Answer:
        """Raises UnexpectedAnswerError."""
        return self._send("GET", path, {**_bearing(api_key), "Accept": accept}, None, query)

    def post(self, path: str, api_key: str, body: dict[str, Any], idempotency_key: str | None = None) -> Answer:
        """Raises UnexpectedAnswerError."""
        headers = {**_bearing(api_key), "Content-Type": "application/json"}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        return self._send("POST", path, headers, json.dumps(body).encode(), {})

    def post_signed(self, path: str, body: bytes, signature: str) -> Answer:
        """A webhook from Stripe. Raises UnexpectedAnswerError."""
        return self._send("POST", path, {"Content-Type": "application/json", "Stripe-Signature": signature}, body, {})

    def _send(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        content: bytes | None,
        query: dict[str, str],
    ) -> Answer:
        """Like a till: what was not answered, or by a 5xx that says "again", is sent again with the same key."""
        for attempt in range(MOST_ATTEMPTS):
            started = time.perf_counter()
            try:
                response = self._http.request(
                    method, self._base_url + path, headers=headers, content=content, params=query
                )
            except httpx.TransportError as error:
                if attempt + 1 == MOST_ATTEMPTS:
                    raise UnexpectedAnswerError(f"{method} {path} was not answered: {error}") from error
            else:
                self.meter.took(time.perf_counter() - started)
                if response.is_success:
                    replayed = response.headers.get("Idempotency-Replayed") == "true"
                    return Answer(response.status_code, response.content, replayed)
                if response.status_code not in _AGAIN or attempt + 1 == MOST_ATTEMPTS:
                    raise UnexpectedAnswerError(f"{method} {path}: {response.status_code} {response.text[:500]}")
            self.meter.again()
            time.sleep(0.1 * 2**attempt)
        raise AssertionError("the last attempt returns or raises")


def _bearing(api_key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key}"}


def pages(api: Api, path: str, key: str, **query: str) -> Iterator[dict[str, Any]]:
    """Every page of a listing. Raises UnexpectedAnswerError."""
    query = {**query, "limit": PAGE_LIMIT}
    while True:
        page = api.get(path, key, **query).body
        yield page
        if page["next_cursor"] is None:
            return
        query["cursor"] = page["next_cursor"]
