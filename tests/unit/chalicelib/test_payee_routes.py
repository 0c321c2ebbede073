"""Where a partner is paid at Stripe, and a settlement that goes there, through the API."""

from typing import Any

from partners.contracts.payment import PaymentMethod
from tests.fakes.contract_book import agree, new_terms
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_cashback_routes import B1, Gamma
from tests.unit.chalicelib.test_member_payouts import Clerk
from tests.unit.chalicelib.world import World

PATH = "/v1/partners/beta/payee-accounts"
WANTED = {
    "customer_id": "cus_R1",
    "connected_account_id": "acct_1Q",
    "collection": "charge_automatically",
    "bank_account_fingerprint": "ab" * 32,
    "reason": "as they asked",
}
ACCOUNTS = {name: value for name, value in WANTED.items() if name != "reason"}
NOTHING = {
    "customer_id": None,
    "connected_account_id": None,
    "collection": "send_invoice",
    "bank_account_fingerprint": None,
}
PHONED = {"reason": "asked by phone"}


def in_force(world: World) -> dict[str, Any]:
    shown: dict[str, Any] = world.get(PATH, world.operator).json_body
    return {name: shown[name] for name in NOTHING}


def test_the_networks_own_bank_account_is_agreed_on_in_the_same_way(world: World) -> None:
    own = PATH.replace("beta", "network")
    world.post(own, {"bank_account_fingerprint": "cd" * 32, "reason": "our new bank"}, world.operator)
    assert world.payees.bank_account("network") is None
    assert world.post(f"{own}/proposals/1/approve", PHONED, world.second_operator).status_code == 200
    assert world.get(own, world.operator).json_body["bank_account_fingerprint"] == "cd" * 32


def test_money_goes_where_two_operators_say_and_until_then_where_it_went_before(world: World) -> None:
    assert world.get(PATH, world.operator).json_body == {
        **NOTHING,
        "partner_id": "beta",
        "proposal": None,
        "version": 0,
    }
    for _ in range(2):
        shown = world.post(PATH, WANTED, world.operator)
        assert (shown.status_code, shown.json_body["version"]) == (200, 1)
    assert (in_force(world), shown.json_body["proposal"]["accounts"]) == (NOTHING, ACCOUNTS)
    approve = f"{PATH}/proposals/1/approve"
    problem(world.post(approve, PHONED, world.operator), 403, "second_person_needed")
    for _ in range(2):
        assert world.post(approve, PHONED, world.second_operator).json_body["proposal"]["state"] == "approved"
    assert in_force(world) == ACCOUNTS
    world.post(PATH, {"customer_id": "cus_R2", "reason": "paid by the bank"}, world.operator)
    assert in_force(world) == ACCOUNTS
    world.post(f"{PATH}/proposals/2/decline", {"reason": "they know nothing of it"}, world.second_operator)
    problem(world.post(f"{PATH}/proposals/2/approve", PHONED, world.second_operator), 409, "proposal_decided")
    assert in_force(world) == ACCOUNTS
    wrongs = [("customer_id", "acct_1"), ("connected_account_id", "https://x"), ("collection", "cash")]
    for name, wrong in (*wrongs, ("bank_account_fingerprint", "DE89370400440532013000")):
        problem(world.post(PATH, {**WANTED, name: wrong}, world.operator), 400, "invalid_field")
    problem(world.get(PATH.replace("beta", "nobody"), world.operator), 404, "unknown_partner")
    problem(world.post(PATH.replace("beta", "nobody"), WANTED, world.operator), 404, "unknown_partner")


def test_a_partner_whose_terms_say_stripe_is_paid_there_and_nowhere_else(world: World, card: str) -> None:
    soon = new_terms(world.clock() + 2 * 60_000, payment_method=PaymentMethod.STRIPE)
    agree(world.contracts, "beta", soon)
    world.clock.advance(ms=3 * 60_000)
    Gamma(world, earn_points=5).sells(card, 100_000)
    points = {"card_number": card, **B1, "points": 500}
    assert world.post("/v1/redemptions", points, world.beta, idempotency_key="x1").status_code == 201
    clerk = Clerk(world)
    assert clerk.closes(1)["beta"] > 0
    clerk.does(1, "approve")
    clerk.tells(1, **{leg["party"]: "succeeded" for leg in clerk.does(1, "collect")["legs"]})
    pay = "/v1/windows/1/settlements/USD/pay"
    refused = problem(world.post(pay, {}, world.second_operator), 409, "no_stripe_account")
    assert (refused["partner_id"], refused["direction"]) == ("beta", "out")
    world.post(PATH, WANTED, world.operator)
    problem(world.post(pay, {}, world.second_operator), 409, "no_stripe_account")
    world.post(f"{PATH}/proposals/1/approve", PHONED, world.second_operator)
    [leg] = [leg for leg in clerk.does(1, "pay")["legs"] if leg["party"] == "beta"]
    assert (leg["method"], leg["account"], leg["state"], leg["recalled"]) == ("stripe", "acct_1Q", "submitted", False)
    outcome = {"outcomes": [{"leg": leg["key"], "state": "failed"}]}
    problem(world.post("/v1/windows/1/settlements/USD/outcomes", outcome, world.operator), 409, "paid_through_stripe")
    for _ in range(2):
        [leg] = [
            leg
            for leg in clerk.does(1, "decisions", {"party": "beta", "decision": "recall"})["legs"]
            if leg["party"] == "beta"
        ]
        assert (leg["state"], leg["recalled"]) == ("submitted", True)
