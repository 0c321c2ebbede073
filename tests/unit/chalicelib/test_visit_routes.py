"""A partner drills down from a billed figure to its visits, and from a visit to its entries."""

from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import NOW, World, purchase

MONTH = "from=2026-11-01&to=2026-11-30"


def shopped(world: World, card: str) -> None:
    """One visit by enrolling, one at each of two stores; two of the entries at s1 are on one receipt."""
    world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    redemption = {"card_number": card, "location_id": "s1", "receipt": "r-1", "occurred_at": NOW, "points": 60}
    world.post("/v1/redemptions", redemption, idempotency_key="x1")
    world.post("/v1/purchases", purchase(card, location_id="s2"), idempotency_key="p2")
    world.post_all_entries()


def test_a_billed_figure_is_listed_visit_by_visit_and_each_tells_its_entries(world: World, card: str) -> None:
    shopped(world, card)
    bill = world.get("/v1/bill?month=2026-11").json_body
    used = {one["location_id"]: one["visits"] for one in bill["locations"]}
    assert used == {"s1": 2, "s2": 1}
    for location, count in used.items():
        listed = world.get(f"/v1/visits?{MONTH}&location_id={location}").json_body["entries"]
        assert [(one["location_id"], one["visit"]) for one in listed] == [(location, True)] * count
    listed = world.get(f"/v1/visits?{MONTH}").json_body["entries"]
    assert len(listed) == bill["visits"] == 3
    bought = next(one for one in listed if one["op"] == "earn" and one["location_id"] == "s1")
    trace = world.get(f"/v1/visits/{bought['entry_id']}").json_body
    assert trace["visit_entry_id"] == bought["entry_id"]
    assert [(one["entry"]["op"], one["why"]) for one in trace["entries"]] == [
        ("earn", "a visit: the first entry of its receipt that earns a point"),
        ("redeem", f"same receipt as {bought['entry_id']}, which is the visit"),
    ]
    assert trace["entries"][0]["entry"] == bought


def test_the_operator_drills_down_from_a_partner_s_bill_as_the_partner_does(world: World, card: str) -> None:
    shopped(world, card)
    under = "/v1/partners/alpha"
    for path in (f"visits?{MONTH}", f"visits?{MONTH}&location_id=s2", f"visit-counts?{MONTH}&by=day"):
        assert world.get(f"{under}/{path}", world.operator).body == world.get(f"/v1/{path}").body
    for one in world.get(f"{under}/visits?{MONTH}", world.operator).json_body["entries"]:
        path = f"visits/{one['entry_id']}"
        assert world.get(f"{under}/{path}", world.operator).body == world.get(f"/v1/{path}").body
        problem(world.get(f"/v1/partners/beta/{path}", world.operator), 404, "unknown_entry")
    problem(world.get(f"/v1/partners/nobody/visits?{MONTH}", world.operator), 404, "unknown_partner")
    first = world.get(f"{under}/visits?{MONTH}&limit=1", world.operator).json_body["next_cursor"]
    problem(world.get(f"/v1/partners/beta/visits?{MONTH}&cursor={first}", world.operator), 400, "invalid_cursor")


def test_visits_come_a_page_at_a_time(world: World, card: str) -> None:
    shopped(world, card)
    first = world.get(f"/v1/visits?{MONTH}&limit=2").json_body
    second = world.get(f"/v1/visits?{MONTH}&limit=2&cursor={first['next_cursor']}").json_body
    assert (len(first["entries"]), len(second["entries"]), second["next_cursor"]) == (2, 1, None)
    other = world.get(f"/v1/visits?{MONTH}&limit=2&location_id=s1&cursor={first['next_cursor']}")
    problem(other, 400, "invalid_cursor")


def test_visits_are_counted_by_location_and_hour(world: World, card: str) -> None:
    shopped(world, card)
    counts = world.get("/v1/visit-counts?from=2026-11-15&to=2026-11-15&by=hour").json_body
    assert counts["visits"] == 3
    assert counts["counts"] == [
        {"begins_at": "2026-11-15T12:00:00.000Z", "location_id": "s1", "visits": 2},
        {"begins_at": "2026-11-15T12:00:00.000Z", "location_id": "s2", "visits": 1},
    ]
    assert world.get(f"/v1/visit-counts?{MONTH}").json_body["counts"][0]["begins_at"] is None
    problem(world.get(f"/v1/visit-counts?{MONTH}&by=hour"), 400, "invalid_range")


def test_another_partner_sees_and_traces_nothing_of_it(world: World, card: str) -> None:
    shopped(world, card)
    mine = world.get(f"/v1/visits?{MONTH}").json_body["entries"][0]["entry_id"]
    assert world.get(f"/v1/visits?{MONTH}", world.beta).json_body["entries"] == []
    assert world.get(f"/v1/visit-counts?{MONTH}", world.beta).json_body["visits"] == 0
    problem(world.get(f"/v1/visits/{mine}", world.beta), 404, "unknown_entry")
