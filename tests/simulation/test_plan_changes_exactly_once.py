"""A plan changes at the turn of a month while processes die there: each month is billed once, by its own plan.

The old subscription ends with its month, the month after is rated here, and another subscription or our own lines
follow. Who comes too late to end it in time has it ended as soon as somebody looks.
"""

import pytest

from partners.billing.stripe_model import ClosingState
from partners.contracts.plan import Band, Plan, PlanMode
from tests.fakes.contract_book import agree, new_terms
from tests.simulation.billing_world import Fuse, ProcessDiedError, loaded, make_mortal, saved, start_anew
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld, at, opened_world

MINUTE_MS = 60_000
JANUARY = at(2027, 1, 1)
MONTHS = ("2026-12", "2027-01", "2027-02")
BANDS = (Band(10, visit_fee_micros=60_000), Band(None, visit_fee_micros=20_000))
DEARER = Plan(location_fee_cents=4_000, mode=PlanMode.GRADUATED, bands=BANDS)
RATED_HERE = Plan(location_fee_cents=3_500, mode=PlanMode.GRADUATED, bands=BANDS, minimum_cents=9_000)
CHEAPER = Plan(location_fee_cents=2_000, mode=PlanMode.GRADUATED, bands=BANDS)
EDGE = tuple(JANUARY + minutes * MINUTE_MS for minutes in (-25, -10, 5, 20, 80, 125, 140, 155, 200, 260))
"""Runs about midnight. The new terms are approved a quarter of an hour before the second."""
LATER = tuple(at(2027, month, 1) + minutes * MINUTE_MS for month in (2, 3) for minutes in (20, 80, 125, 140, 200))


def eve() -> StripeWorld:
    """The last evening of December, with a few visits told."""
    world = opened_world()
    world.visit(12)
    world.go(JANUARY - 50 * MINUTE_MS, every_ms=40 * 24 * HOUR_MS)
    return world


def live_through(world: StripeWorld, plan: Plan, fuse: Fuse, away_ms: int) -> list[str]:
    """Two months; about the first midnight the process may die, after which nobody runs for so long. Last alerts."""
    agree(world.contracts, PARTNER, new_terms(JANUARY, plan=plan))
    make_mortal(world, fuse)
    silent_until = 0
    for moment in EDGE:
        world.clock.now_ms = moment
        world.double.advance()
        if moment == EDGE[3]:
            world.visit(3, JANUARY - MINUTE_MS)
            world.visit(5)
        if moment < silent_until:
            continue
        try:
            world.work()
        except ProcessDiedError:
            start_anew(world)
            silent_until = moment + away_ms
    start_anew(world)
    for moment in LATER:
        world.clock.now_ms = moment
        world.double.advance()
        world.work()
    return world.work()


def is_billed_by_its_plans(world: StripeWorld) -> bool:
    """Whether each month's invoices say what our bill says, and nothing else is billed at all."""
    bills = [world.billing.bill(PARTNER, month).total_cents for month in MONTHS]
    lines = [line for one in world.double.books.some("invoice") for line in one.get("frozen", [])]
    own = sum(line["amount"] for line in lines if line["period"]["start"] < at(2027, 3, 1) // 1_000)
    return [world.invoiced(month) for month in MONTHS] == bills and own == sum(bills) + world.invoiced("2026-11")


@pytest.mark.parametrize(
    ("plan", "away_ms"), [(DEARER, 0), (DEARER, 3 * HOUR_MS), (RATED_HERE, 0), (CHEAPER, 0), (CHEAPER, 3 * HOUR_MS)]
)
def test_each_month_is_billed_by_its_plan_wherever_a_process_dies_at_midnight(
    plan: Plan, away_ms: int, in_full: bool
) -> None:
    """But where Stripe has charged a dearer plan's locations ahead, or has finalised unseen, that is held and said."""
    before, fuse = saved(eve()), Fuse(at=10_000)
    world = loaded(before)
    assert live_through(world, plan, fuse, 0) == []
    assert is_billed_by_its_plans(world)
    assert fuse.calls > 60
    for number in range(1, fuse.calls + 1, 3) if in_full else [fuse.calls // 2 + len(plan.bands)]:
        world = loaded(before)
        alerts = live_through(world, plan, Fuse(number), away_ms)
        if alerts and (plan is CHEAPER or away_ms):
            assert ClosingState.HELD in {world.closing(month).state for month in MONTHS}
            continue
        assert alerts == [], number
        assert is_billed_by_its_plans(world), number
        assert {world.closing(month).state for month in MONTHS} == {ClosingState.FINALISED}
