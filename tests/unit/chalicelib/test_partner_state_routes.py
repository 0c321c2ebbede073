"""A partner's states through the API, and what its tills may do in them."""

from typing import Any

import pytest

from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import NOW, World, purchase


def move(world: World, state: str, partner: str = "alpha") -> Any:
    return world.post(f"/v1/partners/{partner}/state", {"state": state, "reason": "unpaid"}, world.operator)


def at(card: str, receipt: str, **more: object) -> dict[str, object]:
    return {"card_number": card, "location_id": "s1", "receipt": receipt, "occurred_at": NOW, **more}


def test_a_partner_is_shown_with_what_it_may_do_and_how_it_came_to_that(world: World) -> None:
    body = {"partner_id": "harvest", "name": "Harvest Foods", "currency": "USD"}
    world.post("/v1/partners", body, world.operator)
    world.clock.advance(days=1)
    assert move(world, "verified", "harvest").json_body["state"] == "verified"
    by = "ann"
    assert world.get("/v1/partners/harvest", world.operator).json_body == {
        **body,
        "created_at": "2026-11-15T12:00:00.000Z",
        "state": "verified",
        "may": [],
        "changes": [
            {"state": "invited", "by": by, "at": "2026-11-15T12:00:00.000Z", "reason": "Invited"},
            {"state": "verified", "by": by, "at": "2026-11-16T12:00:00.000Z", "reason": "unpaid"},
        ],
    }
    problem(move(world, "active", "harvest"), 409, "partner_without_terms")
    problem(move(world, "suspended", "harvest"), 409, "state_change_refused")
    problem(move(world, "bankrupt", "harvest"), 400, "invalid_field")
    problem(move(world, "verified", "nobody"), 404, "unknown_partner")


@pytest.fixture
def trade(world: World, card: str) -> dict[str, str]:
    """What alpha did before it was suspended."""
    bought = world.post("/v1/purchases", purchase(card), idempotency_key="p1").json_body
    spent = world.post("/v1/redemptions", at(card, "x", points=20), idempotency_key="x1").json_body
    held = world.post("/v1/holds", at(card, "h", points=20, ttl_seconds=600), idempotency_key="h1").json_body
    assert move(world, "suspended").status_code == 200
    world.clock.advance(ms=60_000)
    return {"bought": bought["entry_id"], "spent": spent["entry_id"], "held": held["entry_id"]}


def test_a_suspended_partner_neither_grants_nor_honours(world: World, card: str, trade: dict[str, str]) -> None:
    refused = [
        ("/v1/members", {"contact": "new@example.com", "location_id": "s1", "occurred_at": NOW}),
        ("/v1/purchases", purchase(card, receipt="r2")),
        ("/v1/purchases/quote", purchase(card, receipt="r2")),
        ("/v1/redemptions", at(card, "y", points=20)),
        ("/v1/holds", at(card, "z", points=20, ttl_seconds=600)),
        (f"/v1/holds/{trade['held']}/capture", {**at(card, "c", points=20), "card_number": None}),
    ]
    for path, body in refused:
        sent = {name: value for name, value in body.items() if value is not None}
        found = problem(world.post(path, sent, idempotency_key=f"late-{path}"), 403, "partner_not_active")
        assert found["state"] == "suspended"


def test_a_suspended_partner_still_takes_back_and_reads(world: World, card: str, trade: dict[str, str]) -> None:
    here = {"location_id": "s1", "occurred_at": NOW}
    returned = {**here, "receipt": "back", "total": {"amount_cents": 500, "currency": "USD"}}
    done = [
        world.post(f"/v1/purchases/{trade['bought']}/returns", returned, idempotency_key="b1"),
        world.post(f"/v1/redemptions/{trade['spent']}/cancellations", {**here, "receipt": "b2"}, idempotency_key="b2"),
        world.post(f"/v1/holds/{trade['held']}/void", {**here, "receipt": "b3"}, idempotency_key="b3"),
    ]
    assert [reply.status_code for reply in done] == [201, 201, 201], [reply.body for reply in done]
    assert world.get(f"/v1/cards/{card}").status_code == 200
    assert world.get("/v1/bill?month=2026-11").status_code == 200


def test_a_suspended_partners_points_stay_spendable_elsewhere(world: World, card: str, trade: dict[str, str]) -> None:
    body = {**at(card, "b", points=40), "location_id": "b1"}
    assert world.post("/v1/redemptions", body, world.beta, idempotency_key="b1").status_code == 201


def test_a_retry_of_what_was_accepted_gets_its_first_answer(world: World, card: str, trade: dict[str, str]) -> None:
    again = world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    assert (again.status_code, again.json_body["entry_id"]) == (201, trade["bought"])
    spent = world.post("/v1/redemptions", at(card, "x", points=20), idempotency_key="x1")
    assert (spent.status_code, spent.json_body["entry_id"]) == (201, trade["spent"])


def test_who_is_active_again_trades_again(world: World, card: str, trade: dict[str, str]) -> None:
    move(world, "active")
    world.clock.advance(ms=60_000)
    assert world.post("/v1/purchases", purchase(card, receipt="r2"), idempotency_key="p2").status_code == 201
