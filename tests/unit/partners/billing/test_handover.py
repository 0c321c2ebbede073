"""What becomes known late of months that the operator invoiced before a partner came to Stripe."""

from dataclasses import replace

import pytest

from partners.billing.invoice import charged_cents
from partners.billing.stripe_model import Invoicer
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld, at

DAY_MS = 24 * HOUR_MS
NOVEMBER, DECEMBER = at(2026, 11, 1), at(2026, 12, 1)


@pytest.fixture
def world() -> StripeWorld:
    """October is invoiced by the operator, from November on Stripe is to invoice."""
    world = StripeWorld()
    world.clock.now_ms = at(2026, 11, 2, 12)
    (october,) = world.invoices.issue_due(PARTNER)
    assert october.total_cents == 6_200
    world.open()
    return world


def billed(world: StripeWorld, month: str = "2026-10") -> int:
    """Over all invoices, the operator's and Stripe's."""
    return charged_cents(world.own_invoices.invoices(PARTNER), month) + world.invoiced(month)


def to_january(world: StripeWorld) -> None:
    world.go(at(2027, 1, 1), every_ms=12 * HOUR_MS)
    world.go(at(2027, 1, 1, 4))


def test_a_late_visit_of_the_operator_s_last_month_is_on_stripe_s_next_invoice(world: StripeWorld) -> None:
    world.visit(20, NOVEMBER - 1)
    to_january(world)
    assert world.invoiced("2026-10") == 178
    assert billed(world) == world.billing.bill(PARTNER, "2026-10").total_cents == 6_378
    (taken_over,) = [one for one in world.book.closings(PARTNER) if one.invoicer is Invoicer.OPERATOR]
    assert (taken_over.month, taken_over.billed_cents) == ("2026-10", 6_378)


def test_a_store_closed_backdated_makes_it_less_as_the_operator_s_next_invoice_would(world: StripeWorld) -> None:
    world.contracts.close_location(PARTNER, "368", at(2026, 11, 15))
    world.go(at(2026, 12, 2, 12), every_ms=12 * HOUR_MS)
    assert "2026-11 was billed 1653 cents too much" in world.work(), "a month of Stripe's never gets less by itself"
    assert world.invoiced("2026-10") == 0

    other = StripeWorld()
    other.clock.now_ms = at(2026, 11, 2, 12)
    other.invoices.issue_due(PARTNER)
    other.invoicing.open_account(PARTNER)
    other.work()
    other.contracts.close_location(PARTNER, "368", at(2026, 10, 11))
    other.go(at(2026, 12, 1, 6), every_ms=9 * HOUR_MS)
    assert other.invoiced("2026-10") == -2_100
    assert billed(other) == other.billing.bill(PARTNER, "2026-10").total_cents == 4_100


def test_what_goes_up_and_down_and_up_again_is_billed_each_time(world: StripeWorld) -> None:
    bills = world.billing.bill(PARTNER, "2026-10").total_cents
    for change in (+40, -40, +40):
        # As if our bill had been another one at each look: what is billed stands against it.
        before = world.closing("2026-10")
        world.book.put_closing(replace(before, billed_cents=bills - change, version=before.version + 1))
        world.go(world.clock() + DAY_MS, every_ms=DAY_MS)
        assert world.closing("2026-10").billed_cents == bills
    items = [one["amount"] for one in world.double.books.some("invoiceitem") if "2026-10" in one["description"]]
    assert items == [40, -40, 40]


def test_it_is_taken_over_once_its_last_month_is_invoiced_and_not_before() -> None:
    """Until then the operator's invoice of that month adjusts those before: both would bill the same difference."""
    world = StripeWorld()
    world.clock.now_ms = at(2026, 11, 2, 12)
    world.invoices.issue_due(PARTNER)
    world.clock.now_ms = DECEMBER + 12 * HOUR_MS
    world.invoicing.open_account(PARTNER)
    world.visit(20, NOVEMBER - 1)
    world.work()
    assert world.book.closings(PARTNER) == []
    world.clock.advance(days=1)
    world.invoices.issue_due(PARTNER)
    world.work()
    taken_over = [(one.month, one.billed_cents) for one in world.book.closings(PARTNER)]
    assert taken_over == [("2026-11", 6_200), ("2026-10", 6_378)]
    assert world.double.books.some("invoiceitem") == []


@pytest.mark.parametrize("posted_at", [at(2027, 2, 20), at(2027, 3, 20), at(2027, 5, 20)])
def test_what_is_posted_by_hand_of_months_long_before_it_came_to_stripe_is_billed_once(posted_at: int) -> None:
    world = StripeWorld()

    def both_schedules() -> None:
        world.invoices.issue_due(PARTNER)
        if world.book.account(PARTNER) is not None:
            world.work()

    def until(moment: int) -> None:
        world.go(moment, every_ms=9 * DAY_MS, work=both_schedules)

    comes = at(2027, 3, 5)
    until(min(comes, posted_at))
    if posted_at < comes:
        world.visit_posted_from_journal(20, NOVEMBER - 1)
        until(comes)
    world.invoicing.open_account(PARTNER)
    until(max(comes, posted_at))
    if posted_at > comes:
        world.visit_posted_from_journal(20, NOVEMBER - 1)
    until(at(2027, 6, 20))
    assert billed(world) == world.billing.bill(PARTNER, "2026-10").total_cents == 6_378
    world.invoicing.end_account(PARTNER)
    until(at(2027, 8, 1))
    world.visit_posted_from_journal(2, NOVEMBER - 1)
    world.visit_posted_from_journal(2, at(2026, 12, 5))
    until(at(2027, 9, 3))
    for month in ("2026-10", "2026-12"):
        assert billed(world, month) == world.billing.bill(PARTNER, month).total_cents


def test_who_leaves_stripe_again_is_not_billed_the_same_by_the_operator(world: StripeWorld) -> None:
    world.visit(20, NOVEMBER - 1)
    world.go(at(2026, 12, 20), every_ms=12 * HOUR_MS)
    world.invoicing.end_account(PARTNER)
    to_january(world)
    world.go(at(2027, 2, 2, 12), every_ms=DAY_MS)
    (january,) = world.invoices.issue_due(PARTNER)
    assert (january.bill.month, january.adjustments) == ("2027-01", ())
    assert billed(world) == 6_378


def test_who_leaves_stripe_and_comes_back_is_billed_a_month_that_was_taken_over_once() -> None:
    world = StripeWorld()

    def both_schedules() -> None:
        world.invoices.issue_due(PARTNER)
        if world.book.account(PARTNER) is not None:
            world.work()

    def until(*moments: int) -> None:
        for moment in moments:
            world.go(moment, every_ms=10 * DAY_MS, work=both_schedules)

    until(at(2026, 11, 5))
    world.invoicing.open_account(PARTNER)
    until(at(2026, 11, 6))
    world.visit(20, NOVEMBER - 1)
    until(at(2026, 11, 8))
    world.invoicing.end_account(PARTNER)
    until(DECEMBER, DECEMBER + 4 * HOUR_MS, at(2027, 1, 3))
    assert [one.bill.month for one in world.own_invoices.invoices(PARTNER)] == ["2026-10", "2026-12"]
    world.invoicing.open_account(PARTNER)
    until(at(2027, 1, 4), at(2027, 1, 6), at(2027, 2, 1), at(2027, 2, 1, 4))
    for month in ("2026-10", "2026-11", "2026-12", "2027-01"):
        assert billed(world, month) == world.billing.bill(PARTNER, month).total_cents
