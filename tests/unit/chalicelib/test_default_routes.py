"""Going on without a debtor, through the API: decided by one operator, approved by another, both in the trail."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_cashback_routes import money
from tests.unit.chalicelib.world import World, purchase

AT = "/v1/windows/1/settlements/USD"
FAILED = {"outcomes": [{"leg": "1-USD:alpha:in:1", "state": "failed", "reference": "B-1"}]}
DEFAULT = {"party": "alpha", "decision": "default", "reason": "it does not answer"}
SEEN = {"reason": "seen at the bank"}
ONE = f"{AT}/defaults/alpha/proposals/1"


@pytest.fixture
def failing(world: World) -> World:
    """Alpha owes what it granted, and its bank says no."""
    card = world.enrol()
    sale = purchase(card, total=money(10_000))
    assert world.post("/v1/purchases", sale, idempotency_key="p").status_code == 201
    world.close_window()
    for path, body, key in (
        ("/v1/windows/1/settlements", {}, world.operator),
        (f"{AT}/approve", {}, world.second_operator),
        (f"{AT}/collect", {}, world.operator),
        (f"{AT}/outcomes", FAILED, world.operator),
    ):
        assert world.post(path, body, key).status_code == 200
    return world


def acts(world: World, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    reply = world.post(path, body, key)
    assert reply.status_code == 200, reply.body
    found: dict[str, Any] = reply.json_body
    return found


def test_a_default_waits_for_a_second_operator(failing: World) -> None:
    for _ in range(2):
        shown = acts(failing, f"{AT}/decisions", DEFAULT, failing.operator)
        [default] = shown["defaults"]
        assert (shown["stage"], default["in_force"], default["decided_by"]) == ("collecting", False, [])
        assert (default["proposal"]["proposal"], default["proposal"]["state"]) == (1, "proposed")
    problem(failing.post(f"{ONE}/approve", SEEN, failing.operator), 403, "second_person_needed")
    for _ in range(2):
        shown = acts(failing, f"{ONE}/approve", SEEN, failing.second_operator)
        [default] = shown["defaults"]
        assert (shown["stage"], default["in_force"], len(default["decided_by"])) == ("partially_funded", True, 2)
        assert default["proposal"]["decision"]["reason"] == SEEN["reason"]
    assert acts(failing, f"{AT}/decisions", DEFAULT, failing.operator) == shown, "again changes nothing"
    problem(failing.post(f"{ONE}/decline", SEEN, failing.operator), 409, "proposal_decided")
    problem(failing.post(ONE.replace("/1", "/9") + "/approve", SEEN, failing.operator), 404, "unknown_settlement")
    problem(failing.post(f"{ONE[:-1]}2/approve", SEEN, failing.operator), 404, "unknown_proposal")
    assert acts(failing, f"{AT}/pay", {}, failing.operator)["stage"] == "settled"
    records = failing.get("/v1/audit-trail?from=2026-11-01&to=2026-12-30", failing.operator).json_body["records"]
    assert ("approve_default", "done") in [(one["action"], one["phase"]) for one in records]


def test_a_default_takes_a_guarantee_only_when_its_money_is_in_the_deposit(failing: World) -> None:
    promised = {"held_cents": 100, "guarantee_cents": 100, "reason": "of a bank"}
    acts_on_collateral(failing, "", promised, failing.operator)
    acts_on_collateral(failing, "/proposals/1/approve", SEEN, failing.second_operator)
    acts(failing, f"{AT}/decisions", {**DEFAULT, "collateral_cents": 100}, failing.operator)
    for paid_cents in (0, 99):
        recorded(failing, paid_cents)
        refused = problem(failing.post(f"{ONE}/approve", SEEN, failing.second_operator), 409, "collateral_not_paid_in")
        assert refused["held_cents"] == paid_cents
        [settlement] = failing.get("/v1/windows/1/settlements", failing.operator).json_body["settlements"]
        assert settlement["stage"] == "collecting", "nothing is half done"
    recorded(failing, 1)
    for _ in range(2):
        [default] = acts(failing, f"{ONE}/approve", SEEN, failing.second_operator)["defaults"]
        assert (default["in_force"], default["collateral_cents"]) == (True, 100)
    assert failing.get("/v1/partners/alpha/funding", failing.operator).json_body["deposit_held_cents"] == 0


def acts_on_collateral(world: World, path: str, body: dict[str, Any], key: str) -> None:
    assert world.post(f"/v1/partners/alpha/collateral{path}", body, key).status_code in (200, 201)


def recorded(world: World, cents: int) -> None:
    body = {"paid_cents": cents, "currency": "USD", "reason": "by the guarantor"}
    if cents:
        key = f"paid {cents}"
        assert world.post("/v1/partners/alpha/payments", body, world.operator, idempotency_key=key).status_code == 201


def test_an_old_default_is_written_off_by_two_operators_and_in_no_book_any_more(failing: World) -> None:
    acts(failing, f"{AT}/decisions", DEFAULT, failing.operator)
    acts(failing, f"{ONE}/approve", SEEN, failing.second_operator)
    owed = acts(failing, f"{AT}/pay", {}, failing.operator)["missing_cents"]
    failing.close_window()
    later = AT.replace("windows/1", "windows/2")
    for path, body, key in (
        ("/v1/windows/2/settlements", {}, failing.operator),
        (f"{later}/approve", {}, failing.second_operator),
        (f"{later}/collect", {}, failing.operator),
        (f"{later}/outcomes", {"outcomes": [{"leg": "2-USD:alpha:in:1", "state": "failed"}]}, failing.operator),
    ):
        acts(failing, path, body, key)
    too_much = {**DEFAULT, "write_off_cents": owed + 1}
    refused = problem(failing.post(f"{later}/decisions", too_much, failing.operator), 422, "write_off_too_large")
    assert refused["most_cents"] == owed
    acts(failing, f"{later}/decisions", {**DEFAULT, "write_off_cents": owed}, failing.operator)
    shown = acts(failing, f"{later}/defaults/alpha/proposals/1/approve", SEEN, failing.second_operator)
    assert shown["defaults"][0]["write_off_cents"] == owed
    failing.clock.advance(days=1)
    acts(failing, f"{later}/pay", {}, failing.operator)
    funding = failing.get("/v1/partners/alpha/funding", failing.operator).json_body
    assert (failing.funding.measure("alpha").exposure_cents, funding["deposit_held_cents"]) == (0, 0)
    assert money_of(failing) == {"(write-offs)": owed, "alpha": 0, "network": -owed}
    written_off = failing.money_books.balance()
    failing.clock.advance(days=1)
    day = datetime.fromtimestamp(written_off.at_ms / 1_000, UTC).date()
    then, before = (failing.money_books.balance(one) for one in (day, day - timedelta(days=1)))
    assert (then.accounts, then.contradictions, before.contradictions) == (written_off.accounts, (), ())
    assert {one.account: one.balance for one in before.accounts} == {"alpha": owed, "network": -owed}


def money_of(world: World) -> dict[str, int]:
    found = world.money_books.balance()
    assert found.contradictions == ()
    return {one.account: one.balance for one in found.accounts}


def test_what_one_operator_decided_is_rejected_by_another(failing: World) -> None:
    problem(failing.post(f"{AT}/decisions", {**DEFAULT, "reason": None}, failing.operator), 400, "invalid_reason")
    acts(failing, f"{AT}/decisions", DEFAULT, failing.operator)
    shown = acts(failing, f"{ONE}/decline", SEEN, failing.second_operator)
    assert (shown["stage"], shown["defaults"][0]["proposal"]["state"]) == ("collecting", "rejected")
    acts(failing, f"{AT}/decisions", {"party": "alpha", "decision": "retry"}, failing.operator)
