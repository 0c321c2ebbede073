"""Holds, returns and cancellations through the API, and the positions that follow from them."""

from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import NOW, World, purchase

DAYS = "from=2026-11-15&to=2026-11-15"
PLACE = {"location_id": "b1", "receipt": "b-9", "occurred_at": NOW}
BACK = {"location_id": "s1", "receipt": "s-back", "occurred_at": NOW}


def hold(world: World, card: str, **changes: object) -> dict[str, object]:
    body = {"card_number": card, **PLACE, "points": 60, **changes}
    reply = world.post("/v1/holds", body, world.beta, idempotency_key="h1")
    assert reply.status_code == 201, reply.body
    return dict(reply.json_body)


def bought(world: World, card: str) -> str:
    return str(world.post("/v1/purchases", purchase(card), idempotency_key="p1").json_body["entry_id"])


def test_held_points_are_captured_in_part_and_the_rest_is_free_again(world: World, card: str) -> None:
    bought(world, card)
    held = hold(world, card, ttl_seconds=600)
    assert held["expires_at"] == "2026-11-15T12:10:00.000Z"
    assert (held["points_balance"], held["value"]) == (40, {"amount_cents": 30, "currency": "USD"})
    assert world.get(f"/v1/cards/{card}").json_body["points_held"] == 60

    body = {**PLACE, "points": 40}
    reply = world.post(f"/v1/holds/{held['entry_id']}/capture", body, world.beta, idempotency_key="c1")
    assert reply.status_code == 201
    assert reply.json_body == {
        "entry_id": reply.json_body["entry_id"],
        "recorded_at": "2026-11-15T12:00:00.000Z",
        "visit": True,
        "points": 40,
        "points_released": 20,
        "points_balance": 60,
        "value": {"amount_cents": 20, "currency": "USD"},
    }
    again = world.post(f"/v1/holds/{held['entry_id']}/capture", body, world.beta, idempotency_key="c1")
    assert again.body == reply.body
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_hold_ends_once_and_only_for_its_partner(world: World, card: str) -> None:
    bought(world, card)
    path = f"/v1/holds/{hold(world, card)['entry_id']}/void"
    problem(world.post(path, BACK, world.alpha, idempotency_key="v0"), 409, "hold_not_open")
    reply = world.post(path, PLACE, world.beta, idempotency_key="v1")
    assert (reply.json_body["points_released"], reply.json_body["points_balance"]) == (60, 100)
    problem(world.post(path, PLACE, world.beta, idempotency_key="v2"), 409, "hold_not_open")


def test_goods_come_back_in_part_and_in_whole_but_not_more(world: World, card: str) -> None:
    path = f"/v1/purchases/{bought(world, card)}/returns"
    half = {**BACK, "total": {"amount_cents": 1_000, "currency": "USD"}}
    reply = world.post(path, half, idempotency_key="t1")
    assert reply.status_code == 201
    assert (reply.json_body["points_taken_back"], reply.json_body["points_balance"]) == (50, 50)
    rest = world.post(path, BACK, idempotency_key="t2").json_body
    assert rest["total"] == {"amount_cents": 1_000, "currency": "USD"}
    problem(world.post(path, half, idempotency_key="t3"), 422, "return_exceeds_purchase")
    euros = {**BACK, "total": {"amount_cents": 1_000, "currency": "EUR"}}
    problem(world.post(path, euros, idempotency_key="t4"), 422, "currency_mismatch")


def test_a_return_after_spending_leaves_a_debt_that_positions_show(world: World, card: str) -> None:
    entry_id = bought(world, card)
    spend = {"card_number": card, **PLACE, "points": 80}
    world.post("/v1/redemptions", spend, world.beta, idempotency_key="x1")
    reply = world.post(f"/v1/purchases/{entry_id}/returns", BACK, idempotency_key="t1").json_body
    assert (reply["points_taken_back"], reply["points_owed"], reply["points_balance"]) == (20, 80, 0)

    world.post_all_entries()
    settled = world.get(f"/v1/positions?{DAYS}", world.operator).json_body
    net = {position["party"]: position["net_micros"] for position in settled["positions"]}
    assert net["alpha"] == -80 * 6_000
    assert net["beta"] == 80 * 5_000
    assert sum(net.values()) == 0
    [issuer] = world.get(f"/v1/position-flows?{DAYS}", world.operator).json_body["flows"]
    flow = issuer["points_flow"]
    assert (flow["points_issued"], flow["points_redeemed"], flow["points_owed"]) == (80, 80, 80)


def test_a_cancelled_redemption_is_neither_owed_nor_gone(world: World, card: str) -> None:
    bought(world, card)
    spend = {"card_number": card, **PLACE, "points": 60}
    spent = world.post("/v1/redemptions", spend, world.beta, idempotency_key="x1").json_body["entry_id"]
    path = f"/v1/redemptions/{spent}/cancellations"
    reply = world.post(path, {**PLACE, "receipt": "b-10"}, world.beta, idempotency_key="u1").json_body
    assert (reply["points_restored"], reply["points_lapsed"], reply["points_balance"]) == (60, 0, 100)
    problem(world.post(path, PLACE, world.beta, idempotency_key="u2"), 422, "cancel_exceeds_redemption")

    world.post_all_entries()
    pairs = world.get(f"/v1/position-pairs?{DAYS}", world.operator).json_body["pairs"]
    assert [(one["payee"], one["points"], one["amount_micros"]) for one in pairs] == [("network", 0, 600_000)]
    [issuer] = world.get(f"/v1/position-flows?{DAYS}", world.operator).json_body["flows"]
    flow = issuer["points_flow"]
    assert flow["points_redeemed"] == 0


def test_another_partners_entry_does_not_exist(world: World, card: str) -> None:
    entry_id = bought(world, card)
    path = f"/v1/purchases/{entry_id}/returns"
    problem(world.post(path, PLACE, world.beta, idempotency_key="t1"), 404, "unknown_entry")
    path = f"/v1/redemptions/{entry_id}/cancellations"
    problem(world.post(path, PLACE, world.beta, idempotency_key="u1"), 404, "unknown_entry")
    problem(world.post(path, BACK, idempotency_key="u2"), 422, "not_a_redemption")


def test_the_listing_tells_what_was_undone(world: World, card: str) -> None:
    world.post(f"/v1/purchases/{bought(world, card)}/returns", BACK, idempotency_key="t1")
    world.post_all_entries()
    listed = world.get("/v1/entries?from=2026-11-15&to=2026-11-15").json_body["entries"]
    assert [entry["op"] for entry in listed] == ["enrol", "earn", "return"]
    assert listed[2]["total"] == {"amount_cents": 2_000, "currency": "USD"}
