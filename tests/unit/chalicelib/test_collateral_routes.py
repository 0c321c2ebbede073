"""Collateral through the API: proposed by one operator, approved by another, both in the trail."""

from dataclasses import replace
from typing import Any

from partners.settlement.payments.collateral import Collateral
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World

PATH = "/v1/partners/beta/collateral"
WANTED = {"held_cents": 30_000, "reason": "deposit of Nov 20"}
SEEN = {"reason": "seen at the bank"}


def pays(world: World, cents: int) -> Any:
    body = {"paid_cents": cents, "currency": "USD", "reason": "security"}
    return world.post("/v1/partners/beta/payments", body, world.operator, idempotency_key=f"paid {cents}")


def agreed(world: World, number: int, **wanted: int) -> Any:
    world.post(PATH, {**wanted, "reason": "at last"}, world.operator)
    reply = world.post(f"{PATH}/proposals/{number}/approve", SEEN, world.second_operator)
    assert reply.status_code == 200, reply.body
    return reply.json_body


def test_a_guarantee_is_in_no_deposit_and_keeps_nobody_from_giving_one_back(world: World) -> None:
    shown = agreed(world, 1, held_cents=30_000, guarantee_cents=30_000)
    assert (shown["left_cents"], shown["guarantee_cents"], shown["proposal"]["guarantee_cents"]) == (30_000,) * 3
    assert [pays(world, 5_000).status_code, pays(world, -5_000).status_code] == [201, 201]
    pays(world, 6_000)
    assert agreed(world, 2, held_cents=34_000, guarantee_cents=30_000)["held_cents"] == 34_000
    problem(pays(world, -2_001), 409, "deposit_too_small")
    assert pays(world, -2_000).status_code == 201
    slip = {"held_cents": 3_000, "guarantee_cents": 30_000, "reason": "a digit too many"}
    refused = problem(world.post(PATH, slip, world.operator), 400, "invalid_collateral")
    assert (refused["held_cents"], refused["guarantee_cents"]) == (3_000, 30_000)


def test_what_waits_for_a_second_person_is_no_collateral_and_is_not_given_back(world: World) -> None:
    pays(world, 500)
    slip = pays(world, 150_000).json_body
    world.post(PATH, {"held_cents": 501, "reason": "as contracted"}, world.second_operator)
    approve = f"{PATH}/proposals/1/approve"
    refused = problem(world.post(approve, SEEN, world.operator), 409, "collateral_not_paid_in")
    assert refused["held_cents"] == 500
    assert agreed(world, 2, held_cents=400)["held_cents"] == 400
    back = problem(pays(world, -101), 409, "deposit_too_small")
    assert back["detail"] == "No more than 100 cents can leave the deposit, unless you confirm what waits first."
    confirm = f"/v1/partners/beta/payments/{slip['payment_id']}/confirm"
    assert world.post(confirm, SEEN, world.second_operator).status_code == 200
    assert pays(world, -101).status_code == 201
    assert agreed(world, 3, held_cents=150_399)["held_cents"] == 150_399


def test_what_never_came_is_declined_unless_the_deposit_does_not_do_without_it(world: World) -> None:
    pays(world, 500)
    slip = pays(world, 150_000).json_body
    world.collateral.people.propose("ann", "beta", Collateral(501), "as it was done before")
    world.collateral.people.approve("bob", "beta", 1, "nobody looked")
    decline = f"/v1/partners/beta/payments/{slip['payment_id']}/decline"
    problem(world.post(decline, SEEN, world.operator), 409, "deposit_too_small")
    assert agreed(world, 2, held_cents=500)["held_cents"] == 500
    for _ in range(2):
        shown = world.post(decline, SEEN, world.operator)
        assert (shown.status_code, shown.json_body["declined_by"], shown.json_body["waits"]) == (200, "ann", False)
    held = world.get("/v1/partners/beta/funding", world.operator).json_body
    assert (held["deposit_held_cents"], held["waiting_cents"]) == (500, 0)
    confirm = decline.replace("decline", "confirm")
    problem(world.post(confirm, SEEN, world.second_operator), 409, "payment_decided")


def test_less_is_agreed_on_whatever_is_in_the_deposit(world: World) -> None:
    world.collateral.people.propose("ann", "beta", Collateral(500), "as it was done before")
    before = world.collateral.people.approve("bob", "beta", 1, "nobody looked")
    taken = replace(before.value, taken=(("1-USD", 100),))
    assert world.collateral._book.put(replace(before, value=taken, version=before.version + 1))
    world.post(PATH, {"held_cents": 401, "reason": "more than is left"}, world.operator)
    approve = f"{PATH}/proposals/2/approve"
    problem(world.post(approve, SEEN, world.second_operator), 409, "collateral_not_paid_in")
    for number, cents in enumerate((400, 300, 0), 3):
        assert agreed(world, number, held_cents=cents)["left_cents"] == cents


def test_collateral_is_held_once_a_second_operator_has_approved_it(world: World) -> None:
    nothing = {"partner_id": "beta", "currency": "USD", "held_cents": 0, "guarantee_cents": 0, "taken": []}
    nothing["left_cents"] = 0
    assert world.get(PATH, world.operator).json_body == {**nothing, "proposal": None}
    for _ in range(2):
        shown = world.post(PATH, WANTED, world.operator)
        assert shown.status_code == 200, shown.body
        assert (shown.json_body["held_cents"], shown.json_body["proposal"]["state"]) == (0, "proposed")
    approve, decline = f"{PATH}/proposals/1/approve", f"{PATH}/proposals/1/decline"
    problem(world.post(approve, SEEN, world.operator), 403, "second_person_needed")
    pays(world, 29_999)
    refused = problem(world.post(approve, SEEN, world.second_operator), 409, "collateral_not_paid_in")
    assert refused["held_cents"] == 29_999
    pays(world, 1)
    for _ in range(2):
        shown = world.post(approve, SEEN, world.second_operator)
        assert shown.status_code == 200
    proposal = shown.json_body["proposal"]
    assert (shown.json_body["held_cents"], shown.json_body["left_cents"]) == (30_000, 30_000)
    assert (proposal["proposal"], proposal["state"], proposal["decision"]["reason"]) == (1, "approved", SEEN["reason"])
    assert proposal["proposed_by"] != proposal["decision"]["by"]
    problem(world.post(decline, SEEN, world.operator), 409, "proposal_decided")
    problem(world.post(approve.replace("/1/", "/2/"), SEEN, world.second_operator), 404, "unknown_proposal")
    problem(world.post(PATH, {**WANTED, "held_cents": -1}, world.operator), 400, "negative_amount")
    problem(world.get(PATH.replace("beta", "nobody"), world.operator), 404, "unknown_partner")
    records = world.get("/v1/audit-trail?from=2026-11-01&to=2026-11-30", world.operator).json_body["records"]
    acts = [(one["action"], one["phase"]) for one in records]
    for action in ("propose_collateral", "approve_collateral"):
        assert (action, "done") in acts


def test_a_proposal_is_declined(world: World) -> None:
    world.post(PATH, WANTED, world.operator)
    shown = world.post(f"{PATH}/proposals/1/decline", SEEN, world.second_operator).json_body
    assert (shown["held_cents"], shown["proposal"]["state"]) == (0, "rejected")
