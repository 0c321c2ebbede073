"""Stripe stops collecting what is due when a subscription ends, whoever ended it; it is told to go on, once."""

from dataclasses import replace

import pytest

from partners.billing.stripe_model import ClosingState
from tests.fakes.contract_book import agree, new_terms
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, PLAN, StripeWorld, at, opened_world

DAY_MS = 24 * HOUR_MS
JANUARY = at(2027, 1, 1)


@pytest.fixture
def world() -> StripeWorld:
    """The middle of December; November's invoice is open."""
    world = opened_world()
    world.go(at(2026, 12, 15), every_ms=DAY_MS)
    assert uncollected(world) == []
    return world


def uncollected(world: StripeWorld) -> list[str]:
    open_ones = world.double.books.some("invoice", status="open")
    assert open_ones
    return [one["id"] for one in open_ones if not one["auto_advance"]]


def cancel_by_hand(world: StripeWorld) -> None:
    world.gateway.client.v1.subscriptions.cancel(str(world.account.subscription_id))


def test_one_that_is_cancelled_by_hand_is_told_by_the_next_run_and_not_when_its_month_is_over(
    world: StripeWorld,
) -> None:
    cancel_by_hand(world)
    assert uncollected(world) != []
    world.work()
    assert uncollected(world) == []


def test_one_that_ends_with_its_plan_is_told_though_its_month_is_held_and_released(world: StripeWorld) -> None:
    world.visit(5)
    world.go(at(2026, 12, 16), every_ms=6 * HOUR_MS)
    world.double.books.meter_events[0].value = 6
    agree(world.contracts, PARTNER, new_terms(JANUARY, plan=replace(PLAN, location_fee_cents=1_000)))
    world.go(JANUARY, every_ms=DAY_MS)
    world.go(JANUARY + 3 * HOUR_MS)
    assert world.closing().state is ClosingState.HELD
    assert uncollected(world) == []
    world.invoicing.release(PARTNER, "2026-12")
    world.go(JANUARY + 4 * HOUR_MS)
    assert uncollected(world) == []


def test_one_that_bills_an_old_plan_and_ends_at_once_is_told_too(world: StripeWorld) -> None:
    world.go(JANUARY - HOUR_MS, every_ms=DAY_MS)
    agree(world.contracts, PARTNER, new_terms(JANUARY, plan=replace(PLAN, location_fee_cents=1_000)))
    world.go(JANUARY + HOUR_MS, every_ms=HOUR_MS + 1)
    world.go(JANUARY + HOUR_MS + HOUR_MS // 2)
    assert world.double.books.some("subscription", status="canceled")
    assert uncollected(world) == []


def test_of_who_leaves_it_is_told_as_well(world: StripeWorld) -> None:
    world.invoicing.end_account(PARTNER)
    world.go(JANUARY + 4 * HOUR_MS, every_ms=6 * HOUR_MS)
    assert uncollected(world) == []


def test_what_a_person_switches_off_afterwards_stays_off(world: StripeWorld) -> None:
    cancel_by_hand(world)
    world.work()
    invoice = world.double.books.some("invoice", status="open")[0]
    world.gateway.client.v1.invoices.update(invoice["id"], {"auto_advance": False})
    world.go(at(2026, 12, 17), every_ms=6 * HOUR_MS)
    assert uncollected(world) == [invoice["id"]]
