"""Adjustments: a reason always, two people above the limit, one journal entry each."""

from dataclasses import replace

import pytest

from partners.accounts.model import CloseRequest
from partners.adjustments.errors import (
    AdjustmentDecidedError,
    InvalidAdjustmentError,
    UnknownAdjustmentError,
)
from partners.adjustments.model import ONE_PERSON_LIMIT_POINTS, AdjustmentState
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
        self.book = FakeAdjustmentBook()
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


def test_an_entry_recorded_before_the_outage_is_not_recorded_again(office):
    office.propose(250)
    (adjustment_id, row), *_ = office.book.rows.items()
    office.book.rows[adjustment_id] = type(row)(
        **{name: getattr(row, name) for name in row.__dataclass_fields__ if name not in ("state", "entry_id")},
        state=AdjustmentState.APPROVED,
    )
    assert office.propose(250).entry_id == row.entry_id
    assert office.shop.balance == 250


def test_an_entry_that_stands_is_found_however_late_the_request_comes_again(office):
    applied = office.propose(250)
    office.book.rows[applied.adjustment_id] = replace(applied, state=AdjustmentState.APPROVED, entry_id=None)
    office.shop.clock.advance(days=33)
    office.shop.purchase("p5", receipt="r5")
    office.shop.clock.advance(days=1)
    assert office.propose(250) == applied
    with pytest.raises(AdjustmentDecidedError):
        office.adjustments.reject("bob", applied.adjustment_id)
    assert [entry.op for entry in office.history].count(Op.ADJUST) == 1


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
