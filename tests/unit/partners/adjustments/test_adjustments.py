"""Adjustments: a reason always, two people above the limit, one journal entry each."""

import pytest

from partners.accounts.model import CloseRequest
from partners.adjustments.alone import ONE_PERSON_LIMIT_POINTS
from partners.adjustments.errors import (
    AdjustmentDecidedError,
    InvalidAdjustmentError,
    UnknownAdjustmentError,
)
from partners.adjustments.model import AdjustmentState
from partners.adjustments.service import Adjustments
from partners.contracts.errors import SecondPersonNeededError, UnknownPartnerError
from shared.kernel.errors import StoreUnavailableError
from shared.ledger.audit import check_history
from shared.ledger.errors import (
    AccountClosedError,
    IdempotencyKeyReusedError,
    InsufficientPointsError,
    OccurredTooLongAgoError,
    UnknownCardError,
)
from shared.ledger.model import Op
from shared.members.card import Card, card_number
from shared.members.service import Members
from tests.fakes.adjustment_book import FakeAdjustmentBook
from tests.fakes.contract_book import agree, contracts_of, new_terms
from tests.fakes.profiles import FakeProfiles
from tests.unit.till.shop import Shop

MUCH = ONE_PERSON_LIMIT_POINTS + 1


class Office:
    def __init__(self):
        self.shop = Shop()
        self.book = FakeAdjustmentBook(self.shop.journal)
        contracts = contracts_of("alpha", clock=self.shop.clock)
        agree(contracts, "alpha", new_terms())
        journal = self.shop.journal
        members = Members(FakeProfiles(journal), journal, self.shop.clock, lambda: b"pepper", "9770")
        self.adjustments = Adjustments(self.book, contracts, members, self.shop.ledger, self.shop.clock)

    def propose(self, points, key="k1", operator="ann", **changes):
        asked = {"card_number": self.shop.card, "issuer": "alpha", "points": points, "reason": "goodwill", **changes}
        return self.adjustments.propose(operator, key, **asked)

    @property
    def history(self):
        return list(self.shop.ledger.history(self.shop.card[4:14]))


@pytest.fixture
def office():
    return Office()


def test_a_small_adjustment_is_applied_at_once_with_its_reason(office):
    adjustment = office.propose(250)
    assert adjustment.state is AdjustmentState.APPLIED
    assert office.shop.balance == 250
    entry = office.history[-1]
    assert (entry.entry_id, entry.reason, entry.partner) == (adjustment.entry_id, "goodwill", "network")
    assert not entry.visit
    assert check_history(office.history) == 2


def test_points_are_taken_in_spending_order(office):
    office.propose(250)
    assert office.propose(-100, "k2").state is AdjustmentState.APPLIED
    assert office.shop.balance == 150
    with pytest.raises(InsufficientPointsError):
        office.propose(-151, "k3")


def test_a_large_adjustment_waits_for_a_second_person(office):
    proposed = office.propose(MUCH)
    assert proposed.state is AdjustmentState.PROPOSED
    assert office.shop.balance == 0
    with pytest.raises(SecondPersonNeededError):
        office.adjustments.approve("ann", proposed.adjustment_id)
    approved = office.adjustments.approve("bob", proposed.adjustment_id)
    assert (approved.state, approved.proposed_by, approved.decided_by) == (AdjustmentState.APPLIED, "ann", "bob")
    assert office.shop.balance == MUCH


def test_approving_twice_grants_once(office):
    proposed = office.propose(MUCH)
    first = office.adjustments.approve("bob", proposed.adjustment_id)
    assert office.adjustments.approve("eve", proposed.adjustment_id) == first
    assert office.shop.balance == MUCH


def test_what_the_ledger_refuses_is_a_proposal_again_and_never_applied_behind_ones_back(office):
    with pytest.raises(InsufficientPointsError):
        office.propose(-50)
    (refused,) = office.adjustments.all()
    assert refused.state is AdjustmentState.PROPOSED
    office.propose(200, "k2")
    assert office.adjustments.reject("ann", refused.adjustment_id).state is AdjustmentState.REJECTED
    with pytest.raises(AdjustmentDecidedError):
        office.adjustments.approve("bob", refused.adjustment_id)
    assert office.shop.balance == 200


def test_an_approval_that_comes_too_late_leaves_a_proposal_that_can_be_rejected(office):
    proposed = office.propose(MUCH)
    office.shop.clock.advance(days=31)
    with pytest.raises(OccurredTooLongAgoError):
        office.adjustments.approve("bob", proposed.adjustment_id)
    assert office.adjustments.reject("ann", proposed.adjustment_id).state is AdjustmentState.REJECTED


def test_a_rejected_proposal_stays_rejected_and_an_applied_one_applied(office):
    proposed = office.propose(MUCH)
    office.adjustments.reject("ann", proposed.adjustment_id)
    assert office.adjustments.reject("bob", proposed.adjustment_id).decided_by == "ann"
    with pytest.raises(AdjustmentDecidedError):
        office.adjustments.approve("bob", proposed.adjustment_id)
    applied = office.propose(10, "k2")
    with pytest.raises(AdjustmentDecidedError):
        office.adjustments.reject("bob", applied.adjustment_id)
    assert office.shop.balance == 10


def test_the_same_request_again_is_the_same_adjustment_and_another_one_is_refused(office):
    first = office.propose(250)
    assert office.propose(250) == first
    assert office.shop.balance == 250
    for change in ({"points": 251}, {"points": 250, "reason": "other"}, {"points": 250, "operator": "bob"}):
        with pytest.raises(IdempotencyKeyReusedError):
            office.propose(**change)


@pytest.mark.parametrize("outages", [1, 2])
def test_what_an_outage_left_half_way_is_completed_once_by_the_same_request(office, outages):
    for _ in range(outages):
        office.book.outages = 1
        with pytest.raises(StoreUnavailableError):
            office.propose(250)
    assert office.propose(250).state is AdjustmentState.APPLIED
    assert office.shop.balance == 250


def test_a_reply_that_was_lost_is_given_again_however_late_the_request_comes_again(office):
    office.shop.journal.lose_replies = 1
    applied = office.propose(250)
    assert applied.state is AdjustmentState.APPLIED
    office.shop.clock.advance(days=33)
    office.shop.purchase("p5", receipt="r5")
    office.shop.clock.advance(days=1)
    assert office.propose(250) == applied
    with pytest.raises(AdjustmentDecidedError):
        office.adjustments.reject("bob", applied.adjustment_id)
    assert [entry.op for entry in office.history].count(Op.ADJUST) == 1


def test_what_is_rejected_while_it_is_about_to_be_applied_gets_no_entry(office):
    for points, key in ((MUCH, "k1"), (50, "k2")):
        rejected = _rejected_on_the_way(office, points, key)
        assert office.book.rows[rejected].state is AdjustmentState.REJECTED
    assert office.propose(50, "k2").state is AdjustmentState.REJECTED
    assert [entry.op for entry in office.history] == [Op.ENROL]


def _rejected_on_the_way(office, points, key):
    """The id of a proposal that another operator rejects just before its entry is committed."""
    commit = office.book.apply

    def too_late(adjustment_id, *more):
        office.adjustments.reject("eve", adjustment_id)
        commit(adjustment_id, *more)

    proposed = office.propose(points, key) if points == MUCH else None
    office.book.apply = too_late
    if proposed is None:
        adjustment_id = office.propose(points, key).adjustment_id
    else:
        adjustment_id = proposed.adjustment_id
        with pytest.raises(AdjustmentDecidedError):
            office.adjustments.approve("bob", adjustment_id)
    office.book.apply = commit
    return adjustment_id


def test_an_applied_adjustment_is_answered_again_whatever_happened_to_the_card_since(office):
    applied = office.propose(250)
    office.shop.accounts.close("ann", "z1", CloseRequest(office.shop.card, forfeit=True, reason="asked for"))
    assert office.propose(250) == applied
    with pytest.raises(AccountClosedError):
        office.propose(250, "k2")


def test_what_makes_no_sense_is_refused_and_leaves_nothing(office):
    for change, error in (
        ({"points": 0}, InvalidAdjustmentError),
        ({"points": 1, "reason": "  "}, InvalidAdjustmentError),
        ({"points": 1, "issuer": "nobody"}, UnknownPartnerError),
        ({"points": 1, "card_number": card_number("9770", Card("0000000001", 1))}, UnknownCardError),
    ):
        with pytest.raises(error):
            office.propose(**change)
    with pytest.raises(UnknownAdjustmentError):
        office.adjustments.approve("bob", "00" * 16)
    assert office.adjustments.all() == []
