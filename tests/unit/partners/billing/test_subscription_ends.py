"""A subscription ends with the month that was meant, whatever becomes of the call that ends it."""

from dataclasses import replace
from typing import Any

import pytest
import stripe

from partners.billing.stripe_errors import ConcurrentRunError, StripeRefusedError, StripeUnavailableError
from partners.contracts.plan import Band, Plan, PlanMode
from tests.doubles.stripe.faults import Fault
from tests.doubles.stripe.http_client import DoubleClient
from tests.fakes.contract_book import agree, new_terms
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld, at

DAY_MS = 24 * HOUR_MS
JANUARY = at(2027, 1, 1)
CHEAPER = Plan(location_fee_cents=2_000, mode=PlanMode.GRADUATED, bands=(Band(None, visit_fee_micros=10_000),))


class LateAtStripe(DoubleClient):
    """Requests that change a subscription reach Stripe at a moment later than they were sent."""

    def __init__(self, world: StripeWorld, moment: int) -> None:
        super().__init__(world.double)
        self.world, self.moment = world, moment

    def request(self, method: str, url: str, *args: Any, **more: Any) -> tuple[Any, int, Any]:
        if method == "post" and "/v1/subscriptions/" in url:
            self.world.clock.now_ms = max(self.world.clock(), self.moment)
            self.world.double.advance()
        return super().request(method, url, *args, **more)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda *_: 0)


@pytest.fixture
def world() -> StripeWorld:
    """Five seconds before the new year."""
    world = StripeWorld()
    world.open()
    world.visit(5)
    world.go(at(2026, 12, 31, 23), every_ms=DAY_MS)
    world.clock.now_ms = JANUARY - 5_000
    world.double.advance()
    return world


def test_an_end_that_reaches_stripe_after_midnight_ends_no_other_month(world: StripeWorld) -> None:
    world.connect(world.dynamodb, LateAtStripe(world, JANUARY + 5_000))
    with pytest.raises(StripeRefusedError):
        world.invoicing.end_account(PARTNER)
    world.connect(world.dynamodb, DoubleClient(world.double))
    assert not world.invoicing.end_account(PARTNER)
    check_december_is_the_last_month(world)


def check_december_is_the_last_month(world: StripeWorld) -> None:
    """All of it is billed, once, and of later months Stripe bills nothing, while the operator does."""
    world.work()
    world.go(JANUARY + 4 * HOUR_MS)
    world.visit(7)
    world.go(at(2027, 2, 3), every_ms=5 * DAY_MS)
    assert world.work() == []
    assert {one["status"] for one in world.double.books.some("subscription")} == {"canceled"}
    assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents
    assert world.invoiced("2027-01") == 0
    assert [one.bill.month for one in world.invoices.issue_due(PARTNER)] == ["2026-10", "2027-01"]


def check_all_is_billed(world: StripeWorld, *months: str) -> None:
    for month in months:
        assert world.closing(month).troubles == ()
        assert world.invoiced(month) == world.billing.bill(PARTNER, month).total_cents
    assert world.work() == []


def test_one_that_ended_while_the_answer_was_lost_is_followed_by_our_own_lines_and_then_another(
    world: StripeWorld,
) -> None:
    world.clock.now_ms = JANUARY - 10 * 60_000
    agree(world.contracts, PARTNER, new_terms(JANUARY, plan=CHEAPER))
    world.double.faults.plan(f"/v1/subscriptions/{world.account.subscription_id}", *[Fault.TIME_OUT_AFTER] * 6)
    with pytest.raises(StripeUnavailableError):
        world.invoicing.work(world.account)
    world.double.faults.planned.clear()
    world.go(JANUARY + 4 * HOUR_MS)
    world.visit(9)
    world.go(at(2027, 3, 1, 4), every_ms=12 * HOUR_MS)
    check_all_is_billed(world, "2026-12", "2027-01", "2027-02")
    assert world.account.billed_from == "2027-02"


@pytest.mark.parametrize("invoice_now", [True, False])
def test_one_that_somebody_cancels_at_stripe_is_followed_by_what_it_has_not_billed(
    world: StripeWorld, invoice_now: bool
) -> None:
    world.go(at(2027, 1, 15), every_ms=12 * HOUR_MS)
    world.visit(9)
    world.go(at(2027, 1, 16), every_ms=12 * HOUR_MS)
    wanted: Any = {"invoice_now": invoice_now, "prorate": False}
    world.gateway.client.v1.subscriptions.cancel(world.account.subscription_id or "", wanted)
    world.go(at(2027, 3, 1, 4), every_ms=12 * HOUR_MS)
    check_all_is_billed(world, "2026-12", "2027-01", "2027-02")
    assert world.account.billed_from == "2027-02"


def test_locations_that_one_has_not_invoiced_when_it_is_cancelled_are_not_billed_beside_our_own_lines(
    world: StripeWorld,
) -> None:
    world.go(at(2027, 1, 10), every_ms=12 * HOUR_MS)
    world.contracts.open_location(PARTNER, "369", "Three", "UTC", world.clock())
    world.go(at(2027, 1, 16), every_ms=12 * HOUR_MS)
    wanted: Any = {"invoice_now": False, "prorate": False}
    world.gateway.client.v1.subscriptions.cancel(world.account.subscription_id or "", wanted)
    agree(world.contracts, PARTNER, new_terms(at(2027, 2, 1), plan=replace(CHEAPER, minimum_cents=5_000)))
    world.go(at(2027, 3, 1, 4), every_ms=12 * HOUR_MS)
    check_all_is_billed(world, "2026-12", "2027-01", "2027-02")


class MeanwhileEnded(DoubleClient):
    """The operator ends the account while a run is creating its subscription."""

    def __init__(self, world: StripeWorld) -> None:
        super().__init__(world.double)
        self.world = world

    def request(self, method: str, url: str, *args: Any, **more: Any) -> tuple[Any, int, Any]:
        if method == "post" and url.endswith("/v1/subscriptions"):
            self.world.connect(self.world.dynamodb, DoubleClient(self.world.double))
            self.world.invoicing.end_account(PARTNER)
        return super().request(method, url, *args, **more)


@pytest.fixture
def novice() -> StripeWorld:
    """Brought in on the 20th of November, and without a subscription yet."""
    world = StripeWorld(begins=at(2026, 11, 20, 12))
    world.invoicing.open_account(PARTNER)
    return world


def test_one_that_is_created_while_its_account_ends_bills_nothing(novice: StripeWorld) -> None:
    novice.connect(novice.dynamodb, MeanwhileEnded(novice))
    with pytest.raises(ConcurrentRunError):
        novice.invoicing.work(novice.account)
    check_nothing_follows_november(novice)


def test_one_whose_creation_was_not_heard_of_ends_with_its_account(novice: StripeWorld) -> None:
    novice.double.faults.plan("/v1/subscriptions", Fault.TIME_OUT_AFTER)
    with pytest.raises(StripeUnavailableError):
        novice.invoicing.work(novice.account)
    assert novice.account.subscription_id is None
    assert novice.invoicing.end_account(PARTNER)
    check_nothing_follows_november(novice)


def check_nothing_follows_november(novice: StripeWorld) -> None:
    novice.go(at(2026, 12, 1), every_ms=5 * DAY_MS)
    novice.go(at(2027, 1, 2), every_ms=6 * HOUR_MS)
    assert [one["status"] for one in novice.double.books.some("subscription")] == ["canceled"]
    assert novice.invoiced("2026-11") == novice.billing.bill(PARTNER, "2026-11").total_cents
    assert novice.invoiced("2026-12") == 0
    assert novice.work() == []
    assert [one.bill.month for one in novice.invoices.issue_due(PARTNER)] == ["2026-10", "2026-12"]


def test_what_was_billed_after_the_last_month_before_anybody_looked_is_said_until_it_is_void(
    novice: StripeWorld,
) -> None:
    novice.connect(novice.dynamodb, MeanwhileEnded(novice))
    with pytest.raises(ConcurrentRunError):
        novice.invoicing.work(novice.account)
    novice.clock.now_ms = at(2027, 1, 10)
    novice.double.advance()
    novice.go(at(2027, 1, 12), every_ms=HOUR_MS)
    assert [one["status"] for one in novice.double.books.some("subscription")] == ["canceled"]
    found = novice.work()
    assert found == ["Stripe bills 12400 cents for time after 2026-11, the last month that is its own"]
    for invoice in novice.double.books.some("invoice", status="open"):
        if invoice["period_end"] > at(2026, 11, 30) // 1_000 and invoice.get("parent"):
            novice.gateway.client.v1.invoices.void_invoice(invoice["id"])
    assert novice.work() == []


def test_one_whose_creation_was_heard_of_in_its_first_month_bills_that_month() -> None:
    world = StripeWorld(begins=at(2026, 11, 30, 23, 50))
    world.invoicing.open_account(PARTNER)
    world.double.faults.plan("/v1/subscriptions", Fault.TIME_OUT_AFTER)
    with pytest.raises(StripeUnavailableError):
        world.invoicing.work(world.account)
    world.go(at(2026, 12, 1, 4))
    assert world.account.billed_from == "2026-12"
    world.visit(5)
    world.go(JANUARY, every_ms=12 * HOUR_MS)
    world.go(JANUARY + 4 * HOUR_MS)
    check_all_is_billed(world, "2026-11", "2026-12")


def test_terms_approved_when_no_run_came_before_their_month_are_what_it_is_billed_by(world: StripeWorld) -> None:
    world.clock.now_ms = JANUARY - 10 * 60_000
    agree(world.contracts, PARTNER, new_terms(JANUARY, plan=CHEAPER))
    world.clock.now_ms = JANUARY + 20 * 60_000
    world.double.advance()
    world.work()
    world.go(JANUARY + 4 * HOUR_MS)
    world.visit(50)
    world.go(at(2027, 3, 1, 4), every_ms=12 * HOUR_MS)
    check_all_is_billed(world, "2026-12", "2027-01", "2027-02")
    assert world.invoiced("2027-01") == 2 * 2_000 + 50


def test_what_was_paid_ahead_beyond_a_cheaper_plan_is_held_and_not_billed_beside_it(world: StripeWorld) -> None:
    world.clock.now_ms = JANUARY - 10 * 60_000
    agree(world.contracts, PARTNER, new_terms(JANUARY, plan=CHEAPER))
    world.clock.now_ms = JANUARY + 2 * HOUR_MS
    world.double.advance()
    world.go(at(2027, 2, 1, 5), every_ms=DAY_MS)
    assert world.closing("2027-01").troubles == ("our bill is 4000 cents, all invoices of the month say 6200",)
    assert world.invoicing.release(PARTNER, "2027-01").billed_cents == world.invoiced("2027-01") == 6_200
