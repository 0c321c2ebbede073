"""A world in which every kind of thing exists, so that requests of any route can find something."""

import json
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest

from app import app
from partners.access.model import Scope
from partners.operators.model import Role
from partners.payouts.model import PayoutRequest
from shared.kernel.clock import DAY_MS
from shared.kernel.ids import digest
from shared.kernel.money import Money
from tests.fakes.contract_book import new_terms
from tests.support.described import Answer, Asked, Operation
from tests.support.gateway import Gateway
from tests.unit.chalicelib import world as worlds
from tests.unit.chalicelib.world import NOW, World, purchase


@dataclass
class Stage:
    """The world, the gateway before it, and by name what it holds."""

    world: World
    gateway: Gateway
    known: dict[str, list[object]] = field(default_factory=dict)

    def key_for(self, operation: Operation) -> str | None:
        """A key that may do what the operation asks for."""
        if operation.caller == "anyone":
            return None
        if operation.caller == Scope.SIGN_IN:
            return self.credential()
        return self.world.operator if operation.caller == Scope.OPERATOR else self.world.alpha

    def credential(self) -> str:
        """One of its own for each request, which may replace it; its operator asks for nothing else."""
        operators = self.world.operators
        operators.add("sue", "Sue", frozenset({Role.VIEWER}))
        for key in operators.credentials("sue"):
            if key.revoked_at_ms is None:
                operators.revoke_credential("sue", key.key_id)
        return operators.issue_credential("sue").text

    def answer(self, asked: Asked, raw: bytes | None = None) -> Answer:
        """Send it; `raw` instead of its body if given."""
        body = asked.raw_body or b"" if raw is None else raw
        environ: dict[str, Any] = {
            "REQUEST_METHOD": asked.method,
            "REQUEST_URI": asked.target,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
        for name, value in asked.headers.items():
            variable = name.upper().replace("-", "_")
            environ[variable if variable == "CONTENT_TYPE" else f"HTTP_{variable}"] = value
        started: list[Any] = []
        content = b"".join(self.gateway(environ, lambda status, headers: started.extend((status, headers))))
        status, headers = started
        return Answer(int(status.split()[0]), {name.lower(): value for name, value in headers}, content)


def set_up(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Both partners have customers, purchases, a redemption, a hold and an invoice; the operator has a proposal."""
    world = worlds.install(monkeypatch)
    stage = Stage(world, Gateway(app))
    cards = [world.enrol("ann@example.com"), world.enrol("bob@example.com"), world.enrol("cy@example.com")]
    entries = []
    for number, card in enumerate(cards):
        bought = purchase(card, receipt=f"bought-{number}")
        entries.append(_made(world, "/v1/purchases", bought, world.alpha)["entry_id"])
        at = {"card_number": card, "location_id": "s1", "occurred_at": NOW, "points": 20}
        entries.append(_made(world, "/v1/redemptions", {**at, "receipt": f"spent-{number}"}, world.alpha)["entry_id"])
        entries.append(_made(world, "/v1/holds", {**at, "receipt": f"held-{number}"}, world.alpha)["entry_id"])
    proposal = {"card_number": cards[0], "issuer": "alpha", "points": 10_000, "reason": "receipt 4711 was missing"}
    adjustment = _made(world, "/v1/adjustments", proposal, world.second_operator)
    asked = PayoutRequest("0" * 32, entries[0].partition("-")[0], 1, Money(6_000, "USD"), None, "bob", world.clock())
    world.payout_book.add(asked)
    waiting = world.agreements.propose(
        "bob", "alpha", new_terms(world.clock() + DAY_MS, earn_points=6), "a better rate"
    )
    for partner_id in ("alpha", "beta"):
        _made(world, f"/v1/partners/{partner_id}/invoices", {"month": "2026-10"}, world.operator)
    came_in = {"amount_cents": 1, "received_on": NOW[:10], "reference": "camt 17"}
    paid = _made(world, "/v1/partners/alpha/invoices/2026-10/payments", came_in, world.operator)["payment_id"]
    deposit = {"paid_cents": 100_001, "currency": "USD", "reason": "deposit 17"}
    waits = _made(world, "/v1/partners/alpha/payments", deposit, world.operator)["payment_id"]
    hooks = {"url": "https://shop.example/hooks", "event_types": ["points.earned"]}
    endpoint = _made(world, "/v1/webhook-endpoints", hooks, world.alpha)["endpoint_id"]
    case = {"text": "Rung up twice.", "entry_id": entries[0], "claim": {"points": -100}}
    for partner_case in (case, {"text": "Never recorded."}):
        _made(world, "/v1/cases", partner_case, world.alpha)
    world.post_all_entries()
    world.windows.close(world.windows.newest().number, "ann")
    world.windows.work(drain_ms=0)
    world.issuing.work()
    spare = world.access.issue_key("alpha", frozenset({Scope.EARN}))
    stage.known = {
        "card_number": [*cards, cards[0], UNKNOWN_CARD],
        **{name: [*reversed(cards), cards[0], UNKNOWN_CARD] for name in OTHER_CARDS},
        "location_id": ["s1", "s1", "s2", "b1"],
        "partner_id": ["alpha", "alpha", "beta", "nobody"],
        "issuer": ["alpha", "beta"],
        "entry_id": entries,
        "operator_id": ["bob", "ann", "nobody"],
        "token_id": ["0000000000"],
        "adjustment_id": [adjustment["adjustment_id"]],
        "request_id": [asked.request_id],
        "proposal": [waiting.number, 1],
        "key_id": [spare.key.key_id],
        "endpoint_id": [endpoint, "we_0000000000000000"],
        "payment_id": [paid, waits, "0" * 32],
        "received_on": [NOW[:10], NOW[:10], "2026-10-31"],
        "returned_on": [NOW[:10]],
        "as_of": [NOW[:10], "2026-11-01", "2026-12-01"],
        "case": [1, 2, 2, 3],
        "window": [1, 1, 1, 2],
        "charge": [1, 2, 99],
        "form": ["csv", "jsonl"],
        "since": ["2026-11-15T00:00:00Z", NOW, "2026-10-01T00:00:00Z"],
        "occurred_at": [NOW, NOW, NOW, "2026-11-14T12:00:00-06:00"],
        "from": ["2026-11-01", "2026-11-15"],
        "to": ["2026-11-15"],
        "month": ["2026-10", "2026-10", "2026-09", "2026-11"],
        "by": ["day", "hour", "location"],
        "receipt": ["bought-1", *(f"new-{number}" for number in range(40))],
        "points": [20, 20, 0, 1, 40, 100, 1_000_000_000],
        "currency": ["USD", "USD", "USD", "EUR"],
        "amount_cents": [500, 0, 1, 2_000, 99_999, 100_000_000_000],
        "location_fee_cents": [900, 0, 100_000_000_000],
        "visit_fee_micros": [20_000, 0],
    }
    return stage


UNKNOWN_CARD = "9770000000000013"
OTHER_CARDS = ("to_card_number", "household_card_number", "into_card_number")


def _made(world: World, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    reply = world.post(path, body, key, idempotency_key=digest(path, json.dumps(body)).hex())
    assert reply.status_code == 201, reply.body
    return dict(reply.json_body)
