"""Terms through the API: proposed by one operator, approved by another, shown to the partner."""

from typing import Any

import pytest

from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World

PLAN = {
    "location_fee_cents": 2_900,
    "mode": "graduated",
    "bands": [{"up_to": 500, "visit_fee_micros": 20_000}, {"up_to": None, "flat_fee_cents": 500}],
}
PLAN_OUT = {
    **PLAN,
    "bands": [
        {"up_to": 500, "flat_fee_cents": 0, "visit_fee_micros": 20_000},
        {"up_to": None, "flat_fee_cents": 500, "visit_fee_micros": 0},
    ],
    "scope": "pooled",
    "included_visits": 0,
    "minimum_cents": 0,
    "trial_months": 0,
    "trial_until": None,
    "spend_alert_cents": None,
    "spend_cap_cents": None,
}
TERMS = {
    "effective_from": "2025-01-01T00:00:00Z",
    "earn_points": 5,
    "earn_per_cents": 100,
    "issue_price_micros": 6_000,
    "redeem_price_micros": 5_000,
    "expiry_months": 24,
    "plan": PLAN,
    "reason": "contract 17, signed",
}
AGREED_OUT = {
    **{name: value for name, value in TERMS.items() if name != "reason"},
    "waiting_days": 0,
    "late_days": 30,
    "answer_days": 14,
    "cashback_bps": 0,
    "commission_bps": 0,
    "breakage_share_bps": 0,
    "cashback_expiry_months": None,
    "cashback_breakage_share_bps": 0,
    "funding": {"kind": "postpaid", "net_debit_cap_cents": None},
    "payment_method": "by_hand",
    "exchange_rates": [],
    "effective_from": "2025-01-01T00:00:00.000Z",
    "plan": PLAN_OUT,
}
PATH = "/v1/partners/harvest/terms"


@pytest.fixture(autouse=True)
def harvest(world: World) -> None:
    body = {"partner_id": "harvest", "name": "Harvest Foods", "currency": "USD"}
    assert world.post("/v1/partners", body, world.operator).status_code == 201


def propose(world: World, **changes: Any) -> dict[str, Any]:
    reply = world.post(PATH, {**TERMS, **changes}, world.operator)
    assert reply.status_code == 201, reply.body
    return dict(reply.json_body)


def decide(world: World, proposal: int, what: str = "approve", key: str | None = None) -> Any:
    return world.post(f"{PATH}/proposals/{proposal}/{what}", {"reason": "fine"}, key or world.second_operator)


def test_terms_wait_for_a_second_operator_and_then_never_change(world: World) -> None:
    first, second = "ann", "bob"
    proposed = propose(world)
    assert proposed == {
        "partner_id": "harvest",
        "proposal": 1,
        "state": "proposed",
        "terms": AGREED_OUT,
        "reason": "contract 17, signed",
        "proposed_by": first,
        "proposed_at": "2026-11-15T12:00:00.000Z",
        "decision": None,
        "version": None,
    }
    assert world.get(PATH, world.operator).json_body["in_force"] is None
    problem(decide(world, 1, key=world.operator), 403, "second_person_needed")
    decision = {"by": second, "at": "2026-11-15T12:00:00.000Z", "reason": "fine"}
    approved = {**proposed, "state": "approved", "decision": decision, "version": 1}
    assert decide(world, 1).json_body == approved
    shown = world.get(PATH, world.operator).json_body
    terms = {
        "partner_id": "harvest",
        "version": 1,
        "currency": "USD",
        **AGREED_OUT,
        "approval": {
            "proposal": 1,
            "proposed_by": first,
            "approved_by": second,
            "approved_at": "2026-11-15T12:00:00.000Z",
            "reason": "fine",
        },
    }
    expected = {"at": "2026-11-15T12:00:00.000Z", "in_force": terms, "versions": [terms], "proposals": [approved]}
    assert shown == expected


DAYS = (("2024-12-31", None), ("2026-11-30", 5), ("2026-12-01", 6))
"""A day stands for its beginning in UTC."""


def test_what_is_in_force_is_asked_by_date(world: World) -> None:
    decide(world, propose(world)["proposal"])
    decide(world, propose(world, earn_points=6, effective_from="2026-12-01T00:00:00Z")["proposal"])
    for at, points in (("2024-12-31T23:59:59Z", None), ("2026-11-30T23:59:59Z", 5), ("2026-12-01T00:00:00Z", 6), *DAYS):
        found = world.get(f"{PATH}?at={at}", world.operator).json_body["in_force"]
        assert (found and found["earn_points"]) == points
    for at in ("yesterday", "2026-02-30", "1969-12-31", "9999-01-01", "2026-12"):
        problem(world.get(f"{PATH}?at={at}", world.operator), 400, "invalid_field")
    problem(world.get("/v1/partners/nobody/terms", world.operator), 404, "unknown_partner")


def test_a_partner_sees_its_own_terms_but_not_who_agreed(world: World) -> None:
    shown = world.get("/v1/terms?at=2026-11-15T00:00:00Z").json_body
    assert (shown["at"], shown["in_force"]["partner_id"]) == ("2026-11-15T00:00:00.000Z", "alpha")
    assert shown["versions"] == [shown["in_force"]]
    assert not {"approval", "proposals"} & (shown.keys() | shown["in_force"].keys())


def test_funding_commission_and_share_are_part_of_the_terms(world: World) -> None:
    agreed = {
        "funding": {"kind": "postpaid", "net_debit_cap_cents": 500_000},
        "commission_bps": 150,
        "breakage_share_bps": 3_000,
        "cashback_expiry_months": 12,
        "cashback_breakage_share_bps": 5_000,
        "payment_method": "stripe",
    }
    shown = propose(world, **agreed)["terms"]
    assert {name: shown[name] for name in agreed} == agreed
    prepaid = {"kind": "prepaid", "net_debit_cap_cents": 1}
    problem(world.post(PATH, {**TERMS, "funding": prepaid}, world.operator), 400, "invalid_terms")
    refused = problem(
        world.post(PATH, {**TERMS, "payment_method": "bank_file"}, world.operator), 422, "bank_file_currency"
    )
    assert refused["currency"] == "USD"
    usual = {name: value for name, value in TERMS.items() if name != "payment_method"}
    assert world.post(PATH, usual, world.operator).json_body["terms"]["payment_method"] == "by_hand"
    problem(world.post(PATH, {**TERMS, "payment_method": "cash"}, world.operator), 400, "invalid_field")
    for name, wrong in (
        ("commission_bps", 10_001),
        ("cashback_breakage_share_bps", 10_001),
        ("cashback_expiry_months", 0),
    ):
        problem(world.post(PATH, {**TERMS, name: wrong}, world.operator), 400, "invalid_field")
    too_long = {**TERMS, "waiting_days": 28, "cashback_expiry_months": 1}
    problem(world.post(PATH, too_long, world.operator), 400, "invalid_terms")


def test_a_proposal_is_withdrawn_or_rejected_with_a_reason(world: World) -> None:
    withdrawn = decide(world, propose(world)["proposal"], "decline", world.operator)
    assert (withdrawn.status_code, withdrawn.json_body["state"]) == (200, "withdrawn")
    rejected = decide(world, propose(world)["proposal"], "decline")
    assert (rejected.json_body["proposal"], rejected.json_body["state"]) == (2, "rejected")
    problem(decide(world, 2), 409, "proposal_decided")
    problem(decide(world, 3), 404, "unknown_proposal")
    problem(world.post(f"{PATH}/proposals/2/approve", {}, world.second_operator), 400, "missing_field")
    problem(world.post(f"{PATH}/proposals/2/approve", {"reason": " "}, world.second_operator), 400, "invalid_reason")


def test_new_terms_never_rewrite_the_past(world: World) -> None:
    decide(world, propose(world)["proposal"])
    problem(world.post(PATH, {**TERMS, "earn_points": 6}, world.operator), 409, "terms_too_early")
    later = {"earn_points": 6, "effective_from": "2026-12-01T00:00:00Z"}
    assert decide(world, propose(world, **later)["proposal"]).json_body["version"] == 2
    problem(world.post(PATH, {**TERMS, **later, "late_days": 31}, world.operator), 400, "invalid_field")


def test_a_plan_has_its_settings(world: World) -> None:
    plan = {
        **PLAN,
        "scope": "per_location",
        "included_visits": 100,
        "minimum_cents": 500,
        "trial_until": "2027-02-01",
        "spend_alert_cents": 10_000,
        "spend_cap_cents": 20_000,
    }
    shown = propose(world, plan=plan)["terms"]["plan"]
    assert shown == {**PLAN_OUT, **plan, "bands": PLAN_OUT["bands"]}
    both = {**plan, "trial_months": 3}
    problem(world.post(PATH, {**TERMS, "plan": both}, world.operator), 400, "invalid_plan")


def test_terms_that_contradict_themselves_are_refused(world: World) -> None:
    problem(world.post(PATH, {**TERMS, "redeem_price_micros": 6_001}, world.operator), 400, "invalid_terms")
    closed = {**TERMS, "plan": {**PLAN, "bands": [{"up_to": 5}]}}
    problem(world.post(PATH, closed, world.operator), 400, "invalid_plan")
    free = {**TERMS, "plan": {**PLAN, "location_fee_cents": -1}}
    found = problem(world.post(PATH, free, world.operator), 400, "negative_amount")
    assert found["errors"][0]["pointer"] == "/plan/location_fee_cents"
