"""A case that is found for the partner makes it whole to the cent, once, by two people; the example of the docs."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from partners.settlement.statements.verifying import check_lines
from shared.kernel.clock import DAY_MS, to_rfc3339
from shared.ledger.audit import check_history
from shared.ledger.service import Ledger
from tests.fakes.contract_book import agree
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_case_routes import WHY, bought, do, done, opened, returned
from tests.unit.chalicelib.test_cashback_routes import B1, Gamma, money
from tests.unit.chalicelib.test_settlement_example import new_terms
from tests.unit.chalicelib.world import World, purchase

ROOT = Path(__file__).parents[3]
DAYS = "from=2026-11-15&to=2026-11-20"


def approved(world: World, case: dict[str, Any]) -> None:
    path = f"/v1/adjustments/{case['adjustment_id']}/approve"
    problem(world.post(path, b"", world.operator), 403, "second_person_needed")
    assert world.post(path, b"", world.second_operator).status_code == 200


def spends(world: World, card: str, points: int) -> None:
    body = {"card_number": card, **B1, "points": points}
    assert world.post("/v1/redemptions", body, world.beta, idempotency_key="spent").status_code == 201


def settle(world: World, window: int) -> dict[str, int]:
    """Every party's net of the window, in cents."""
    world.post_all_entries()
    world.clock.advance(ms=DAY_MS)
    world.windows.close(window, "ann")
    world.windows.work(drain_ms=0)
    positions = world.get(f"/v1/windows/{window}/positions", world.operator).json_body["positions"]
    assert sum(one["net_micros"] for one in positions) == 0
    return {one["party"]: one["net_cents"] for one in positions}


def position(world: World) -> dict[str, int]:
    world.post_all_entries()
    found = world.get(f"/v1/positions?{DAYS}", world.operator).json_body["positions"]
    return {one["party"]: one["net_cents"] for one in found}


def holds(world: World, card: str) -> None:
    check_history(Ledger(world.journal, world.clock).history(card[4:14]))


def table(name: str) -> list[list[str]]:
    page = (ROOT / "docs" / "reconciliation.md").read_text()
    told = page[page.index(f"### {name}") :].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in told.splitlines() if line.startswith("| ")]
    return [row for row in rows if row[0] not in ("window", "---")]


def test_the_worked_example_of_the_documents(world: World, card: str) -> None:
    bought(world, card, "4711", cents=4_210)
    second = bought(world, card, "4711-again", cents=4_210)
    spends(world, card, 300)
    first = settle(world, 1)
    claim = {"amount_cents": -4_210, "points": -210}
    opened(world, {"window": 1, "entry_id": second, "claim": claim})
    wanted = {"amount_cents": -4_210, "reason": "Case 1: receipt 4711 counted twice"}
    case = done(world, "adjustments", wanted, idempotency_key="a")
    problem(do(world, "resolve", WHY), 409, "no_correction")
    approved(world, case)
    end = done(world, "resolve", WHY)
    assert (end["state"], end["agreed"]) == ("resolved_by_entry", {**claim, "cashback_cents": 0})
    following = settle(world, 2)
    assert world.issuing.work() == 2
    shown = []
    for window in (1, 2):
        lines = world.get(f"/v1/windows/{window}/position").json_body["lines"]
        shown += [
            [str(window), one["kind"], str(one["points"]), f"{one['amount_micros'] / 1_000_000:.2f}"] for one in lines
        ]
    assert shown == table("The example, by hand")
    assert (first["alpha"], following) == (-252, {"alpha": 126, "network": -126})

    statement = json.loads(world.get("/v1/statements/2").body)["statement"]
    assert (statement["net_cents"], [one["kind"] for one in statement["charges"]]) == (126, ["issued"])
    (entry,) = world.get("/v1/statements/2/charges/1/entries").json_body["entries"]
    assert (entry["entry_id"], entry["quantity"]) == (end["corrected_by"], -210)
    (line,) = (json.loads(one) for one in world.lines_files.text("alpha", 2).splitlines())
    assert (line["entry_id"], line["location"], line["position_micros"]) == (end["corrected_by"], "s1", 1_260_000)
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 0
    holds(world, card)


def test_a_correction_that_is_refused_when_it_is_proposed_does_not_hold_the_case(world: World, card: str) -> None:
    wrong = bought(world, card)
    opened(world, {"entry_id": wrong, "claim": {"amount_cents": -2_000, "points": -100}})
    wanted = {"amount_cents": -2_001, "reason": "twice"}
    for _ in range(2):
        refused = do(world, "adjustments", wanted, idempotency_key="a")
        assert problem(refused, 422, "return_exceeds_purchase")["amount_left_cents"] == 2_000
    unprintable = do(world, "adjustments", {**wanted, "amount_cents": -2_000, "reason": "a\u0007"}, idempotency_key="b")
    problem(unprintable, 400, "invalid_adjustment")
    proposed = done(world, "adjustments", {**wanted, "amount_cents": -2_000}, idempotency_key="c")
    problem(do(world, "adjustments", wanted, idempotency_key="a"), 409, "correction_under_way")
    assert world.post(f"/v1/adjustments/{proposed['adjustment_id']}/reject", b"", world.operator).status_code == 200
    problem(do(world, "adjustments", wanted, idempotency_key="a"), 422, "return_exceeds_purchase")
    refuse = do(world, "refuse", WHY)
    assert refuse.json_body["state"] == "refused"
    problem(do(world, "adjustments", wanted, idempotency_key="a"), 409, "case_state")


def test_points_that_were_given_away_are_the_networks_to_bear_and_run_out_as_their_issuers(
    world: World, card: str
) -> None:
    agree(world.contracts, "alpha", new_terms(world.clock() + DAY_MS, expiry_months=1, breakage_share_bps=2_000))
    world.clock.advance(days=1)
    now = to_rfc3339(world.clock())
    sale = purchase(card, total={"amount_cents": 4_200, "currency": "USD"}, occurred_at=now)
    wrong = world.post("/v1/purchases", sale, idempotency_key="4711").json_body["entry_id"]
    other = world.enrol("other@example.com")
    given = {"card_number": card, "to_card_number": other, "location_id": "s1", "points": 210, "occurred_at": now}
    assert world.post("/v1/transfers", given, idempotency_key="t").status_code == 201
    opened(world, {"entry_id": wrong, "claim": {"amount_cents": -4_200, "points": -210}})
    approved(world, done(world, "adjustments", {"amount_cents": -4_200, "reason": "twice"}, idempotency_key="a"))
    assert settle(world, 1) == {}
    assert world.get(f"/v1/cards/{other}").json_body["points_balance"] == 210
    world.clock.advance(days=60)
    sale = purchase(other, receipt="late", occurred_at=to_rfc3339(world.clock()))
    assert world.post("/v1/purchases", sale, idempotency_key="late").json_body["points_balance"] == 100
    # The purchase is charged, 100 x 0.006; what ran out is paid for, 210 x 0.005 x 20 %.
    assert settle(world, 2) == {"alpha": -60 + 21, "network": 60 - 21}


def test_what_a_case_took_back_can_t_be_returned_once_more_and_ends_one_case(world: World, card: str) -> None:
    wrong = bought(world, card)
    for key in ("case-1", "case-2"):
        opened(world, {"entry_id": wrong, "claim": {"amount_cents": -2_000, "points": -100}}, key=key)
    wanted = {"amount_cents": -2_000, "reason": "twice"}
    first = done(world, "adjustments", wanted, idempotency_key="a")
    second = done(world, "adjustments", wanted, case=2, idempotency_key="b")
    approved(world, first)
    again = world.post(f"/v1/adjustments/{second['adjustment_id']}/approve", b"", world.second_operator)
    assert problem(again, 422, "return_exceeds_purchase")["amount_left_cents"] == 0
    back = {"location_id": "s1", "occurred_at": "2026-11-15T12:00:00Z", "receipt": "x"}
    till = world.post(f"/v1/purchases/{wrong}/returns", back, idempotency_key="x")
    problem(till, 422, "return_exceeds_purchase")
    assert done(world, "adjustments", wanted, idempotency_key="a")["adjustment_id"] == first["adjustment_id"]
    entry = done(world, "resolve", WHY)["corrected_by"]
    problem(do(world, "resolve", {**WHY, "entry_id": entry}, case=2), 409, "correction_under_way")
    assert position(world) == {}


def test_missing_points_of_a_purchase_are_charged_at_its_price(world: World, card: str) -> None:
    wrong = bought(world, card)
    points = 10
    world.clock.advance(days=2)
    opened(world, {"entry_id": wrong, "claim": {"points": points}})
    case = done(world, "adjustments", {"points": points, "reason": "Case 1"}, idempotency_key="a")
    assert position(world)["alpha"] == -60
    approved(world, case)
    done(world, "resolve", WHY)
    assert position(world) == {"alpha": -60 - points * 6 // 10, "network": 60 + points * 6 // 10}
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 100 + points
    (flow,) = world.get(f"/v1/position-flows?{DAYS}", world.operator).json_body["flows"]
    assert (flow["points_flow"]["points_issued"], flow["points_flow"]["points_adjusted"]) == (100 + points, 0)
    entries = world.get(f"/v1/entries?{DAYS}").json_body["entries"]
    assert [(one["op"], one["points"], one["price_micros"]) for one in entries[1:]] == [
        ("earn", 100, 6_000),
        ("adjust", points, 6_000),
    ]
    holds(world, card)


def test_a_missing_purchase_without_an_entry_is_charged_at_the_price_of_the_day_and_its_statement_holds(
    world: World, card: str
) -> None:
    opened(world, {"claim": {"points": 210}})
    wanted = {"points": 210, "card_number": card, "reason": "Case 1: receipt 4712 is missing"}
    approved(world, done(world, "adjustments", wanted, idempotency_key="a"))
    end = done(world, "resolve", WHY)
    assert settle(world, 1) == {"alpha": -126, "network": 126}
    world.issuing.work()
    statement = json.loads(world.get("/v1/statements/1").body)["statement"]
    lines = world.lines_files.text("alpha", 1).splitlines(keepends=True)
    assert check_lines(statement, lines) == []
    assert end["corrected_by"] in {json.loads(line)["entry_id"] for line in lines}
    assert world.get("/v1/statements/1/pdf", accept="application/pdf").status_code == 200
    holds(world, card)


def test_points_that_were_spent_meanwhile_are_the_networks_to_pay_for(world: World, card: str) -> None:
    wrong = bought(world, card)
    spends(world, card, 95)
    opened(world, {"entry_id": wrong, "claim": {"points": -10, "amount_cents": -200}})
    approved(world, done(world, "adjustments", {"amount_cents": -200, "reason": "Case 1"}, idempotency_key="a"))
    done(world, "resolve", WHY)
    assert position(world)["alpha"] == -54
    (flow,) = world.get(f"/v1/position-flows?{DAYS}", world.operator).json_body["flows"]
    moved = flow["points_flow"]
    names = ("points_issued", "points_adjusted", "points_redeemed", "points_owed")
    assert [moved[name] for name in names] == [90, 5, 95, 0]
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 0
    holds(world, card)


def test_spent_cashback_of_a_purchase_that_goes_back_for_a_case_is_paid_back_to_its_issuer_too(
    world: World, card: str
) -> None:
    gamma = Gamma(world, earn_points=5)
    wrong = gamma.sells(card, 10_000)["entry_id"]
    cashback = {"card_number": card, **B1, "cashback": money(100)}
    assert world.post("/v1/redemptions/cashback", cashback, world.beta, idempotency_key="x").status_code == 201
    body = {
        "text": "Twice.",
        "entry_id": wrong,
        "claim": {"amount_cents": -10_000, "points": -500, "cashback_cents": -150},
    }
    world.post("/v1/cases", body, gamma.key, idempotency_key="c")
    path = "/v1/partners/gamma/cases/1"
    wanted = {"amount_cents": -10_000, "reason": "Case 1"}
    approved(world, world.post(f"{path}/adjustments", wanted, world.operator, idempotency_key="a").json_body)
    assert world.post(f"{path}/resolve", WHY, world.operator).json_body["state"] == "resolved_by_entry"
    assert position(world) == {"beta": 100, "network": -100}
    (flow,) = world.get(f"/v1/position-flows?{DAYS}", world.operator).json_body["flows"]
    (cash,) = flow["cashback_flows"]
    names = ("issued_cents", "adjusted_cents", "redeemed_cents", "owed_cents")
    assert [cash[name] for name in names] == [0, 100, 100, 0]
    holds(world, card)


def test_what_a_till_has_set_aside_is_taken_back_when_the_hold_has_ended(world: World, card: str) -> None:
    wrong = bought(world, card)
    hold = world.post("/v1/holds", {"card_number": card, **B1, "points": 100}, world.beta, idempotency_key="h")
    opened(world, {"entry_id": wrong, "claim": {"amount_cents": -2_000, "points": -100}})
    case = done(world, "adjustments", {"amount_cents": -2_000, "reason": "Case 1"}, idempotency_key="a")
    approval = world.post(f"/v1/adjustments/{case['adjustment_id']}/approve", b"", world.second_operator)
    problem(approval, 409, "holds_open")
    assert (hold.status_code, position(world)["alpha"]) == (201, -60)
    world.clock.advance(days=2)
    approved(world, case)
    assert not any(position(world).values())
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 0
    holds(world, card)


def test_the_books_of_the_month_agree_with_what_was_corrected(world: World, card: str) -> None:
    wrong = bought(world, card)
    spends(world, card, 95)
    opened(world, {"entry_id": wrong, "claim": {"amount_cents": -2_000, "points": -100}})
    approved(world, done(world, "adjustments", {"amount_cents": -2_000, "reason": "Case 1"}, idempotency_key="a"))
    world.post_all_entries()
    world.clock.advance(days=20)
    run = world.books.due(segments=2)
    assert run is not None
    assert world.books.work(run, for_ms=10**9).contradictions == ()


def test_what_would_move_no_money_or_other_money_corrects_no_case(world: World, card: str) -> None:
    def refused(about: str, case: int, **wanted: object) -> str:
        opened(world, {"entry_id": about}, key=f"case-{case}")
        body = {"reason": "Case", **wanted}
        found = problem(do(world, "adjustments", body, case=case, idempotency_key=f"a{case}"), 400, "invalid_case")
        return str(found["detail"])

    wrong = bought(world, card)
    assert "go back with the amount" in refused(wrong, 1, points=-100)
    assert "one of them" in refused(wrong, 2)
    assert "one of them" in refused(wrong, 3, points=-1, amount_cents=-1)
    assert "imported" in refused(wrong, 4, amount_cents=100)
    spent = {"card_number": card, "location_id": "s1", "receipt": "b", "occurred_at": B1["occurred_at"], "points": 50}
    own = world.post("/v1/redemptions", spent, idempotency_key="r").json_body["entry_id"]
    assert "redemption" in refused(own, 5, points=50)
    assert "the purchase that the case is about" in refused(own, 6, amount_cents=-100)
    assert position(world)["alpha"] == -60 + 25


def test_points_of_a_purchase_go_back_once_whether_for_cases_or_by_its_till(world: World, card: str) -> None:
    wrong = bought(world, card, "r1", cents=4_210)
    bought(world, card, "r2", cents=4_210)
    some = returned(world, wrong, 2_000, "some")
    for number, about in enumerate((wrong, wrong, some, None), start=1):
        opened(world, {"entry_id": about, "claim": {"points": -60}}, key=f"c{number}")
        body = {"points": -60, "reason": "Case", "card_number": card}
        answer = do(world, "adjustments", body, case=number, idempotency_key=f"a{number}")
        problem(answer, 400, "invalid_case")
    approved(world, done(world, "adjustments", {"amount_cents": -2_000, "reason": "Case"}, idempotency_key="a"))
    returned(world, wrong, 210, "rest")
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 210
    assert position(world)["alpha"] == -126
    holds(world, card)


def granted_for_a_case(world: World, card: str, points: int) -> str:
    """The adjustment that ends case 1, about a purchase of 100 points."""
    opened(world, {"entry_id": bought(world, card), "claim": {"points": points}}, key="granted")
    approved(world, done(world, "adjustments", {"points": points, "reason": "Case 1"}, idempotency_key="granted"))
    entry: str = done(world, "resolve", WHY)["corrected_by"]
    return entry


def test_points_that_a_case_granted_too_many_go_back_for_another_at_their_price_and_once(
    world: World, card: str
) -> None:
    granted = granted_for_a_case(world, card, 50)
    spends(world, card, 120)
    for number in (2, 3, 4, 5):
        opened(world, {"entry_id": granted, "claim": {"points": -40 if number == 2 else -10}}, key=f"c{number}")
    wanted = {"points": -40, "reason": "Case 2"}
    first = done(world, "adjustments", wanted, case=2, idempotency_key="a2")
    approved(world, first)
    assert done(world, "adjustments", wanted, case=2, idempotency_key="a2")["adjustment_id"] == first["adjustment_id"]
    end = done(world, "resolve", WHY, case=2)
    assert (end["state"], end["agreed"]["points"]) == ("resolved_by_entry", -40)
    assert position(world)["alpha"] == -66, "of 110 points"
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 0, "10 of the 40 were spent"
    (flow,) = world.get(f"/v1/position-flows?{DAYS}", world.operator).json_body["flows"]
    names = ("points_issued", "points_adjusted", "points_redeemed", "points_owed")
    assert [flow["points_flow"][name] for name in names] == [110, 10, 120, 0]

    too_many = do(world, "adjustments", {"points": -11, "reason": "Case 5"}, case=5, idempotency_key="a5")
    assert problem(too_many, 422, "undo_exceeds_adjustment")["points_left"] == 10
    waiting = [
        done(world, "adjustments", {"points": -10, "reason": "Case"}, case=case, idempotency_key=f"b{case}")
        for case in (3, 4)
    ]
    approved(world, waiting[0])
    again = world.post(f"/v1/adjustments/{waiting[1]['adjustment_id']}/approve", b"", world.second_operator)
    assert problem(again, 422, "undo_exceeds_adjustment")["points_left"] == 0
    assert position(world)["alpha"] == -60
    holds(world, card)
    world.clock.advance(days=20)
    run = world.books.due(segments=2)
    assert run is not None
    assert world.books.work(run, for_ms=10**9).contradictions == ()


def test_points_that_a_case_granted_and_that_repaid_a_debt_cost_nothing_and_bring_nothing_back(
    world: World, card: str
) -> None:
    doubted = bought(world, card)
    spends(world, card, 100)
    returned(world, doubted, 2_000, "back")
    paid = position(world)["alpha"]
    opened(world, {"entry_id": doubted, "claim": {"points": 30}}, key="granted")
    approved(world, done(world, "adjustments", {"points": 30, "reason": "Case 1"}, idempotency_key="a1"))
    granted = done(world, "resolve", WHY)["corrected_by"]
    opened(world, {"entry_id": granted, "claim": {"points": -30}}, key="c2")
    approved(world, done(world, "adjustments", {"points": -30, "reason": "Case 2"}, case=2, idempotency_key="a2"))
    done(world, "resolve", WHY, case=2)
    assert (paid, position(world)["alpha"]) == (-60, -60)
    (flow,) = world.get(f"/v1/position-flows?{DAYS}", world.operator).json_body["flows"]
    assert (flow["points_flow"]["points_owed"], flow["points_flow"]["points_adjusted"]) == (100, 0)
    holds(world, card)


def test_points_that_a_case_granted_do_not_go_back_once_they_have_run_out(world: World, card: str) -> None:
    granted = granted_for_a_case(world, card, 50)
    opened(world, {"entry_id": granted, "claim": {"points": -50}}, key="c2")
    opened(world, {"entry_id": granted, "claim": {"points": -50}}, key="c3")
    wanted = {"points": -50, "reason": "Case"}
    waits = done(world, "adjustments", wanted, case=2, idempotency_key="a")
    world.clock.advance(days=731 + 31)
    answer = do(world, "adjustments", wanted, case=3, idempotency_key="b")
    assert "run out" in str(problem(answer, 400, "invalid_case")["detail"])
    approval = world.post(f"/v1/adjustments/{waits['adjustment_id']}/approve", b"", world.second_operator)
    problem(approval, 422, "occurred_too_long_ago")
    assert position(world)["alpha"] == -90


def test_a_proposal_of_before_to_take_points_alone_can_only_be_rejected(world: World, card: str) -> None:
    wrong = bought(world, card)
    for number, about in enumerate((wrong, None), start=1):
        opened(world, {"entry_id": about, "claim": {"points": 10}}, key=f"c{number}")
        body = {"points": 10, "reason": "Case", "card_number": card}
        noted = done(world, "adjustments", body, case=number, idempotency_key="a")["adjustment_id"]
        rows = world.adjustments._book.rows  # type: ignore[attr-defined]
        rows[noted] = replace(rows[noted], points=-10)
        refused = world.post(f"/v1/adjustments/{noted}/approve", b"", world.second_operator)
        assert "reject this" in problem(refused, 400, "invalid_adjustment")["detail"]
        assert world.post(f"/v1/adjustments/{noted}/reject", b"", world.second_operator).status_code == 200
    assert position(world)["alpha"] == -60
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 100


def test_a_purchase_whose_points_have_run_out_is_not_paid_back_besides_the_share_of_that(
    world: World, card: str
) -> None:
    wrong = bought(world, card)
    wanted = {"amount_cents": -2_000, "reason": "Case"}
    for number in (1, 2):
        opened(world, {"entry_id": wrong, "claim": {"amount_cents": -2_000, "points": -100}}, key=f"c{number}")
    waits = done(world, "adjustments", wanted, idempotency_key="a")
    world.clock.advance(days=731 + 31)
    answer = do(world, "adjustments", wanted, case=2, idempotency_key="b")
    assert "run out" in str(problem(answer, 400, "invalid_case")["detail"])
    approval = world.post(f"/v1/adjustments/{waits['adjustment_id']}/approve", b"", world.second_operator)
    problem(approval, 409, "points_run_out")
    assert position(world) == {"alpha": -60, "network": 60}


def test_a_correction_of_before_they_had_a_price_still_ends_its_case(world: World, card: str) -> None:
    wrong = bought(world, card)
    opened(world, {"entry_id": wrong, "claim": {"points": 10}})
    noted = done(world, "adjustments", {"points": 10, "reason": "Case 1"}, idempotency_key="a")
    rows = world.adjustments._book.rows  # type: ignore[attr-defined]
    row = rows[noted["adjustment_id"]]
    rows[noted["adjustment_id"]] = replace(row, case=None, about=None)
    assert done(world, "adjustments", {"points": 10, "reason": "Case 1"}, idempotency_key="a")["case"] == 1
    assert done(world, "resolve", WHY)["state"] == "resolved_by_entry"
