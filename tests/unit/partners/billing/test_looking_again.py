"""Finalised months are counted again for a time: what they lack is billed, and what is wrong with them stays said."""

from dataclasses import replace
from typing import Any

import pytest
import stripe

from partners.billing.stripe_model import ClosingState
from tests.doubles.stripe.http_client import DoubleClient
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, PLAN, StripeWorld, at

DAY_MS = 24 * HOUR_MS
JANUARY, FEBRUARY, MARCH = at(2027, 1, 1), at(2027, 2, 1), at(2027, 3, 1)


class WithoutItems(DoubleClient):
    """Stripe takes no invoice item for a while."""

    def request(self, *args: Any, **options: Any) -> Any:
        if "invoiceitems" in args[1]:
            raise stripe.APIConnectionError("out of order")
        return super().request(*args, **options)


@pytest.fixture
def world() -> StripeWorld:
    world = StripeWorld()
    world.open()
    return world


def test_visits_posted_after_the_following_month_was_closed_are_billed(world: StripeWorld) -> None:
    world.go(FEBRUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert world.closing("2027-01").state is ClosingState.FINALISED
    world.visit(20, JANUARY - 1)
    world.go(MARCH + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents == 6_200 + 178


def test_visits_posted_from_the_journal_are_billed_once_however_old_their_month(world: StripeWorld) -> None:
    world.go(at(2027, 5, 3), every_ms=10 * DAY_MS)
    world.visit_posted_from_journal(20, JANUARY - 1)
    world.go(at(2027, 5, 20), every_ms=5 * DAY_MS)
    assert (world.closing().by_hand, world.closing().checked_day) == (20, "2027-05-08"), "it is looked at once"
    world.visit_posted_from_journal(2, JANUARY - HOUR_MS)
    world.go(at(2027, 7, 2), every_ms=10 * DAY_MS)
    bill = world.billing.bill(PARTNER, "2026-12")
    assert (bill.visits, world.invoiced("2026-12")) == (22, bill.total_cents)
    assert {one.troubles for one in world.book.closings(PARTNER)} == {()}


def test_an_amount_owed_over_the_turn_of_a_month_is_added_later(world: StripeWorld) -> None:
    world.go(JANUARY + 4 * HOUR_MS, every_ms=6 * HOUR_MS)
    world.go(at(2027, 1, 31, 23), every_ms=DAY_MS)
    world.visit(20, JANUARY - 1)
    world.connect(world.dynamodb, WithoutItems(world.double))
    world.go(FEBRUARY + HOUR_MS, every_ms=HOUR_MS)
    assert world.closing().owed_cents == 178
    assert [one["auto_advance"] for one in world.double.books.some("invoice", status="draft")] == [False]
    world.clock.now_ms = FEBRUARY + 3 * HOUR_MS
    world.connect(world.dynamodb, DoubleClient(world.double))
    world.go(MARCH + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert world.closing().owed_cents == 0
    assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents


def test_what_was_billed_too_much_is_said_until_a_person_has_written_it_off(world: StripeWorld) -> None:
    world.go(JANUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    world.go(at(2027, 1, 20), every_ms=DAY_MS)
    world.contracts.close_location(PARTNER, "368", at(2026, 12, 25))
    world.go(at(2027, 1, 22), every_ms=DAY_MS)
    wrong = "2026-12 was billed 700 cents too much"
    assert wrong in world.work()
    world.go(FEBRUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    world.invoicing.release(PARTNER, "2027-01")
    world.go(at(2027, 7, 1, 4), every_ms=2 * DAY_MS)
    assert wrong in world.work()
    world.invoicing.write_off(PARTNER, "2026-12")
    assert wrong not in world.work()
    world.go(at(2027, 7, 3), every_ms=DAY_MS)
    assert wrong not in world.work()


def test_a_late_item_is_invoiced_even_if_its_next_month_costs_nothing() -> None:
    world = StripeWorld(replace(PLAN, minimum_cents=100))
    world.open()
    world.visit(5)
    world.go(at(2026, 12, 31, 20), every_ms=12 * HOUR_MS)
    for location in ("367", "368"):
        world.contracts.close_location(PARTNER, location, world.clock())
    world.go(JANUARY + 4 * HOUR_MS)
    world.visit(30, JANUARY - 1)
    world.go(FEBRUARY + 6 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert world.closing("2027-01").state is ClosingState.FINALISED
    assert world.billing.bill(PARTNER, "2027-01").total_cents == 0
    assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents == 6_411
    assert not world.double.books.some("invoiceitem", invoice=None)
