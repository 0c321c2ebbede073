"""The clock jumps inside a request: over the end of a month, past a hold's deadline, back. With faults besides."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.ledger.commands import Cancel
from shared.ledger.model import Entry
from tests.fakes.contract_book import new_terms
from tests.simulation.ledger.faults import DIFFERENT, Fault
from tests.simulation.ledger.member import Member
from tests.simulation.ledger.world import Act, World, check_book
from tests.support.drawn import one_in
from tests.support.terms import put_terms

MINUTE_MS = 60_000
BRIEF = "sim-brief"
"""A partner whose points and cashback last one month."""

JUMPS = {
    "an hour back": -60 * MINUTE_MS,
    "five days back": -5 * 24 * 60 * MINUTE_MS,
    "into the next month": 11 * MINUTE_MS,
    "into the next month, past the hold's deadline": 20 * MINUTE_MS,
}
BOUGHT = datetime(2026, 10, 20, 12, tzinfo=UTC)
ASKED = datetime(2026, 11, 30, 23, 50, tzinfo=UTC)


@dataclass(frozen=True)
class Eve:
    """A member ten minutes before the month ends, with 100 points that end with it and a hold on 60 of them.

    Another hold, on 10, timed out seconds ago. Of its cashback, which ends with the month too, some was spent,
    some paid out, and 5 cents are left. The other member has points that end with the month too, and a third one
    belongs to the other's household; the fourth has such points as well.
    """

    member: Member
    other: Member
    third: Member
    fourth: Member
    purchase: str
    redemption: str
    hold: str
    spent: str
    paid_out: Entry


ACTS: dict[str, Callable[[Eve], Act]] = {
    "enrol": lambda eve: eve.member.enrol("new@example.com"),
    "purchase": lambda eve: eve.member.purchase(2_000, BRIEF, "r-new"),
    "redeem": lambda eve: eve.member.redeem(20),
    "redeem what is held": lambda eve: eve.member.redeem(50),
    "reserve": lambda eve: eve.member.reserve(20),
    "capture": lambda eve: eve.member.capture(eve.hold),
    "capture of a part": lambda eve: eve.member.capture(eve.hold, 25),
    "void": lambda eve: eve.member.void(eve.hold),
    "return": lambda eve: eve.member.give_back_goods(eve.purchase, partner=BRIEF),
    "cancel": lambda eve: eve.member.cancel(eve.redemption),
    "cancel cashback": lambda eve: eve.member.cancel(eve.spent),
    "spend cashback": lambda eve: eve.member.spend_cashback(5),
    "a payout comes back": lambda eve: eve.member.apply(Cancel, redemption=eve.paid_out, quantity=None),
    "adjust": lambda eve: eve.member.adjust(-20),
    "lapse": lambda eve: eve.member.lapse(),
    "transfer": lambda eve: eve.member.transfer(20, eve.other),
    "transfer what is held": lambda eve: eve.member.transfer(50, eve.other),
    "transfer from a household card": lambda eve: eve.third.transfer(30, eve.member),
    "join": lambda eve: eve.fourth.join(eve.member),
    "leave": lambda eve: eve.third.leave(eve.other, 40),
    "purchase with a household card": lambda eve: eve.third.purchase(2_000, BRIEF, "r-new"),
    "redeem with a household card": lambda eve: eve.third.redeem(90),
}


def _at(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


@pytest.fixture
def world():
    world = World()
    world.warm.create_partner(BRIEF, "Brief", "USD")
    world.warm.open_location(BRIEF, "s1", "Store 1", "UTC", 0)
    terms = new_terms(expiry_months=1, cashback_bps=200, cashback_expiry_months=1)
    put_terms(world.inner, world.tables["partners"], BRIEF, terms)
    return world


@pytest.fixture
def eve(world):
    world.clock.now_ms = _at(BOUGHT)
    member = Member(world.server(), "m")
    purchase = member.past(member.purchase(2_000, BRIEF)).entry.entry_id
    redemption = member.past(member.redeem(20)).entry.entry_id
    spent = member.past(member.spend_cashback(5)).entry.entry_id
    paid_out = member.past(member.pay_out(30)).entry
    world.clock.now_ms = _at(ASKED) - MINUTE_MS
    member.past(member.reserve(10, seconds=30))
    hold = member.past(member.reserve(60)).hold_id
    other, third, fourth = member.another(), member.another(), member.another()
    fourth.past(fourth.purchase(1_000, BRIEF))
    other.past(other.purchase(1_000, BRIEF))
    third.past(third.join(other))
    other.past(other.purchase(1_000))
    world.clock.now_ms = _at(ASKED)
    return Eve(member, other, third, fourth, purchase, redemption, hold, spent, paid_out)


@pytest.mark.parametrize(("asks", "jump"), one_in(3, itertools.product(ACTS, JUMPS)))
def test_a_request_happens_wholly_before_or_wholly_after_the_clock_jumps(world, eve, asks, jump):
    act, past = ACTS[asks](eve), (world.snapshot(), world.clock())
    jumped_ms = world.clock() + JUMPS[jump]
    allowed = []
    for now_ms in (past[1], jumped_ms):
        world.restore(past[0], now_ms)
        calls = world.ask("", act, "k")
        allowed.append((calls.outcome.plain, world.snapshot()))
    plans: list[dict[int, Fault]] = [{}]
    plans += [{k: fault} for k, point in enumerate(calls.points) for fault in point.faults if fault in DIFFERENT]
    for place in range(len(calls.points) + 1):
        for plan in plans:
            world.restore(*past)

            def jumps(number: int, place: int = place) -> None:
                if number == place:
                    world.clock.now_ms = jumped_ms
                _drop_impossible(world, number)

            outcome = world.ask("", act, "k", plan, jumps).outcome
            assert (outcome.plain, world.snapshot()) in allowed, f"jump before call {place}, {plan}: {outcome}"
            check_book(world.history(number) for number in world.members())
            _retry_tells_the_same(world, act, outcome, jumped_ms)


def _drop_impossible(world: World, number: int) -> None:
    """A clock that jumps makes a server read again what it remembers, so later calls have other numbers."""
    plan, point = world.client.plan, world.client.points[number]
    if number in plan and plan[number] not in point.faults:
        world.client.plan = {}


def _retry_tells_the_same(world: World, act: Act, outcome: Any, now_ms: int) -> None:
    """An answer stays; a refusal may become an answer with time, but leaves nothing behind until then."""
    before = world.snapshot()
    world.clock.now_ms = now_ms
    again = world.ask("", act, "k").outcome
    if outcome.refused is None:
        assert (again.plain, again.replayed) == (outcome.plain, True)
        assert world.snapshot() == before
