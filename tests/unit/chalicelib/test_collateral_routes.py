"""Collateral through the API: proposed by one operator, approved by another, both in the trail."""

from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World

PATH = "/v1/partners/beta/collateral"
WANTED = {"held_cents": 30_000, "reason": "deposit of Nov 20"}
SEEN = {"reason": "seen at the bank"}


def test_collateral_is_held_once_a_second_operator_has_approved_it(world: World) -> None:
    nothing = {"partner_id": "beta", "currency": "USD", "held_cents": 0, "taken": [], "left_cents": 0}
    assert world.get(PATH, world.operator).json_body == {**nothing, "proposal": None}
    for _ in range(2):
        shown = world.post(PATH, WANTED, world.operator)
        assert shown.status_code == 200, shown.body
        assert (shown.json_body["held_cents"], shown.json_body["proposal"]["state"]) == (0, "proposed")
    approve, decline = f"{PATH}/proposals/1/approve", f"{PATH}/proposals/1/decline"
    problem(world.post(approve, SEEN, world.operator), 403, "second_person_needed")
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
