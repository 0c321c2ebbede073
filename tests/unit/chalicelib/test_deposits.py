"""What a prepaid partner has paid in pays its settlements: the example in docs/contracts.md, through the API."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from partners.contracts.model import NewTerms
from partners.contracts.payment import Funding, FundingKind
from partners.funding.deposits import MOST_READINGS
from shared.kernel.clock import to_rfc3339
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.contract_book import agree
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import ALL_SCOPES, NOW, PLAN, World, purchase

PAGE = Path(__file__).parents[3] / "docs" / "contracts.md"
PAYMENTS = "/v1/partners/gamma/payments"


class Prepaid:
    """gamma, prepaid; a point costs it 0.006, and it grants 5 for 1.00."""

    def __init__(self, world: World) -> None:
        self.world = world
        terms = NewTerms(
            effective_from_ms=0,
            earn_points=5,
            earn_per_cents=100,
            issue_price_micros=6_000,
            redeem_price_micros=5_000,
            expiry_months=24,
            plan=PLAN,
            funding=Funding(FundingKind.PREPAID),
        )
        world.contracts.create_partner("gamma", "Gamma", "USD")
        agree(world.contracts, "gamma", terms)
        world.contracts.open_location("gamma", "g1", "G1", "America/Chicago", 0)
        self.key = world.access.issue_key("gamma", ALL_SCOPES).text
        self.card = world.enrol()
        self.receipts = 0

    def pays(self, cents: int, key: str = "", status: int = 201) -> Any:
        body = {"paid_cents": cents, "currency": "USD", "reason": "by bank transfer"}
        reply = self.world.post(PAYMENTS, body, self.world.operator, idempotency_key=key or f"paid-{cents}")
        assert reply.status_code == status, reply.body
        return reply

    def grants(self, worth_cents: int) -> None:
        """By one purchase that earns points of that price."""
        self.receipts += 1
        sale = {
            "card_number": self.card,
            "location_id": "g1",
            "receipt": f"r{self.receipts}",
            "occurred_at": to_rfc3339(self.world.clock()),
            "total": {"amount_cents": worth_cents * 100 // 3, "currency": "USD"},
        }
        reply = self.world.post("/v1/purchases", sale, self.key, idempotency_key=f"p{self.receipts}")
        assert reply.status_code == 201, reply.body

    def does(self, window: int, what: str, by: str | None = None, **body: Any) -> dict[str, Any]:
        path = f"/v1/windows/{window}/settlements"
        path = path if what == "calculate" else f"{path}/USD/{what}"
        usual = self.world.second_operator if what == "pay" else self.world.operator
        reply = self.world.post(path, {"reason": "month end", **body}, by or usual)
        assert reply.status_code == 200, reply.body
        found: dict[str, Any] = reply.json_body
        return found

    def defaults(self, window: int, collateral_cents: int = 0) -> dict[str, Any]:
        """By two operators."""
        waits = self.does(window, "decisions", party="gamma", decision="default", collateral_cents=collateral_cents)
        assert waits["stage"] == "collecting"
        return self.does(window, "defaults/gamma/proposals/1/approve", self.world.second_operator)

    def collects(self, window: int) -> list[tuple[str, int, str]]:
        """Close and collect a window: key, cents and state of each payment."""
        self.world.close_window()
        self.does(window, "calculate")
        self.does(window, "approve", self.world.second_operator)
        return self.legs(self.does(window, "collect"))

    def legs(self, settlement: dict[str, Any]) -> list[tuple[str, int, str]]:
        return [(leg["key"], leg["amount_cents"], leg["state"]) for leg in settlement["legs"]]

    def tells(self, window: int, leg: str, state: str) -> dict[str, Any]:
        return self.does(window, "outcomes", outcomes=[{"leg": leg, "state": state, "reference": "bank-1"}])

    def confirms(self, window: int, leg: str, state: str) -> Any:
        """Another operator says the same."""
        body = {"outcomes": [{"leg": leg, "state": state, "reference": "bank-1"}]}
        path = f"/v1/windows/{window}/settlements/USD/outcomes"
        reply = self.world.post(path, body, self.world.second_operator)
        assert reply.status_code == 200, reply.body
        return reply.json_body

    def ahead_cents(self) -> int:
        self.world.post_all_entries()
        return -self.world.funding.measure("gamma").exposure_cents

    def held_cents(self) -> int:
        held: int = self.world.get("/v1/partners/gamma/funding", self.world.operator).json_body["deposit_held_cents"]
        return held

    def money(self) -> dict[str, int]:
        found = self.world.money_books.balance()
        assert found.contradictions == ()
        return {one.account: one.balance for one in found.accounts}


@pytest.fixture
def gamma(world: World) -> Prepaid:
    return Prepaid(world)


def by_hand() -> list[list[str]]:
    """What the page says gamma is ahead, and what is held, step by step."""
    _, _, rest = PAGE.read_text().partition("| gamma | ahead | held of the deposit |\n| --- | --- | --- |\n")
    rows = rest.partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in row.split("|")[2:4]] for row in rows]


def test_what_was_paid_in_pays_the_settlement_and_the_rest_is_collected(gamma: Prepaid) -> None:
    steps: list[list[str]] = []

    def step() -> None:
        steps.append([f"{cents // 100:,}.{cents % 100:02}" for cents in (gamma.ahead_cents(), gamma.held_cents())])

    gamma.pays(100_000)
    step()
    gamma.grants(60_000)
    step()
    assert gamma.collects(1) == [("1-USD:gamma:deposit:1", 60_000, "succeeded")]
    step()
    assert gamma.money() == {"(bank)": 100_000, "(deposits)": -40_000, "gamma": 0, "network": -60_000}

    gamma.grants(50_000)
    step()
    assert gamma.collects(2) == [
        ("2-USD:gamma:deposit:1", 40_000, "succeeded"),
        ("2-USD:gamma:in:1", 10_000, "submitted"),
    ]
    step()
    funded = gamma.tells(2, "2-USD:gamma:in:1", "succeeded")
    assert (funded["stage"], funded["collected_cents"]) == ("funded", 50_000)
    step()
    assert steps == by_hand()
    assert gamma.money() == {"(bank)": 110_000, "(deposits)": 0, "gamma": 0, "network": -110_000}


def test_no_more_is_given_back_than_settlements_have_left(gamma: Prepaid, world: World) -> None:
    gamma.pays(100_000)
    gamma.grants(60_000)
    gamma.collects(1)
    body = {"paid_cents": -40_001, "currency": "USD", "reason": "by bank transfer"}
    refused = problem(world.post(PAYMENTS, body, world.operator, idempotency_key="k"), 409, "deposit_too_small")
    assert refused["held_cents"] == 40_000
    first = gamma.pays(-40_000, "back")
    assert gamma.held_cents() == 0
    assert gamma.pays(-40_000, "back").json_body == first.json_body, "a retry is no second payment"
    assert gamma.money()["(deposits)"] == 0


def test_what_was_taken_may_be_given_back_before_creditors_are_paid_and_is_asked_for_again(gamma: Prepaid) -> None:
    gamma.pays(100_000)
    gamma.grants(60_000)
    gamma.collects(1)
    assert gamma.tells(1, "1-USD:gamma:deposit:1", "reversed")["stage"] == "collecting"
    assert gamma.held_cents() == 100_000
    gamma.pays(-70_000)
    again = gamma.does(1, "decisions", party="gamma", decision="retry")
    assert gamma.legs(again)[1:] == [
        ("1-USD:gamma:deposit:2", 30_000, "succeeded"),
        ("1-USD:gamma:in:1", 30_000, "planned"),
    ]
    assert gamma.money()["(deposits)"] == 0


def test_what_is_taken_back_after_creditors_were_paid_is_owed_in_the_open_window(gamma: Prepaid) -> None:
    gamma.pays(100_000)
    gamma.grants(60_000)
    gamma.collects(1)
    gamma.does(1, "pay")
    for _ in range(2):
        waits = gamma.tells(1, "1-USD:gamma:deposit:1", "reversed")
        assert [trouble["text"].partition(" it ")[0] for trouble in waits["troubles"]] == ["by the word of one"]
        assert (gamma.held_cents(), gamma.money()["(deposits)"]) == (40_000, -40_000), "nothing is put back by one"
    done = gamma.confirms(1, "1-USD:gamma:deposit:1", "reversed")
    assert (done["stage"], done["troubles"]) == ("settled", [])
    assert gamma.confirms(1, "1-USD:gamma:deposit:1", "reversed") == done
    assert gamma.money() == {"(bank)": 100_000, "(deposits)": -100_000, "gamma": 60_000, "network": -60_000}
    assert gamma.ahead_cents() == 40_000
    assert gamma.collects(2) == [("2-USD:gamma:deposit:1", 60_000, "succeeded")]


def test_who_fails_for_the_rest_leaves_no_more_missing_than_that(gamma: Prepaid) -> None:
    gamma.pays(40_000)
    gamma.grants(60_000)
    assert gamma.collects(1)[1] == ("1-USD:gamma:in:1", 20_000, "submitted")
    gamma.tells(1, "1-USD:gamma:in:1", "failed")
    partly = gamma.defaults(1)
    assert (partly["stage"], partly["missing_cents"]) == ("partially_funded", 20_000)
    gamma.does(1, "pay")
    assert gamma.money()["gamma"] == 20_000
    gamma.pays(15_000)
    assert gamma.collects(2) == [
        ("2-USD:gamma:deposit:1", 15_000, "succeeded"),
        ("2-USD:gamma:in:1", 5_000, "submitted"),
    ]


@pytest.mark.parametrize("others_owe", [False, True])
def test_a_retry_takes_what_was_paid_in_meanwhile_and_a_late_success_is_to_the_debtor_s_credit(
    gamma: Prepaid, world: World, others_owe: bool
) -> None:
    if others_owe:
        assert world.post("/v1/purchases", purchase(gamma.card), world.alpha, idempotency_key="a").status_code == 201
    gamma.pays(10_000)
    gamma.grants(60_000)
    gamma.collects(1)
    gamma.tells(1, "1-USD:gamma:in:1", "failed")
    gamma.pays(50_000)
    again = gamma.does(1, "decisions", party="gamma", decision="retry")
    assert again["stage"] == ("collecting" if others_owe else "funded")
    assert gamma.legs(again)[-1] == ("1-USD:gamma:deposit:2", 50_000, "succeeded")
    assert gamma.does(1, "decisions", party="gamma", decision="retry") == again, "asked once more, it is done"
    late = gamma.tells(1, "1-USD:gamma:in:1", "succeeded")
    assert late["collected_cents"] == 60_000, "what came late is of another window"
    money = gamma.money()
    assert (money["(bank)"], money["(deposits)"], money["gamma"]) == (110_000, 0, -50_000)
    if others_owe:
        gamma.tells(1, "1-USD:alpha:in:1", "succeeded")
    gamma.does(1, "pay")
    assert gamma.collects(2) == [], "gamma is owed it in the next window"


def test_an_aborted_settlement_keeps_what_was_taken_and_carries_the_rest(gamma: Prepaid) -> None:
    gamma.pays(40_000)
    gamma.grants(60_000)
    gamma.collects(1)
    gamma.tells(1, "1-USD:gamma:in:1", "failed")
    gamma.does(1, "abort")
    assert gamma.money()["gamma"] == 20_000
    assert gamma.collects(2) == [("2-USD:gamma:in:1", 20_000, "submitted")]


def test_what_is_held_as_collateral_is_not_taken(gamma: Prepaid, world: World) -> None:
    gamma.pays(50_000)
    held = {"held_cents": 30_000, "reason": "of the deposit"}
    world.post("/v1/partners/gamma/collateral", held, world.operator)
    agreed = world.post(
        "/v1/partners/gamma/collateral/proposals/1/approve", {"reason": "agreed"}, world.second_operator
    )
    assert agreed.status_code == 200, agreed.body
    gamma.grants(60_000)
    assert gamma.collects(1)[0] == ("1-USD:gamma:deposit:1", 20_000, "succeeded")
    gamma.tells(1, "1-USD:gamma:in:1", "failed")
    body = {"paid_cents": -1, "currency": "USD", "reason": "by bank transfer"}
    refused = problem(world.post(PAYMENTS, body, world.operator, idempotency_key="k"), 409, "deposit_too_small")
    assert (refused["held_cents"], "less collateral" in refused["detail"]) == (30_000, True)
    gamma.defaults(1, 30_000)
    gamma.does(1, "pay")
    assert gamma.held_cents() == 0
    money = gamma.money()
    assert (money["(deposits)"], money["(collateral)"], money["gamma"]) == (-30_000, 30_000, 10_000)


def test_what_of_a_deposit_is_no_collateral_is_given_back(gamma: Prepaid, world: World) -> None:
    gamma.pays(50_000)
    held = {"held_cents": 30_000, "reason": "of the deposit"}
    world.post("/v1/partners/gamma/collateral", held, world.operator)
    path = "/v1/partners/gamma/collateral/proposals/1/approve"
    world.post(path, {"reason": "agreed"}, world.second_operator)
    gamma.pays(-20_000, "back")
    assert gamma.held_cents() == 30_000


def test_one_person_gives_back_no_collateral_of_a_postpaid_partner_either(world: World) -> None:
    def pays(cents: int, key: str) -> Any:
        body = {"paid_cents": cents, "currency": "USD", "reason": "security"}
        return world.post("/v1/partners/alpha/payments", body, world.operator, idempotency_key=key)

    assert [pays(50_000, "a").status_code, pays(-10_000, "b").status_code] == [201, 201]
    path = "/v1/partners/alpha/collateral"
    for held_cents, left_cents in ((40_000, 40_000), (15_000, 15_000)):
        asked = world.post(path, {"held_cents": held_cents, "reason": "of it"}, world.operator).json_body
        approve = f"{path}/proposals/{asked['proposal']['proposal']}/approve"
        assert world.post(approve, {"reason": "agreed"}, world.second_operator).status_code == 200
        for cents in (-50_000, left_cents - 40_000 - 1):
            refused = problem(pays(cents, f"{held_cents}{cents}"), 409, "deposit_too_small")
            assert (refused["held_cents"], "less collateral" in refused["detail"]) == (40_000, True)
    assert pays(-25_000, "c").status_code == 201, "two people agreed on less"


def test_of_a_postpaid_partner_nothing_is_taken(gamma: Prepaid, world: World) -> None:
    body = {"paid_cents": 500, "currency": "USD", "reason": "by bank transfer"}
    assert world.post("/v1/partners/alpha/payments", body, world.operator, idempotency_key="a").status_code == 201
    assert world.post("/v1/purchases", purchase(gamma.card), world.alpha, idempotency_key="p").status_code == 201
    [(key, cents, _)] = gamma.collects(1)
    assert (key, cents) == ("1-USD:alpha:in:1", 60)


def test_what_a_default_takes_meanwhile_is_not_told_as_held_besides_what_is_paid_in(
    gamma: Prepaid, world: World
) -> None:
    gamma.pays(50_000)
    world.post("/v1/partners/gamma/collateral", {"held_cents": 30_000, "reason": "of it"}, world.operator)
    world.post("/v1/partners/gamma/collateral/proposals/1/approve", {"reason": "agreed"}, world.second_operator)
    gamma.grants(60_000)
    gamma.collects(1)
    gamma.tells(1, "1-USD:gamma:in:1", "failed")
    found: list[int] = []

    def held() -> int:
        settled = world.deposits.settled("USD")
        if not found:
            gamma.defaults(1, 30_000)
            gamma.pays(30_000, "more")
        found.append(world.deposits._deposit("gamma", settled).held_cents)
        return found[-1]

    assert (world.deposits.at_rest(held), found) == (30_000, [60_000, 30_000])


def test_deposits_that_change_as_fast_as_they_are_read_are_left_to_another_request(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, found = count(), list[int]()
    monkeypatch.setattr(world.deposits._guard, "versions", lambda: {"gamma": next(changes)})
    with pytest.raises(StoreUnavailableError, match="did not answer"):
        world.deposits.at_rest(lambda: found.append(1))
    assert len(found) == MOST_READINGS


def stated(gamma: Prepaid, window: int) -> dict[str, Any]:
    gamma.world.issuing.work()
    found: dict[str, Any] = gamma.world.get(f"/v1/statements/{window}", gamma.key).json_body["statement"]
    return found


def test_statements_say_what_is_held_of_a_deposit_and_what_became_of_it(gamma: Prepaid) -> None:
    gamma.pays(100_000)
    [deposit] = gamma.world.get("/v1/funding", gamma.key).json_body["payments"]
    gamma.grants(60_000)
    gamma.collects(1)
    first = stated(gamma, 1)
    assert (first["format"], first["closing_cents"]) == ("tessera-statement/3", 0)
    assert [(one["reference"], one["cents"]) for one in first["payments"]] == [("1-USD:gamma:deposit:1", 60_000)]
    assert first["deposit"] == {
        "opening_cents": 0,
        "paid_in_cents": 100_000,
        "used_cents": 60_000,
        "closing_cents": 40_000,
        "paid_in": [{"payment_id": deposit["payment_id"], "cents": 100_000, "at": deposit["at"]}],
        "used": [{"reference": "1-USD:gamma:deposit:1", "cents": 60_000}],
    }
    gamma.grants(50_000)
    gamma.collects(2)
    second = stated(gamma, 2)
    assert (second["opening_cents"], second["closing_cents"]) == (0, -10_000)
    assert (second["deposit"]["opening_cents"], second["deposit"]["closing_cents"]) == (40_000, 0)
    assert second["deposit"]["paid_in"] == []
    gamma.does(1, "pay")
    gamma.tells(1, "1-USD:gamma:deposit:1", "reversed")
    gamma.confirms(1, "1-USD:gamma:deposit:1", "reversed")
    gamma.pays(-1)
    gamma.world.close_window()
    third = stated(gamma, 3)["deposit"]
    assert (third["opening_cents"], third["paid_in_cents"], third["used_cents"]) == (0, -1, -60_000)
    assert third["closing_cents"] == gamma.held_cents() == 59_999
    csv = gamma.world.get("/v1/statements/1/csv", gamma.key).body.decode()
    assert [line.split(",")[:2] for line in csv.splitlines() if line.startswith("deposit")] == [
        ["deposit", "opening"],
        ["deposit", "paid_in"],
        ["deposit", "used"],
        ["deposit", "closing"],
    ]


def test_creditors_of_a_later_window_are_paid_from_what_was_taken_and_not_from_what_is_held(
    gamma: Prepaid, world: World
) -> None:
    gamma.pays(100_000)
    gamma.grants(60_000)
    world.close_window()
    spent = {"card_number": gamma.card, "location_id": "b1", "receipt": "x", "occurred_at": NOW, "points": 1_000}
    assert world.post("/v1/redemptions", spent, world.beta, idempotency_key="x").status_code == 201
    assert gamma.collects(2) == []
    paying = "/v1/windows/2/settlements/USD/pay"
    problem(world.post(paying, {"reason": "month end"}, world.operator), 409, "not_funded")
    gamma.does(1, "calculate")
    gamma.does(1, "approve", world.second_operator)
    gamma.does(1, "collect")
    assert gamma.legs(gamma.does(2, "pay")) == [("2-USD:beta:out:1", 500, "submitted")]


def test_on_whose_word_a_payment_rests_is_in_the_reply_and_the_refusal_names_it(gamma: Prepaid, world: World) -> None:
    gamma.pays(40_000)
    gamma.grants(60_000)
    gamma.collects(1)
    told = gamma.tells(1, "1-USD:gamma:in:1", "succeeded")
    own = [leg["history"][-1]["by"] for leg in told["legs"]]
    assert [leg["rests_on"] for leg in told["legs"]] == [[by] for by in own]
    path = "/v1/windows/1/settlements/USD/pay"
    refused = problem(world.post(path, {"reason": "month end"}, world.operator), 403, "second_person_needed")
    assert refused["payments"] == [{"payment": leg["key"]} for leg in told["legs"]]
    gone = gamma.tells(1, "1-USD:gamma:in:1", "returned")
    assert [leg["rests_on"] for leg in gone["legs"]] == [own[:1], []]


def test_who_confirms_a_payment_and_what_the_bank_contradicts_is_in_the_reply(gamma: Prepaid, world: World) -> None:
    gamma.pays(100_000)
    gamma.grants(60_000)
    [(key, _, _)] = gamma.collects(1)
    assert [leg["confirmed_by"] for leg in gamma.tells(1, key, "succeeded")["legs"]] == [[]]
    said = {"leg": key, "state": "succeeded"}
    told = gamma.does(1, "outcomes", world.second_operator, outcomes=[said])
    assert [leg["confirmed_by"] for leg in told["legs"]] == [["bob"]]
    failed = {"leg": key, "state": "failed", "reference": "bank-2"}
    path = "/v1/windows/1/settlements/USD/outcomes"
    problem(world.post(path, {"outcomes": [failed]}, world.operator), 409, "leg_state")
    kept = gamma.does(1, "outcomes", outcomes=[{**failed, "if_contradicting": "trouble"}])
    [trouble] = kept["troubles"]
    assert (trouble["leg"], trouble["text"].endswith(": failed bank-2")) == (key, True)
