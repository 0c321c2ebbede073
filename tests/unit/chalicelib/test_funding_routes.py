"""Funding through the API: payments by the operator, both views, and the till that is stopped."""

from typing import Any

import pytest

from partners.contracts.payment import Funding, FundingKind
from shared.kernel.clock import DAY_MS
from tests.fakes.contract_book import agree, new_terms
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World, purchase

PATH = "/v1/partners/alpha"


def pay(world: World, cents: int, key: str = "d1", currency: str = "USD") -> Any:
    body = {"paid_cents": cents, "currency": currency, "reason": "deposit 17"}
    return world.post(f"{PATH}/payments", body, world.operator, idempotency_key=key)


@pytest.fixture
def prepaid(world: World) -> World:
    """alpha's terms are prepaid from tomorrow on, which it is now. A purchase of 20.00 costs it 0.60."""
    agree(world.contracts, "alpha", new_terms(world.clock() + DAY_MS, funding=Funding(FundingKind.PREPAID)))
    world.clock.advance(days=1)
    world.funding.measure("alpha")
    return world


def test_who_has_not_paid_in_grants_nothing_but_still_honours(prepaid: World, card: str) -> None:
    refused = problem(prepaid.post("/v1/purchases", purchase(card), idempotency_key="p1"), 422, "funding_exhausted")
    assert refused["as_of"] == "2026-11-16T12:00:00.000Z"
    assert "GET /v1/funding" in refused["detail"]
    problem(prepaid.post("/v1/purchases/quote", purchase(card)), 422, "funding_exhausted")
    bought = purchase(card, location_id="b1")
    assert prepaid.post("/v1/purchases", bought, prepaid.beta, idempotency_key="p1").status_code == 201
    spent = {name: value for name, value in purchase(card, receipt="x").items() if name != "total"}
    assert prepaid.post("/v1/redemptions", {**spent, "points": 20}, idempotency_key="x1").status_code == 201


def test_a_deposit_opens_the_till_and_the_same_request_again_grants(prepaid: World, card: str) -> None:
    problem(prepaid.post("/v1/purchases", purchase(card), idempotency_key="p1"), 422, "funding_exhausted")
    assert pay(prepaid, 60).status_code == 201
    prepaid.clock.advance(ms=60_000)
    first = prepaid.post("/v1/purchases", purchase(card), idempotency_key="p1")
    assert first.status_code == 201
    prepaid.post_all_entries()
    assert prepaid.funding.measure("alpha").stopped
    prepaid.clock.advance(ms=60_000)
    again = prepaid.post("/v1/purchases", purchase(card), idempotency_key="p1")
    assert (again.status_code, again.body) == (201, first.body)
    problem(prepaid.post("/v1/purchases", purchase(card, receipt="r2"), idempotency_key="p2"), 422, "funding_exhausted")


def test_partner_and_operator_see_the_same_figures(prepaid: World, card: str) -> None:
    pay(prepaid, 70)
    prepaid.clock.advance(ms=60_000)
    prepaid.post("/v1/purchases", purchase(card), idempotency_key="p1")
    prepaid.post_all_entries()
    prepaid.funding.measure("alpha")
    mine = prepaid.get("/v1/funding").json_body
    theirs = prepaid.get(f"{PATH}/funding", prepaid.operator).json_body
    assert mine["standing"] == theirs["standing"]
    assert mine["standing"] == {
        "as_of": "2026-11-16T12:01:00.000Z",
        "stopped": False,
        "alert": True,
        "exposure_cents": -10,
        "limit_cents": 70,
        "used_cents": 60,
    }
    assert mine["funding"] == theirs["funding"] == {"kind": "prepaid", "net_debit_cap_cents": None}
    (payment,) = theirs["payments"]
    assert (payment["by"], payment["reason"], payment["paid_cents"]) == ("ann", "deposit 17", 70)
    assert not {"by", "reason"} & mine["payments"][0].keys()
    assert prepaid.get("/v1/funding", prepaid.beta).json_body["payments"] == []


def test_payments_are_shown_page_by_page_newest_first(world: World) -> None:
    for number in range(1, 6):
        world.clock.advance(ms=number % 2)
        pay(world, number, f"d{number}")
    for path, key in ((f"{PATH}/funding", world.operator), ("/v1/funding", world.alpha)):
        seen, query = [], "?limit=2"
        while query:
            page = world.get(path + query, key).json_body
            seen.append([one["paid_cents"] for one in page["payments"]])
            query = page["next_cursor"] and f"?limit=2&cursor={page['next_cursor']}"
        assert [len(one) for one in seen] == [2, 2, 1]
        assert sorted(cents for page in seen for cents in page) == [1, 2, 3, 4, 5]
        assert seen[0][0] == 5


def test_a_payment_is_recorded_once_for_each_key(world: World) -> None:
    first = pay(world, 500)
    assert pay(world, 500).json_body == first.json_body
    problem(pay(world, 501), 422, "payment_key_reused")
    problem(pay(world, 0, "d2"), 400, "invalid_payment")
    problem(pay(world, 5, "d3", "EUR"), 422, "payment_currency")
    body = {"paid_cents": 1, "currency": "USD", "reason": "x"}
    problem(world.post(f"{PATH}/payments", body, world.operator), 400, "idempotency_key_missing")
    problem(world.get("/v1/partners/nobody/funding", world.operator), 404, "unknown_partner")


def test_what_one_operator_may_not_record_alone_waits_for_another(prepaid: World, card: str) -> None:
    found = pay(prepaid, 100_001).json_body
    assert (found["waits"], found["confirmed_by"]) == (True, None)
    prepaid.clock.advance(ms=60_000)
    problem(prepaid.post("/v1/purchases", purchase(card), idempotency_key="p1"), 422, "funding_exhausted")
    for path, key in ((f"{PATH}/funding", prepaid.operator), ("/v1/funding", prepaid.alpha)):
        shown = prepaid.get(path, key).json_body
        assert (shown["waiting_cents"], shown["payments"][0]["waits"]) == (100_001, True)
        assert (shown["standing"]["limit_cents"], shown["standing"]["stopped"]) == (0, True)
    confirm = f"{PATH}/payments/{found['payment_id']}/confirm"
    problem(prepaid.post(confirm, {}, prepaid.operator), 403, "second_person_needed")
    for _ in range(2):
        confirmed = prepaid.post(confirm, {"reason": "seen at the bank"}, prepaid.second_operator)
        assert (confirmed.status_code, confirmed.json_body["confirmed_by"]) == (200, "bob")
    assert pay(prepaid, 100_001).json_body == {**found, "waits": False, "confirmed_by": "bob"}
    prepaid.clock.advance(ms=60_000)
    assert prepaid.post("/v1/purchases", purchase(card), idempotency_key="p1").status_code == 201
    shown = prepaid.get("/v1/funding", prepaid.alpha).json_body
    assert (shown["waiting_cents"], shown["standing"]["limit_cents"]) == (0, 100_001)
    problem(prepaid.post(f"{PATH}/payments/{'0' * 32}/confirm", {}, prepaid.second_operator), 404, "unknown_payment")
