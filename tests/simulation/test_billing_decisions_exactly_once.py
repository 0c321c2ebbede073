"""What the operator decides about a month takes effect once, whatever dies while it is carried out, and beside runs.

Compared at the end: what Stripe's books bill of the month, what is written off and credited, and our own bill.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

import pytest

from partners.billing.decision import Asked, Decision, What
from partners.billing.stripe_errors import ConcurrentRunError, DecisionNotPossibleError
from partners.billing.stripe_model import ClosingState
from shared.kernel.clock import DAY_MS
from tests.simulation.billing_world import (
    Fuse,
    ProcessDiedError,
    Saved,
    loaded,
    make_mortal,
    saved,
    scheduled,
    start_anew,
)
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld, at, opened_world

MINUTE_MS = 60_000
JANUARY, FEBRUARY = at(2027, 1, 1), at(2027, 2, 1)
OURS = 6_228
"""Our bill of December: two locations, and five visits."""


@dataclass(frozen=True)
class Outcome:
    """What December comes to: billed by its invoices, written off, and credited."""

    billed: int
    written_off: int = 0
    credited: tuple[int, ...] = ()


def told(visits: int = 5) -> StripeWorld:
    """Five visits of the 1st of December, told to Stripe, which counts so many."""
    world = opened_world()
    world.visit(5)
    world.go(at(2026, 12, 1, 4, 20))
    world.double.books.meter_events[0].value = visits
    return world


@cache
def held() -> Saved:
    """Stripe counts one visit too few, so December is held."""
    world = told(visits=4)
    world.go(JANUARY, every_ms=11 * DAY_MS)
    world.go(JANUARY + 3 * HOUR_MS)
    assert world.closing().state is ClosingState.HELD
    return saved(world)


@cache
def finalised_unseen() -> Saved:
    """Nobody looked until Stripe had finalised December, of which it counts one visit too few."""
    world = told(visits=4)
    world.clock.now_ms = JANUARY + 2 * HOUR_MS
    world.double.advance()
    world.go(JANUARY + 3 * HOUR_MS)
    assert world.closing().state is ClosingState.HELD
    return saved(world)


@cache
def finalised() -> Saved:
    world = told()
    world.go(JANUARY, every_ms=11 * DAY_MS)
    world.go(JANUARY + 3 * HOUR_MS)
    assert world.closing().state is ClosingState.FINALISED
    return saved(world)


@cache
def lost() -> Saved:
    """Stripe took the visits and dropped them in silence, a day ago."""
    world = told()
    world.double.lose(world.messages()[0].intent.identifier, told=False)
    world.go(at(2026, 12, 3), every_ms=DAY_MS)
    return saved(world)


DECISIONS: dict[What, tuple[Callable[[], Saved], Asked, Outcome]] = {
    What.RELEASE: (held, Asked(What.RELEASE, PARTNER, "agreed", month="2026-12"), Outcome(OURS)),
    What.WRITE_OFF: (held, Asked(What.WRITE_OFF, PARTNER, "agreed", month="2026-12"), Outcome(OURS - 6, 6)),
    What.CONFIRM: (finalised_unseen, Asked(What.CONFIRM, PARTNER, "agreed", month="2026-12"), Outcome(OURS)),
    What.CREDIT: (
        finalised,
        Asked(What.CREDIT, PARTNER, "goodwill", month="2026-12", amount_cents=100),
        Outcome(OURS, credited=(100,)),
    ),
    What.REPLACE: (
        lost,
        Asked(What.REPLACE, PARTNER, "dropped", identifier=f"v1:{PARTNER}:2026120103:1"),
        Outcome(OURS),
    ),
}


def decide(world: StripeWorld, asked: Asked) -> Decision:
    """The same request until it has its turn."""
    while True:
        try:
            return world.desk.decide("operator", "k", asked)[0]
        except ConcurrentRunError:
            world.clock.advance(ms=MINUTE_MS)


def life(asked: Asked, before: Saved, fuse: Fuse, *, run_first: bool) -> StripeWorld:
    """The decision dies somewhere; then the schedule's runs and the same request come, in one order or the other."""
    world = loaded(before)
    make_mortal(world, fuse)
    with suppress(ProcessDiedError):
        world.desk.decide("operator", "k", asked)
    start_anew(world)
    if run_first:
        while not scheduled(world):
            world.clock.advance(ms=MINUTE_MS)
        world.clock.advance(ms=DAY_MS)
        scheduled(world)
    decision = decide(world, asked)
    assert decision.outcome is not None
    assert world.desk.decide("operator", "k", asked) == (decision, True)
    return world


def what_december_comes_to(world: StripeWorld) -> Outcome:
    for moment in (JANUARY, JANUARY + 3 * HOUR_MS, JANUARY + 2 * DAY_MS, FEBRUARY, FEBRUARY + 3 * HOUR_MS):
        if moment > world.clock():
            world.clock.now_ms = moment
            world.double.advance()
            assert scheduled(world)
    assert world.work() == []
    assert world.billing.bill(PARTNER, "2026-12").total_cents == OURS
    assert {world.closing(month).state for month in ("2026-12", "2027-01")} == {ClosingState.FINALISED}
    notes = tuple(one["amount"] for one in world.double.books.some("credit_note"))
    return Outcome(world.invoiced("2026-12"), world.closing().written_off_cents, notes)


def calls_of(asked: Asked, before: Saved) -> int:
    world, fuse = loaded(before), Fuse(at=10_000)
    make_mortal(world, fuse)
    world.desk.decide("operator", "k", asked)
    return fuse.calls


@pytest.mark.parametrize("run_first", [True, False])
@pytest.mark.parametrize("what", DECISIONS)
def test_a_decision_that_dies_at_any_call_takes_effect_once(what: What, run_first: bool, in_full: bool) -> None:
    state, asked, expected = DECISIONS[what]
    calls = calls_of(asked, state())
    assert calls > 5
    for number in range(1, calls + 1) if in_full else [calls - 2 - 3 * run_first]:
        world = life(asked, state(), Fuse(number), run_first=run_first)
        assert what_december_comes_to(world) == expected, number


@pytest.mark.parametrize("what", [What.RELEASE, What.WRITE_OFF, What.CONFIRM])
def test_two_operators_who_decide_the_same_have_it_once(what: What) -> None:
    state, asked, expected = DECISIONS[what]
    world = loaded(state())
    for key in ("one", "other"):
        world.desk.decide(key, key, asked)
    assert what_december_comes_to(world) == expected


def test_visits_are_told_anew_once_though_two_operators_ask_for_it() -> None:
    state, asked, expected = DECISIONS[What.REPLACE]
    world = loaded(state())
    world.desk.decide("one", "one", asked)
    world.work()
    anothers = Asked(What.REPLACE, PARTNER, "dropped", identifier="v1:beta:2026120103:1")
    with pytest.raises(DecisionNotPossibleError):
        world.desk.decide("other", "wrong", anothers)
    world.desk.decide("other", "other", asked)
    assert what_december_comes_to(world) == expected
    assert world.counted_by_stripe() == 5


class Beside(Fuse):
    """At its `at`-th call a run of the schedule comes by, and is put off until the decision is made."""

    def __init__(self, at: int, world: StripeWorld) -> None:
        super().__init__(at)
        self.world, self.had_its_turn = world, None

    def burn(self, call: Callable[[], object]) -> object:
        self.calls += 1
        if self.calls == self.at:
            start_anew(self.world)
            self.had_its_turn = scheduled(self.world)
        return call()


@pytest.mark.parametrize("what", [What.RELEASE, What.WRITE_OFF, What.CREDIT])
def test_a_run_that_comes_by_at_any_call_of_a_decision_changes_nothing_of_it(what: What, in_full: bool) -> None:
    state, asked, expected = DECISIONS[what]
    put_off = set()
    calls = calls_of(asked, state())
    for number in range(2, calls + 1) if in_full else [calls // 2]:
        world = loaded(state())
        fuse = Beside(number, world)
        make_mortal(world, fuse)
        with suppress(ConcurrentRunError):
            world.desk.decide("operator", "k", asked)
        start_anew(world)
        decide(world, asked)
        put_off.add(fuse.had_its_turn)
        assert what_december_comes_to(world) == expected, number
    assert False in put_off
