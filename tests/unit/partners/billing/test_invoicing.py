"""Months billed through Stripe: its invoice says what our bill says, or is held."""

from dataclasses import replace

import pytest

from partners.billing.outbox import Stage
from partners.billing.stripe_errors import DecisionNotPossibleError
from partners.billing.stripe_model import ClosingState
from partners.contracts.plan import Band, BandScope, Plan, PlanMode
from tests.fakes.contract_book import agree, new_terms
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, PLAN, StripeWorld, at

JANUARY = at(2027, 1, 1)


@pytest.fixture
def world() -> StripeWorld:
    world = StripeWorld()
    world.open()
    return world


def test_a_month_by_subscription_is_finalised_with_the_total_of_our_own_bill(world: StripeWorld) -> None:
    for day in range(1, 8):
        world.visit(3, at(2026, 12, day, 12, 30))
        world.go(at(2026, 12, day, 14), every_ms=HOUR_MS)
    world.go(JANUARY, every_ms=86_400_000)
    world.go(JANUARY + 3 * HOUR_MS)
    assert world.closing().state is ClosingState.FINALISED
    assert world.counted_by_stripe() == world.in_journal() == world.billing.bill(PARTNER, "2026-12").visits == 21
    assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents == 6_200 + 55 + 125
    assert {one.stage for one in world.messages()} == {Stage.CONFIRMED}


def test_the_month_of_entry_is_rated_here_and_invoiced_at_its_end() -> None:
    world = StripeWorld()
    world.visit(4, at(2026, 11, 1, 13))
    world.open()
    assert world.messages("2026-11") == []
    assert world.invoiced("2026-11") == world.billing.bill(PARTNER, "2026-11").total_cents == 6_200 + 22
    assert world.account.billed_from == "2026-12"


def test_everything_is_created_once_however_often_it_is_worked_on(world: StripeWorld) -> None:
    world.go(at(2026, 12, 2), every_ms=HOUR_MS)
    kinds = ("customer", "product", "price", "billing.meter", "subscription")
    assert [len(world.double.books.things[kind]) for kind in kinds] == [1, 1, 2, 1, 1]


def test_a_location_that_opens_within_the_month_is_prorated_as_its_location_days(world: StripeWorld) -> None:
    world.go(at(2026, 12, 10, 12), every_ms=86_400_000)
    world.contracts.open_location(PARTNER, "369", "Three", "UTC", world.clock())
    world.go(at(2026, 12, 20, 12), every_ms=6 * HOUR_MS)
    world.contracts.close_location(PARTNER, "368", world.clock())
    world.go(JANUARY, every_ms=6 * HOUR_MS)
    world.go(JANUARY + 3 * HOUR_MS)
    bill = world.billing.bill(PARTNER, "2026-12")
    assert bill.usage.location_days == {"367": 31, "368": 20, "369": 22}
    assert world.closing().troubles == ()
    assert world.invoiced("2026-12") == bill.total_cents


def test_a_draft_waits_for_its_month_to_settle(world: StripeWorld) -> None:
    world.go(JANUARY, every_ms=12 * HOUR_MS)
    world.go(JANUARY + HOUR_MS)
    assert world.closing().state is ClosingState.OPEN
    world.visit(2, JANUARY - 1)
    world.go(JANUARY + 4 * HOUR_MS, every_ms=HOUR_MS // 4)
    assert world.closing().state is ClosingState.FINALISED
    assert world.counted_by_stripe() == 2


def test_an_event_that_stripe_loses_holds_the_invoice_until_a_person_has_it_told_anew(world: StripeWorld) -> None:
    world.visit(5)
    world.go(at(2026, 12, 2), every_ms=HOUR_MS)
    (message,) = world.messages()
    world.double.lose(message.intent.identifier, told=False)
    world.go(JANUARY + 5 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert world.closing().state is ClosingState.HELD
    assert any("5 visits here, 0 at Stripe" in trouble for trouble in world.closing().troubles)
    assert world.metering.replace(message.intent.identifier) is True
    world.go(JANUARY + 7 * HOUR_MS)
    assert world.closing().state is ClosingState.FINALISED
    assert world.counted_by_stripe() == 5


def test_more_at_stripe_than_here_is_never_corrected_but_held(world: StripeWorld) -> None:
    world.visit(5)
    world.go(at(2026, 12, 2), every_ms=HOUR_MS)
    world.double.books.meter_events[0].value = 6
    world.go(JANUARY + 5 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert world.closing().state is ClosingState.HELD
    assert all(
        invoice["status"] == "draft" for invoice in world.double.books.some("invoice", period_end=JANUARY // 1000)
    )
    assert not any(path == "/v1/billing/meter_event_adjustments" for _, path, _ in world.double.requests)


def test_visits_that_stripe_prices_otherwise_are_held_and_not_made_up_for_by_an_item(world: StripeWorld) -> None:
    world.visit(12)
    for price in world.double.books.some("price"):
        for tier in price["tiers"]:
            tier["unit_amount_decimal"] = "1"
    world.go(JANUARY, every_ms=12 * HOUR_MS)
    world.go(JANUARY + 5 * HOUR_MS)
    assert world.closing().state is ClosingState.HELD
    assert world.closing().troubles[0] == "visits are 160 cents here, 112 at Stripe"
    assert not any("difference" in one["description"] for one in world.double.books.some("invoiceitem"))


def test_visits_known_only_after_the_invoice_go_on_the_next_one(world: StripeWorld) -> None:
    world.go(JANUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    before = world.invoiced("2026-12")
    world.visit(3, JANUARY - 1)
    world.go(JANUARY + 30 * HOUR_MS, every_ms=6 * HOUR_MS)
    world.go(at(2027, 2, 1, 4), every_ms=12 * HOUR_MS)
    assert world.closing("2027-01").state is ClosingState.FINALISED
    assert world.counted_by_stripe() == 0
    assert world.invoiced("2026-12") - before == 3 * 5.5 + 0.5
    assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents


@pytest.mark.parametrize(
    "change",
    [
        {"minimum_cents": 9_000},
        {"spend_cap_cents": 6_205},
        {"included_visits": 5},
        {"scope": BandScope.PER_LOCATION},
        {"trial_months": 2},
    ],
)
def test_a_plan_that_stripe_can_not_price_is_rated_here_line_by_line(change: dict[str, object]) -> None:
    world = StripeWorld(replace(PLAN, **change))  # type: ignore[arg-type]
    world.open()
    world.visit(12)
    world.go(JANUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    bill = world.billing.bill(PARTNER, "2026-12")
    assert world.closing().state is ClosingState.FINALISED
    assert world.invoiced("2026-12") == bill.total_cents
    assert world.account.subscription_id is None


def test_whole_band_prices_agree_too() -> None:
    bands = (Band(10, flat_fee_cents=1_000), Band(None, flat_fee_cents=2_500))
    world = StripeWorld(Plan(0, PlanMode.WHOLE_BAND, bands))
    world.open()
    world.visit(11)
    world.go(JANUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert world.closing().state is ClosingState.FINALISED
    assert world.invoiced("2026-12") == 2_500


def test_a_new_plan_ends_the_subscription_with_its_month_and_begins_another_later(world: StripeWorld) -> None:
    world.visit(2)
    world.go(at(2026, 12, 15), every_ms=86_400_000)
    agree(world.contracts, PARTNER, new_terms(JANUARY, plan=replace(PLAN, location_fee_cents=1_000)))
    world.go(JANUARY + 4 * HOUR_MS, every_ms=6 * HOUR_MS)
    world.visit(7)
    world.go(at(2027, 2, 1, 4), every_ms=12 * HOUR_MS)
    world.visit(3)
    world.go(at(2027, 3, 1, 4), every_ms=12 * HOUR_MS)
    for month in ("2026-12", "2027-01", "2027-02"):
        assert world.closing(month).state is ClosingState.FINALISED
        assert world.invoiced(month) == world.billing.bill(PARTNER, month).total_cents
    assert world.invoiced("2027-01") == 2_000 + 39
    assert world.account.billed_from == "2027-02"


def test_a_credit_note_is_given_once(world: StripeWorld) -> None:
    world.go(JANUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    first = world.invoicing.credit(PARTNER, "2026-12", 500, "goodwill", "case-7")
    assert world.invoicing.credit(PARTNER, "2026-12", 500, "goodwill", "case-7") == first
    with pytest.raises(DecisionNotPossibleError):
        world.invoicing.credit(PARTNER, "2027-01", 500, "too early", "case-8")


def test_the_next_invoice_can_be_seen_before(world: StripeWorld) -> None:
    world.visit(3)
    world.go(world.clock() + 2 * HOUR_MS)
    total, lines = world.gateway.preview(str(world.account.subscription_id))
    assert total == 17 + 6_200
    assert len(lines) == 2
