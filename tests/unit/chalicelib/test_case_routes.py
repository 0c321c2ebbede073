"""A case through the API: opened by a partner, worked on by operators, ended by an entry or with reasons."""

from dataclasses import replace
from typing import Any

import pytest
from chalice.test import HTTPResponse

from partners.access.model import Scope
from partners.webhooks.delivery import Lane
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World, purchase

TEXT = "Receipt 4711 was rung up twice."
WHY = {"reason": "The till's journal shows it."}


def bought(world: World, card: str, receipt: str = "4711", cents: int = 2_000) -> str:
    """The entry of a purchase at alpha's, of 5 points for 1.00."""
    body = purchase(card, receipt=receipt, total={"amount_cents": cents, "currency": "USD"})
    return str(world.post("/v1/purchases", body, idempotency_key=f"buy-{receipt}").json_body["entry_id"])


def opened(world: World, body: dict[str, Any] | None = None, key: str = "case-1", status: int = 201) -> Any:
    reply = world.post("/v1/cases", {"text": TEXT, **(body or {})}, idempotency_key=key)
    assert reply.status_code == status, reply.body
    return reply.json_body


def do(world: World, verb: str, body: object, case: int = 1, key: str | None = None, **headers: str) -> HTTPResponse:
    return world.post(f"/v1/partners/alpha/cases/{case}/{verb}", body, key or world.operator, **headers)


def done(world: World, verb: str, body: object, **more: Any) -> Any:
    reply = do(world, verb, body, **more)
    assert reply.status_code in (200, 201), reply.body
    return reply.json_body


def states(world: World, query: str = "", key: str | None = None, path: str = "/v1/cases") -> list[tuple[int, str]]:
    listed = world.get(f"{path}{query}", key).json_body["cases"]
    return [(one["case"], one["state"]) for one in listed]


def test_a_case_is_opened_once_for_its_key_and_waits_for_the_network(world: World, card: str) -> None:
    about = {"entry_id": bought(world, card), "claim": {"points": -100}}
    case = opened(world, about)
    assert (case["case"], case["state"], case["waiting_on"]) == (1, "open", "network")
    assert (case["due_at"], case["overdue"]) == ("2026-11-29T12:00:00.000Z", False)
    again = world.post("/v1/cases", {"text": TEXT, **about}, idempotency_key="case-1")
    assert (again.json_body, again.headers["Idempotency-Replayed"]) == (case, "true")
    other = world.post("/v1/cases", {"text": "Something else."}, idempotency_key="case-1")
    assert problem(other, 422, "case_key_reused")["case"] == 1
    assert opened(world, key="case-2")["case"] == 2
    assert states(world) == [(2, "open"), (1, "open")]


def test_the_terms_say_how_long_either_side_has(world: World) -> None:
    opened(world)
    first = world.contract_book.terms("alpha")[-1]
    later = replace(first, version=first.version + 1, effective_from_ms=world.clock() + 1, answer_days=3)
    world.contract_book.term_rows["alpha", later.version] = later
    world.clock.advance(days=1)
    assert opened(world, key="case-2")["due_at"] == "2026-11-19T12:00:00.000Z"
    done(world, "ask", {"text": "Which?"}, case=2)
    world.clock.advance(days=1)
    answered = world.post("/v1/cases/2/comments", {"text": "This."}, idempotency_key="c").json_body
    assert (answered["state"], answered["due_at"]) == ("under_review", "2026-11-20T12:00:00.000Z")
    assert done(world, "take-up", {})["due_at"] == "2026-12-01T12:00:00.000Z"
    world.clock.advance(days=4)
    overdue = world.get("/v1/open-cases?overdue=true", world.operator).json_body["cases"]
    assert [one["case"] for one in overdue] == [2]


def test_an_operator_opens_a_case_of_a_partner_once_for_its_key(world: World, card: str) -> None:
    about = {"text": TEXT, "entry_id": bought(world, card), "claim": {"points": -100}, "reason": "Told by telephone."}
    reply = world.post("/v1/partners/alpha/cases", about, world.operator, idempotency_key="case-1")
    case = reply.json_body
    assert (reply.status_code, case["case"], case["waiting_on"]) == (201, 1, "network")
    assert [(step["kind"], step["side"], step["text"]) for step in case["steps"]] == [("opened", "network", TEXT)]
    again = world.post("/v1/partners/alpha/cases", about, world.operator, idempotency_key="case-1")
    assert (again.json_body, again.headers["Idempotency-Replayed"]) == (case, "true")
    assert opened(world)["case"] == 2
    assert world.get("/v1/cases/1").json_body == case
    problem(world.post("/v1/partners/nobody/cases", about, world.operator, idempotency_key="k"), 404, "unknown_entry")
    records = world.get("/v1/audit-trail?from=2026-11-15&to=2026-11-15", world.operator).json_body["records"]
    assert "Told by telephone." in {one["reason"] for one in records}


def test_a_case_is_about_an_entry_and_window_that_the_partner_has(world: World, card: str) -> None:
    entry = bought(world, card)
    theirs = {"text": TEXT, "entry_id": entry}
    problem(world.post("/v1/cases", theirs, world.beta, idempotency_key="k"), 404, "unknown_entry")
    problem(world.post("/v1/cases", {"text": TEXT, "window": 9}, idempotency_key="k"), 404, "unknown_window")
    problem(world.post("/v1/cases", {"text": "a\u0007b"}, idempotency_key="k"), 400, "invalid_case")


def test_no_partner_sees_anothers_case(world: World) -> None:
    opened(world)
    assert world.get("/v1/cases", world.beta).json_body["cases"] == []
    problem(world.get("/v1/cases/1", world.beta), 404, "unknown_case")
    problem(world.post("/v1/cases/1/withdraw", WHY, world.beta), 404, "unknown_case")
    comment = world.post("/v1/cases/1/comments", {"text": "?"}, world.beta, idempotency_key="c")
    problem(comment, 404, "unknown_case")


def test_question_and_answer_take_the_case_to_the_partner_and_back(world: World) -> None:
    opened(world)
    assert done(world, "take-up", {"due_at": "2026-11-20T00:00:00Z"})["due_at"] == "2026-11-20T00:00:00.000Z"
    asked = done(world, "ask", {"text": "Which of the two was voided?"})
    assert (asked["state"], asked["waiting_on"]) == ("waiting_for_partner", "partner")
    assert done(world, "ask", {"text": "Which of the two was voided?"}) == asked
    world.clock.advance(days=1)
    answer = {"text": "The second."}
    told = world.post("/v1/cases/1/comments", answer, idempotency_key="c1").json_body
    assert (told["state"], told["due_at"]) == ("under_review", "2026-11-30T12:00:00.000Z")
    assert world.post("/v1/cases/1/comments", answer, idempotency_key="c1").json_body == told
    problem(world.post("/v1/cases/1/comments", {"text": "No."}, idempotency_key="c1"), 422, "case_key_reused")
    done(world, "comments", {"text": "Thank you."}, idempotency_key="o1")
    steps = world.get("/v1/cases/1").json_body["steps"]
    assert [(one["kind"], one["side"]) for one in steps] == [
        ("opened", "partner"),
        ("taken_up", "network"),
        ("asked", "network"),
        ("commented", "partner"),
        ("commented", "network"),
    ]
    assert {one["by"] for one in steps if one["side"] == "network"} == {"ann"}


def test_a_correction_takes_two_operators_and_then_ends_the_case(world: World, card: str) -> None:
    entry = bought(world, card)
    opened(world, {"entry_id": entry, "claim": {"points": 10}})
    adjustment = {"points": 10, "reason": "Case 1"}
    noted = done(world, "adjustments", adjustment, idempotency_key="a")
    assert noted["state"] == "under_review"
    assert problem(do(world, "resolve", WHY), 409, "no_correction")["adjustment_state"] == "proposed"
    for verb in ("refuse", "adjustments"):
        body = WHY if verb == "refuse" else adjustment
        problem(do(world, verb, body, idempotency_key="other"), 409, "correction_under_way")
    problem(world.post("/v1/cases/1/withdraw", WHY), 409, "correction_under_way")
    assert done(world, "adjustments", adjustment, idempotency_key="a") == noted
    world.post(f"/v1/adjustments/{noted['adjustment_id']}/approve", b"", world.second_operator)
    ended = done(world, "resolve", WHY)
    assert (ended["state"], ended["waiting_on"]) == ("resolved_by_entry", None)
    assert ended["agreed"] == {"points": 10, "amount_cents": 0, "cashback_cents": 0}
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 110
    assert done(world, "resolve", WHY) == ended
    assert done(world, "adjustments", adjustment, idempotency_key="a") == ended
    problem(do(world, "refuse", WHY), 409, "case_state")


def test_a_rejected_correction_makes_way_for_a_refusal(world: World, card: str) -> None:
    opened(world, {"entry_id": bought(world, card), "claim": {"points": 6_000}})
    noted = done(world, "adjustments", {"points": 6_000, "reason": "Case 1"}, idempotency_key="a")
    world.post(f"/v1/adjustments/{noted['adjustment_id']}/reject", b"", world.operator)
    refused = done(world, "refuse", {"reason": "The receipt is for 20.00."})
    assert (refused["state"], refused["steps"][-1]["text"]) == ("refused", "The receipt is for 20.00.")
    assert done(world, "refuse", {"reason": "The receipt is for 20.00."}) == refused
    problem(do(world, "refuse", {"reason": "Another reason."}), 409, "case_state")
    problem(world.post("/v1/cases/1/comments", {"text": "But!"}, idempotency_key="c"), 409, "case_state")


def test_a_case_about_no_entry_is_corrected_on_a_card(world: World, card: str) -> None:
    opened(world, {"claim": {"points": 40}})
    problem(do(world, "adjustments", {"points": 40, "reason": "x"}, idempotency_key="a"), 400, "invalid_case")
    noted = done(world, "adjustments", {"points": 40, "reason": "x", "card_number": card}, idempotency_key="a")
    world.post(f"/v1/adjustments/{noted['adjustment_id']}/approve", b"", world.second_operator)
    assert done(world, "resolve", WHY)["corrected_by"] is not None
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 40


def returned(world: World, entry: str, cents: int, key: str) -> str:
    body = {"location_id": "s1", "receipt": key, "occurred_at": "2026-11-15T12:00:00Z"}
    total = {"total": {"amount_cents": cents, "currency": "USD"}}
    reply = world.post(f"/v1/purchases/{entry}/returns", {**body, **total}, idempotency_key=key)
    assert reply.status_code == 201, reply.body
    return str(reply.json_body["entry_id"])


def test_a_return_ends_one_case_if_it_is_of_that_entry_and_carries_the_claim(world: World, card: str) -> None:
    wrong, other = bought(world, card, "1"), bought(world, card, "2")
    claim = {"claim": {"amount_cents": -500, "points": -25}}
    opened(world, {"entry_id": wrong, **claim})
    opened(world, {"entry_id": wrong, **claim}, key="case-2")
    half, elsewhere, right = (
        returned(world, entry, cents, key)
        for entry, cents, key in ((wrong, 250, "a"), (other, 500, "b"), (wrong, 500, "c"))
    )
    for entry in (wrong, half, elsewhere):
        problem(do(world, "resolve", {**WHY, "entry_id": entry}), 422, "correction_mismatch")
    problem(do(world, "resolve", {**WHY, "entry_id": "0123456789-7"}), 404, "unknown_entry")
    assert done(world, "resolve", {**WHY, "entry_id": right})["corrected_by"] == right
    problem(do(world, "resolve", {**WHY, "entry_id": right}, case=2), 409, "correction_used")
    agreed = {"amount_cents": -250, "points": -12}
    problem(do(world, "resolve", {**WHY, "entry_id": half, "agreed": agreed}, case=2), 422, "correction_mismatch")
    agreed["points"] = -13
    assert done(world, "resolve", {**WHY, "entry_id": half, "agreed": agreed}, case=2)["agreed"]["points"] == -13


def mismatch(world: World, entry: str, case: int = 1, **more: Any) -> str:
    refusal = problem(do(world, "resolve", {**WHY, "entry_id": entry, **more}, case=case), 422, "correction_mismatch")
    return str(refusal["detail"])


def test_an_entry_that_does_more_than_is_claimed_ends_no_case_unless_that_was_agreed_on(
    world: World, card: str
) -> None:
    wrong = bought(world, card)
    opened(world, {"entry_id": wrong, "claim": {"points": -25}})
    back = returned(world, wrong, 500, "a")
    assert "purchases by -500 cents" in mismatch(world, back)
    agreed = {"points": -25, "amount_cents": -500}
    assert done(world, "resolve", {**WHY, "entry_id": back, "agreed": agreed})["agreed"]["amount_cents"] == -500


def test_an_entry_of_before_the_case_or_of_another_account_does_not_end_it(world: World, card: str) -> None:
    wrong = bought(world, card)
    before = returned(world, wrong, 500, "a")
    world.clock.advance(ms=1)
    opened(world, {"entry_id": wrong, "claim": {"amount_cents": -500, "points": -25}})
    assert "older than the case" in mismatch(world, before)
    opened(world, {"entry_id": wrong, "claim": {"amount_cents": 500, "points": 25}}, key="case-2")
    other = world.enrol("bob@example.com")
    assert "another account" in mismatch(world, bought(world, other, "x", 500), case=2)
    right = bought(world, card, "y", 500)
    assert done(world, "resolve", {**WHY, "entry_id": right}, case=2)["corrected_by"] == right


def test_overdue_cases_are_listed_for_both_sides(world: World) -> None:
    opened(world)
    opened(world, key="case-2")
    world.post("/v1/cases/2/withdraw", WHY)
    beta = {"text": "Ours too."}
    assert world.post("/v1/cases", beta, world.beta, idempotency_key="b").json_body["case"] == 1
    assert world.get("/v1/open-cases?overdue=true", world.operator).json_body["cases"] == []
    world.clock.advance(days=15)
    alpha, beta_key = (world.access.issue_key(one, frozenset({Scope.REPORTS})).text for one in ("alpha", "beta"))
    assert states(world, "?overdue=true", alpha) == [(1, "open")]
    assert states(world, "?state=withdrawn", alpha) == [(2, "withdrawn")]
    assert states(world, "?overdue=true", beta_key) == [(1, "open")]
    found = world.get("/v1/open-cases?overdue=true", world.operator).json_body["cases"]
    assert [(one["partner_id"], one["case"]) for one in found] == [("alpha", 1), ("beta", 1)]
    assert world.cases.overdue_count() == 2


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_of_cases_leave_none_out(world: World, limit: int) -> None:
    for number in range(4):
        opened(world, key=f"k{number}")
    world.post("/v1/cases", {"text": TEXT}, world.beta, idempotency_key="b")
    found, cursor = [], ""
    while cursor is not None:
        page = world.get(f"/v1/open-cases?limit={limit}{cursor}", world.operator).json_body
        found += [(one["partner_id"], one["case"]) for one in page["cases"]]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert found == [("alpha", 4), ("alpha", 3), ("alpha", 2), ("alpha", 1), ("beta", 1)]


def test_a_full_page_that_is_the_last_has_no_cursor(world: World) -> None:
    for number in range(2):
        assert world.post("/v1/cases", {"text": f"x{number}"}, idempotency_key=f"c{number}").status_code == 201
    for path, key in (("/v1/cases", world.alpha), ("/v1/open-cases", world.operator)):
        page = world.get(f"{path}?limit=2", key).json_body
        assert (len(page["cases"]), page["next_cursor"]) == (2, None)
        assert world.get(f"{path}?limit=1", key).json_body["next_cursor"] is not None


def test_a_state_that_there_is_not_is_refused_with_those_that_there_are(world: World) -> None:
    (found,) = problem(world.get("/v1/cases?state=opened"), 400, "invalid_field")["errors"]
    assert "'open'" in found["detail"]
    assert "CaseState" not in found["detail"]


def test_the_partner_is_told_of_each_change_once(world: World) -> None:
    hook = {"url": "https://shop.example/hooks", "event_types": ["case.updated"]}
    endpoint = world.post("/v1/webhook-endpoints", hook).json_body["endpoint_id"]
    opened(world)
    done(world, "take-up", {})
    opened(world)
    lane = Lane("alpha", endpoint, "case-1")
    told = world.deliveries.upto(lane, "99999999")
    assert [one.place for one in told] == ["00000002", "00000001"]
    assert '"state":"under_review"' in told[0].body
    assert TEXT not in told[0].body
    assert [one.body for one in world.deliveries.kept_events("alpha", 0, world.clock())] == [told[1].body, told[0].body]


def test_the_trail_has_who_took_a_case_where(world: World) -> None:
    opened(world)
    done(world, "refuse", {"reason": "It was one sale."})
    records = world.get("/v1/audit-trail?from=2026-11-15&to=2026-11-15", world.operator).json_body["records"]
    last = records[-1]
    assert (last["by"], last["action"], last["reason"]) == ("ann", "refuse_case", "It was one sale.")
    assert (last["before"]["state"], last["after"]["state"]) == ("open", "refused")
