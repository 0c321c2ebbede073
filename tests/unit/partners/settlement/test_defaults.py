"""Going on without a debtor takes two people: one proposes it, another agrees. Until then nothing follows from it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.contracts.errors import (
    InvalidReasonError,
    ProposalDecidedError,
    SecondPersonNeededError,
    UnknownProposalError,
)
from partners.contracts.proposals import ProposalState
from partners.settlement.payments.codec import settlement_from_bytes, settlement_to_bytes
from partners.settlement.payments.defaults import of_party
from partners.settlement.payments.errors import CollateralTooLargeError, SettlementStateError
from partners.settlement.payments.legs import LegState
from partners.settlement.payments.model import Default, Stage
from partners.settlement.payments.telling import BankWord
from shared.kernel.errors import TesseraError
from tests.fakes.collateral import desk_of
from tests.unit.partners.settlement.test_funds import Paying

IN = "1-USD:alpha:in:1"
WHERE = (1, "USD", "alpha")
WHY, SEEN = "it does not answer", "seen at the bank"


class Failing(Paying):
    """Alpha owes 9.00, and its collection has failed."""

    def __init__(self) -> None:
        super().__init__()
        self.submit(self.windows.close(alpha=-900, beta=500, gamma=400))
        self.says_of_alpha(LegState.FAILED)
        self.desk = desk_of(self.payments)

    def says_of_alpha(self, state: LegState) -> None:
        self.payments.tell(1, "USD", [BankWord(IN, state)], "bank")

    @property
    def one(self):
        return self.payments.settlement(1, "USD")

    @property
    def proposal(self):
        return of_party(self.one, "alpha").proposal


@pytest.fixture
def failing():
    return Failing()


def test_nothing_follows_from_a_default_that_one_person_wants(failing):
    before = failing.one
    for _ in range(2):
        one = failing.desk.propose(1, "USD", Default("alpha", 300, "ann"), WHY)
    assert (one.stage, one.missing_cents, one.defaults, one.version) == (Stage.COLLECTING, 0, (), before.version + 1)
    assert (failing.proposal.number, failing.proposal.state) == (1, ProposalState.PROPOSED)
    assert settlement_from_bytes(settlement_to_bytes(one)) == one
    with pytest.raises(SettlementStateError):
        failing.payments.pay(1, "USD", "bob")


def test_another_person_agrees_and_after_that_either_pays(failing):
    failing.desk.propose(1, "USD", Default("alpha", 300, "ann"), WHY)
    with pytest.raises(SecondPersonNeededError):
        failing.desk.approve(*WHERE, 1, SEEN, "ann")
    for _ in range(2):
        one = failing.desk.approve(*WHERE, 1, SEEN, "bob")
    assert [(other.party, other.collateral_cents, other.by, other.confirmed_by) for other in one.defaults] == [
        ("alpha", 300, "ann", ("bob",))
    ]
    assert (one.stage, one.missing_cents) == (Stage.PARTIALLY_FUNDED, 600)
    assert settlement_from_bytes(settlement_to_bytes(one)) == one
    assert failing.desk.propose(1, "USD", Default("alpha", 300, "ann"), WHY) == one, (
        "a request that is sent again changes nothing"
    )
    paid = failing.payments.pay(1, "USD", "ann")
    assert paid.paid_out_cents == 300
    assert failing.desk.approve(*WHERE, 1, SEEN, "bob") == paid


def test_who_alone_told_that_money_came_in_does_not_pay_though_two_agreed_on_a_default():
    paying = Paying()
    paying.submit(paying.windows.close(alpha=-900, delta=-100, beta=1000))
    words = [BankWord(IN, LegState.FAILED), BankWord("1-USD:delta:in:1", LegState.SUCCEEDED)]
    paying.payments.tell(1, "USD", words, "ann")
    desk = desk_of(paying.payments)
    desk.propose(1, "USD", Default("alpha", 0, "ann"), WHY)
    desk.approve(*WHERE, 1, SEEN, "bob")
    with pytest.raises(SecondPersonNeededError):
        paying.payments.pay(1, "USD", "ann")
    assert paying.payments.pay(1, "USD", "bob").paid_out_cents == 100


@pytest.mark.parametrize(("by", "state"), [("ann", ProposalState.WITHDRAWN), ("bob", ProposalState.REJECTED)])
def test_what_waits_is_withdrawn_or_rejected_and_proposed_anew(failing, by, state):
    failing.desk.propose(1, "USD", Default("alpha", 300, "ann"), WHY)
    for _ in range(2):
        failing.desk.decline(*WHERE, 1, "it has a new bank", by)
    assert failing.proposal.state is state
    with pytest.raises(ProposalDecidedError):
        failing.desk.approve(*WHERE, 1, SEEN, "bob")
    failing.desk.propose(1, "USD", Default("alpha", 300, "bob"), WHY)
    assert failing.desk.approve(*WHERE, 2, SEEN, "ann").missing_cents == 600
    with pytest.raises(ProposalDecidedError):
        failing.desk.decline(*WHERE, 2, WHY, "ann")


def test_another_amount_takes_the_place_of_what_waits(failing):
    failing.desk.propose(1, "USD", Default("alpha", 300, "ann"), WHY)
    failing.desk.propose(1, "USD", Default("alpha", 200, "bob"), WHY)
    with pytest.raises(ProposalDecidedError):
        failing.desk.approve(*WHERE, 1, SEEN, "bob")
    assert failing.desk.approve(*WHERE, 2, SEEN, "ann").missing_cents == 700


def test_who_is_asked_again_does_not_default_by_what_was_proposed_before(failing):
    failing.desk.propose(1, "USD", Default("alpha", 0, "ann"), WHY)
    failing.payments.try_again(1, "USD", "alpha", "bob")
    assert failing.proposal.state is ProposalState.REJECTED
    one = failing.one
    assert failing.payments.try_again(1, "USD", "alpha", "bob") == one
    with pytest.raises(ProposalDecidedError):
        failing.desk.approve(*WHERE, 1, SEEN, "bob")
    assert failing.payments.collect(1, "USD", "ann").legs[-1].state is LegState.SUBMITTED


def test_who_has_paid_meanwhile_does_not_default(failing):
    failing.desk.propose(1, "USD", Default("alpha", 0, "ann"), WHY)
    failing.says_of_alpha(LegState.SUCCEEDED)
    with pytest.raises(SettlementStateError):
        failing.desk.approve(*WHERE, 1, SEEN, "bob")
    assert (failing.one.stage, failing.one.defaults) == (Stage.FUNDED, ())


def test_more_collateral_than_is_missing_or_held_is_refused_to_who_asks_for_it(failing):
    class Nothing:
        def taking(self, partner_id, settlement, currency, cents):
            raise CollateralTooLargeError(settlement, 0, "Two operators agreed on no more.")

    for desk, cents in ((failing.desk, 901), (desk_of(failing.payments, Nothing()), 900)):
        with pytest.raises(CollateralTooLargeError):
            desk.propose(1, "USD", Default("alpha", cents, "ann"), WHY)
    assert failing.proposal is None


def test_a_default_has_a_reason_and_a_proposal(failing):
    with pytest.raises(InvalidReasonError):
        failing.desk.propose(1, "USD", Default("alpha", 0, "ann"), "")
    for act in (failing.desk.approve, failing.desk.decline):
        with pytest.raises(UnknownProposalError):
            act(*WHERE, 1, SEEN, "bob")


@given(st.integers(0, 10**9))
def test_no_default_is_of_one_person_and_only_collecting_ones_come_to_be(seed):
    """Three people do whatever comes to their minds, each request perhaps once more."""
    rng, failing = random.Random(seed), Failing()
    for _ in range(12):
        by, number, cents = rng.choice(["ann", "bob", "eve"]), rng.randint(1, 3), rng.choice([0, 0, 300])
        acts = [
            lambda by=by, cents=cents: failing.desk.propose(1, "USD", Default("alpha", cents, by), WHY),
            lambda by=by, number=number: failing.desk.approve(*WHERE, number, SEEN, by),
            lambda by=by, number=number: failing.desk.decline(*WHERE, number, WHY, by),
            lambda by=by: failing.payments.try_again(1, "USD", "alpha", by),
            lambda by=by: failing.payments.collect(1, "USD", by),
            lambda: failing.payments.tell(1, "USD", [BankWord(failing.one.legs[-1].key, LegState.FAILED)], "bank"),
        ]
        act, before = rng.choice(acts), failing.one
        for _ in range(rng.randint(1, 2)):
            try:
                act()
            except TesseraError:
                continue
        after = failing.one
        assert all(len({default.by, *default.confirmed_by}) == 2 for default in after.defaults)
        assert not after.defaults or before.defaults == after.defaults or before.stage is Stage.COLLECTING
        assert after.missing_cents == sum(900 - default.collateral_cents for default in after.defaults)
