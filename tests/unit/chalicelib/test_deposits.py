"""What a prepaid partner has paid in is in the trial balance of money, beside what settlements collected from it."""

from partners.books.money_service import MoneyBooks
from partners.contracts.model import NewTerms
from partners.contracts.payment import Funding, FundingKind
from partners.settlement.payments.legs import LegState
from partners.settlement.payments.service import BankWord
from shared.kernel.clock import to_rfc3339
from tests.fakes.contract_book import agree
from tests.unit.chalicelib.world import ALL_SCOPES, PLAN, World


def test_a_deposit_is_owed_to_who_paid_it_whatever_is_collected_from_it(world: World) -> None:
    prepaid = NewTerms(
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
    agree(world.contracts, "gamma", prepaid)
    world.contracts.open_location("gamma", "g1", "G1", "America/Chicago", 0)
    key = world.access.issue_key("gamma", ALL_SCOPES).text
    paid = {"paid_cents": 100_000, "currency": "USD", "reason": "prepaid for November"}
    assert world.post("/v1/partners/gamma/payments", paid, world.operator, idempotency_key="d").status_code == 201
    sale = {
        "card_number": world.enrol(),
        "location_id": "g1",
        "receipt": "r1",
        "occurred_at": to_rfc3339(world.clock()),
        "total": {"amount_cents": 2_000_000, "currency": "USD"},
    }
    assert world.post("/v1/purchases", sale, key, idempotency_key="p1").status_code == 201
    world.close_window()
    payments = world.settlement_payments
    payments.calculate(1, "ann")
    payments.approve(1, "USD", "bob")
    [leg] = payments.collect(1, "USD", "ann").legs
    payments.tell(1, "USD", [BankWord(leg.key, LegState.SUCCEEDED)], "bank")
    recorded = world.get("/v1/partners/gamma/funding", world.operator).json_body["payments"]
    assert sum(one["paid_cents"] for one in recorded) == 160_000, "the collection tops up what is prepaid"

    books = MoneyBooks(
        payments._payments, world.windows._store, world.windows, world.contracts, world.funding, world.advances._book
    )
    balances, contradictions = books.balance()
    assert {one.account: one.balance for one in balances} == {
        "bank": 160_000,
        "deposits": -100_000,
        "gamma": 0,
        "network": -60_000,
    }
    assert contradictions == ()
