"""Stripe charges the first band's flat fee of no visits too: nobody pays it twice, or for nothing."""

from dataclasses import replace

import pytest

from partners.billing.service import Billing
from partners.billing.stripe_items import Item
from partners.billing.stripe_model import ClosingState
from partners.contracts.plan import Band, Plan, PlanMode
from tests.doubles.stripe.http_client import DoubleClient
from tests.fakes.contract_book import agree, contracts_of, new_terms
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld, at

DAY_MS = 24 * HOUR_MS
JANUARY, FEBRUARY = at(2027, 1, 1), at(2027, 2, 1)
WHOLE_BAND = Plan(0, PlanMode.WHOLE_BAND, (Band(500, flat_fee_cents=4_500), Band(None, flat_fee_cents=10_500)))
GRADUATED = Plan(3_100, PlanMode.GRADUATED, (Band(10, flat_fee_cents=1_000), Band(None, visit_fee_micros=50_000)))


def by_month(world: StripeWorld, *months: str) -> list[int]:
    """What is billed of each month, having checked that it is our bill and nothing stands against it."""
    billed = [world.invoiced(month) for month in months]
    assert billed == [world.billing.bill(PARTNER, month).total_cents for month in months]
    assert {world.closing(month).state for month in months} == {ClosingState.FINALISED}
    return billed


@pytest.mark.parametrize("plan", [WHOLE_BAND, GRADUATED])
def test_the_days_before_the_first_whole_month_of_a_subscription_pay_the_flat_fee_once(plan: Plan) -> None:
    world = StripeWorld(plan)
    world.visit(4, at(2026, 11, 1, 13))
    world.open()
    world.go(JANUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    due = 2 * plan.location_fee_cents + plan.bands[0].flat_fee_cents
    assert by_month(world, "2026-11", "2026-12") == [due, due]
    assert not world.double.books.some("invoice", status="draft")


def test_a_month_after_a_change_of_plan_pays_the_flat_fee_once() -> None:
    world = StripeWorld(GRADUATED)
    world.open()
    world.go(at(2026, 12, 15), every_ms=DAY_MS)
    agree(world.contracts, PARTNER, new_terms(JANUARY, plan=replace(GRADUATED, location_fee_cents=1_000)))
    world.go(FEBRUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    world.go(at(2027, 3, 1, 4), every_ms=12 * HOUR_MS)
    assert by_month(world, "2026-12", "2027-01", "2027-02") == [7_200, 3_000, 3_000]


@pytest.fixture
def eve() -> StripeWorld:
    """Opened half a day before the first terms come into force."""
    world = StripeWorld(WHOLE_BAND, begins=at(2026, 11, 30, 12))
    world.contracts = contracts_of(PARTNER, clock=world.clock)
    agree(world.contracts, PARTNER, new_terms(at(2026, 12, 1), plan=WHOLE_BAND))
    world.contracts.open_location(PARTNER, "367", "One", "UTC", at(2026, 12, 1))
    world.billing = Billing(world.contracts, world.pages, world.clock)
    world.connect(world.dynamodb, DoubleClient(world.double))
    return world


def test_nothing_is_due_before_the_first_terms_though_the_subscription_is_there(eve: StripeWorld) -> None:
    eve.open()
    eve.go(JANUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert eve.invoiced("2026-11") == 0
    assert by_month(eve, "2026-12") == [4_500]
    (before,) = eve.double.books.some("invoice", period_end=at(2026, 12, 1) // 1_000)
    assert sorted(line["amount"] for line in before["frozen"]) == [-4_500, 0, 4_500]


def test_what_stripe_has_billed_unseen_before_the_first_terms_is_said_until_it_is_void(eve: StripeWorld) -> None:
    eve.invoicing.open_account(PARTNER)
    eve.invoicing.work(eve.account)
    eve.clock.now_ms = at(2026, 12, 1, 6)
    eve.double.advance()
    wrong = "no terms were in force in 2026-11, all its invoices say 4500 cents"
    assert eve.work() == [wrong]
    assert eve.closing("2026-11").troubles == (wrong,)
    (invoice,) = eve.double.books.some("invoice")
    eve.gateway.client.v1.invoices.void_invoice(invoice["id"])
    assert eve.work() == []
    assert eve.closing("2026-11").state is ClosingState.FINALISED
    eve.go(JANUARY, every_ms=DAY_MS)
    eve.go(JANUARY + 4 * HOUR_MS)
    assert by_month(eve, "2026-12") == [4_500]


def test_a_month_without_a_location_costs_nothing_at_stripe_either() -> None:
    world = StripeWorld(WHOLE_BAND)
    world.open()
    world.go(at(2026, 12, 30), every_ms=DAY_MS)
    for location in ("367", "368"):
        world.contracts.close_location(PARTNER, location, world.clock())
    world.go(FEBRUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert by_month(world, "2026-12", "2027-01") == [4_500, 0]


def test_a_month_rated_here_is_held_if_any_other_invoice_bills_it_too() -> None:
    world = StripeWorld(WHOLE_BAND)
    world.invoicing.open_account(PARTNER)
    world.invoicing.work(world.account)
    world.go(at(2026, 12, 1), every_ms=DAY_MS)
    period = (at(2026, 11, 5) // 1_000, at(2026, 11, 6) // 1_000)
    (draft,) = world.double.books.some("invoice", status="draft")
    item = Item("by hand", 700, "by hand")
    world.gateway.ensure_item(world.account.customer_id, item, "usd", period, on=draft["id"])
    world.go(at(2026, 12, 1, 4))
    assert world.closing("2026-11").state is ClosingState.HELD
    assert world.closing("2026-11").troubles == ("our bill is 4500 cents, all invoices of the month say 5200",)
    assert {one["status"] for one in world.double.books.some("invoice")} == {"draft"}
