"""What one operator grants and takes alone in a day, and what is done alone on one account, has a limit."""

from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.adjustments.alone import ONE_PERSON_LIMIT_POINTS
from partners.adjustments.model import AdjustmentState
from partners.adjustments.service import adjustment_id_of
from partners.adjustments.store import AdjustmentStore
from partners.contracts.errors import SecondPersonNeededError
from shared.kernel.clock import DAY_MS, utc_day
from shared.kernel.errors import TesseraError
from shared.ledger.errors import InsufficientPointsError
from shared.ledger.store import JournalStore
from tests.simulation.ledger.faults import READ
from tests.simulation.ledger.member import Member
from tests.simulation.ledger.world import ALPHA, World
from tests.support.workers import DiedError

APPLIED, PROPOSED, REJECTED = AdjustmentState.APPLIED, AdjustmentState.PROPOSED, AdjustmentState.REJECTED


class Office:
    """Operators at work on three accounts, of which each has 9,000 points; every request has a key of its own."""

    def __init__(self):
        self.world = World()
        self.members = [Member(self.world.server(), salt) for salt in "abc"]
        for member in self.members:
            member.past(member.adjust(9_000))
        self.keys = 0

    def propose(self, points, operator="ann", member=0, key=None):
        self.keys += key is None
        act = self.members[member].propose(points, operator)
        return act(self.world.server(), key or f"key-{self.keys}")

    def again(self, number, points, operator="ann", member=0):
        return self.propose(points, operator, member, f"key-{number}")

    def decide(self, adjustment_id, operator="bob", decision="approve"):
        return getattr(self.world.server().adjustments, decision)(operator, adjustment_id)

    def next_day(self):
        self.world.clock.advance(days=1)

    def done_alone(self, name):
        journal = JournalStore(self.world.inner, "ledger")
        store = AdjustmentStore(self.world.inner, "partners", journal)
        return store.done_alone(utc_day(self.world.clock()), name)


@pytest.fixture
def office():
    return Office()


def test_an_operator_reaches_the_limit_on_as_many_accounts_as_they_like(office):
    assert [office.propose(2_000, member=n).state for n in range(3)] == [APPLIED, APPLIED, PROPOSED]
    assert office.propose(1_000).state is APPLIED
    assert office.propose(1).state is PROPOSED
    assert office.propose(2_000, "bob", 1).state is APPLIED


def test_an_account_reaches_it_by_as_many_operators_as_there_are(office):
    assert [office.propose(2_000, operator).state for operator in ("ann", "bob", "eve")] == [APPLIED, APPLIED, PROPOSED]
    assert office.propose(2_000, "eve", 1).state is APPLIED


def test_what_is_taken_counts_like_what_is_granted(office):
    assert [office.propose(points).state for points in (-3_000, 2_000, -1, 1)] == [APPLIED, APPLIED, PROPOSED, PROPOSED]


def test_the_next_utc_day_is_another_but_what_waits_goes_on_waiting(office):
    office.propose(ONE_PERSON_LIMIT_POINTS)
    assert office.propose(10).state is PROPOSED
    office.next_day()
    assert office.again(2, 10).state is PROPOSED
    assert office.propose(ONE_PERSON_LIMIT_POINTS).state is APPLIED


def test_a_second_person_decides_what_waits_and_it_counts_for_nobody(office):
    office.propose(ONE_PERSON_LIMIT_POINTS)
    waiting, other = office.propose(10), office.propose(20)
    with pytest.raises(SecondPersonNeededError):
        office.decide(waiting.adjustment_id, "ann")
    assert office.decide(waiting.adjustment_id).state is APPLIED
    assert office.decide(other.adjustment_id, decision="reject").state is REJECTED
    assert office.again(2, 10).state is APPLIED
    assert office.again(3, 20).state is REJECTED
    assert office.done_alone("OPERATOR#bob") == 0
    assert office.done_alone("OPERATOR#ann") == ONE_PERSON_LIMIT_POINTS


def test_what_the_ledger_refuses_holds_nothing_of_the_limit_and_counts_when_it_is_done(office):
    office.members[0].past(office.members[0].redeem(8_000))
    for _ in range(2):
        with pytest.raises(InsufficientPointsError):
            office.propose(-4_000)
    assert office.done_alone("OPERATOR#ann") == 0
    assert office.propose(3_000).state is APPLIED
    assert office.again(1, -4_000).state is PROPOSED
    office.next_day()
    assert office.again(2, -4_000).state is APPLIED
    assert office.done_alone("OPERATOR#ann") == 4_000


def test_cards_of_one_household_are_one_account(office):
    first, second = office.members[:2]
    first.past(first.join(second))
    assert office.propose(3_000).state is APPLIED
    assert office.propose(3_000, "bob", 1).state is PROPOSED


def test_what_was_told_to_wait_before_midnight_is_not_applied_by_the_same_request_after_it(office):
    clock = office.world.clock
    clock.now_ms += DAY_MS - clock.now_ms % DAY_MS - 30_000
    office.propose(ONE_PERSON_LIMIT_POINTS)
    past, ended = (office.world.snapshot(), clock()), set()
    for call in range(12):
        office.world.restore(*past)
        told = []

        def before_midnight(number, call=call, told=told):
            if number == call:
                told.extend(office.world.meanwhile(lambda server, _: _asked_at(server, past[1], office)))

        clock.now_ms += 60_000
        office.world.client.begin("late", {}, before_midnight)
        state = office.propose(10, key="late").state
        office.world.client.begin("", {})
        assert state is office.propose(10, key="late").state
        ended |= {(one.told["state"], state) for one in told}
    assert ended == {(PROPOSED, PROPOSED), (APPLIED, APPLIED)}


def _asked_at(server, now_ms, office):
    """The same request at a server that the other one overtakes across midnight."""
    later, office.world.clock.now_ms = office.world.clock.now_ms, now_ms
    try:
        return server.adjustments.propose("ann", "late", office.members[0].card, ALPHA, 10, "goodwill")
    finally:
        office.world.clock.now_ms = later


STEPS = st.one_of(
    st.tuples(
        st.just("propose"),
        st.sampled_from([-2_600, 40, 2_500, 4_999, 5_000, 5_001]),
        st.sampled_from(["ann", "bob"]),
        st.integers(0, 2),
        st.none() | st.tuples(st.integers(0, 12), st.sampled_from(READ)),
    ),
    st.tuples(st.just("again"), st.integers(0, 20)),
    st.tuples(st.sampled_from(["approve", "reject"]), st.integers(0, 20), st.sampled_from(["ann", "bob"])),
    st.tuples(st.just("day")),
)


@settings(deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_whoever_asks_dies_and_asks_again_nobody_does_more_than_the_limit_alone_in_a_day(steps):
    office, asked, day = Office(), [], {}
    for step in steps:
        if step[0] == "day":
            office.next_day()
            continue
        if step[0] == "propose":
            _, points, operator, member, fault = step
            asked.append((points, operator, member))
            office.world.client.begin("propose", {} if fault is None else {fault[0]: fault[1]})
            with suppress(DiedError, TesseraError):
                office.propose(points, operator, member, f"n-{len(asked) - 1}")
            office.world.client.begin("", {})
        elif asked:
            number = step[1] % len(asked)
            with suppress(TesseraError):
                if step[0] == "again":
                    office.propose(*asked[number], f"n-{number}")
                else:
                    office.decide(adjustment_id_of(f"n-{number}"), step[2], step[0])
        _look(office, day)
    assert all(points <= ONE_PERSON_LIMIT_POINTS for points in _done(day).values())


def _look(office, day):
    """Note on which day each adjustment was first seen to be applied; its sums say so of today."""
    today = utc_day(office.world.clock())
    for one in office.world.server().adjustments.all():
        if one.state is APPLIED and one.adjustment_id not in day:
            day[one.adjustment_id] = (today, one)
    done = _done(day)
    for name in ("OPERATOR#ann", "OPERATOR#bob", *(f"MEMBER#{one.number}" for one in office.members)):
        assert office.done_alone(name) == done[today, name]


def _done(day):
    """From entries alone: what each operator, and anybody on each account, has done alone on each day."""
    done = Counter()
    for today, one in day.values():
        if one.decided_by == one.proposed_by:
            done[today, f"OPERATOR#{one.decided_by}"] += abs(one.points)
            done[today, f"MEMBER#{one.member}"] += abs(one.points)
    return done
