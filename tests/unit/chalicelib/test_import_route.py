"""The operator imports a partner's late purchases: every line by itself, the whole safe to send again."""

import pytest

from partners.contracts.model import NewTerms
from tests.fakes.contract_book import agree
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_openapi import check_reply
from tests.unit.chalicelib.world import PLAN, World, purchase

PATH = "/v1/partners/alpha/imports"


def line(card: str, number: int, **changes: object) -> dict[str, object]:
    return {"idempotency_key": f"till-{number}", **purchase(card, receipt=f"r-{number}"), **changes}


@pytest.fixture
def later(world: World, card: str) -> World:
    """Sixty days after the purchases of the tests."""
    world.clock.advance(days=60)
    return world


def send(world: World, *lines: object) -> dict[str, object]:
    reply = world.post(PATH, {"purchases": list(lines)}, world.operator)
    assert reply.status_code == 200, reply.body
    return dict(reply.json_body)


def test_the_refusal_of_an_old_purchase_names_the_way_out_and_what_would_be_accepted(later: World, card: str) -> None:
    [outcome] = later.post("/v1/purchases/batch", {"purchases": [line(card, 1)]}).json_body["outcomes"]
    refusal = outcome["problem"]
    assert (refusal["status"], refusal["code"]) == (422, "occurred_too_long_ago")
    assert refusal["oldest_accepted"] == "2026-12-15T12:00:00.000Z"
    assert "Ask the network operator to import" in refusal["detail"]


def test_the_late_limit_that_was_agreed_on_is_the_one_that_counts(world: World, card: str) -> None:
    agreed = NewTerms(
        effective_from_ms=world.clock() + 90_000,
        earn_points=5,
        earn_per_cents=100,
        issue_price_micros=6_000,
        redeem_price_micros=5_000,
        expiry_months=24,
        plan=PLAN,
        late_days=2,
    )
    agree(world.contracts, "alpha", agreed)
    world.clock.advance(days=3)
    bought = purchase(card, occurred_at="2026-11-15T12:02:00Z")
    refusal = problem(world.post("/v1/purchases", bought, idempotency_key="p1"), 422, "occurred_too_long_ago")
    assert refusal["oldest_accepted"] == "2026-11-16T12:00:00.000Z"


def test_the_lines_that_a_till_may_no_longer_send_are_imported_as_they_are(later: World, card: str) -> None:
    batch = {"purchases": [line(card, 1), line(card, 2, location_id="b1"), "not a purchase"]}
    assert later.post("/v1/purchases/batch", batch).json_body["refused"] == 3
    sent = send(later, *batch["purchases"])
    assert (sent["recorded"], sent["replayed"], sent["refused"]) == (1, 0, 2)
    first, *refused = sent["outcomes"]
    assert (first["status"], first["purchase"]["points"]) == (201, 100)
    assert [one["problem"]["code"] for one in refused] == ["unknown_location", "invalid_field"]
    assert refused[1]["problem"]["errors"][0]["pointer"] == "/purchases/2"
    again = send(later, *batch["purchases"])
    assert (again["recorded"], again["replayed"], again["refused"]) == (0, 1, 2)
    assert later.post("/v1/purchases/batch", {"purchases": [line(card, 1)]}).json_body["replayed"] == 1


def test_an_import_that_is_refused_whole_records_nothing(later: World, card: str) -> None:
    clash = {"purchases": [line(card, 1), line(card, 1, receipt="r-2")]}
    refusal = problem(later.post(PATH, clash, later.operator), 422, "idempotency_key_not_unique")
    assert refusal["idempotency_key"] == "till-1"
    nobody = later.post("/v1/partners/nobody/imports", {"purchases": [line(card, 1)]}, later.operator)
    problem(nobody, 404, "unknown_partner")
    assert later.get(f"/v1/cards/{card}").json_body["points_balance"] == 0


def test_replies_are_as_documented(later: World, card: str) -> None:
    openapi = later.client.http.get("/v1/openapi.json", headers={}).json_body
    for body in ({"purchases": [line(card, 1), line(card, 2, colour="red")]}, {"purchases": []}):
        reply = later.post(PATH, body, later.operator)
        check_reply(openapi, "/v1/partners/{partner_id}/imports", "post", reply)


def test_an_import_settles_on_the_day_it_is_recorded(later: World, card: str) -> None:
    send(later, line(card, 1))
    later.post_all_entries()
    for days, issued in (("from=2026-11-15&to=2026-11-30", 0), ("from=2027-01-14&to=2027-01-14", 100)):
        flows = later.get(f"/v1/position-flows?{days}", later.operator).json_body["flows"]
        assert sum(flow["points_flow"]["points_issued"] for flow in flows) == issued
    assert later.get("/v1/bill?month=2027-01").json_body["visits"] == 1
