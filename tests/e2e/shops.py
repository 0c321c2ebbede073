"""Partners that trade with the deployed system over HTTP, each with names of its own."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx

from infra.operator_key import operator_token
from tests.support.clouds import DeployedCloud

Found = TypeVar("Found")

TERMS = {
    "effective_from": (datetime.now(UTC) - timedelta(days=40)).isoformat(),
    "earn_points": 5,
    "earn_per_cents": 100,
    "issue_price_micros": 6_000,
    "redeem_price_micros": 5_000,
    "expiry_months": 24,
    "plan": {
        "location_fee_cents": 2_900,
        "mode": "graduated",
        "bands": [{"up_to": None, "visit_fee_micros": 20_000}],
    },
}
SCOPES = ["admin", "earn", "members", "redeem", "reports"]


def fresh(prefix: str) -> str:
    """A name that no other test uses."""
    return f"{prefix}{uuid.uuid4().hex[:10]}"


def now() -> str:
    return datetime.now(UTC).isoformat()


@dataclass
class Network:
    """The deployed system and two operators, whose keys are tokens."""

    base_url: str
    operator_key: str
    second_operator_key: str
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base_url, timeout=60)

    @classmethod
    def of(cls, cloud: DeployedCloud) -> "Network":
        first, second = [operator_token(cloud.services, fresh("op-")) for _ in range(2)]
        return cls(cloud.base_url, first, second)

    def get(self, path: str, key: str | None = None, **params: Any) -> httpx.Response:
        return self.http.get(path, headers=bearer(key or self.operator_key), params=params)

    def post(
        self, path: str, body: object, key: str | None = None, idempotency_key: str | None = None
    ) -> httpx.Response:
        headers = bearer(key or self.operator_key)
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        return self.http.post(path, headers=headers, json=body)

    def rows(self, path: str, name: str, **params: Any) -> list[dict[str, Any]]:
        """What all pages of a listing have under `name`."""
        page = self.get(path, limit=200, **params).json()
        rows: list[dict[str, Any]] = page[name]
        while page["next_cursor"] is not None:
            page = self.get(path, limit=200, cursor=page["next_cursor"], **params).json()
            rows += page[name]
        return rows

    def agree(self, partner_id: str, terms: dict[str, object]) -> None:
        """One operator proposes the terms, the other approves them."""
        path = f"/v1/partners/{partner_id}/terms"
        proposal = created(self.post(path, {**terms, "reason": "Opening"}))["proposal"]
        approved = self.post(f"{path}/proposals/{proposal}/approve", {"reason": "Opening"}, self.second_operator_key)
        assert approved.status_code == 200, approved.text

    def move(self, partner_id: str, state: str) -> None:
        """Take a partner to another state."""
        moved = self.post(f"/v1/partners/{partner_id}/state", {"state": state, "reason": "Opening"})
        assert moved.status_code == 200, moved.text

    def open_shop(self, prefix: str = "shop-", **terms: object) -> "Shop":
        """A new partner with store s1, TERMS changed by `terms` and a key, all through the operator's API."""
        shop = Shop(self, fresh(prefix))
        created(self.post("/v1/partners", {"partner_id": shop.partner_id, "name": "A shop", "currency": "USD"}))
        store = {
            "location_id": "s1",
            "name": "Store 1",
            "time_zone": "America/Chicago",
            "opened_at": TERMS["effective_from"],
        }
        created(self.post(f"/v1/partners/{shop.partner_id}/locations", store))
        self.agree(shop.partner_id, {**TERMS, **terms})
        for state in ("verified", "active"):
            self.move(shop.partner_id, state)
        shop.key = created(self.post(f"/v1/partners/{shop.partner_id}/keys", {"scopes": SCOPES}))["api_key"]
        return shop


@dataclass
class Shop:
    """One partner with one store, s1."""

    network: Network
    partner_id: str
    key: str = ""

    def enrol(self) -> str:
        """A new customer's card number."""
        body = {"contact": f"{fresh('c')}@example.com", "location_id": "s1", "occurred_at": now()}
        return str(created(self.post("/v1/members", body, fresh("e")))["card_number"])

    def purchase(self, card: str, receipt: str, amount_cents: int = 2_000) -> dict[str, object]:
        """The body of a purchase."""
        total = {"amount_cents": amount_cents, "currency": "USD"}
        return {"card_number": card, "location_id": "s1", "receipt": receipt, "occurred_at": now(), "total": total}

    def redemption(self, card: str, receipt: str, points: int) -> dict[str, object]:
        """The body of a redemption."""
        return {"card_number": card, "location_id": "s1", "receipt": receipt, "occurred_at": now(), "points": points}

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.network.get(path, self.key, **params)

    def post(self, path: str, body: object, idempotency_key: str | None = None) -> httpx.Response:
        return self.network.post(path, body, self.key, idempotency_key)

    def card_entries(self, card: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.get(f"/v1/cards/{card}/entries").json()["entries"]
        return entries

    def posted_entries(self, count: int) -> list[dict[str, Any]]:
        """The shop's entries of these days, once there are `count` of them."""
        today = datetime.now(UTC).date()
        days = {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1))}

        def enough() -> list[dict[str, Any]] | None:
            entries: list[dict[str, Any]] = self.get("/v1/entries", limit=200, **days).json()["entries"]
            return entries if len(entries) >= count else None

        return eventually(enough, f"{count} posted entries of {self.partner_id}")


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def created(reply: httpx.Response) -> dict[str, Any]:
    """The body of a 201."""
    assert reply.status_code == 201, reply.text
    body: dict[str, Any] = reply.json()
    return body


def eventually(find: Callable[[], Found | None], what: str, seconds: float = 30) -> Found:
    """What `find` returns as soon as it is not None."""
    deadline = time.monotonic() + seconds
    while (found := find()) is None:
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.1)
    return found
