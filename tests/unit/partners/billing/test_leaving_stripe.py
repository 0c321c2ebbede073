"""A partner that leaves Stripe within a month is billed all of that month, and nothing after it."""

import pytest

from partners.billing.stripe_errors import DecisionNotPossibleError
from partners.billing.stripe_model import ClosingState
from partners.contracts.life import PartnerState, StateChange
from partners.contracts.plan import Band, Plan, PlanMode
from tests.unit.partners.billing.stripe_world import EMAIL, HOUR_MS, PARTNER, StripeWorld, at
from tests.unit.partners.billing.test_billing_contact import forget_contact

DAY_MS = 24 * HOUR_MS
JANUARY, FEBRUARY = at(2027, 1, 1), at(2027, 2, 1)


@pytest.fixture
def world() -> StripeWorld:
    """In the midst of December, with visits in the running hour."""
    world = StripeWorld()
    world.open()
    world.visit(4)
    world.go(at(2026, 12, 10, 12), every_ms=DAY_MS)
    world.visit(12)
    world.clock.advance(ms=10 * 60_000)
    return world


def check_december_is_billed_and_no_more(world: StripeWorld) -> None:
    world.go(JANUARY, every_ms=6 * HOUR_MS)
    world.go(JANUARY + 4 * HOUR_MS)
    assert world.closing().troubles == ()
    assert world.closing().state is ClosingState.FINALISED
    assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents
    assert world.counted_by_stripe() == world.in_journal()
    invoices = len(world.double.books.some("invoice"))
    world.go(FEBRUARY + 4 * HOUR_MS, every_ms=DAY_MS)
    assert world.invoiced("2027-01") == 0
    assert len(world.double.books.some("invoice")) == invoices
    assert {one["status"] for one in world.double.books.some("subscription")} == {"canceled"}


def test_who_closes_its_locations_and_leaves_is_billed_the_visits_of_that_hour(world: StripeWorld) -> None:
    for location in ("367", "368"):
        world.contracts.close_location(PARTNER, location, world.clock())
    assert world.invoicing.end_account(PARTNER)
    assert not world.invoicing.end_account(PARTNER)
    check_december_is_billed_and_no_more(world)
    assert world.invoiced("2026-12") == 2_000 + 55 + 114


def test_who_leaves_while_its_tills_go_on_is_billed_to_the_end_of_the_month(world: StripeWorld) -> None:
    assert world.invoicing.end_account(PARTNER)
    world.go(at(2026, 12, 20, 12), every_ms=6 * HOUR_MS)
    world.visit(3)
    world.contracts.close_location(PARTNER, "368", world.clock())
    world.contracts.open_location(PARTNER, "369", "Three", "UTC", world.clock())
    world.contracts.open_location(PARTNER, "370", "Four", "UTC", world.clock())
    world.go(at(2026, 12, 31, 23), every_ms=6 * HOUR_MS)
    world.visit(2)
    check_december_is_billed_and_no_more(world)
    assert world.in_journal() == 21


def test_who_leaves_may_come_back_once_its_last_month_is_closed_and_is_told_so_before(world: StripeWorld) -> None:
    assert world.invoicing.end_account(PARTNER)
    for moment in (world.clock() + HOUR_MS, JANUARY + HOUR_MS):
        world.go(moment, every_ms=6 * HOUR_MS)
        with pytest.raises(DecisionNotPossibleError) as refused:
            world.invoicing.open_account(PARTNER)
        assert refused.value.data == {"last_month": "2026-12"}
        assert world.account.last_month == "2026-12"
    world.go(JANUARY + 4 * HOUR_MS)
    assert world.invoicing.open_account(PARTNER).first_month == "2027-01"
    world.go(at(2027, 3, 1), every_ms=DAY_MS)
    world.go(at(2027, 3, 1, 4))
    for month in ("2026-12", "2027-01", "2027-02"):
        assert world.invoiced(month) == world.billing.bill(PARTNER, month).total_cents


def test_who_leaves_before_its_subscription_bills_gets_no_invoice_of_it() -> None:
    flat = Plan(3_100, PlanMode.GRADUATED, (Band(10, flat_fee_cents=1_000), Band(None, visit_fee_micros=50_000)))
    world = StripeWorld(flat)
    world.invoicing.open_account(PARTNER)
    world.invoicing.work(world.account)
    world.go(at(2026, 11, 20), every_ms=DAY_MS)
    world.invoicing.end_account(PARTNER)
    world.go(JANUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert world.closing("2026-11").state is ClosingState.FINALISED
    assert world.invoiced("2026-11") == world.billing.bill(PARTNER, "2026-11").total_cents == 7_200
    assert len(world.double.books.some("invoice")) == 1


def test_what_becomes_known_after_the_last_invoice_gets_one_of_its_own(world: StripeWorld) -> None:
    assert world.invoicing.end_account(PARTNER)
    check_december_is_billed_and_no_more(world)
    invoices = len(world.double.books.some("invoice"))
    world.visit(20, JANUARY - 1)
    world.go(FEBRUARY + 40 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert world.work() == []
    assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents
    last = list(world.double.books.some("invoice"))[-1]
    assert (len(world.double.books.some("invoice")) - invoices, last["status"]) == (1, "open")
    world.contracts.close_location(PARTNER, "368", JANUARY + 10 * DAY_MS)
    world.go(FEBRUARY + 80 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert len(world.double.books.some("invoice")) - invoices == 1


def test_without_an_address_it_waits_and_is_said(world: StripeWorld) -> None:
    assert world.invoicing.end_account(PARTNER)
    check_december_is_billed_and_no_more(world)
    forget_contact(world)
    world.visit(20, JANUARY - 1)
    world.go(FEBRUARY + 40 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert world.closing().owed_cents == 45
    assert "billing_email_missing" in world.work()[0]
    world.contacts.set_email(PARTNER, EMAIL)
    assert world.work() == []
    assert world.closing().owed_cents == 0
    assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents


def test_a_partner_that_was_closed_while_it_was_billed_leaves_with_the_month_and_never_comes_back(
    world: StripeWorld,
) -> None:
    for location in ("367", "368"):
        world.contracts.close_location(PARTNER, location, world.clock())
    book = world.contracts._book
    for number, state in enumerate((PartnerState.SUSPENDED, PartnerState.CLOSED), len(book.history(PARTNER)) + 1):
        change = StateChange(
            partner_id=PARTNER, number=number, state=state, by="ann", at_ms=world.clock(), reason="left us"
        )
        assert book.move(change)
    world.work()
    assert world.account.last_month == "2026-12"
    with pytest.raises(DecisionNotPossibleError, match="closed"):
        world.invoicing.open_account(PARTNER)
    check_december_is_billed_and_no_more(world)
    assert world.account.has_left
    with pytest.raises(DecisionNotPossibleError, match="closed"):
        world.invoicing.open_account(PARTNER)
