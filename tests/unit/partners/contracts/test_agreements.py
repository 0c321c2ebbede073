"""Terms come into force by two people, once, and never backwards."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.contracts.agreements import TERMS_LEAD_MS, Agreements
from partners.contracts.errors import (
    BankFileCurrencyError,
    InvalidReasonError,
    InvalidTermsError,
    PricesOutOfLineError,
    ProposalDecidedError,
    SecondPersonNeededError,
    TermsConflictError,
    TermsTooEarlyError,
    UnknownPartnerError,
    UnknownProposalError,
)
from partners.contracts.life import PartnerState
from partners.contracts.model import Approval, in_force
from partners.contracts.payment import PaymentMethod
from partners.contracts.proposals import Decision, ProposalState
from shared.kernel.errors import TesseraError
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import FakeContractBook, contracts_of, new_terms

ANN, BEN, EVE = "ann", "ben", "eve"


class Office:
    """Operators who agree on terms with `harvest` and `dear`."""

    def __init__(self, book: FakeContractBook | None = None) -> None:
        self.clock = FakeClock()
        self.book = book or FakeContractBook()
        self.contracts = contracts_of("harvest", "dear", clock=self.clock, book=self.book)
        self.agreements = Agreements(self.book, self.contracts, self.clock)

    def propose(self, by: str = ANN, ahead_ms: int | None = None, reason: str = "new", **changes: object) -> int:
        begin_ms = 0 if ahead_ms is None else self.clock() + ahead_ms
        return self.agreements.propose(by, "harvest", new_terms(begin_ms, **changes), reason).number

    def approve(self, number: int, by: str = BEN) -> int | None:
        return self.agreements.approve(by, "harvest", number, "fine").version


@pytest.fixture
def office() -> Office:
    return Office()


def test_nothing_is_in_force_before_another_person_approves(office):
    number = office.propose()
    assert office.contracts.terms("harvest") == []
    with pytest.raises(SecondPersonNeededError):
        office.approve(number, by=ANN)
    assert office.contracts.terms("harvest") == []
    assert office.approve(number) == 1
    (terms,) = office.contracts.terms("harvest")
    assert terms.approval == Approval(number, ANN, BEN, office.clock(), "fine")
    assert office.contracts.terms_at("harvest", office.clock()) == terms


def test_an_approval_by_whoever_proposed_can_not_even_be_made():
    with pytest.raises(SecondPersonNeededError):
        Approval(1, ANN, ANN, 0, "fine")


def test_a_proposal_keeps_who_decided_when_and_why(office):
    number = office.propose(reason="renewal")
    office.clock.advance(ms=5)
    office.approve(number)
    proposal = office.agreements.proposal("harvest", number)
    assert (proposal.proposed_by, proposal.reason, proposal.state) == (ANN, "renewal", ProposalState.APPROVED)
    assert proposal.decision == Decision(by=BEN, at_ms=office.clock(), reason="fine")


def test_the_same_request_again_is_the_same_proposal_even_when_it_has_become_terms(office):
    number = office.propose()
    assert office.propose() == number
    office.approve(number)
    assert office.propose() == number
    assert len(office.agreements.proposals("harvest")) == 1


def test_another_persons_wish_for_the_same_is_another_proposal(office):
    assert office.propose(ANN) != office.propose(BEN)


def test_to_approve_again_changes_nothing(office):
    number = office.propose()
    assert office.approve(number) == office.approve(number, by=EVE) == 1
    assert len(office.contracts.terms("harvest")) == 1


@pytest.mark.parametrize(("by", "state"), [(ANN, ProposalState.WITHDRAWN), (BEN, ProposalState.REJECTED)])
def test_a_declined_proposal_never_becomes_terms_and_may_be_made_anew(office, by, state):
    number = office.propose()
    declined = office.agreements.decline(by, "harvest", number, "a slip")
    assert declined.state is state
    assert office.agreements.decline(EVE, "harvest", number, "again") == declined
    with pytest.raises(ProposalDecidedError):
        office.approve(number)
    assert office.propose() == number + 1


def test_terms_that_have_been_agreed_on_can_not_be_declined(office):
    number = office.propose()
    office.approve(number)
    with pytest.raises(ProposalDecidedError):
        office.agreements.decline(ANN, "harvest", number, "too late")


def test_a_proposal_that_waited_too_long_would_rewrite_the_past_and_is_refused(office):
    office.approve(office.propose())
    number = office.propose(ahead_ms=TERMS_LEAD_MS, earn_points=7)
    office.clock.advance(ms=1)
    with pytest.raises(TermsTooEarlyError):
        office.approve(number)
    assert office.agreements.proposal("harvest", number).state is ProposalState.PROPOSED


def test_prices_are_compared_again_when_terms_are_approved(office):
    number = office.propose(issue_price_micros=9_000, redeem_price_micros=8_000)
    cheap = office.agreements.propose(ANN, "dear", new_terms(), "cheap")
    office.agreements.approve(BEN, "dear", cheap.number, "fine")
    with pytest.raises(PricesOutOfLineError):
        office.approve(number)


def test_prices_of_a_closed_partner_bind_nobody(office):
    dear = office.agreements.propose(
        ANN, "dear", new_terms(issue_price_micros=9_000, redeem_price_micros=8_000), "dear"
    )
    office.agreements.approve(BEN, "dear", dear.number, "fine")
    with pytest.raises(PricesOutOfLineError):
        office.propose()
    office.book.partner_rows["dear"] = replace(office.book.partner_rows["dear"], state=PartnerState.CLOSED)
    assert office.approve(office.propose()) == 1


def test_of_two_proposals_approved_at_once_one_waits(office):
    first, second = office.propose(earn_points=9), office.propose(EVE)

    class Slow(FakeContractBook):
        def agree(self, terms, approval, agreed):
            if approval.proposal == second:
                office.approve(first)
            return super().agree(terms, approval, agreed)

    slow = Slow()
    slow.__dict__ = office.book.__dict__
    with pytest.raises(TermsConflictError):
        Agreements(slow, office.contracts, office.clock).approve(BEN, "harvest", second, "fine")
    assert [terms.earn_points for terms in office.contracts.terms("harvest")] == [9]
    assert office.agreements.proposal("harvest", second).state is ProposalState.PROPOSED


def test_of_two_partners_terms_approved_at_once_each_is_compared_with_the_other(office):
    office.approve(office.propose())
    both = {"issue_price_micros": 6_000, "redeem_price_micros": 5_000}
    dear = office.agreements.propose(ANN, "dear", new_terms(**both), "first")
    office.agreements.approve(BEN, "dear", dear.number, "fine")
    cheaper = office.propose(ahead_ms=TERMS_LEAD_MS, issue_price_micros=5_000, redeem_price_micros=4_000)
    later = new_terms(office.clock() + TERMS_LEAD_MS, issue_price_micros=9_000, redeem_price_micros=6_000)
    dearer = office.agreements.propose(ANN, "dear", later, "dearer").number

    class Slow(FakeContractBook):
        def agree(self, terms, approval, agreed):
            if len(self.terms("dear")) == 1:
                office.agreements.approve(BEN, "dear", dearer, "fine")
            return super().agree(terms, approval, agreed)

    slow = Slow()
    slow.__dict__ = office.book.__dict__
    with pytest.raises(PricesOutOfLineError):
        Agreements(slow, office.contracts, office.clock).approve(EVE, "harvest", cheaper, "fine")
    assert [len(office.contracts.terms(name)) for name in ("harvest", "dear")] == [1, 2]
    assert office.agreements.proposal("harvest", cheaper).state is ProposalState.PROPOSED


def test_terms_of_another_partner_at_the_same_moment_are_no_obstacle(office):
    number, other = office.propose(), office.agreements.propose(ANN, "dear", new_terms(), "first").number

    class Slow(FakeContractBook):
        def agree(self, terms, approval, agreed):
            office.agreements.approve(BEN, "dear", other, "fine")
            return super().agree(terms, approval, agreed)

    slow = Slow()
    slow.__dict__ = office.book.__dict__
    assert Agreements(slow, office.contracts, office.clock).approve(BEN, "harvest", number, "fine").version == 1


def test_one_proposal_approved_twice_at_once_is_one_version(office):
    number = office.propose()

    class Slow(FakeContractBook):
        def agree(self, terms, approval, agreed):
            office.approve(number, by=EVE)
            return super().agree(terms, approval, agreed)

    slow = Slow()
    slow.__dict__ = office.book.__dict__
    assert Agreements(slow, office.contracts, office.clock).approve(BEN, "harvest", number, "fine").version == 1
    (terms,) = office.contracts.terms("harvest")
    assert terms.approval.approved_by == EVE


def test_two_proposals_made_at_once_are_both_kept(office):
    class Slow(FakeContractBook):
        def add_proposal(self, proposal):
            if proposal.proposed_by == ANN:
                office.propose(BEN)
            return super().add_proposal(proposal)

    slow = Slow()
    slow.__dict__ = office.book.__dict__
    assert Agreements(slow, office.contracts, office.clock).propose(ANN, "harvest", new_terms(), "new").number == 2
    assert [one.proposed_by for one in office.agreements.proposals("harvest")] == [BEN, ANN]


def test_a_reason_is_always_given(office):
    with pytest.raises(InvalidReasonError):
        office.propose(reason=" ")
    number = office.propose()
    for decide in (office.agreements.approve, office.agreements.decline):
        with pytest.raises(InvalidReasonError):
            decide(BEN, "harvest", number, "")


def test_what_is_not_there_is_not_found(office):
    with pytest.raises(UnknownProposalError):
        office.approve(1)
    with pytest.raises(UnknownPartnerError):
        office.agreements.propose(ANN, "nobody", new_terms(), "new")
    with pytest.raises(UnknownPartnerError):
        office.agreements.proposals("nobody")


def test_a_view_tells_what_is_in_force_at_a_date(office):
    office.approve(office.propose())
    office.approve(office.propose(ahead_ms=10 * TERMS_LEAD_MS, earn_points=7))
    view = office.contracts.terms_view("harvest")
    assert (view.at_ms, view.in_force.version, len(view.versions)) == (office.clock(), 1, 2)
    assert office.contracts.terms_view("harvest", office.clock() + 10 * TERMS_LEAD_MS).in_force.version == 2
    assert office.contracts.terms_view("dear").in_force is None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["propose", "approve", "decline"]),
        st.sampled_from([ANN, BEN, EVE]),
        st.integers(-1, 3),
        st.integers(1, 4),
    ),
    max_size=25,
)


@settings(max_examples=50)
@given(STEPS)
def test_whatever_operators_do_the_past_keeps_its_terms_and_two_people_agreed_to_all(steps):
    office = Office()
    seen: list[tuple[int, int | None]] = []
    for act, by, leads, number in steps:
        office.clock.advance(ms=TERMS_LEAD_MS // 3)
        try:
            if act == "propose":
                office.propose(by, ahead_ms=leads * TERMS_LEAD_MS, earn_points=number)
            elif act == "approve":
                office.approve(number, by)
            else:
                office.agreements.decline(by, "harvest", number, "no")
        except TesseraError:
            pass
        versions = office.contracts.terms("harvest")
        if versions:
            current = in_force(versions, office.clock())
            seen.append((office.clock(), current and current.version))
    versions = office.contracts.terms("harvest")
    assert [terms.version for terms in versions] == list(range(1, len(versions) + 1))
    assert all(terms.approval.proposed_by != terms.approval.approved_by for terms in versions)
    approved = [one.version for one in office.agreements.proposals("harvest") if one.state is ProposalState.APPROVED]
    assert sorted(approved) == [terms.version for terms in versions]
    for at_ms, version in seen:
        then = in_force(versions, at_ms)
        assert version is None or (then and then.version) == version


def test_bank_files_are_agreed_on_with_who_keeps_its_books_in_euros(office):
    with pytest.raises(BankFileCurrencyError, match="EUR alone"):
        office.propose(payment_method=PaymentMethod.BANK_FILE)
    office.contracts.create_partner("euro", "Euro", "EUR")
    agreed = new_terms(0, payment_method=PaymentMethod.BANK_FILE)
    number = office.agreements.propose(ANN, "euro", agreed, "new").number
    assert office.agreements.approve(BEN, "euro", number, "agreed").state is ProposalState.APPROVED


def test_points_that_would_cost_a_thousand_times_what_was_paid_are_a_slip_that_nobody_can_propose(office):
    most = {"earn_points": 1_000, "earn_per_cents": 100, "issue_price_micros": 1_000_000}
    assert office.propose(**most) == 1
    with pytest.raises(InvalidTermsError, match="1,000 times"):
        office.propose(**most | {"earn_points": 1_001})
