"""Cashback through the API: earned, shown, spent, returned, called off, paid out."""

from typing import Any

import pytest

from partners.contracts.exchange import ExchangeRate
from partners.contracts.model import NewTerms
from shared.kernel.clock import to_rfc3339
from shared.ledger.audit import check_history
from shared.ledger.codec import entry_from_item
from tests.fakes.contract_book import agree
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import ALL_SCOPES, NOW, PLAN, World, purchase

B1 = {"location_id": "b1", "receipt": "b-9", "occurred_at": NOW}
G1 = {"location_id": "g1", "receipt": "g-9", "occurred_at": NOW}


def money(cents: int, currency: str = "USD") -> dict[str, Any]:
    return {"amount_cents": cents, "currency": currency}


class Gamma:
    """A partner that grants 1.5 % cashback and 1 point for 1.00, and what a member does there."""

    def __init__(self, world: World, currency: str = "USD", partner: str = "gamma", **changes: int) -> None:
        self.world = world
        self.currency = currency
        world.contracts.create_partner(partner, partner.title(), currency)
        agreed = {"earn_points": 1, "issue_price_micros": 6_000, "redeem_price_micros": 5_000, **changes}
        terms = NewTerms(
            effective_from_ms=0,
            earn_per_cents=100,
            expiry_months=24,
            cashback_bps=150,
            plan=PLAN,
            exchange_rates=() if currency == "USD" else (ExchangeRate("USD", 10**9),),
            **agreed,
        )
        agree(world.contracts, partner, terms)
        world.contracts.open_location(partner, "g1", "Store g1", "America/Chicago", 0)
        self.key = world.access.issue_key(partner, ALL_SCOPES).text

    def sells(self, card: str, cents: int, receipt: str = "g-1") -> dict[str, Any]:
        body = purchase(card, location_id="g1", receipt=receipt, total=money(cents, self.currency))
        reply = self.world.post("/v1/purchases", body, self.key, idempotency_key=receipt)
        assert reply.status_code == 201, reply.body
        return dict(reply.json_body)

    def takes_back(self, entry_id: str, cents: int, receipt: str = "g-back") -> dict[str, Any]:
        body = {**G1, "receipt": receipt, "total": money(cents, self.currency)}
        reply = self.world.post(f"/v1/purchases/{entry_id}/returns", body, self.key, idempotency_key=receipt)
        assert reply.status_code == 201, reply.body
        return dict(reply.json_body)


@pytest.fixture
def gamma(world: World) -> Gamma:
    return Gamma(world)


def spend(world: World, card: str, cents: int, key: str = "x1", currency: str = "USD") -> Any:
    body = {"card_number": card, **B1, "cashback": money(cents, currency)}
    return world.post("/v1/redemptions/cashback", body, world.beta, idempotency_key=key)


def test_a_purchase_grants_the_cashback_that_was_quoted_and_says_why(world: World, card: str, gamma: Gamma) -> None:
    body = purchase(card, location_id="g1", total=money(1_234))
    quoted = world.post("/v1/purchases/quote", body, gamma.key).json_body
    explanation = ["1 per 1.00 USD on 12.34 USD = 12", "1.5 % of 12.34 USD = 0.18 USD cashback"]
    assert quoted == {"points": 12, "cashback": money(18), "explanation": explanation}
    bought = gamma.sells(card, 1_234)
    assert (bought["cashback"], bought["cashback_balance"], bought["explanation"]) == (
        money(18),
        money(18),
        explanation,
    )
    shown = world.get(f"/v1/cards/{card}", world.beta).json_body
    assert shown["cashback"] == [{"balance": money(18), "pending": money(0), "owed": money(0), "expiring": []}]
    assert bought["cashback_expires_on"] is None


def test_a_customer_sees_when_cashback_expires_and_what_was_called_off_too_late(world: World, card: str) -> None:
    brief = Gamma(world, cashback_expiry_months=1)
    long = Gamma(world, partner="delta", cashback_expiry_months=2)
    unending = Gamma(world, partner="epsilon")
    for partner, cents in ((brief, 10_000), (long, 4_000), (unending, 2_000)):
        bought = partner.sells(card, cents)
    assert bought["cashback_expires_on"] is None
    assert brief.sells(card, 2_000, "g-2")["cashback_expires_on"] == "2026-12-31"
    spent = spend(world, card, 200).json_body["entry_id"]
    [shown] = world.get(f"/v1/cards/{card}", world.beta).json_body["cashback"]
    assert (shown["balance"], shown["expiring"]) == (
        money(70),
        [{"cashback": money(40), "last_day": "2027-01-31"}],
    )
    world.clock.advance(days=50)
    at = {**B1, "receipt": "b-10", "occurred_at": to_rfc3339(world.clock())}
    path = f"/v1/redemptions/{spent}/cancellations"
    undone = world.post(path, at, world.beta, idempotency_key="u1").json_body
    assert (undone["cashback_restored"], undone["cashback_lapsed"]) == (money(20), money(180))
    assert (undone["points"], undone["points_lapsed"], undone["value"]) == (0, 0, money(200))
    [shown] = world.get(f"/v1/cards/{card}", world.beta).json_body["cashback"]
    assert (shown["balance"], shown["expiring"][0]["cashback"]) == (money(90), money(60))


def test_a_closed_account_gives_up_what_had_not_run_out(world: World, card: str) -> None:
    Gamma(world, cashback_expiry_months=1).sells(card, 10_000)
    Gamma(world, partner="delta").sells(card, 4_000)
    world.clock.advance(days=50)
    body = {"card_number": card, "reason": "asked for", "forfeit": True}
    closed = world.post("/v1/closures", body, world.operator, idempotency_key="z1").json_body
    assert closed["cashback_forfeited"] == [money(60)]


def test_a_purchase_of_cashback_alone_is_no_visit_and_grants_no_points_that_could_expire(
    world: World, card: str
) -> None:
    bought = Gamma(world, earn_points=0).sells(card, 1_000)
    assert (bought["points"], bought["visit"], bought["expires_on"], bought["cashback"]) == (0, False, None, money(15))


def test_cashback_waits_with_the_points(world: World, card: str) -> None:
    bought = Gamma(world, waiting_days=14).sells(card, 1_000)
    assert (bought["cashback"], bought["cashback_balance"]) == (money(15), money(0))
    assert bought["pending_until"] == "2026-11-29T12:00:00.000Z"
    assert world.get(f"/v1/cards/{card}").json_body["cashback"][0]["pending"] == money(15)


def test_cashback_is_spent_at_another_partner_and_called_off_in_part_and_in_whole(
    world: World, card: str, gamma: Gamma
) -> None:
    gamma.sells(card, 10_000)
    spent = spend(world, card, 120)
    assert spent.status_code == 201
    assert spent.json_body == {
        "entry_id": spent.json_body["entry_id"],
        "recorded_at": "2026-11-15T12:00:00.000Z",
        "visit": True,
        "cashback": money(120),
        "cashback_balance": money(30),
    }
    again = spend(world, card, 120)
    assert (again.body, again.headers["Idempotency-Replayed"]) == (spent.body, "true")

    path = f"/v1/redemptions/{spent.json_body['entry_id']}/cancellations"
    part = {**B1, "receipt": "b-10", "cashback": money(50)}
    reply = world.post(path, part, world.beta, idempotency_key="u1").json_body
    assert (reply["cashback_restored"], reply["value"], reply["cashback_balance"]) == (money(50), money(50), money(80))
    assert (reply["points"], reply["points_restored"], reply["points_balance"]) == (0, 0, 100)
    more = {**part, "receipt": "b-11", "cashback": money(71)}
    refused = problem(world.post(path, more, world.beta, idempotency_key="u2"), 422, "cancel_exceeds_redemption")
    assert (refused["cashback_cents"], refused["cashback_cents_left"]) == (71, 70)
    rest = world.post(path, {**B1, "receipt": "b-12"}, world.beta, idempotency_key="u3").json_body
    assert (rest["cashback_restored"], rest["cashback_balance"]) == (money(70), money(150))


def test_a_cancellation_names_what_the_redemption_took(world: World, card: str, gamma: Gamma) -> None:
    gamma.sells(card, 10_000)
    spent = spend(world, card, 120).json_body["entry_id"]
    points = {"card_number": card, **B1, "points": 60}
    redeemed = world.post("/v1/redemptions", points, world.beta, idempotency_key="x2").json_body["entry_id"]
    for number, (entry_id, asked) in enumerate([(spent, {"points": 5}), (redeemed, {"cashback": money(5)})]):
        path = f"/v1/redemptions/{entry_id}/cancellations"
        reply = world.post(path, {**B1, **asked}, world.beta, idempotency_key=f"u{number}")
        problem(reply, 422, "cancelled_unit_mismatch")


def test_a_cancellation_in_another_currency_than_the_redemptions_is_refused(
    world: World, card: str, gamma: Gamma
) -> None:
    gamma.sells(card, 10_000)
    Gamma(world, "EUR", partner="delta").sells(card, 10_000)
    path = f"/v1/redemptions/{spend(world, card, 120).json_body['entry_id']}/cancellations"
    euros, dollars = ({**B1, "cashback": money(5, currency)} for currency in ("EUR", "USD"))
    refused = problem(world.post(path, euros, world.beta, idempotency_key="u1"), 422, "currency_mismatch")
    assert (refused["currency"], refused["contract_currency"]) == ("EUR", "USD")
    balances = [one["balance"] for one in world.get(f"/v1/cards/{card}").json_body["cashback"]]
    assert balances == [money(150, "EUR"), money(30)]
    done = world.post(path, dollars, world.beta, idempotency_key="u1")
    assert (done.status_code, done.json_body["cashback_balance"]) == (201, money(35))
    problem(world.post(path, euros, world.beta, idempotency_key="u1"), 422, "idempotency_key_reused")


def test_no_more_cashback_is_spent_than_there_is_nor_in_another_currency(world: World, card: str, gamma: Gamma) -> None:
    gamma.sells(card, 1_000)
    refused = problem(spend(world, card, 16), 422, "insufficient_cashback")
    assert (refused["cashback_cents_requested"], refused["cashback_cents_available"]) == (16, 15)
    problem(spend(world, card, 5, "x2", "EUR"), 422, "currency_mismatch")
    problem(spend(world, card, 0, "x3"), 400, "invalid_field")


def test_euros_are_not_dollars(world: World, card: str) -> None:
    Gamma(world, "EUR").sells(card, 10_000)
    problem(spend(world, card, 1), 422, "insufficient_cashback")
    assert world.get(f"/v1/cards/{card}").json_body["cashback"][0]["balance"] == money(150, "EUR")


def test_returned_cashback_that_was_spent_is_owed_and_repaid_by_the_next(world: World, card: str, gamma: Gamma) -> None:
    bought = gamma.sells(card, 10_000)
    spend(world, card, 120)
    back = gamma.takes_back(bought["entry_id"], 10_000)
    assert (back["cashback_taken_back"], back["cashback_owed"], back["cashback_balance"]) == (
        money(30),
        money(120),
        money(0),
    )
    shown = world.get(f"/v1/cards/{card}").json_body["cashback"]
    assert shown == [{"balance": money(0), "pending": money(0), "owed": money(120), "expiring": []}]
    again = gamma.sells(card, 10_000, "g-2")
    assert (again["cashback"], again["cashback_balance"]) == (money(150), money(30))


def test_another_partner_can_neither_return_nor_cancel_what_moved_cashback(
    world: World, card: str, gamma: Gamma
) -> None:
    bought = gamma.sells(card, 10_000)["entry_id"]
    spent = spend(world, card, 120).json_body["entry_id"]
    problem(world.post(f"/v1/purchases/{bought}/returns", B1, world.beta, idempotency_key="t"), 404, "unknown_entry")
    path = f"/v1/redemptions/{spent}/cancellations"
    problem(world.post(path, G1, gamma.key, idempotency_key="u"), 404, "unknown_entry")
    elsewhere = {"card_number": card, **G1, "cashback": money(5)}
    reply = world.post("/v1/redemptions/cashback", elsewhere, world.beta, idempotency_key="x9")
    problem(reply, 404, "unknown_location")


def pay_out(world: World, card: str, cents: int, key: str = "o1", currency: str = "USD") -> Any:
    """By one operator, and a second one if two are needed."""
    body = {"card_number": card, "cashback": money(cents, currency)}
    if currency == "EUR":
        body["member_account_fingerprint"] = "0" * 64
    reply = world.post("/v1/payouts", body, world.operator, idempotency_key=key)
    if reply.status_code != 201 or reply.json_body["state"] != "proposed":
        return reply
    approved = world.post(f"/v1/payout-requests/{reply.json_body['request_id']}/approve", b"", world.second_operator)
    return (
        approved
        if approved.status_code != 200
        else world.post("/v1/payouts", body, world.operator, idempotency_key=key)
    )


def test_the_operator_pays_cashback_out_once(world: World, card: str, gamma: Gamma) -> None:
    gamma.sells(card, 100_000)
    paid = pay_out(world, card, 1_200)
    assert paid.status_code == 201
    assert (paid.json_body["cashback"], paid.json_body["cashback_balance"]) == (money(1_200), money(300))
    world.clock.advance(ms=1)
    assert pay_out(world, card, 1_200).body == paid.body
    problem(pay_out(world, card, 1_201), 422, "idempotency_key_reused")
    refused = problem(pay_out(world, card, 999, "o2"), 422, "payout_below_minimum")
    assert refused["minimum_cents"] == 1_000
    problem(pay_out(world, card, 1_000, "o3"), 422, "insufficient_cashback")
    problem(pay_out(world, card, 1_000, "o4", "EUR"), 422, "insufficient_cashback")
    histories = [[entry_from_item(item) for item in items] for items in world.journal.items.values()]
    assert [check_history(history) for history in histories] == [3]


def test_a_payout_that_the_bank_returns_is_taken_back_once(world: World, card: str, gamma: Gamma) -> None:
    gamma.sells(card, 100_000)
    path = f"/v1/payouts/{pay_out(world, card, 1_200).json_body['entry_id']}/reversals"
    back = world.post(path, b"", world.operator, idempotency_key="r1")
    assert back.status_code == 201
    assert (back.json_body["cashback"], back.json_body["cashback_balance"]) == (money(1_200), money(1_500))
    again = world.post(path, b"", world.operator, idempotency_key="r1")
    assert (again.body, again.headers["Idempotency-Replayed"]) == (back.body, "true")
    problem(world.post(path, b"", world.operator, idempotency_key="r2"), 409, "payout_reversed")


def test_only_a_payout_can_be_reversed(world: World, card: str, gamma: Gamma) -> None:
    bought = gamma.sells(card, 100_000)["entry_id"]
    spent = spend(world, card, 120).json_body["entry_id"]
    for number, entry_id in enumerate([bought, spent, "1234567890-7"]):
        path = f"/v1/payouts/{entry_id}/reversals"
        problem(world.post(path, b"", world.operator, idempotency_key=f"r{number}"), 404, "unknown_payout")


def test_a_partner_can_not_cancel_a_payout(world: World, card: str, gamma: Gamma) -> None:
    gamma.sells(card, 100_000)
    path = f"/v1/redemptions/{pay_out(world, card, 1_200).json_body['entry_id']}/cancellations"
    problem(world.post(path, B1, world.beta, idempotency_key="u1"), 404, "unknown_entry")


def test_the_journal_says_which_operator_paid_out_and_took_back(world: World, card: str, gamma: Gamma) -> None:
    gamma.sells(card, 100_000)
    paid = pay_out(world, card, 1_200).json_body["entry_id"]
    world.post(f"/v1/payouts/{paid}/reversals", b"", world.operator, idempotency_key="r1")
    [items] = world.journal.items.values()
    assert [entry_from_item(item).location for item in items][-2:] == ["ann", "ann"]


def test_a_closed_account_says_what_cashback_was_lost_and_what_was_owed(world: World, card: str, gamma: Gamma) -> None:
    bought = gamma.sells(card, 10_000)["entry_id"]
    spend(world, card, 150)
    gamma.takes_back(bought, 10_000)
    body = {"card_number": card, "reason": "asked for", "forfeit": True}
    closed = world.post("/v1/closures", body, world.operator, idempotency_key="z1").json_body
    assert (closed["cashback_forfeited"], closed["cashback_written_off"]) == ([], [money(150)])


def test_a_payout_comes_back_to_a_closed_account_and_is_paid_out_again(world: World, card: str, gamma: Gamma) -> None:
    gamma.sells(card, 100_000)
    path = f"/v1/payouts/{pay_out(world, card, 1_500).json_body['entry_id']}/reversals"
    closing = {"card_number": card, "reason": "asked for", "forfeit": True}
    assert world.post("/v1/closures", closing, world.operator, idempotency_key="z1").status_code == 201
    back = world.post(path, b"", world.operator, idempotency_key="r1")
    assert (back.status_code, back.json_body["cashback_balance"]) == (201, money(1_500))
    problem(spend(world, card, 100), 409, "account_closed")
    again = pay_out(world, card, 1_500, "o2")
    assert (again.status_code, again.json_body["cashback_balance"]) == (201, money(0))
    problem(pay_out(world, card, 1_500, "o3"), 409, "account_closed")
