"""The network operator brings partners in, settles a period and sees bills."""

import pytest

from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import NOW, World, purchase

HARVEST = {"partner_id": "harvest", "name": "Harvest Foods", "currency": "USD"}
STORE = {"location_id": "367", "name": "Store 367", "time_zone": "America/Chicago", "opened_at": "2025-01-01T00:00:00Z"}


@pytest.fixture
def harvest(world: World) -> str:
    assert world.post("/v1/partners", HARVEST, world.operator).status_code == 201
    return "/v1/partners/harvest"


def test_a_partner_is_brought_in_once_however_often_it_is_asked_for(world: World, harvest: str) -> None:
    first = world.post("/v1/partners", HARVEST, world.operator)
    world.clock.advance(days=1)
    again = world.post("/v1/partners", HARVEST, world.operator)
    assert first.json_body == {**HARVEST, "created_at": "2026-11-15T12:00:00.000Z", "state": "invited"}
    assert (again.status_code, again.body) == (201, first.body)
    problem(world.post("/v1/partners", {**HARVEST, "currency": "EUR"}, world.operator), 409, "partner_exists")


def test_partners_are_listed_by_id(world: World, harvest: str) -> None:
    listed = world.get("/v1/partners", world.operator).json_body["partners"]
    assert [partner["partner_id"] for partner in listed] == ["alpha", "beta", "harvest"]


def test_a_location_is_opened(world: World, harvest: str) -> None:
    reply = world.post(f"{harvest}/locations", STORE, world.operator)
    assert reply.status_code == 201
    assert reply.json_body == {
        "partner_id": "harvest",
        **STORE,
        "opened_at": "2025-01-01T00:00:00.000Z",
        "closed_at": None,
    }
    problem(world.post(f"{harvest}/locations", {**STORE, "name": "Other"}, world.operator), 409, "location_exists")
    mars = {**STORE, "location_id": "m", "time_zone": "Mars/Olympus"}
    problem(world.post(f"{harvest}/locations", mars, world.operator), 400, "unknown_time_zone")
    problem(world.post("/v1/partners/nobody/locations", STORE, world.operator), 404, "unknown_partner")


def test_a_location_is_closed_and_listed(world: World, harvest: str) -> None:
    opened = world.post(f"{harvest}/locations", STORE, world.operator).json_body
    close = f"{harvest}/locations/367/close"
    closed = world.post(close, {"closed_at": "2026-11-20T17:00:00-06:00"}, world.operator)
    assert (closed.status_code, closed.json_body) == (200, {**opened, "closed_at": "2026-11-20T23:00:00.000Z"})
    assert world.get(f"{harvest}/locations", world.operator).json_body == {
        "locations": [closed.json_body],
        "next_cursor": None,
    }
    problem(world.post(close, {"closed_at": "2024-12-01T00:00:00Z"}, world.operator), 400, "closing_too_late")
    assert world.post(f"{harvest}/locations/7/close", {}, world.operator).status_code == 404


def test_a_partner_lists_its_own_locations(world: World) -> None:
    listed = world.get("/v1/locations").json_body["locations"]
    assert [(one["partner_id"], one["location_id"]) for one in listed] == [("alpha", "s1"), ("alpha", "s2")]


def test_a_key_is_issued_and_revoked(world: World, harvest: str) -> None:
    issued = world.post(f"{harvest}/keys", {"scopes": ["reports", "earn"]}, world.operator)
    assert issued.status_code == 201
    key = issued.json_body
    assert key.pop("api_key").startswith(f"tsk_live_{key['key_id']}_")
    assert key == {
        "key_id": key["key_id"],
        "partner_id": "harvest",
        "scopes": ["earn", "reports"],
        "live": True,
        "allowed_networks": [],
        "created_at": "2026-11-15T12:00:00.000Z",
        "expires_at": None,
        "revoked_at": None,
        "last_used_at": None,
        "replaces": None,
        "replaced_by": None,
    }
    world.clock.advance(ms=1)
    revoked, again = [world.post(f"{harvest}/keys/{key['key_id']}/revoke", b"", world.operator) for _ in range(2)]
    assert revoked.status_code == again.status_code == 200
    assert revoked.json_body == again.json_body == {**key, "revoked_at": "2026-11-15T12:00:00.001Z"}
    problem(world.post(f"{harvest}/keys/zzzzzzzzzz/revoke", b"", world.operator), 404, "unknown_key")
    problem(world.post(f"/v1/partners/alpha/keys/{key['key_id']}/revoke", b"", world.operator), 404, "unknown_key")
    network = "/v1/partners/network/keys"
    problem(world.post(f"{network}/{key['key_id']}/revoke", b"", world.operator), 404, "unknown_partner")


def test_no_operator_key_is_issued_over_http(world: World, harvest: str) -> None:
    problem(world.post(f"{harvest}/keys", {"scopes": ["operator"]}, world.operator), 400, "invalid_field")
    problem(world.post("/v1/partners/network/keys", {"scopes": ["earn"]}, world.operator), 400, "invalid_key_request")
    problem(world.post(f"{harvest}/keys", {"scopes": []}, world.operator), 400, "invalid_field")
    past = {"scopes": ["earn"], "expires_at": "2026-01-01T00:00:00Z"}
    problem(world.post(f"{harvest}/keys", past, world.operator), 400, "invalid_key_request")


def test_positions_are_explained_and_sum_to_zero(world: World, card: str) -> None:
    world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    body = {"card_number": card, "location_id": "b1", "receipt": "b-1", "occurred_at": NOW, "points": 60}
    world.post("/v1/redemptions", body, world.beta, idempotency_key="x1")
    world.post_all_entries()

    days = "from=2026-11-01&to=2026-11-30"
    reply = world.get(f"/v1/positions?{days}", world.operator)
    assert reply.status_code == 200
    net = {position["party"]: position["net_cents"] for position in reply.json_body["positions"]}
    assert net == {"alpha": -60, "beta": 30, "network": 30}
    assert reply.json_body["totals"] == [{"currency": "USD", "parties": 3, "owed_cents": 60}]
    pairs = world.get(f"/v1/position-pairs?{days}", world.operator).json_body
    assert pairs["pairs"] == [
        {
            "currency": "USD",
            "payer": "alpha",
            "payee": payee,
            "points": points,
            "points_micros": points * 5_000,
            "amount_micros": amount_micros,
        }
        for payee, points, amount_micros in (("beta", 60, 300_000), ("network", 0, 300_000))
    ]
    assert world.get(f"/v1/position-pairs?{days}&payer=beta", world.operator).json_body["pairs"] == []
    for position in reply.json_body["positions"]:
        found = world.get(f"/v1/positions/{position['party']}?{days}", world.operator).json_body
        assert found["positions"] == [position]
        assert sum(line["amount_micros"] for line in found["lines"]) == position["net_micros"]
    assert {line["kind"] for line in found["lines"]} == {"issued", "redeemed"}
    flows = world.get(f"/v1/position-flows?{days}", world.operator).json_body
    points = {
        "points_issued": 100,
        "points_redeemed": 60,
        "points_expired": 0,
        "points_adjusted": 0,
        "points_owed": 0,
        "points_written_off": 0,
    }
    assert flows["flows"] == [{"issuer": "alpha", "points_flow": points, "cashback_flows": []}]


def test_a_bill_is_the_same_for_partner_and_operator(world: World, card: str) -> None:
    world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    world.post_all_entries()
    mine = world.get("/v1/bill?month=2026-11")
    assert mine.status_code == 200
    assert mine.body == world.get("/v1/partners/alpha/bill?month=2026-11", world.operator).body
    assert mine.json_body["total_cents"] == 2 * 1_000 + 2 * 2
    assert [line["kind"] for line in mine.json_body["lines"]] == ["locations", "visits"]
    assert (mine.json_body["location_count"], mine.json_body["visits"]) == (2, 2)
    assert mine.json_body["month_over"] is False


def test_a_month_must_be_one_that_has_begun(world: World) -> None:
    problem(world.get("/v1/bill?month=2026-13"), 400, "invalid_field")
    problem(world.get("/v1/bill"), 400, "missing_field")
    problem(world.get("/v1/bill?month=2026-12"), 422, "month_not_begun")
    problem(world.get("/v1/bill?month=0001-01"), 400, "invalid_month")
    problem(world.get("/v1/partners/nobody/bill?month=2026-11", world.operator), 404, "unknown_partner")
