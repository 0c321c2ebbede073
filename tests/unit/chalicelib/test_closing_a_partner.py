"""A partner is closed when nothing is owed either way: each thing that is open is named, and settled like any other."""

from dataclasses import replace
from typing import Any

import pytest

from partners.adjustments.alone import ONE_PERSON_LIMIT_POINTS
from partners.billing.dunning import InvoiceRecord
from partners.billing.stripe_model import StripeAccount
from shared.kernel.clock import utc_day
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_member_payouts import Clerk
from tests.unit.chalicelib.test_terms_routes import TERMS
from tests.unit.chalicelib.world import ALL_SCOPES, NOW, World, purchase

LATER = "2026-12-17T12:00:00Z"
LEAVING = "/v1/partners/gamma/state"


class Leaver:
    """gamma pays and is paid 0.005 a point, less a commission of 10 %, and has had a store since 1 November.

    It has granted 1,000 points, honoured 900 of them, and was suspended a month ago.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        world.post("/v1/partners", {"partner_id": "gamma", "name": "Gamma", "currency": "USD"}, world.operator)
        prices = {"issue_price_micros": 5_000, "redeem_price_micros": 5_000, "commission_bps": 1_000}
        earns = {"earn_points": 1, "earn_per_cents": 100, "effective_from": "2026-11-01T00:00:00Z"}
        self.does("terms", {**TERMS, **prices, **earns})
        approval = world.post(
            "/v1/partners/gamma/terms/proposals/1/approve", {"reason": "agreed"}, world.second_operator
        )
        assert approval.status_code == 200, approval.body
        store = {"location_id": "g1", "name": "One", "time_zone": "UTC", "opened_at": "2026-11-01T00:00:00Z"}
        self.does("locations", store)
        for state in ("verified", "active"):
            self.does("state", {"state": state, "reason": "as agreed"})
        self.key = world.access.issue_key("gamma", ALL_SCOPES).text
        world.clock.advance(ms=61_000)
        card = self.card = world.enrol("g@example.com", self.key, "g1")
        bought = {**purchase(card), "location_id": "g1", "total": {"amount_cents": 100_000, "currency": "USD"}}
        assert world.post("/v1/purchases", bought, self.key, idempotency_key="p").json_body["points"] == 1_000
        spent = {"card_number": card, "location_id": "g1", "receipt": "x", "occurred_at": NOW, "points": 900}
        assert world.post("/v1/redemptions", spent, self.key, idempotency_key="x").status_code == 201
        world.post_all_entries()
        self.does("state", {"state": "suspended", "reason": "leaves"})
        self.does("locations/g1/close", {})
        world.clock.advance(days=32)

    def does(self, what: str, body: dict[str, Any]) -> None:
        reply = self.world.post(f"/v1/partners/gamma/{what}", body, self.world.operator)
        assert reply.status_code in (200, 201), reply.body

    def leaves(self) -> Any:
        return self.world.post(LEAVING, {"state": "closed", "reason": "left"}, self.world.operator)

    def outstanding(self) -> list[tuple[str, str, int | None]]:
        refused = problem(self.leaves(), 409, "position_open")
        return [(one["what"], one["reference"], one["amount_cents"]) for one in refused["outstanding"]]


@pytest.fixture
def leaver(world: World) -> Leaver:
    return Leaver(world)


def bill_cents(world: World, leaver: Leaver) -> int:
    cents: int = world.get("/v1/bill?month=2026-11", leaver.key).json_body["total_cents"]
    return cents


def test_who_owes_commission_and_a_months_bill_is_not_closed_before_both_are_settled(
    world: World, leaver: Leaver
) -> None:
    of_november = ("month", "2026-11", bill_cents(world, leaver))
    assert of_november[2] > 0
    # Granted for 5.00 and paid 4.50 for: 0.50; with the commission on that, which the window knows first, 0.95.
    granted, in_window = ("exposure", "gamma", 50), ("window", "1", 95)
    assert leaver.outstanding() == [granted, in_window, of_november]
    world.invoices.issue_due("gamma")
    assert leaver.outstanding() == [granted, in_window, ("invoice", "2026-11-gamma", of_november[2])]
    pays_invoice(world)
    assert leaver.outstanding() == [granted, in_window]
    world.clock.advance(ms=1)
    world.post("/v1/windows/1/close", {}, world.operator)
    assert leaver.outstanding() == [granted, ("window", "1", None)]
    world.windows.work(drain_ms=0)
    assert leaver.outstanding() == [granted, in_window]
    world.settlement_payments.calculate(1, "ann")
    charged = [("exposure", "gamma", 95), ("settlement", "1-USD", 95)]
    assert leaver.outstanding() == charged
    clerk = Clerk(world)
    clerk.does(1, "approve")
    clerk.does(1, "collect")
    assert leaver.outstanding() == charged
    clerk.tells(1, gamma="succeeded")
    clerk.does(1, "pay")
    closed = leaver.leaves()
    assert (closed.status_code, closed.json_body["state"]) == (200, "closed")
    left = {"card_number": leaver.card, "location_id": "b1", "receipt": "b", "occurred_at": LATER, "points": 100}
    elsewhere = world.post("/v1/redemptions", left, world.beta, idempotency_key="b")
    assert elsewhere.status_code == 201, elsewhere.body


def pays_invoice(world: World) -> None:
    invoice = "/v1/partners/gamma/invoices/2026-11"
    cents = world.get(invoice, world.operator).json_body["open_cents"]
    paid = {"amount_cents": cents, "received_on": utc_day(world.clock()), "reference": "B-1"}
    assert world.post(f"{invoice}/payments", paid, world.operator, idempotency_key="paid").status_code == 201


def settled(world: World) -> None:
    """All that gamma owes of window 1 and of November."""
    world.invoices.issue_due("gamma")
    pays_invoice(world)
    clerk = Clerk(world)
    clerk.closes(1)
    clerk.pays(1)


def test_what_is_paid_by_hand_beyond_what_a_settlement_collects_is_open(world: World, leaver: Leaver) -> None:
    settled(world)
    paid = {"paid_cents": 7, "currency": "USD", "reason": "twice"}
    world.post("/v1/partners/gamma/payments", paid, world.operator, idempotency_key="twice")
    assert leaver.outstanding() == [("deposit", "gamma", -7)]
    back = {**paid, "paid_cents": -7, "reason": "given back"}
    world.post("/v1/partners/gamma/payments", back, world.operator, idempotency_key="back")
    assert leaver.leaves().status_code == 200


def test_who_is_billed_through_stripe_has_left_it_before_it_is_closed(world: World, leaver: Leaver) -> None:
    settled(world)
    account = StripeAccount("gamma", "cus_1", "2026-12", closed_through="2026-11")
    for last_month in (None, "2026-12"):
        world.invoicers.accounts["gamma"] = replace(account, last_month=last_month)
        assert leaver.outstanding() == [("billing", "cus_1", None)]
    world.invoicers.accounts["gamma"] = replace(account, last_month="2026-12", closed_through="2026-12")
    assert leaver.leaves().status_code == 200


def test_who_never_traded_but_had_a_store_pays_for_it_before_it_is_closed(world: World) -> None:
    world.post("/v1/partners", {"partner_id": "gamma", "name": "Gamma", "currency": "USD"}, world.operator)
    terms = {**TERMS, "effective_from": "2026-11-01T00:00:00Z"}
    world.post("/v1/partners/gamma/terms", terms, world.operator)
    agreed = {"reason": "agreed"}
    world.post("/v1/partners/gamma/terms/proposals/1/approve", agreed, world.second_operator)
    store = {"location_id": "g1", "name": "One", "time_zone": "UTC", "opened_at": "2026-11-01T00:00:00Z"}
    assert world.post("/v1/partners/gamma/locations", store, world.operator).status_code == 201
    assert world.post("/v1/partners/gamma/locations/g1/close", {}, world.operator).status_code == 200
    refused = problem(world.post(LEAVING, {"state": "closed", "reason": "left"}, world.operator), 409, "position_open")
    assert [(one["what"], one["reference"]) for one in refused["outstanding"]] == [("month", "2026-11")]


def test_an_open_case_and_an_unpaid_invoice_keep_a_partner(world: World, leaver: Leaver) -> None:
    settled(world)
    case = {"window": 1, "text": "five points are missing"}
    opened = world.post("/v1/cases", case, leaver.key, idempotency_key="c1")
    assert opened.status_code == 201, opened.body
    world.invoices_heard["gamma"] = [InvoiceRecord("in_1", "open", 1_456)]
    assert leaver.outstanding() == [("invoice", "in_1", 1_456), ("case", "1", None)]
    world.invoices_heard["gamma"] = [InvoiceRecord("in_1", "paid", 0)]
    world.post("/v1/cases/1/withdraw", {"reason": "found them"}, leaver.key)
    assert leaver.leaves().status_code == 200


def test_a_payment_that_is_taken_back_after_its_settlement_ended_is_open_again(world: World, leaver: Leaver) -> None:
    settled(world)
    Clerk(world).tells(1, gamma="returned")
    # It is carried into window 2 and charged there, and the partner's exposure has it until that is settled.
    assert leaver.outstanding() == [("exposure", "gamma", 95), ("window", "2", 95)]


def test_collateral_is_given_back_before_a_partner_is_closed(world: World, leaver: Leaver) -> None:
    settled(world)

    def held(cents: int, number: int) -> None:
        leaver.does("collateral", {"held_cents": cents, "guarantee_cents": cents, "reason": "of a bank"})
        path = f"/v1/partners/gamma/collateral/proposals/{number}/approve"
        assert world.post(path, {"reason": "seen"}, world.second_operator).status_code == 200

    held(700, 1)
    assert leaver.outstanding() == [("collateral", "gamma", -700)]
    held(0, 2)
    assert leaver.leaves().status_code == 200


MUCH = ONE_PERSON_LIMIT_POINTS + 1
KNOWN_BY = {"cases": "case", "adjustments": "adjustment_id", "payments": "payment_id"}
CASE = {"text": "five points are missing", "reason": "told by telephone", "claim": {"points": 5}}


def of_gamma(leaver: Leaver, what: str, body: dict[str, Any], key: str) -> Any:
    path = "/v1/adjustments" if what == "adjustments" else f"/v1/partners/gamma/{what}"
    return leaver.world.post(path, body, leaver.world.operator, idempotency_key=key)


def asked_of_gamma(leaver: Leaver) -> list[tuple[str, dict[str, Any]]]:
    grant = {"card_number": leaver.card, "issuer": "gamma", "points": 5, "reason": "goodwill"}
    paid = {"currency": "USD", "reason": "late"}
    return [
        ("cases", CASE),
        ("adjustments", grant),
        ("adjustments", {**grant, "points": MUCH}),
        ("adjustments", {**grant, "points": -5}),
        ("payments", {**paid, "paid_cents": 7}),
        ("payments", {**paid, "paid_cents": -7}),
    ]


def test_who_is_closed_is_owed_nothing_again_and_what_was_accepted_before_is_answered_again(
    world: World, leaver: Leaver
) -> None:
    settled(world)
    asked = list(enumerate(asked_of_gamma(leaver)))
    accepted = [of_gamma(leaver, what, body, f"before-{at}") for at, (what, body) in asked]
    assert [reply.status_code for reply in accepted] == [201] * len(asked), [reply.body for reply in accepted]
    withdrawn = world.post("/v1/cases/1/withdraw", {"reason": "found them"}, leaver.key)
    assert withdrawn.status_code == 200, withdrawn.body
    assert leaver.leaves().status_code == 200
    world.post_all_entries()
    recorded = len(world.get("/v1/partners/gamma/funding", world.operator).json_body["payments"])
    card = world.get(f"/v1/cards/{leaver.card}", world.beta).json_body

    for at, (what, body) in asked:
        again = of_gamma(leaver, what, body, f"before-{at}")
        name = KNOWN_BY[what]
        assert again.json_body[name] == accepted[at].json_body[name]
        refused = problem(of_gamma(leaver, what, body, f"after-{at}"), 409, "not_in_this_state")
        assert (refused["partner_id"], refused["state"], refused["new"]) == ("gamma", "closed", what.removesuffix("s"))
    by_itself = world.post("/v1/cases", {"text": "late find"}, leaver.key, idempotency_key="late")
    assert problem(by_itself, 409, "not_in_this_state")["new"] == "case"
    waits = f"/v1/adjustments/{accepted[2].json_body['adjustment_id']}"
    problem(world.post(f"{waits}/approve", b"", world.second_operator), 409, "not_in_this_state")
    assert world.post(f"{waits}/reject", b"", world.second_operator).json_body["state"] == "rejected"

    assert len(world.get("/v1/partners/gamma/funding", world.operator).json_body["payments"]) == recorded
    assert world.get(f"/v1/cards/{leaver.card}", world.beta).json_body == card


def test_what_a_bank_takes_back_of_who_is_closed_is_still_told_and_owed_in_the_next_window(
    world: World, leaver: Leaver
) -> None:
    settled(world)
    assert leaver.leaves().status_code == 200
    Clerk(world).tells(1, gamma="returned")
    assert world.funding.measure("gamma").exposure_cents == 95
