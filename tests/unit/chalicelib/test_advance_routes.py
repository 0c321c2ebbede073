"""Creditors of a window without debtors are paid from what was collected, or from what two operators have advanced."""

from shared.kernel.clock import to_rfc3339
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World, purchase

PATH = "/v1/advances/USD"
WHY = {"reason": "window 1 is collected on Monday"}


def test_nobody_is_paid_for_points_of_an_earlier_window_before_they_are_paid_for(world: World) -> None:
    card = world.enrol()
    sale = purchase(card, total={"amount_cents": 20_000, "currency": "USD"})
    assert world.post("/v1/purchases", sale, idempotency_key="p").status_code == 201
    world.close_window()
    world.clock.advance(days=1)
    bread = {"card_number": card, "location_id": "b1", "receipt": "x", "occurred_at": to_rfc3339(world.clock())}
    assert world.post("/v1/redemptions", {**bread, "points": 1_000}, world.beta, idempotency_key="r").status_code == 201
    world.close_window()
    one = "/v1/windows/2/settlements"
    world.post(one, {}, world.operator)
    world.post(f"{one}/USD/approve", {}, world.second_operator)
    assert world.post(f"{one}/USD/collect", {}, world.operator).json_body["stage"] == "funded"
    refused = problem(world.post(f"{one}/USD/pay", {}, world.operator), 409, "not_funded")
    assert (refused["missing_cents"], refused["windows"]) == (500, [{"window": 1}])

    for _ in range(2):
        shown = world.post(PATH, {**WHY, "advanced_cents": 500}, world.operator).json_body
        assert (shown["advanced_cents"], shown["proposal"]["advanced_cents"]) == (0, 500)
    approve = f"{PATH}/proposals/1/approve"
    problem(world.post(approve, WHY, world.operator), 403, "second_person_needed")
    assert world.post(approve, WHY, world.second_operator).json_body["advanced_cents"] == 500
    paid = world.post(f"{one}/USD/pay", {}, world.operator).json_body
    assert (paid["stage"], paid["collected_cents"], paid["paid_out_cents"]) == ("paying", 0, 500)

    world.post(PATH, {**WHY, "advanced_cents": 0}, world.operator)
    problem(world.post(f"{PATH}/proposals/2/approve", WHY, world.second_operator), 409, "advance_in_use")
    declined = world.post(f"{PATH}/proposals/2/decline", WHY, world.second_operator).json_body
    assert declined == world.get(PATH, world.operator).json_body
    assert (declined["advanced_cents"], declined["proposal"]["state"]) == (500, "rejected")
    problem(world.get(PATH.replace("USD", "JPY"), world.operator), 400, "unsupported_currency")
    seen = "/v1/audit-trail?from=2026-11-01&to=2026-11-30&limit=200"
    records = world.get(seen, world.operator).json_body["records"]
    [agreed] = [one for one in records if (one["action"], one["phase"]) == ("approve_advance", "done")]
    assert (agreed["before"]["advanced_cents"], agreed["after"]["advanced_cents"]) == (0, 500)
