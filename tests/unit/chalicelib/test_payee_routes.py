"""Where a partner is paid at Stripe, and a settlement that goes there, through the API."""

from partners.contracts.payment import PaymentMethod
from tests.fakes.contract_book import agree, new_terms
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_cashback_routes import B1, Gamma
from tests.unit.chalicelib.test_member_payouts import Clerk
from tests.unit.chalicelib.world import World

PATH = "/v1/partners/beta/stripe-accounts"
WANTED = {
    "customer_id": "cus_R1",
    "connected_account_id": "acct_1Q",
    "collection": "charge_automatically",
    "reason": "as they asked",
}


def test_an_admin_says_where_a_partner_is_paid_at_stripe(world: World) -> None:
    nothing = {"partner_id": "beta", "customer_id": None, "connected_account_id": None}
    assert world.get(PATH, world.operator).json_body == {**nothing, "collection": "send_invoice", "version": 0}
    for _ in range(2):
        shown = world.post(PATH, WANTED, world.operator)
        assert (shown.status_code, shown.json_body["version"]) == (200, 1)
    assert world.get(PATH, world.operator).json_body == shown.json_body
    less = {"customer_id": "cus_R2", "reason": "paid by the bank"}
    assert world.post(PATH, less, world.operator).json_body == {
        "partner_id": "beta",
        "customer_id": "cus_R2",
        "connected_account_id": None,
        "collection": "send_invoice",
        "version": 2,
    }
    for wrong in ({"customer_id": "acct_1"}, {"connected_account_id": "https://x"}, {"collection": "cash"}):
        problem(world.post(PATH, {**WANTED, **wrong}, world.operator), 400, "invalid_field")
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
    refused = problem(world.post(pay, {}, world.operator), 409, "no_stripe_account")
    assert (refused["partner_id"], refused["direction"]) == ("beta", "out")
    world.post(PATH, WANTED, world.operator)
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
