"""Visits reach Stripe exactly once, or an alert stands: processes die at every call, answers get lost, time runs out.

Compared at the end: what Stripe's own books count, what the pages hold, and the journal counted again.
"""

import random
from contextlib import suppress

import pytest
import stripe

from partners.billing import outbox
from partners.billing.decision import Asked, What
from partners.billing.outbox import Stage
from partners.billing.stripe_errors import DecisionNotPossibleError, StripeRefusedError, StripeUnavailableError
from partners.billing.stripe_model import ClosingState
from shared.kernel.clock import DAY_MS
from tests.doubles.stripe.double import KEY
from tests.doubles.stripe.faults import Fault
from tests.simulation.billing_world import Fuse, ProcessDiedError, make_mortal, start_anew
from tests.support.drawn import first_of
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld, at, opened_world

MINUTE_MS = 60_000
DECEMBER, JANUARY = at(2026, 12, 1), at(2027, 1, 1)
EVENTS = "/v1/billing/meter_events"
RUNS = (
    DECEMBER + 5 * HOUR_MS + 20 * MINUTE_MS,
    DECEMBER + 6 * HOUR_MS + 20 * MINUTE_MS,
    DECEMBER + 7 * HOUR_MS + 20 * MINUTE_MS,
    JANUARY + 20 * MINUTE_MS,
    JANUARY + 3 * HOUR_MS,
)
LAST_RUNS = tuple(JANUARY + 3 * HOUR_MS + quarter * 15 * MINUTE_MS for quarter in range(1, 4))


def live_through(world: StripeWorld, fuse: Fuse | None) -> None:
    """A month of few visits, some posted late, worked on at each of RUNS by a process that may die."""
    if fuse is not None:
        make_mortal(world, fuse)
    for moment in RUNS + LAST_RUNS:
        world.clock.now_ms = moment
        world.double.advance()
        if moment == RUNS[0]:
            world.visit(3, DECEMBER + 4 * HOUR_MS)
            world.visit(12, DECEMBER + 4 * HOUR_MS + 5)
        if moment == RUNS[1]:
            world.visit(2, DECEMBER + 4 * HOUR_MS + 50 * MINUTE_MS)
        try:
            world.invoicing.work(world.account)
        except ProcessDiedError:
            start_anew(world)
    start_anew(world)


def check_all_agree(world: StripeWorld) -> None:
    bill = world.billing.bill(PARTNER, "2026-12")
    assert world.counted_by_stripe() == bill.visits == world.in_journal() == 17
    assert world.closing().state is ClosingState.FINALISED, world.closing().troubles
    assert world.invoiced("2026-12") == bill.total_cents
    assert {one.stage for one in world.messages()} == {Stage.CONFIRMED}


def calls_of_a_life() -> int:
    world, fuse = opened_world(), Fuse(at=10_000)
    live_through(world, fuse)
    check_all_agree(world)
    return fuse.calls


def test_a_process_that_dies_at_any_call_leaves_nothing_undone_or_done_twice(in_full: bool) -> None:
    calls = calls_of_a_life()
    assert calls > 60
    for number in range(1, calls + 1, 1 if in_full else 3):
        world = opened_world()
        live_through(world, Fuse(number))
        check_all_agree(world)


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.LOST_LATER])
def test_one_lost_or_failed_answer_changes_no_count(fault: Fault) -> None:
    world = opened_world()
    world.double.faults.plan(EVENTS, fault, fault)
    live_through(world, None)
    check_all_agree(world)


def test_a_process_that_dies_and_is_away_for_two_days_tells_nothing_twice() -> None:
    """Stripe has forgotten key and identifier by then: only the row written before sending says what may be there."""
    number, died = 0, True
    while died:
        number += 1
        world = opened_world()
        world.visit(5)
        world.clock.advance(ms=HOUR_MS + 20 * MINUTE_MS)
        fuse = Fuse(number)
        make_mortal(world, fuse)
        with suppress(ProcessDiedError):
            world.invoicing.work(world.account)
        died = fuse.calls >= number
        start_anew(world)
        world.clock.advance(days=2)
        alerts = world.work()
        assert world.counted_by_stripe() == 5 or (world.counted_by_stripe() == 0 and alerts), number
    assert number > 5


def outage(world: StripeWorld, first: Fault, days: int) -> None:
    """One event meets `first`, then nothing gets through for some days."""
    world.visit(5)
    world.double.faults.plan(EVENTS, first)
    world.clock.advance(ms=HOUR_MS + 20 * MINUTE_MS)
    world.work()
    world.double.faults.choose = lambda method, path: Fault.TIME_OUT_BEFORE if path == EVENTS else None
    world.go(world.clock() + days * DAY_MS, every_ms=6 * HOUR_MS)
    world.double.faults.choose = lambda method, path: None


def test_an_event_of_unknown_outcome_is_not_sent_after_a_day_and_is_confirmed_by_the_count() -> None:
    world = opened_world()
    outage(world, Fault.TIME_OUT_AFTER, 2)
    world.go(JANUARY + 4 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert world.counted_by_stripe() == 5
    assert world.closing().state is ClosingState.FINALISED


def test_an_event_that_never_arrived_stands_as_an_alert_until_a_person_has_it_told_anew() -> None:
    world = opened_world()
    outage(world, Fault.TIME_OUT_BEFORE, 3)
    world.go(JANUARY, every_ms=12 * HOUR_MS)
    world.go(JANUARY + 4 * HOUR_MS)
    assert world.counted_by_stripe() == 0
    assert world.closing().state is ClosingState.HELD
    assert world.work() != []
    (message,) = world.messages()
    assert world.metering.replace(message.intent.identifier)
    world.go(JANUARY + 6 * HOUR_MS)
    assert world.counted_by_stripe() == 5
    assert world.closing().state is ClosingState.FINALISED


def replaced_by_the_desk(world: StripeWorld, identifier: str, key: str) -> str:
    asked = Asked(What.REPLACE, PARTNER, "Stripe never counted it", identifier=identifier)
    return world.desk.decide("operator", key, asked)[0].outcome or ""


def test_an_event_that_stripe_took_and_dropped_in_silence_alerts_and_is_told_anew_by_the_desk() -> None:
    world = opened_world()
    world.visit(5)
    world.clock.advance(ms=HOUR_MS + 20 * MINUTE_MS)
    world.work()
    (message,) = world.messages()
    world.double.lose(message.intent.identifier, told=False)
    with pytest.raises(DecisionNotPossibleError):
        replaced_by_the_desk(world, message.intent.identifier, "too-early")
    world.clock.advance(days=1)
    assert "5 visits is accepted: for a day" in world.work()[0]
    assert replaced_by_the_desk(world, message.intent.identifier, "k") == "its visits are told anew"
    assert world.work() == []
    assert world.counted_by_stripe() == 5
    world.go(JANUARY, every_ms=12 * HOUR_MS)
    world.go(JANUARY + 4 * HOUR_MS)
    assert world.closing().state is ClosingState.FINALISED


def test_an_event_that_stripe_counts_is_not_told_anew_though_another_of_its_hour_is_lost() -> None:
    world = opened_world()
    world.visit(5)
    world.clock.advance(ms=HOUR_MS + 20 * MINUTE_MS)
    world.work()
    world.visit(2, DECEMBER + 3 * HOUR_MS + 1)
    world.work()
    five, two = world.messages()
    world.double.lose(two.intent.identifier, told=False)
    world.clock.advance(days=2)
    assert len(world.work()) == 2
    with pytest.raises(DecisionNotPossibleError):
        replaced_by_the_desk(world, five.intent.identifier, "five")
    replaced_by_the_desk(world, two.intent.identifier, "two")
    assert world.work() == []
    assert world.counted_by_stripe() == 7


def test_a_rejected_event_that_stripe_counts_all_the_same_is_not_told_anew() -> None:
    """Its row may be one that was put back: then something else has taken its name, which may be itself."""
    world = opened_world()
    world.visit(5)
    world.clock.advance(ms=HOUR_MS + 20 * MINUTE_MS)
    world.work()
    (message,) = world.messages()
    world.metering.reject(message.intent.identifier, "its identifier was taken by something else")
    with pytest.raises(DecisionNotPossibleError):
        replaced_by_the_desk(world, message.intent.identifier, "k")
    world.double.lose(message.intent.identifier, told=False)
    replaced_by_the_desk(world, message.intent.identifier, "lost")
    world.work()
    assert world.counted_by_stripe() == 5


def test_a_key_that_stripe_refuses_alerts_and_loses_no_visit() -> None:
    world = opened_world()
    world.visit(5)
    world.clock.advance(ms=HOUR_MS + 20 * MINUTE_MS)
    world.double.key = "sk_test_another"
    with pytest.raises(StripeRefusedError):
        world.work()
    assert [one.stage for one in world.messages()] == [Stage.SEALED]
    world.double.key = KEY
    world.clock.advance(ms=HOUR_MS)
    assert world.work() == []
    assert world.counted_by_stripe() == 5


def test_an_invoice_that_stripe_finalised_by_itself_stands_as_an_alert_until_a_person_accepts_it() -> None:
    world = opened_world()
    world.visit(5)
    world.clock.now_ms = JANUARY + 2 * HOUR_MS
    world.double.advance()
    world.go(JANUARY + 4 * HOUR_MS)
    assert world.closing().state is ClosingState.HELD
    assert world.invoiced("2026-12") == 6_200
    assert world.invoicing.confirm(PARTNER, "2026-12").state is ClosingState.FINALISED
    world.go(JANUARY + 2 * DAY_MS, every_ms=6 * HOUR_MS)
    assert world.work() == []
    world.go(at(2027, 2, 1), every_ms=12 * HOUR_MS)
    world.go(at(2027, 2, 1, 4))
    assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents


def test_sending_after_a_day_would_count_twice_which_is_why_it_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "RESEND_MS", 40 * DAY_MS)
    world = opened_world()
    world.double.books.summary_delay_s = 3 * 86_400
    outage(world, Fault.TIME_OUT_AFTER, 2)
    world.go(world.clock() + 12 * HOUR_MS)
    assert world.counted_by_stripe() == 10
    world.go(JANUARY, every_ms=DAY_MS)
    world.go(JANUARY + 4 * HOUR_MS)
    assert "5 visits here, 10 at Stripe" in world.closing().troubles[0]


def test_what_was_not_told_within_35_days_is_an_alert_and_not_sent() -> None:
    world = opened_world()
    world.visit(5)
    world.clock.advance(days=36)
    world.double.advance()
    assert "older than Stripe takes" in world.work()[0]
    assert world.double.books.meter_events == []


class Weather:
    """Random failures of one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.faults = [*Fault] if seed % 3 == 0 else [fault for fault in Fault if fault is not Fault.LOST_LATER]

    def __call__(self, method: str, path: str) -> Fault | None:
        if self.rng.random() > 0.3:
            return None
        fault = self.rng.choice(self.faults)
        return None if fault is Fault.LOST_LATER and path != EVENTS else fault


@pytest.mark.parametrize("seed", first_of(3, range(9)))
def test_in_any_weather_all_counts_are_equal_or_an_alert_stands(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda self, retries: 0)
    world, weather = opened_world(), Weather(seed)
    world.double.books.summary_delay_s = weather.rng.choice([0, 60, 5_400])
    world.double.faults.choose = weather
    while world.clock() < JANUARY - 20 * DAY_MS:
        step = weather.rng.choice([HOUR_MS // 2, HOUR_MS, 5 * HOUR_MS, DAY_MS])
        world.visit(weather.rng.randrange(1, 5), world.clock() - weather.rng.randrange(2) * HOUR_MS)
        world.go(world.clock() + step, every_ms=step)
        if weather.rng.random() < 0.5:
            hear_some(world, weather.rng)
    world.double.faults.choose = lambda method, path: None
    world.go(JANUARY + 6 * HOUR_MS, every_ms=DAY_MS)
    world.webhooks.catch_up()
    alerts = world.work()
    agree = world.counted_by_stripe() == world.billing.bill(PARTNER, "2026-12").visits == world.in_journal()
    assert agree or alerts, "the counts differ and nobody is told"
    if not alerts:
        assert world.closing().state is ClosingState.FINALISED
        assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents
    assert all(path != "/v1/billing/meter_event_adjustments" for _, path, _ in world.double.requests)
    for message in world.messages():
        world.metering.replace(message.intent.identifier)
    world.go(world.clock() + 2 * HOUR_MS)
    assert world.counted_by_stripe() == world.in_journal(), "what was alerted of can be told anew, and only that"


def hear_some(world: StripeWorld, rng: random.Random) -> None:
    """Webhooks out of order, some twice, some never."""
    recent = world.double.books.happened[-12:]
    for event in rng.choices(recent, k=len(recent)):
        with suppress(StripeUnavailableError):
            world.webhooks.hear(event)
