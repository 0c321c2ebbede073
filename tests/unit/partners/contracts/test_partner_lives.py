"""A partner goes from state to state one way, and each step is kept."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.closure.errors import PositionOpenError
from partners.closure.model import Outstanding, What
from partners.contracts.errors import (
    ClosingTooSoonError,
    InvalidReasonError,
    LocationsOpenError,
    PartnerExistsError,
    PartnerNotActiveError,
    PartnerWithoutTermsError,
    StateChangeRefusedError,
    StateConflictError,
    UnknownPartnerError,
)
from partners.contracts.life import MAY, MOVES, Act, PartnerState, check_act
from partners.contracts.model import Partner
from partners.contracts.partner_lives import LOCATIONS_QUIET_MS, QUIET_MS, PartnerLives
from partners.contracts.service import CACHE_MS, Contracts
from shared.kernel.clock import DAY_MS, to_rfc3339
from shared.kernel.errors import TesseraError
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import FakeContractBook, agree, new_terms

INVITED, VERIFIED, ACTIVE, SUSPENDED, CLOSED = PartnerState


class Office:
    """An operator and `harvest`, who has terms and one location."""

    def __init__(self) -> None:
        self.owed_cents = 0
        self.clock = FakeClock()
        self.book = FakeContractBook()
        self.contracts = Contracts(self.book, self.clock)
        self.lives = PartnerLives(self.book, self.contracts, self.clock, self.check_settled)
        self.lives.invite("ann", "harvest", "Harvest", "USD")
        agree(self.contracts, "harvest", new_terms())
        self.contracts.open_location("harvest", "1", "Store", "UTC", 0)

    def check_settled(self, partner: Partner) -> None:
        if self.owed_cents:
            open_cents = Outstanding(What.EXPOSURE, partner.partner_id, self.owed_cents)
            raise PositionOpenError(partner.partner_id, partner.currency, [open_cents])

    def move(self, *states: PartnerState) -> PartnerState:
        for state in states:
            self.lives.move("ann", "harvest", state, "because")
        return self.contracts.partner_now("harvest").state


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_partner_is_invited_once_and_may_not_trade_yet(office):
    again = office.lives.invite("ben", "harvest", "Harvest", "USD")
    assert again.state is INVITED
    assert [(one.state, one.by) for one in office.lives.history("harvest")] == [(INVITED, "ann")]
    with pytest.raises(PartnerExistsError):
        office.lives.invite("ann", "harvest", "Another", "USD")


def test_the_whole_way_of_a_partner_is_kept(office):
    office.move(VERIFIED, ACTIVE, SUSPENDED)
    office.contracts.close_location("harvest", "1")
    office.clock.advance(ms=LOCATIONS_QUIET_MS)
    assert office.move(CLOSED) is CLOSED
    history = office.lives.history("harvest")
    assert [one.state for one in history] == [INVITED, VERIFIED, ACTIVE, SUSPENDED, CLOSED]
    assert [one.number for one in history] == [1, 2, 3, 4, 5]
    assert (history[-1].by, history[-1].at_ms, history[-1].reason) == ("ann", office.clock(), "because")


def test_what_it_is_already_changes_nothing(office):
    office.move(VERIFIED, VERIFIED)
    assert len(office.lives.history("harvest")) == 2


@pytest.mark.parametrize("state", PartnerState)
def test_there_is_no_other_way(state):
    for target in set(PartnerState) - MOVES[state] - {state}:
        office = Office()
        office.contracts.close_location("harvest", "1")
        ways = {VERIFIED: [VERIFIED], ACTIVE: [VERIFIED, ACTIVE], SUSPENDED: [VERIFIED, ACTIVE, SUSPENDED]}
        office.move(*ways.get(state, [CLOSED] if state is CLOSED else []))
        with pytest.raises(StateChangeRefusedError):
            office.move(target)
        assert office.contracts.partner_now("harvest").state is state


def test_a_partner_without_terms_does_not_trade(office):
    office.lives.invite("ann", "bare", "Bare", "USD")
    office.lives.move("ann", "bare", VERIFIED, "because")
    with pytest.raises(PartnerWithoutTermsError):
        office.lives.move("ann", "bare", ACTIVE, "because")


def test_a_partner_that_has_traded_is_closed_when_nothing_can_reach_us_any_more(office):
    office.move(VERIFIED, ACTIVE, SUSPENDED)
    assert QUIET_MS == 31 * DAY_MS  # what happened at its tills may be told for 30 days
    suspended_ms = office.clock()
    with pytest.raises(LocationsOpenError):
        office.move(CLOSED)
    office.contracts.close_location("harvest", "1", office.clock() + 5)
    with pytest.raises(LocationsOpenError):
        office.move(CLOSED)
    office.clock.advance(ms=QUIET_MS - 1)
    # Returns of what was sold until the location closed may be told for 30 days, and the closing itself 31 days late.
    with pytest.raises(ClosingTooSoonError) as refused:
        office.move(CLOSED)
    assert refused.value.data["earliest"] == to_rfc3339(suspended_ms + 5 + 32 * DAY_MS)
    office.clock.advance(ms=DAY_MS + 5)
    with pytest.raises(ClosingTooSoonError):
        office.move(CLOSED)
    office.clock.advance(ms=1)
    office.owed_cents = -1
    with pytest.raises(PositionOpenError):
        office.move(CLOSED)
    office.owed_cents = 0
    assert office.move(CLOSED) is CLOSED


def test_one_whose_locations_closed_long_ago_waits_for_a_month_of_suspension(office):
    office.contracts.close_location("harvest", "1")
    office.move(VERIFIED, ACTIVE)
    office.clock.advance(days=40)
    office.move(SUSPENDED)
    office.clock.advance(ms=QUIET_MS - 1)
    with pytest.raises(ClosingTooSoonError):
        office.move(CLOSED)
    office.clock.advance(ms=1)
    assert office.move(CLOSED) is CLOSED


@pytest.mark.parametrize("way", [[], [VERIFIED]])
def test_a_partner_that_never_traded_is_closed_at_once_but_for_locations_that_cost(office, way):
    office.move(*way)
    with pytest.raises(LocationsOpenError):
        office.move(CLOSED)
    office.contracts.close_location("harvest", "1")
    assert office.move(CLOSED) is CLOSED


def test_a_partner_older_than_all_this_is_active_and_can_be_suspended(office):
    office.contracts.create_partner("old", "Old", "USD")
    assert (office.contracts.state("old"), office.lives.history("old")) == (ACTIVE, [])
    assert office.lives.move("ann", "old", SUSPENDED, "because").state is SUSPENDED
    assert [one.number for one in office.lives.history("old")] == [1]


def test_of_two_operators_at_once_one_is_told(office):
    office.contracts.close_location("harvest", "1")

    class Slow(FakeContractBook):
        def move(self, change):
            office.move(CLOSED)
            return super().move(change)

    slow = Slow()
    slow.__dict__ = office.book.__dict__
    with pytest.raises(StateConflictError):
        PartnerLives(slow, office.contracts, office.clock, office.check_settled).move(
            "ben", "harvest", VERIFIED, "because"
        )
    assert office.contracts.partner_now("harvest").state is CLOSED


def test_who_decides_on_a_state_that_is_changed_meanwhile_decides_again(office):
    agree(office.contracts, "harvest", new_terms())
    office.move(VERIFIED)
    office.contracts.close_location("harvest", "1")

    class Slow(FakeContractBook):
        def history(self, partner_id):
            found = super().history(partner_id)
            if len(found) == 2:
                office.move(ACTIVE)
            return found

        def partner(self, partner_id):
            found = super().partner(partner_id)
            if found.state is VERIFIED:
                office.move(ACTIVE)
            return found

    slow = Slow()
    slow.__dict__ = office.book.__dict__
    lives = PartnerLives(slow, Contracts(slow, office.clock), office.clock, office.check_settled)
    with pytest.raises((StateConflictError, StateChangeRefusedError)):
        lives.move("ben", "harvest", CLOSED, "because")
    assert office.contracts.partner_now("harvest").state is ACTIVE


def test_a_reason_and_a_partner_are_needed(office):
    with pytest.raises(InvalidReasonError):
        office.lives.move("ann", "harvest", VERIFIED, " ")
    with pytest.raises(UnknownPartnerError):
        office.lives.move("ann", "nobody", VERIFIED, "because")
    with pytest.raises(UnknownPartnerError):
        office.lives.history("nobody")


def test_tills_know_of_a_change_within_a_minute(office):
    office.move(VERIFIED, ACTIVE)
    till = Contracts(office.book, office.clock)
    assert till.state("harvest") is ACTIVE
    office.move(SUSPENDED)
    office.clock.advance(ms=CACHE_MS)
    assert till.state("harvest") is SUSPENDED


def test_what_each_state_allows():
    allowed = {state: {act for act in Act if permits(state, act)} for state in PartnerState}
    undoing = {Act.LOOK_UP, Act.UNDO, Act.IMPORT}
    assert allowed == {INVITED: set(), VERIFIED: set(), ACTIVE: set(Act), SUSPENDED: undoing, CLOSED: set()}
    assert allowed.keys() == MAY.keys() == MOVES.keys()


def permits(state: PartnerState, act: Act) -> bool:
    try:
        check_act(state, act)
    except PartnerNotActiveError:
        return False
    return True


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(PartnerState), st.booleans()), max_size=12))
def test_whatever_is_tried_the_history_is_a_way_that_exists_and_a_closed_partner_stays_closed(tries):
    office = Office()
    office.contracts.close_location("harvest", "1")
    for state, wait in tries:
        if wait:
            office.clock.advance(ms=LOCATIONS_QUIET_MS)
        try:
            office.move(state)
        except TesseraError:
            continue
    history = office.lives.history("harvest")
    assert [one.number for one in history] == list(range(1, len(history) + 1))
    assert all(after.state in MOVES[before.state] for before, after in pairwise(history))
    assert history[-1].state is office.contracts.partner_now("harvest").state is office.book.contract("harvest").state
