"""A partner that has closed its last location is invoiced at once: all that it used, and not before it is counted."""

from collections.abc import Mapping
from typing import Any

import pytest
import stripe

from partners.billing.decision import Asked, What
from partners.billing.outbox import Stage
from partners.billing.stripe_errors import DecisionNotPossibleError
from partners.billing.stripe_model import ClosingState, Parting
from partners.contracts.plan import Band, Plan, PlanMode
from tests.doubles.stripe.books import MeterEvent
from tests.doubles.stripe.faults import Fault
from tests.doubles.stripe.http_client import DoubleClient
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, PLAN, StripeWorld, at, opened_world

DAY_MS = 24 * HOUR_MS
CLOSES, NEXT_MORNING, JANUARY = at(2026, 12, 10, 12), at(2026, 12, 11, 6), at(2027, 1, 1)
LEAVES = Asked(What.END, PARTNER, "closes its shops", at_once=True)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda *_: 0)


def leaving(plan: Plan = PLAN, *, summary_delay_s: int = 0) -> StripeWorld:
    """On the 10th of December, noon, with visits in the running hour; both locations have just closed."""
    world = opened_world(plan)
    world.double.books.summary_delay_s = summary_delay_s
    world.visit(4)
    world.go(CLOSES, every_ms=5 * DAY_MS)
    world.visit(12)
    world.clock.advance(ms=10 * 60_000)
    for location in ("367", "368"):
        world.contracts.close_location(PARTNER, location, world.clock())
    return world


def billed_as_it_is(world: StripeWorld) -> int:
    """What all invoices bill of December, having checked that it is our bill, and that nothing waits or stands."""
    assert world.closing().state is ClosingState.FINALISED, world.closing().troubles
    assert world.work() == []
    assert not world.double.books.some("invoice", status="draft")
    assert not world.double.books.some("invoiceitem", invoice=None)
    assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents
    assert world.billing.bill(PARTNER, "2026-12").visits == world.in_journal()
    return world.invoiced("2026-12")


def cancels(world: StripeWorld) -> list[Mapping[str, Any]]:
    return [params for method, path, params in world.double.requests if method == "delete" and "subscriptions" in path]


def test_its_invoice_is_made_by_the_next_morning_with_all_it_used() -> None:
    world = leaving()
    decision, _ = world.desk.decide("op", "k", LEAVES)
    assert decision.outcome == "invoiced through Stripe until 2026-12, which is closed as soon as all of it is counted"
    assert world.desk.decide("op", "k", LEAVES) == (decision, True)
    world.go(CLOSES + 13 * HOUR_MS)
    assert cancels(world) == []
    world.go(NEXT_MORNING, every_ms=3 * HOUR_MS)
    assert cancels(world) == [{"invoice_now": True, "prorate": False}]
    assert billed_as_it_is(world) == 2_000 + 55 + 114
    assert {one.stage for one in world.messages()} == {Stage.CONFIRMED}
    invoices = len(world.double.books.some("invoice"))
    world.go(JANUARY + 4 * HOUR_MS, every_ms=DAY_MS)
    assert (len(world.double.books.some("invoice")), world.invoiced("2027-01")) == (invoices, 0)


def test_nothing_of_the_month_is_left_to_invoice_once_it_has_left() -> None:
    world = leaving()
    world.invoicing.end_account(PARTNER, at_once=True)
    world.invoices.issue_due(PARTNER)
    world.go(CLOSES + 2 * HOUR_MS)
    assert world.invoices.uninvoiced(PARTNER) == [("2026-12", 2_169)]
    world.go(NEXT_MORNING, every_ms=3 * HOUR_MS)
    assert world.invoices.uninvoiced(PARTNER) == []


def test_who_has_a_location_may_leave_with_the_month_only() -> None:
    world = opened_world()
    world.contracts.close_location(PARTNER, "367", world.clock())
    with pytest.raises(DecisionNotPossibleError) as refused:
        world.desk.decide("op", "k", LEAVES)
    assert refused.value.data == {"open_locations": 1}
    assert world.account.last_month is None


def test_who_leaves_with_the_month_may_still_leave_at_once() -> None:
    world = leaving()
    assert world.invoicing.end_account(PARTNER)
    assert world.invoicing.end_account(PARTNER, at_once=True)
    assert not world.invoicing.end_account(PARTNER, at_once=True)
    world.go(NEXT_MORNING, every_ms=3 * HOUR_MS)
    assert billed_as_it_is(world) == 2_169


def test_it_waits_for_stripe_s_count() -> None:
    world = leaving(summary_delay_s=16 * 3_600)
    world.invoicing.end_account(PARTNER, at_once=True)
    world.go(CLOSES + 17 * HOUR_MS)
    assert world.double.books.some("subscription", status="active")
    world.go(CLOSES + 19 * HOUR_MS)
    assert billed_as_it_is(world) == 2_169


def test_it_waits_for_a_message_that_is_under_way_and_for_what_is_posted_meanwhile() -> None:
    world = leaving()
    world.invoicing.end_account(PARTNER, at_once=True)
    world.double.faults.plan("/v1/billing/meter_events", *[Fault.RATE_LIMITED] * 9)
    world.go(NEXT_MORNING, every_ms=3 * HOUR_MS)
    assert (cancels(world), world.account.parting) == ([], Parting.ASKED)
    world.visit(3)
    world.go(NEXT_MORNING + 16 * HOUR_MS, every_ms=4 * HOUR_MS)
    assert billed_as_it_is(world) == 2_000 + 55 + 120


def test_visits_that_stripe_has_and_we_have_not_keep_it_from_ending_and_are_said() -> None:
    world = leaving()
    world.invoicing.end_account(PARTNER, at_once=True)
    now = world.double.books.now
    strange = MeterEvent("strange", "tessera_visits", world.account.customer_id, 2, now, now, now)
    strange.event_name = world.double.books.some("billing.meter")[0]["event_name"]
    world.double.books.meter_events.append(strange)
    world.go(NEXT_MORNING, every_ms=3 * HOUR_MS)
    assert world.work() == ["2026-12-10T12:00:00.000Z: 12 visits here, 14 at Stripe"]
    world.go(JANUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert world.closing().state is ClosingState.HELD


def test_visits_reported_after_its_last_invoice_get_one_of_their_own() -> None:
    world = leaving()
    world.invoicing.end_account(PARTNER, at_once=True)
    world.go(NEXT_MORNING, every_ms=3 * HOUR_MS)
    world.visit(20)
    world.go(NEXT_MORNING + 32 * HOUR_MS, every_ms=8 * HOUR_MS)
    assert billed_as_it_is(world) == 2_169 + 45
    assert world.counted_by_stripe() == 16
    assert world.double.books.some("invoice")[-1]["status"] == "open"


class Meanwhile(DoubleClient):
    """Something happens right before the subscription is cancelled."""

    def __init__(self, world: StripeWorld, happens: Any) -> None:
        super().__init__(world.double)
        self.happens = happens

    def request(self, method: str, url: str, *args: Any, **more: Any) -> tuple[Any, int, Any]:
        if method == "delete":
            self.happens()
        return super().request(method, url, *args, **more)


def test_visits_posted_while_it_is_cancelled_are_on_the_same_invoice() -> None:
    world = leaving()
    world.invoicing.end_account(PARTNER, at_once=True)
    world.connect(world.dynamodb, Meanwhile(world, lambda: world.visit(20)))
    world.go(NEXT_MORNING, every_ms=3 * HOUR_MS)
    world.connect(world.dynamodb, DoubleClient(world.double))
    assert billed_as_it_is(world) == 2_169 + 45
    assert (world.counted_by_stripe(), len(cancels(world))) == (16, 1)


def test_one_that_stripe_finalises_unseen_leaves_the_rest_to_another_invoice() -> None:
    world = leaving()
    world.invoicing.end_account(PARTNER, at_once=True)

    def long_silence() -> None:
        world.visit(20)
        world.double.faults.choose = lambda method, path: Fault.TIME_OUT_BEFORE if method == "get" else None

    world.connect(world.dynamodb, Meanwhile(world, long_silence))
    world.go(CLOSES + 18 * HOUR_MS)
    world.double.faults.choose = lambda method, path: None
    world.connect(world.dynamodb, DoubleClient(world.double))
    world.go(NEXT_MORNING + 32 * HOUR_MS, every_ms=8 * HOUR_MS)
    assert billed_as_it_is(world) == 2_169 + 45


def test_what_stripe_does_not_bill_of_what_it_was_told_is_held() -> None:
    world = leaving()
    world.invoicing.end_account(PARTNER, at_once=True)

    def forget() -> None:
        for one in world.double.books.meter_events:
            one.seen_at = world.double.books.now + 60

    world.connect(world.dynamodb, Meanwhile(world, forget))
    world.go(CLOSES + 14 * HOUR_MS)
    world.clock.advance(ms=5 * 60_000)
    world.connect(world.dynamodb, DoubleClient(world.double))
    assert "visits are 169 cents here, 0 at Stripe" in world.work()
    assert world.closing().state is ClosingState.HELD
    world.invoicing.release(PARTNER, "2026-12")
    world.go(NEXT_MORNING + 32 * HOUR_MS, every_ms=8 * HOUR_MS)
    assert billed_as_it_is(world) == 2_169


def test_a_plan_that_is_rated_here_is_invoiced_at_once_too() -> None:
    minimum = Plan(3_100, PlanMode.GRADUATED, (Band(None, visit_fee_micros=55_000),), minimum_cents=5_000)
    world = leaving(minimum)
    world.invoicing.end_account(PARTNER, at_once=True)
    world.go(NEXT_MORNING, every_ms=3 * HOUR_MS)
    assert billed_as_it_is(world) == 5_000


@pytest.mark.parametrize("invoice_now", [True, False])
def test_one_that_somebody_cancels_at_stripe_meanwhile_is_billed_once(invoice_now: bool) -> None:
    world = leaving()
    world.invoicing.end_account(PARTNER, at_once=True)
    client = world.gateway.client

    def by_hand() -> None:
        world.connect(world.dynamodb, DoubleClient(world.double))
        wanted: Any = {"invoice_now": invoice_now, "prorate": False}
        client.v1.subscriptions.cancel(world.account.subscription_id or "", wanted)

    world.go(CLOSES + 13 * HOUR_MS)
    if invoice_now:
        by_hand()
    else:
        world.connect(world.dynamodb, Meanwhile(world, by_hand))
        told: list[str] = []
        world.go(CLOSES + 15 * HOUR_MS, work=lambda: told.extend(world.work()))
        assert len(told) == 1, "the refusal is told once, and the next run goes on"
        assert "No such subscription" in told[0]
    world.go(CLOSES + 20 * HOUR_MS)
    assert billed_as_it_is(world) == 2_169


def test_a_location_that_opens_again_lets_the_month_go_on() -> None:
    world = leaving()
    world.invoicing.end_account(PARTNER, at_once=True)
    world.contracts.open_location(PARTNER, "369", "Three", "UTC", world.clock())
    world.go(JANUARY, every_ms=6 * HOUR_MS)
    assert world.closing().state is ClosingState.OPEN
    world.go(JANUARY + 4 * HOUR_MS)
    assert billed_as_it_is(world) == 2_000 + 2_200 + 169


def test_what_waits_for_a_next_invoice_is_invoiced_when_it_leaves() -> None:
    world = leaving()
    world.visit(20, at(2026, 11, 30, 23))
    world.clock.now_ms = at(2026, 12, 11)
    world.double.advance()
    world.work()
    assert world.double.books.some("invoiceitem", invoice=None, proration=False)
    world.invoicing.end_account(PARTNER, at_once=True)
    world.go(NEXT_MORNING, every_ms=3 * HOUR_MS)
    assert billed_as_it_is(world) == 2_169
    assert world.invoiced("2026-11") == world.billing.bill(PARTNER, "2026-11").total_cents


def test_stripe_goes_on_collecting_what_is_still_due() -> None:
    world = leaving()
    assert world.double.books.some("invoice", status="open")
    world.invoicing.end_account(PARTNER, at_once=True)
    world.go(NEXT_MORNING, every_ms=3 * HOUR_MS)
    assert {one["auto_advance"] for one in world.double.books.some("invoice", status="open")} == {True}


def test_who_has_left_at_once_may_come_back_next_month() -> None:
    world = leaving()
    world.invoicing.end_account(PARTNER, at_once=True)
    world.go(NEXT_MORNING, every_ms=3 * HOUR_MS)
    with pytest.raises(DecisionNotPossibleError):
        world.invoicing.open_account(PARTNER)
    world.contracts.open_location(PARTNER, "369", "Three", "UTC", at(2027, 1, 1))
    world.go(JANUARY + HOUR_MS, every_ms=DAY_MS)
    assert world.invoicing.open_account(PARTNER).parting is None
    world.go(at(2027, 3, 1, 4), every_ms=12 * HOUR_MS)
    for month in ("2026-12", "2027-01", "2027-02"):
        assert world.invoiced(month) == world.billing.bill(PARTNER, month).total_cents


def test_who_leaves_at_once_in_the_month_of_entry_is_invoiced_by_our_own_lines() -> None:
    world = StripeWorld(begins=at(2026, 11, 20, 12))
    world.invoicing.open_account(PARTNER)
    world.work()
    world.visit(4)
    for location in ("367", "368"):
        world.contracts.close_location(PARTNER, location, world.clock())
    assert world.invoicing.end_account(PARTNER, at_once=True)
    world.go(at(2026, 11, 21, 6), every_ms=3 * HOUR_MS)
    assert world.closing("2026-11").state is ClosingState.FINALISED
    assert world.invoiced("2026-11") == world.billing.bill(PARTNER, "2026-11").total_cents == 4_133 + 22
    assert {one["status"] for one in world.double.books.some("subscription")} == {"canceled"}
    world.go(JANUARY, every_ms=10 * DAY_MS)
    assert len(world.double.books.some("invoice")) == 1
