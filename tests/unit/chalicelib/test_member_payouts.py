"""Cashback paid out by settlements: a payment for each payout, and back to the member what nobody got."""

from dataclasses import replace
from typing import Any

import pytest

from partners.settlement.payments.changes import with_leg
from partners.settlement.payments.consequences import to_give_back
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_cashback_routes import Gamma, money, pay_out
from tests.unit.chalicelib.world import World

PAID = "/v1/windows/{}/settlements"


class Clerk:
    """Closes windows and pays them, through the API."""

    def __init__(self, world: World, currency: str = "USD") -> None:
        self.world = world
        self.currency = currency

    def closes(self, window: int) -> dict[str, int]:
        """Close a window and calculate it; each party's net."""
        self.world.post_all_entries()
        self.world.clock.advance(days=1)
        assert self.world.post(f"/v1/windows/{window}/close", {}, self.world.operator).status_code == 200
        self.world.windows.work(drain_ms=0)
        [one] = self.world.post(PAID.format(window), {}, self.world.operator).json_body["settlements"]
        return {position["party"]: position["net_cents"] for position in one["positions"]}

    def does(self, window: int, act: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        by_another = act in ("approve", "pay") or (body or {}).get("decision") == "defer"
        who = self.world.second_operator if by_another else self.world.operator
        reply = self.world.post(f"{PAID.format(window)}/{self.currency}/{act}", body or {}, who)
        assert reply.status_code == 200, reply.body
        shown: dict[str, Any] = reply.json_body
        return shown

    def tells(self, window: int, *, alone: bool = False, **states: str) -> dict[str, Any]:
        """What the bank says of legs, each named by the entry of its payout or its party. That money came back another
        operator records too, but for who is `alone`.
        """
        one = self.world.get(PAID.format(window), self.world.operator).json_body["settlements"][0]
        newest = {(leg["payout"] or leg["party"]): leg["key"] for leg in one["legs"]}
        outcomes = [
            {"leg": newest[name.replace("_", "-")], "state": state, "reference": "B-7"}
            for name, state in states.items()
        ]
        said = self.does(window, "outcomes", {"outcomes": outcomes})
        return said if alone or "returned" not in states.values() else self.confirms(window, outcomes)

    def confirms(self, window: int, outcomes: list[dict[str, str]]) -> dict[str, Any]:
        path = f"{PAID.format(window)}/{self.currency}/outcomes"
        reply = self.world.post(path, {"outcomes": outcomes}, self.world.second_operator)
        assert reply.status_code == 200, reply.body
        shown: dict[str, Any] = reply.json_body
        return shown

    def pays(self, window: int) -> list[dict[str, Any]]:
        """Up to the submission of payouts, which are answered."""
        self.does(window, "approve")
        if debtors := [leg["party"] for leg in self.does(window, "collect")["legs"]]:
            self.tells(window, **dict.fromkeys(debtors, "succeeded"))
        return [leg for leg in self.does(window, "pay")["legs"] if leg["direction"] == "out"]


def paid_out(world: World, card: str, cents: int, key: str) -> str:
    reply = pay_out(world, card, cents, key)
    assert reply.status_code == 201, reply.body
    entry_id: str = reply.json_body["entry_id"]
    return entry_id


def balance(world: World, card: str) -> Any:
    [cashback] = world.get(f"/v1/cards/{card}", world.alpha).json_body["cashback"]
    return cashback["balance"]


@pytest.fixture
def clerk(world: World, card: str) -> Clerk:
    Gamma(world).sells(card, 1_000_000)
    return Clerk(world)


def test_each_payout_is_a_payment_of_its_own_and_all_of_them_are_the_position_of_members(
    world: World, clerk: Clerk, card: str
) -> None:
    first, second = paid_out(world, card, 1_200, "o1"), paid_out(world, card, 2_000, "o2")
    net = clerk.closes(1)
    legs = clerk.pays(1)
    assert [(leg["payout"], leg["amount_cents"], leg["party"]) for leg in legs] == [
        (first, 1_200, "members"),
        (second, 2_000, "members"),
    ]
    assert sum(leg["amount_cents"] for leg in legs) == net["members"] == 3_200
    assert len({leg["end_to_end_id"] for leg in legs}) == 2
    assert clerk.tells(1, **{first: "succeeded"})["stage"] == "paying"
    assert clerk.tells(1, **{second: "succeeded"})["stage"] == "settled"


def test_what_the_bank_returns_is_the_members_cashback_again_once(world: World, clerk: Clerk, card: str) -> None:
    kept, returned = paid_out(world, card, 1_200, "o1"), paid_out(world, card, 2_000, "o2")
    clerk.closes(1)
    clerk.pays(1)
    clerk.tells(1, **{kept: "succeeded", returned: "succeeded"})
    assert balance(world, card) == money(15_000 - 3_200)
    for _ in range(2):
        clerk.tells(1, **{returned: "returned"})
    assert balance(world, card) == money(15_000 - 1_200)
    problem(
        world.post(f"/v1/payouts/{returned}/reversals", b"", world.operator, idempotency_key="r"),
        409,
        "payout_reversed",
    )
    paid_out(world, card, 1_000, "o3")
    assert clerk.closes(2)["members"] == 1_000, "what came back is carried, and taken off by its reversal"
    assert [leg["amount_cents"] for leg in clerk.pays(2)] == [1_000]


def test_a_payout_that_failed_is_tried_again_or_given_back(world: World, clerk: Clerk, card: str) -> None:
    wrong, closed = paid_out(world, card, 1_200, "o1"), paid_out(world, card, 2_000, "o2")
    clerk.closes(1)
    clerk.pays(1)
    clerk.tells(1, **{wrong: "failed", closed: "failed"})
    clerk.does(1, "decisions", {"party": f"members:{wrong}", "decision": "retry"})
    again = [leg for leg in clerk.does(1, "pay")["legs"] if leg["payout"] == wrong]
    assert [(leg["attempt"], leg["state"]) for leg in again] == [(1, "failed"), (2, "submitted")]
    clerk.tells(1, **{wrong: "succeeded"})
    done = clerk.does(1, "decisions", {"party": f"members:{closed}", "decision": "defer"})
    assert done["stage"] == "settled"
    assert world.payouts.is_reversed(closed)
    assert not world.payouts.is_reversed(wrong)
    assert "members" not in clerk.closes(2)


def test_a_payout_that_was_taken_back_before_it_is_paid_is_not_paid(world: World, clerk: Clerk, card: str) -> None:
    at_once, later, kept = (paid_out(world, card, 1_000 + number, f"o{number}") for number in range(3))
    world.post(f"/v1/payouts/{at_once}/reversals", b"", world.operator, idempotency_key="r1")
    assert clerk.closes(1)["members"] == 1_001 + 1_002
    world.post(f"/v1/payouts/{later}/reversals", b"", world.operator, idempotency_key="r2")
    assert [leg["payout"] for leg in clerk.pays(1)] == [kept]


def test_nothing_is_collected_from_members(world: World, clerk: Clerk, card: str) -> None:
    paid = paid_out(world, card, 1_200, "o1")
    clerk.closes(1)
    clerk.pays(1)
    clerk.tells(1, **{paid: "succeeded"})
    world.payouts.reverse("ann", "r1", paid)
    assert clerk.closes(2) == {"members": -1_200}, "as was possible before a settlement's word was needed"
    clerk.does(2, "approve")
    assert clerk.does(2, "collect")["legs"] == []


def test_an_aborted_settlement_leaves_each_payout_to_the_next_window(world: World, clerk: Clerk, card: str) -> None:
    payouts = [paid_out(world, card, 1_200, "o1"), paid_out(world, card, 2_000, "o2")]
    clerk.closes(1)
    assert clerk.does(1, "abort")["stage"] == "aborted"
    assert clerk.closes(2)["members"] == 3_200
    assert [leg["payout"] for leg in clerk.pays(2)] == payouts
    assert clerk.tells(2, **dict.fromkeys(payouts, "succeeded"))["stage"] == "settled"


def test_a_payout_comes_back_to_a_closed_account_too(world: World, clerk: Clerk, card: str) -> None:
    paid = paid_out(world, card, 1_200, "o1")
    clerk.closes(1)
    clerk.pays(1)
    closing = {"card_number": card, "reason": "asked for", "forfeit": True}
    assert world.post("/v1/closures", closing, world.operator, idempotency_key="z1").status_code == 201
    clerk.tells(1, **{paid: "succeeded"})
    assert clerk.tells(1, **{paid: "returned"})["stage"] == "settled"
    assert world.settlement_payments.work() == 0
    assert world.payouts.is_reversed(paid)


def take_back(world: World, payout: str, key: str = "back") -> Any:
    return world.post(f"/v1/payouts/{payout}/reversals", {"reason": "x"}, world.operator, idempotency_key=key)


def test_a_payout_that_lies_at_the_bank_is_not_taken_back_by_hand(world: World, clerk: Clerk, card: str) -> None:
    """Or the member would have the cashback, and the money when the bank has carried it out."""
    paid, wrong = paid_out(world, card, 1_200, "o1"), paid_out(world, card, 2_000, "o2")
    clerk.closes(1)
    clerk.pays(1)
    for state in ("submitted", "pending"):
        assert problem(take_back(world, paid), 409, "payout_in_settlement")["state"] == state
        clerk.tells(1, **{paid: "pending"})
    clerk.tells(1, **{paid: "succeeded", wrong: "failed"})
    for payout, state, word in ((paid, "succeeded", "returned"), (wrong, "failed", "Defer")):
        refused = problem(take_back(world, payout), 409, "payout_in_settlement")
        assert (refused["state"], word in refused["detail"]) == (state, True)
    assert balance(world, card) == money(15_000 - 3_200)
    clerk.does(1, "decisions", {"party": f"members:{wrong}", "decision": "defer"})
    clerk.tells(1, **{paid: "returned"})
    assert balance(world, card) == money(15_000)
    problem(take_back(world, paid), 409, "payout_reversed")


def test_a_payout_that_settlements_of_before_pay_is_not_taken_back_either(
    world: World, clerk: Clerk, card: str
) -> None:
    paid = paid_out(world, card, 1_200, "o1")
    clerk.closes(1)
    clerk.pays(1)
    world.payout_claims.holders.clear()
    assert problem(take_back(world, paid), 409, "payout_in_settlement")["state"] == "submitted"


def test_a_payout_is_taken_back_until_a_settlement_has_it_and_again_gives_the_same(
    world: World, clerk: Clerk, card: str
) -> None:
    early, postponed = paid_out(world, card, 1_200, "o1"), paid_out(world, card, 2_000, "o2")
    first = take_back(world, early)
    clerk.closes(1)
    clerk.does(1, "approve")
    assert take_back(world, early).json_body == first.json_body
    world.payout_claims.claim([postponed], "1-USD")
    assert problem(take_back(world, postponed, "r2"), 409, "payout_in_settlement")["state"] == "about_to_be_paid"
    clerk.does(1, "abort")
    assert take_back(world, postponed, "r2").status_code == 201
    assert "members" not in clerk.closes(2)
    assert balance(world, card) == money(15_000)


def test_of_a_reversal_and_a_settlement_at_the_same_moment_the_first_wins(
    world: World, clerk: Clerk, card: str
) -> None:
    paid = paid_out(world, card, 1_200, "o1")
    clerk.closes(1)
    clerk.does(1, "approve")
    clerk.tells(1, **{leg["party"]: "succeeded" for leg in clerk.does(1, "collect")["legs"]})
    world.payout_claims.before_writing = lambda: clerk.does(1, "pay")
    assert problem(take_back(world, paid), 409, "payout_in_settlement")["state"] == "submitted"
    assert balance(world, card) == money(15_000 - 1_200)


def test_that_a_member_is_not_paid_needs_a_reference_of_the_banks(world: World, clerk: Clerk, card: str) -> None:
    paid = paid_out(world, card, 1_200, "o1")
    clerk.closes(1)
    [leg] = clerk.pays(1)
    outcome = {"outcomes": [{"leg": leg["key"], "state": "failed"}]}
    problem(world.post(f"{PAID.format(1)}/USD/outcomes", outcome, world.operator), 422, "evidence_needed")
    assert clerk.tells(1, **{paid: "failed"})["legs"][-1]["state"] == "failed"


def test_a_payment_that_succeeds_after_its_cashback_went_back_is_a_trouble_until_the_money_does_too(
    world: World, clerk: Clerk, card: str
) -> None:
    paid = paid_out(world, card, 1_200, "o1")
    clerk.closes(1)
    clerk.pays(1)
    world.payouts.reverse("ann", "by-hand", paid)
    for one in (clerk.tells(1, **{paid: "succeeded"}), clerk.does(1, "pay"), clerk.tells(1, **{paid: "succeeded"})):
        assert (one["stage"], len(one["troubles"])) == ("settled", 1)
        assert "cashback is the member's again" in one["troubles"][0]["text"]
    seen = {"party": f"members:{paid}", "decision": "seen", "trouble": one["troubles"][0]["text"], "reason": "rung up"}
    for _ in range(2):
        assert world.post(f"{PAID.format(1)}/USD/decisions", seen, world.operator).json_body["troubles"] == []
    assert clerk.closes(2) == {"members": -1_200}, "the members owe it, and nobody is paid for it again"
    assert clerk.tells(1, **{paid: "returned"})["troubles"] == []
    assert balance(world, card) == money(15_000)
    assert clerk.closes(3) == {"members": 1_200}, "which they do not owe any more"
    assert clerk.pays(3) == []


def test_what_one_person_alone_says_of_a_payment_brings_no_cashback_back(world: World, clerk: Clerk, card: str) -> None:
    """Or it would be paid out once more, although the bank has carried the first payment out."""
    failed, returned = paid_out(world, card, 1_200, "o1"), paid_out(world, card, 2_000, "o2")
    clerk.closes(1)
    clerk.pays(1)
    clerk.tells(1, **{failed: "failed", returned: "succeeded"})
    defer = {"party": f"members:{failed}", "decision": "defer"}
    refused = problem(world.post(f"{PAID.format(1)}/USD/decisions", defer, world.operator), 403, "second_person_needed")
    assert refused["payments"] == [{"payment": f"1-USD:members:{failed}:out:1"}]
    for _ in range(2):
        one = clerk.tells(1, alone=True, **{returned: "returned"})
        assert [trouble["text"].partition(":")[0] for trouble in one["troubles"]] == ["it came back by the word of one"]
        world.settlement_payments.work()
        assert balance(world, card) == money(15_000 - 3_200)
    assert problem(take_back(world, returned), 409, "payout_in_settlement")["state"] == "returned"
    assert clerk.tells(1, **{returned: "returned"})["troubles"] == []
    assert balance(world, card) == money(15_000 - 1_200)
    for _ in range(2):
        clerk.does(1, "decisions", defer)
    assert balance(world, card) == money(15_000)
    assert "members" not in clerk.closes(2), "both came back, and both are the members' again"


def test_a_return_that_another_confirms_in_a_later_window_is_counted_once(
    world: World, clerk: Clerk, card: str
) -> None:
    paid = paid_out(world, card, 1_200, "o1")
    clerk.closes(1)
    clerk.pays(1)
    clerk.tells(1, **{paid: "succeeded"})
    clerk.tells(1, alone=True, **{paid: "returned"})
    assert clerk.closes(2) == {"members": 1_200}, "it is theirs, but nobody is paid for it"
    assert clerk.pays(2) == []
    clerk.tells(1, **{paid: "returned"})
    assert balance(world, card) == money(15_000)
    assert clerk.closes(3) == {"members": -1_200}, "which the network has kept"


def test_what_came_back_by_the_word_of_one_in_an_earlier_version_stays_so(
    world: World, clerk: Clerk, card: str
) -> None:
    paid = paid_out(world, card, 1_200, "o1")
    clerk.closes(1)
    clerk.pays(1)
    one = clerk.tells(1, **{paid: "succeeded"})
    clerk.tells(1, **{paid: "returned"})
    stored = world.settlement_payments.settlement(1, "USD")
    [key] = [leg["key"] for leg in one["legs"] if leg["payout"] == paid]
    leg = stored.leg(key)
    before = with_leg(stored, leg, replace(leg, confirmed_by=()))
    assert [given.key for given in to_give_back(before)] == [key]
