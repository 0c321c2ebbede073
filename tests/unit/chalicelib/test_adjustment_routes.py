"""Adjustments through the API: who decides, and what the reports say of it."""

from types import SimpleNamespace

import pytest

from chalicelib.api import adjustments
from shared.kernel.clock import DAY_MS, to_rfc3339
from tests.fakes.contract_book import agree
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_settlement_example import new_terms
from tests.unit.chalicelib.world import NOW, World, purchase


def adjust(world: World, card: str, points: int, key: str = "a1") -> dict[str, object]:
    body = {"card_number": card, "issuer": "alpha", "points": points, "reason": "receipt 4711 was missing"}
    reply = world.post("/v1/adjustments", body, world.operator, idempotency_key=key)
    assert reply.status_code == 201, reply.body
    return dict(reply.json_body)


def test_a_large_adjustment_takes_two_operators(world: World, card: str) -> None:
    proposed = adjust(world, card, 10_000)
    assert (proposed["state"], proposed["entry_id"]) == ("proposed", None)
    path = f"/v1/adjustments/{proposed['adjustment_id']}/approve"
    problem(world.post(path, b"", world.operator), 403, "second_person_needed")
    again = world.operators.open_token("ann", 60).text
    problem(world.post(path, b"", again), 403, "second_person_needed")
    second = world.second_operator
    approved = world.post(path, b"", second)
    assert approved.status_code == 200
    assert approved.json_body["state"] == "applied"
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 10_000
    listed = world.get("/v1/adjustments", world.operator).json_body["adjustments"]
    assert [one["state"] for one in listed] == ["applied"]


def test_twenty_adjustments_of_a_day_do_not_grant_alone_what_one_of_their_sum_would_not(
    world: World, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, object]] = []
    warning = SimpleNamespace(warning=lambda message, extra: told.append((message, extra["adjustment_id"])))
    monkeypatch.setattr(adjustments, "logger", lambda: warning)
    asked = [adjust(world, card, 5_000, f"g{number}") for number in range(20)]
    assert [one["state"] for one in asked] == ["applied"] + ["proposed"] * 19
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 5_000
    assert [adjust(world, card, 5_000, f"g{number}") for number in range(20)] == asked
    assert told == [(adjustments.BEYOND_ONE_PERSON, one["adjustment_id"]) for one in asked[1:]], "once of each"
    path = f"/v1/adjustments/{asked[7]['adjustment_id']}/approve"
    problem(world.post(path, b"", world.operator), 403, "second_person_needed")
    assert world.post(path, b"", world.second_operator).json_body["state"] == "applied"
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 10_000


def test_a_rejected_proposal_changes_nothing(world: World, card: str) -> None:
    proposed = adjust(world, card, 10_000)
    reply = world.post(f"/v1/adjustments/{proposed['adjustment_id']}/reject", b"", world.operator)
    assert reply.json_body["state"] == "rejected"
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 0


def test_adjusted_points_are_in_the_flows_and_cost_nobody_money(world: World, card: str) -> None:
    adjust(world, card, 250)
    adjust(world, card, -50, "a2")
    world.post_all_entries()
    days = "from=2026-11-15&to=2026-11-15"
    assert world.get(f"/v1/positions?{days}", world.operator).json_body["positions"] == []
    (flow,) = world.get(f"/v1/position-flows?{days}", world.operator).json_body["flows"]
    assert (flow["issuer"], flow["points_flow"]["points_adjusted"], flow["points_flow"]["points_issued"]) == (
        "network",
        200,
        0,
    )


def moves_on(world: World, days: int) -> str:
    world.clock.advance(days=days)
    return to_rfc3339(world.clock())


def test_nobody_is_paid_a_share_of_points_that_nobody_paid_for(world: World, card: str) -> None:
    agree(world.contracts, "alpha", new_terms(world.clock() + DAY_MS, expiry_months=1, breakage_share_bps=5_000))
    moves_on(world, 1)
    adjust(world, card, 250)
    redemption = {"card_number": card, "location_id": "b1", "receipt": "r", "points": 50}
    redemption["occurred_at"] = to_rfc3339(world.clock())
    assert world.post("/v1/redemptions", redemption, world.beta, idempotency_key="r").status_code == 201
    sale = purchase(card, receipt="q", occurred_at=moves_on(world, 60))
    assert world.post("/v1/purchases", sale, idempotency_key="q").json_body["points_balance"] == 100
    world.post_all_entries()
    days = "from=2026-11-15&to=2027-01-31"
    found = world.get(f"/v1/positions?{days}", world.operator).json_body["positions"]
    nets = {one["party"]: one["net_cents"] for one in found}
    assert nets == {"alpha": -60, "beta": 25, "network": 35}
    pairs = world.get(f"/v1/position-pairs?{days}", world.operator).json_body["pairs"]
    owed = {(one["payer"], one["payee"]): one["amount_micros"] for one in pairs}
    assert owed == {("alpha", "network"): 600_000, ("network", "beta"): 250_000}
    run = world.books.due(segments=2)
    while run is not None:
        done = world.books.work(run, for_ms=10**9)
        assert done.contradictions == ()
        run = world.books.due(segments=2)
    (owed_for,) = (one for one in world.books.document("2026-11")["issuers"] if one["issuer"] == "network")
    assert (owed_for["adjusted"], owed_for["closing"], owed_for["closing_micros"]) == (250, 200, 1_000_000)


def test_a_return_does_not_pay_its_issuer_for_points_that_the_network_gave(world: World, card: str) -> None:
    sold = world.post("/v1/purchases", purchase(card), idempotency_key="p").json_body["entry_id"]
    spent = {"card_number": card, "location_id": "b1", "receipt": "r", "points": 100, "occurred_at": NOW}
    assert world.post("/v1/redemptions", spent, world.beta, idempotency_key="r").status_code == 201
    adjust(world, card, 100)
    back = {"location_id": "s1", "receipt": "t", "occurred_at": NOW}
    reply = world.post(f"/v1/purchases/{sold}/returns", back, idempotency_key="t").json_body
    assert (reply["points_owed"], reply["points_balance"]) == (100, 100)
    world.post_all_entries()
    found = world.get("/v1/positions?from=2026-11-15&to=2026-11-15", world.operator).json_body["positions"]
    assert {one["party"]: one["net_cents"] for one in found} == {"alpha": -60, "beta": 50, "network": 10}
