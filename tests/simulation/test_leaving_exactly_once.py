"""A partner leaves Stripe at once while processes die at every call: it is billed all that it used, once.

The operator decides it as the schedule's runs go on; visits are posted late, before and after the last invoice.
"""

import pytest

from partners.billing.decision import Asked, What
from partners.billing.stripe_model import ClosingState
from shared.kernel.clock import DAY_MS
from tests.simulation.billing_world import Fuse, ProcessDiedError, make_mortal, start_anew
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld, at, opened_world

MINUTE_MS = 60_000
DECEMBER, CLOSES = at(2026, 12, 1), at(2026, 12, 2, 12)
RUNS = tuple(
    CLOSES + minutes * MINUTE_MS for minutes in (20, 80, 12 * 60 + 20, 14 * 60 + 5, 14 * 60 + 20, 15 * 60, 16 * 60)
)
LEAVES = Asked(What.END, PARTNER, "closes its shops", at_once=True)


def live_through(world: StripeWorld, fuse: Fuse | None, away_ms: int) -> None:
    """Two days of few visits; from the decision on by a process that may die, after which nobody runs for so long."""
    world.visit(12, DECEMBER + 4 * HOUR_MS)
    world.go(CLOSES, every_ms=DAY_MS)
    world.visit(5)
    world.clock.advance(ms=5 * MINUTE_MS)
    for location in ("367", "368"):
        world.contracts.close_location(PARTNER, location, world.clock())
    if fuse is not None:
        make_mortal(world, fuse)
    silent_until = 0
    for moment in (world.clock(), *RUNS):
        world.clock.now_ms = moment
        world.double.advance()
        if moment == RUNS[3]:
            world.visit(2)
        if moment < silent_until:
            continue
        try:
            if world.account.last_month is None:
                world.desk.decide("operator", "k", LEAVES)
            world.invoicing.work(world.account)
        except ProcessDiedError:
            start_anew(world)
            silent_until = moment + away_ms
    start_anew(world)
    world.desk.decide("operator", "k", LEAVES)
    world.visit(1)
    for _ in range(4):
        world.go(world.clock() + 9 * HOUR_MS, every_ms=9 * HOUR_MS)


def check_all_is_billed_once(world: StripeWorld) -> None:
    bill = world.billing.bill(PARTNER, "2026-12")
    assert bill.visits == world.in_journal() == 20
    assert world.work() == []
    assert world.closing().state is ClosingState.FINALISED, world.closing().troubles
    assert world.invoiced("2026-12") == world.closing().billed_cents == bill.total_cents
    assert not world.double.books.some("invoice", status="draft")
    assert not world.double.books.some("invoiceitem", invoice=None)
    assert {one["status"] for one in world.double.books.some("subscription")} == {"canceled"}
    assert [one.outcome is not None for one in world.desk.decisions(PARTNER)] == [True]


def calls_of_a_life() -> int:
    world, fuse = opened_world(), Fuse(at=10_000)
    live_through(world, fuse, 0)
    check_all_is_billed_once(world)
    assert world.counted_by_stripe() == 19, "what came after its last invoice is told to nobody"
    return fuse.calls


@pytest.mark.parametrize("away_ms", [0, 2 * HOUR_MS])
def test_who_leaves_is_billed_all_it_used_whenever_a_process_dies(in_full: bool, away_ms: int) -> None:
    """With two hours of silence Stripe finalises the last invoice by itself before anybody has seen it."""
    calls = calls_of_a_life()
    assert calls > 80
    for number in range(1 if in_full or away_ms else 20, calls + 1, 1 if in_full else 41):
        world = opened_world()
        live_through(world, Fuse(number), away_ms)
        check_all_is_billed_once(world)
