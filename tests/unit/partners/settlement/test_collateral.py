"""Collateral: two people say what is held of a partner, and no cent of it is taken twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.contracts.errors import (
    InvalidReasonError,
    ProposalDecidedError,
    SecondPersonNeededError,
    UnknownPartnerError,
    UnknownProposalError,
)
from partners.contracts.proposals import ProposalState
from partners.settlement.payments.agreed_store import CollateralStore
from partners.settlement.payments.collateral import Collateral, Collaterals
from partners.settlement.payments.errors import CollateralTooLargeError, SettlementStateError
from partners.settlement.payments.legs import LegState
from partners.settlement.payments.model import Default
from partners.settlement.payments.service import SettlementPayments
from partners.settlement.payments.store import PaymentStore
from partners.settlement.payments.telling import BankWord
from tests.fakes.by_bank import AllByBank
from tests.fakes.cashback import FakeCashback
from tests.fakes.clock import FakeClock
from tests.fakes.collateral import default_by_two, desk_of
from tests.fakes.contract_book import contracts_of
from tests.fakes.deposits import NothingPaidIn
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.funds import AllThere
from tests.unit.partners.settlement.stripe_legs_world import TheWindow
from tests.unit.partners.settlement.windows_world import FakeFunding

ALPHA = "7-USD:alpha:in:1"


@pytest.fixture
def rows():
    return FakeDynamoDB()


class Held(Collaterals):
    """Of which something is taken without a settlement, too."""

    def __init__(self, rows, *partners):
        clock = FakeClock()
        super().__init__(CollateralStore(rows, "settlement"), contracts_of(*partners, clock=clock), clock)
        self.rows = rows

    def take(self, *what):
        if actions := self.taking(*what):
            self.rows.transact_write_items(TransactItems=actions)


@pytest.fixture
def held(rows):
    return Held(rows, "alpha", "beta")


def agree(held, cents, partner="alpha"):
    waits = held.people.propose("ann", partner, Collateral(cents), "deposit of Nov 20")
    return held.people.approve("ben", partner, waits.proposal.number, "seen at the bank")


def test_what_one_operator_proposes_counts_once_another_has_approved_it(held):
    for _ in range(2):
        waits = held.people.propose("ann", "alpha", Collateral(300), "deposit")
        assert (waits.value.held_cents, waits.waits, waits.version) == (0, True, 1)
    with pytest.raises(SecondPersonNeededError):
        held.people.approve("ann", "alpha", 1, "it is there")
    with pytest.raises(CollateralTooLargeError, match="Take 0 cents"):
        held.take("alpha", "7-USD", "USD", 1)
    for _ in range(2):
        agreed = held.people.approve("ben", "alpha", 1, "it is there")
        assert (agreed.value, agreed.proposal.decision.by, agreed.version) == (Collateral(300), "ben", 2)
    assert held.people.propose("eve", "alpha", Collateral(300), "the same") == agreed
    with pytest.raises(ProposalDecidedError):
        held.people.decline("ann", "alpha", 1, "too late")
    with pytest.raises(UnknownProposalError):
        held.people.approve("ben", "alpha", 2, "there is none")
    with pytest.raises(InvalidReasonError):
        held.people.propose("ann", "alpha", Collateral(5), "")
    with pytest.raises(UnknownPartnerError):
        held.people.of("nobody")


@pytest.mark.parametrize(("by", "state"), [("ann", ProposalState.WITHDRAWN), ("ben", ProposalState.REJECTED)])
def test_what_is_declined_never_counts_and_a_later_proposal_takes_the_place_of_one_that_waits(held, by, state):
    held.people.propose("ann", "alpha", Collateral(300), "deposit")
    for _ in range(2):
        assert held.people.decline(by, "alpha", 1, "a slip").proposal.state is state
    with pytest.raises(ProposalDecidedError):
        held.people.approve("eve", "alpha", 1, "late")
    held.people.propose("ann", "alpha", Collateral(30), "deposit")
    held.people.propose("ann", "alpha", Collateral(40), "deposit")
    with pytest.raises(ProposalDecidedError):
        held.people.approve("ben", "alpha", 2, "seen")
    assert held.people.approve("ben", "alpha", 3, "seen").value == Collateral(40)


def test_no_settlement_takes_what_another_took(held):
    agree(held, 300)
    for cents in (200, 200, 250):
        held.take("alpha", "7-USD", "USD", cents)
    with pytest.raises(CollateralTooLargeError, match="Take 50 cents"):
        held.take("alpha", "8-USD", "USD", 51)
    with pytest.raises(CollateralTooLargeError, match="Take 0 cents"):
        held.take("alpha", "8-EUR", "EUR", 1)
    with pytest.raises(CollateralTooLargeError):
        held.take("beta", "8-USD", "USD", 1)
    held.take("alpha", "8-USD", "USD", 50)
    held.take("alpha", "7-USD", "USD", 0)
    assert held.people.of("alpha").value == Collateral(300, (("8-USD", 50),))


def test_what_is_paid_in_is_taken_before_a_guarantee_which_is_kept_in_no_deposit(held):
    waits = held.people.propose("ann", "alpha", Collateral(500, guarantee_cents=200), "security")
    held.people.approve("ben", "alpha", waits.proposal.number, "seen")
    assert held.people.of("alpha").value == Collateral(500, guarantee_cents=200)
    assert held.kept_cents("alpha", ()) == 300
    held.take("alpha", "7-USD", "USD", 250)
    assert [held.kept_cents("alpha", ()), held.kept_cents("alpha", ("7-USD",))] == [300, 50]
    held.take("alpha", "8-USD", "USD", 150)
    assert (held.kept_cents("alpha", ("7-USD", "8-USD")), held.left_cents("alpha")) == (0, 100)


def test_rows_of_an_earlier_day_have_no_guarantee(held):
    agree(held, 300)
    row = next(row for row in held.rows.tables["settlement"].values() if row["pk"]["S"] == "COLLATERAL")
    row.pop("guarantee_cents", None)
    row["proposal"]["S"] = row["proposal"]["S"].replace(', "guarantee_cents": 0', "")
    assert "guarantee" not in row["proposal"]["S"]
    one = held.people.of("alpha")
    assert (one.value, one.proposal.value) == (Collateral(300), Collateral(300))


def test_what_waits_while_collateral_is_taken_has_to_be_proposed_anew(held):
    """Or what was taken before the approval would be there again after it."""
    agree(held, 300)
    held.people.propose("ann", "alpha", Collateral(500), "200 more")
    held.take("alpha", "7-USD", "USD", 300)
    with pytest.raises(ProposalDecidedError):
        held.people.approve("ben", "alpha", 2, "seen")
    agree(held, 200)
    assert held.people.of("alpha").value.left_cents == 200


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["agree", "propose", "approve", "take"]), st.integers(0, 9)), max_size=30))
def test_never_is_more_taken_than_two_people_agreed_on(steps):
    held = Held(FakeDynamoDB(), "alpha")
    put_in = taken = 0
    for number, (step, cents) in enumerate(steps):
        left = held.people.of("alpha").value.left_cents
        try:
            if step == "take":
                held.take("alpha", f"{number}-USD", "USD", cents)
                taken += cents
            elif step == "propose":
                # Somebody counts what is there, and what comes in besides.
                held.people.propose("ann", "alpha", Collateral(left + cents), "counted")
            else:
                if step == "agree":
                    held.people.propose("ann", "alpha", Collateral(left + cents), "counted")
                latest = held.people.of("alpha").proposal
                held.people.approve("ben", "alpha", 1 if latest is None else latest.number, "seen")
        except (CollateralTooLargeError, ProposalDecidedError, UnknownProposalError):
            continue
        finally:
            put_in += max(0, held.people.of("alpha").value.left_cents - left)
    assert held.people.of("alpha").value.left_cents >= 0
    assert taken <= put_in


@pytest.fixture
def window():
    return TheWindow()


@pytest.fixture
def payments(rows, window, held):
    store = PaymentStore(rows, "settlement")
    made = SettlementPayments(
        store, window, FakeFunding(), FakeCashback(), AllByBank(), AllThere(), NothingPaidIn(), FakeClock()
    )
    made.calculate(7, "ann")
    made.approve(7, "USD", "ben")
    made.collect(7, "USD", "ann")
    return made


def test_a_default_takes_no_more_than_what_is_held(payments, held):
    agree(held, 300)
    with pytest.raises(SettlementStateError):
        default_by_two(payments, 7, "USD", "alpha", 300, held)
    assert held.people.of("alpha").value.left_cents == 300, "a default that is refused takes nothing"
    payments.tell(7, "USD", [BankWord(ALPHA, LegState.FAILED)], "ann")
    with pytest.raises(CollateralTooLargeError):
        default_by_two(payments, 7, "USD", "alpha", 301, held)
    for _ in range(2):
        one = default_by_two(payments, 7, "USD", "alpha", 300, held)
        assert [(found.party, found.collateral_cents) for found in one.defaults] == [("alpha", 300)]
    assert held.people.of("alpha").value.taken == (("7-USD", 300),)


def test_nothing_is_taken_for_a_default_that_does_not_come_to_be(payments, held):
    """The money comes while it is decided, so there is nothing to take; and what is held is there for another."""
    agree(held, 300)
    payments.tell(7, "USD", [BankWord(ALPHA, LegState.FAILED)], "ann")
    desk_of(payments, held).propose(7, "USD", Default("alpha", 300, "ann"), "no answer")
    taking = held.taking

    def overtaken(*what):
        actions = taking(*what)
        payments.tell(7, "USD", [BankWord(ALPHA, LegState.SUCCEEDED)], "bank")
        return actions

    held.taking = overtaken
    with pytest.raises(SettlementStateError):
        desk_of(payments, held).approve(7, "USD", "alpha", 1, "seen", "bob")
    assert (payments.settlement(7, "USD").defaults, held.left_cents("alpha")) == ((), 300)


def test_who_takes_collateral_after_another_did_reads_it_again(payments, held):
    agree(held, 300)
    payments.tell(7, "USD", [BankWord(ALPHA, LegState.FAILED)], "ann")
    desk_of(payments, held).propose(7, "USD", Default("alpha", 300, "ann"), "no answer")
    taking, others = held.taking, iter([("8-USD", 100)])

    def overtaken(*what):
        actions = taking(*what)
        for settlement, cents in others:
            held.rows.transact_write_items(TransactItems=taking("alpha", settlement, "USD", cents))
        return actions

    held.taking = overtaken
    with pytest.raises(CollateralTooLargeError, match="Take 200 cents"):
        desk_of(payments, held).approve(7, "USD", "alpha", 1, "seen", "bob")
    assert payments.settlement(7, "USD").defaults == ()
    default_by_two(payments, 7, "USD", "alpha", 200, held)
    assert held.people.of("alpha").value.taken == (("8-USD", 100), ("7-USD", 200))


def test_what_a_call_of_before_that_died_had_set_aside_is_taken_once(payments, held):
    agree(held, 300)
    payments.tell(7, "USD", [BankWord(ALPHA, LegState.FAILED)], "ann")
    held.take("alpha", "7-USD", "USD", 300)
    default_by_two(payments, 7, "USD", "alpha", 250, held)
    assert held.people.of("alpha").value.taken == (("7-USD", 250),)


def test_a_default_of_before_with_collateral_that_nobody_agreed_on_reads_as_it_was(payments, held):
    """It stands in the settlement, and again is a success."""
    payments.tell(7, "USD", [BankWord(ALPHA, LegState.FAILED)], "ann")
    before = default_by_two(payments, 7, "USD", "alpha", 200)
    assert default_by_two(payments, 7, "USD", "alpha", 200, held) == before


def test_what_is_set_aside_for_a_settlement_is_kept_until_that_has_written_that_it_takes_it(held):
    agree(held, 300)
    held.take("alpha", "7-USD", "USD", 200)
    assert held.kept_cents("alpha", ()) == 300
    assert held.kept_cents("alpha", {"7-USD", "6-USD"}) == 100 == held.left_cents("alpha")
