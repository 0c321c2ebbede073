"""Adjustments through the API: who decides, and what the reports say of it."""

from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World


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
        "alpha",
        200,
        0,
    )
