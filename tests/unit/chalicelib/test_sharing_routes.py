"""Transfers, households, merges and closures through the API, and what the reports say of them."""

import pytest

from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import NOW, World, purchase

DESK = {"location_id": "s1", "occurred_at": NOW}
WHY = {"reason": "Enrolled twice, ticket 4711"}
QUERY = "from=2026-11-15&to=2026-11-15"


@pytest.fixture
def other(world: World) -> str:
    return world.enrol("bob@example.com")


def bought(world: World, card: str, key: str = "p1") -> str:
    reply = world.post("/v1/purchases", purchase(card, receipt=key), idempotency_key=key)
    return str(reply.json_body["entry_id"])


def joined(world: World, card: str, household: str) -> dict[str, object]:
    body = {"card_number": card, "household_card_number": household, **DESK}
    reply = world.post("/v1/households", body, idempotency_key="j1")
    assert reply.status_code == 201, reply.body
    return dict(reply.json_body)


def merged(world: World, card: str, into: str) -> dict[str, object]:
    body = {"card_number": card, "into_card_number": into, **WHY}
    reply = world.post("/v1/merges", body, world.operator, idempotency_key="m1")
    assert reply.status_code == 201, reply.body
    return dict(reply.json_body)


def shown(world: World, card: str) -> tuple[int, int]:
    view = world.get(f"/v1/cards/{card}", world.beta).json_body
    return view["points_balance"], view["shared_with"]


def test_a_transfer_answers_with_the_givers_entry_and_nothing_of_the_taker(world: World, card: str, other: str) -> None:
    bought(world, card)
    body = {"card_number": card, "to_card_number": other, **DESK, "points": 60}
    reply = world.post("/v1/transfers", body, idempotency_key="g1")
    assert reply.status_code == 201
    assert reply.json_body == {
        "entry_id": f"{card[4:14]}-3",
        "recorded_at": "2026-11-15T12:00:00.000Z",
        "points": 60,
        "points_balance": 40,
    }
    again = world.post("/v1/transfers", body, idempotency_key="g1")
    assert (again.body, again.headers["Idempotency-Replayed"]) == (reply.body, "true")
    assert (shown(world, card), shown(world, other)) == ((40, 0), (60, 0))
    problem(world.post("/v1/transfers", {**body, "points": 61}, idempotency_key="g1"), 422, "idempotency_key_reused")
    problem(world.post("/v1/transfers", {**body, "points": 41}, idempotency_key="g2"), 422, "insufficient_points")
    problem(world.post("/v1/transfers", {**body, "to_card_number": card}, idempotency_key="g3"), 422, "same_account")


def test_another_partners_location_shares_nothing(world: World, card: str, other: str) -> None:
    desk = {"location_id": "b1", "occurred_at": NOW}
    pair = {"card_number": card, "household_card_number": other}
    sent = [
        ("/v1/transfers", {"card_number": card, "to_card_number": other, "points": 1, **desk}),
        ("/v1/households", {**pair, **desk}),
        ("/v1/households/departures", {**pair, "points": 0, **desk}),
    ]
    for path, body in sent:
        problem(world.post(path, body, idempotency_key="x1"), 404, "unknown_location")


def test_a_household_earns_spends_and_parts(world: World, card: str, other: str) -> None:
    bought(world, card)
    reply = joined(world, card, other)
    assert (reply["points"], reply["points_balance"], reply["entry_id"]) == (100, 100, f"{card[4:14]}-3")
    bought(world, card, "p2")
    assert shown(world, card) == shown(world, other) == (200, 1)

    hold = {"card_number": card, "location_id": "b1", "receipt": "b-9", "occurred_at": NOW, "points": 60}
    held = world.post("/v1/holds", hold, world.beta, idempotency_key="h1").json_body["entry_id"]
    place = {"location_id": "b1", "receipt": "b-9", "occurred_at": NOW}
    captured = world.post(f"/v1/holds/{held}/capture", place, world.beta, idempotency_key="c1").json_body
    path = f"/v1/redemptions/{captured['entry_id']}/cancellations"
    assert world.post(path, place, world.beta, idempotency_key="u1").json_body["points_balance"] == 200

    listed = world.get(f"/v1/cards/{card}/entries").json_body["entries"]
    assert [entry["op"] for entry in listed] == ["earn", "join", "enrol"]
    assert {entry["entry_id"][:10] for entry in listed} == {other[4:14]}

    leave = {"card_number": card, "household_card_number": other, **DESK, "points": 50}
    parted = world.post("/v1/households/departures", leave, idempotency_key="l1")
    assert parted.json_body == {
        "entry_id": f"{card[4:14]}-4",
        "recorded_at": "2026-11-15T12:00:00.000Z",
        "points": 50,
        "points_balance": 50,
        "points_pending": 0,
    }
    assert (shown(world, card), shown(world, other)) == ((50, 0), (150, 0))
    problem(world.post("/v1/households/departures", leave, idempotency_key="l2"), 409, "not_linked")


def test_goods_bought_before_joining_come_back_from_the_household(world: World, card: str, other: str) -> None:
    entry_id = bought(world, card)
    joined(world, card, other)
    body = {"location_id": "s1", "receipt": "back", "occurred_at": NOW}
    reply = world.post(f"/v1/purchases/{entry_id}/returns", body, idempotency_key="t1").json_body
    assert (reply["entry_id"][:10], reply["points_taken_back"], reply["points_balance"]) == (other[4:14], 100, 0)


def test_an_adjustment_of_a_card_reaches_the_account_that_answers_for_it(world: World, card: str, other: str) -> None:
    joined(world, card, other)
    body = {"card_number": card, "issuer": "alpha", "points": 30, "reason": "receipt 4711 was missing"}
    reply = world.post("/v1/adjustments", body, world.operator, idempotency_key="a1")
    assert reply.json_body["entry_id"].startswith(other[4:14])
    assert shown(world, other) == (30, 1)


def test_a_merge_can_be_undone_while_nothing_of_it_is_used(world: World, card: str, other: str) -> None:
    bought(world, card)
    reply = merged(world, card, other)
    assert reply["reversible_until"] == "2026-12-15T12:00:00.000Z"
    assert (reply["points"], reply["points_balance"]) == (100, 100)
    pair = {"card_number": card, "into_card_number": other, **WHY}
    undone = world.post("/v1/merges/reversals", pair, world.operator, idempotency_key="n1")
    assert (undone.status_code, undone.json_body["points_balance"]) == (201, 100)
    assert (shown(world, card), shown(world, other)) == ((100, 0), (0, 0))
    problem(world.post("/v1/merges/reversals", pair, world.operator, idempotency_key="n2"), 409, "not_linked")


def test_a_closed_account_is_forgotten_and_its_cards_are_refused(world: World, card: str) -> None:
    bought(world, card)
    body = {"card_number": card, **WHY}
    problem(world.post("/v1/closures", body, world.operator, idempotency_key="z0"), 409, "account_not_empty")
    body = {**body, "forfeit": True}
    reply = world.post("/v1/closures", body, world.operator, idempotency_key="z1")
    assert reply.status_code == 201
    assert reply.json_body == {
        "entry_id": f"{card[4:14]}-3",
        "recorded_at": "2026-11-15T12:00:00.000Z",
        "points_forfeited": 100,
        "cashback_forfeited": [],
        "points_written_off": 0,
        "cashback_written_off": [],
    }
    assert world.post("/v1/closures", body, world.operator, idempotency_key="z1").body == reply.body
    problem(world.get(f"/v1/cards/{card}"), 409, "account_closed")
    problem(world.post("/v1/purchases", purchase(card), idempotency_key="p2"), 409, "account_closed")
    assert world.profiles.contacts == {}


def test_a_closing_without_a_good_reason_is_refused(world: World, card: str) -> None:
    for changes, code in (({"reason": " "}, "invalid_reason"), ({}, "missing_field")):
        reply = world.post("/v1/closures", {"card_number": card, **changes}, world.operator, idempotency_key="z")
        problem(reply, 400, code)


def test_sharing_costs_nobody_money_and_makes_no_visit(world: World, card: str, other: str) -> None:
    bought(world, card)
    body = {"card_number": card, "to_card_number": other, **DESK, "points": 60}
    world.post("/v1/transfers", body, idempotency_key="g1")
    joined(world, card, other)
    world.post_all_entries()
    listed = world.get(f"/v1/entries?{QUERY}").json_body["entries"]
    assert sorted(entry["op"] for entry in listed) == ["earn", "enrol", "enrol", "join", "join", "transfer", "transfer"]
    assert world.get("/v1/bill?month=2026-11").json_body["visits"] == 3
    [issuer] = world.get(f"/v1/position-flows?{QUERY}", world.operator).json_body["flows"]
    flow = issuer["points_flow"]
    assert (flow["points_issued"], flow["points_redeemed"], flow["points_adjusted"]) == (100, 0, 0)


def test_given_up_points_are_breakage_and_a_debt_written_off_is_told_by_itself(world: World, card: str) -> None:
    back = {"location_id": "s1", "receipt": "back", "occurred_at": NOW}
    spend = {"card_number": card, "location_id": "b1", "receipt": "b-1", "occurred_at": NOW, "points": 70}
    entry_id = bought(world, card)
    world.post("/v1/redemptions", spend, world.beta, idempotency_key="x1")
    world.post(f"/v1/purchases/{entry_id}/returns", back, idempotency_key="t1")
    body = purchase(card, location_id="b1", receipt="b-2")
    world.post("/v1/purchases", body, world.beta, idempotency_key="p2")
    closing = {"card_number": card, "forfeit": True, **WHY}
    closed = world.post("/v1/closures", closing, world.operator, idempotency_key="z1").json_body
    assert (closed["points_forfeited"], closed["points_written_off"]) == (200, 70)
    world.post_all_entries()
    issuers = world.get(f"/v1/position-flows?{QUERY}", world.operator).json_body["flows"]
    assert [one["issuer"] for one in issuers] == ["alpha", "beta"]
    flows = alpha, beta = [one["points_flow"] for one in issuers]
    assert (alpha["points_owed"], alpha["points_written_off"], alpha["points_expired"]) == (70, 70, 0)
    assert (beta["points_issued"], beta["points_expired"]) == (200, 200)
    for flow in flows:
        came = flow["points_issued"] + flow["points_adjusted"]
        assert came == flow["points_redeemed"] + flow["points_expired"]
        assert flow["points_owed"] == flow["points_written_off"]
