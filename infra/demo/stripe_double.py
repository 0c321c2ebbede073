"""Stripe as the demo meets it: the tests' double, a process of its own on loopback, asked over Stripe's HTTP API."""

import hashlib
import hmac
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from infra.demo.errors import UnexpectedAnswerError
from infra.local.server import LocalServer, ServerPlan
from infra.paths import LOCAL, ROOT

SECRET_KEY = "sk_test_double"  # noqa: S105 (the double knows no other)
WEBHOOK_SECRET = "whsec_demo"  # noqa: S105 (between the demo and its own double)
TIMEOUT_SECONDS = 30.0


def _command(port: int, _scratch: Path) -> Sequence[str]:
    return [sys.executable, "-m", "tests.doubles.stripe", "--port", str(port)]


def _environment(_port: int, _scratch: Path) -> Mapping[str, str]:
    return {"PYTHONPATH": str(ROOT)}


_PLAN = ServerPlan(
    name="stripe-double",
    command=_command,
    environment=_environment,
    ready_path="/double/events",
    ready_statuses=frozenset({200}),
    ready_within_seconds=30,
    working_folder=ROOT,
)


def stripe_double() -> LocalServer:
    """The double, to be used in a `with` block."""
    return LocalServer(_PLAN, LOCAL / "logs" / "stripe-double.log")


def signed(event: Mapping[str, Any]) -> tuple[bytes, str]:
    """Body and Stripe-Signature header of the webhook that tells of an event, as Stripe documents them."""
    body, now_s = json.dumps(event), int(time.time())
    mac = hmac.new(WEBHOOK_SECRET.encode(), f"{now_s}.{body}".encode(), hashlib.sha256).hexdigest()
    return body.encode(), f"t={now_s},v1={mac}"


@dataclass(frozen=True, slots=True)
class Line:
    """What an invoice charges from a moment on (epoch seconds), for visits or for locations."""

    amount_cents: int
    begins_at: int
    metered: bool


class StripeApi:
    """Stripe's API under `base_url`, read as its own customers read it. Use it in a `with` block.

    Every method may raise UnexpectedAnswerError.
    """

    def __init__(self, base_url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {SECRET_KEY}"}
        self._http = httpx.Client(
            base_url=base_url, headers=headers, timeout=TIMEOUT_SECONDS, transport=transport, trust_env=False
        )
        self._metered: dict[str, bool] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    # ---- what the double can beyond Stripe

    def set_ahead(self, offset_ms: int) -> None:
        """Let its time be so far ahead of this machine's, and all happen that is due by then."""
        self._ask("POST", "/double/offset", content=str(offset_ms))

    def plan_faults(self, faults: Sequence[tuple[str, str]]) -> None:
        """Let the next requests to these paths meet these faults."""
        self._ask("POST", "/double/faults", content=json.dumps(faults))

    def faults_met(self) -> dict[str, int]:
        met: dict[str, int] = self._ask("GET", "/double/faults")
        return met

    def events(self) -> list[dict[str, Any]]:
        """All that happened, oldest first."""
        found: list[dict[str, Any]] = self._ask("GET", "/double/events")
        return found

    # ---- what Stripe answers

    def visits_counted(self, customer_id: str, begin_s: int, end_s: int) -> int:
        """The sum that the meter has for a customer between two moments."""
        (meter,) = self._list("/v1/billing/meters")
        path = f"/v1/billing/meters/{meter['id']}/event_summaries"
        summaries = self._list(path, customer=customer_id, start_time=begin_s, end_time=end_s)
        return sum(int(one["aggregated_value"]) for one in summaries)

    def foreseen(self, customer_id: str) -> list[Line]:
        """The lines of the next invoice of a customer's subscription as things stand: its draft, or a preview."""
        drafts = [one for one in self._list("/v1/invoices", customer=customer_id) if one["status"] == "draft"]
        if drafts:
            return self._lines(drafts)
        (subscription,) = self._list("/v1/subscriptions", customer=customer_id)
        preview = self._ask("POST", "/v1/invoices/create_preview", data={"subscription": subscription["id"]})
        return [self._line(one) for one in preview["lines"]["data"]]

    def invoiced(self, customer_id: str) -> list[Line]:
        """The lines of all invoices of a customer that are final."""
        invoices = [one for one in self._list("/v1/invoices", customer=customer_id) if one["status"] != "draft"]
        return self._lines(invoices)

    def _lines(self, invoices: list[dict[str, Any]]) -> list[Line]:
        return [self._line(line) for one in invoices for line in self._list(f"/v1/invoices/{one['id']}/lines")]

    def _line(self, line: dict[str, Any]) -> Line:
        price = line["pricing"]["price_details"]["price"] if line["pricing"] else None
        return Line(line["amount"], line["period"]["start"], price is not None and self._is_metered(price))

    def _is_metered(self, price_id: str) -> bool:
        if price_id not in self._metered:
            prices = self._list("/v1/prices")
            self._metered = {one["id"]: one["recurring"]["usage_type"] == "metered" for one in prices}
        return self._metered[price_id]

    def _list(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        more: dict[str, str] = {}
        while True:
            page = self._ask("GET", path, params={"limit": 100, **query, **more})
            found += page["data"]
            if not page["has_more"]:
                return found
            more = {"starting_after": found[-1]["id"]}

    def _ask(self, method: str, path: str, **request: Any) -> Any:
        try:
            response = self._http.request(method, path, **request)
        except httpx.TransportError as error:
            raise UnexpectedAnswerError(f"{method} {path} was not answered: {error}") from error
        if not response.is_success:
            raise UnexpectedAnswerError(f"{method} {path}: {response.status_code} {response.text[:500]}")
        return response.json()
