"""What contracts rely on in their store: the fake and the real one answer to the same tests."""

from dataclasses import replace
from itertools import count

import pytest

from partners.contracts.agreements import ProposalBook
from partners.contracts.life import PartnerState, StateChange
from partners.contracts.model import Approval, Contract, Location, Partner, Terms
from partners.contracts.payment import Funding, FundingKind, PaymentMethod
from partners.contracts.plan import Band, Plan, PlanMode
from partners.contracts.proposals import Decision, Proposal, ProposalState
from tests.fakes.contract_book import new_terms

_names = count(1)
PLAN = Plan(1_999, PlanMode.WHOLE_BAND, (Band(500, 4_500, 0), Band(1_500, 4_000, 12_345), Band(None, 10**9, 10**12)))


def version(partner_id: str, number: int) -> Terms:
    new = proposed(partner_id, number).new
    fields = {name: getattr(new, name) for name in new.__dataclass_fields__}
    return Terms(partner_id=partner_id, version=number, currency="EUR", approval=approval(number), **fields)


def proposed(partner_id: str, number: int) -> Proposal:
    given = {"effective_from_ms": 1_795_260_000_000 + number, "plan": PLAN}
    rates = {
        "waiting_days": 9,
        "late_days": 8,
        "answer_days": 7,
        "cashback_bps": 150,
        "commission_bps": 20,
        "breakage_share_bps": 30,
        "cashback_expiry_months": 18,
        "cashback_breakage_share_bps": 4_000,
    }
    capped = Funding(FundingKind.POSTPAID, 10**11 + number)
    new = new_terms(**given, **rates, funding=capped, payment_method=PaymentMethod.STRIPE)
    return Proposal(
        partner_id=partner_id, number=number, new=new, reason="Größer", proposed_by="ann", proposed_at_ms=76
    )


def change(partner_id: str, number: int, state: PartnerState) -> StateChange:
    return StateChange(partner_id=partner_id, number=number, state=state, by="ann", at_ms=70 + number, reason="Prüfung")


def approval(number: int) -> Approval:
    return Approval(number, "ann", "ben", 77, "fine")


def agreed(agreements: ProposalBook, terms: Terms) -> bool:
    """Whether a proposal of `terms` could be added and approved."""
    waiting = proposed(terms.partner_id, terms.version)
    return agreements.add_proposal(waiting) and agreements.agree(terms, approval(terms.version), agreements.agreed())


class ContractBookContract:
    """A subclass gives the fixtures `book`, `agreements` and `lives`, on one store."""

    @pytest.fixture
    def name(self) -> str:
        return f"firm-{next(_names)}"

    def test_a_partner_reads_back_as_added(self, book, name):
        partner = Partner(name, "Käse & Söhne 'n Co", "EUR", 1_795_260_000_123)
        assert book.add_partner(partner) is True
        assert book.partner(name) == partner
        assert partner in book.partners()

    def test_a_partner_that_is_there_stays_as_it_is(self, book, name):
        first = Partner(name, "First", "EUR", 1)
        book.add_partner(first)
        assert book.add_partner(replace(first, name="Second")) is False
        assert book.partner(name) == first

    def test_what_was_never_added_is_not_there(self, book, name):
        assert book.partner(name) is None
        assert book.location(name, "1") is None
        assert book.locations(name) == []
        assert book.terms(name) == []

    def test_partners_come_by_id(self, book, name):
        for ending in ("c", "a", "b"):
            book.add_partner(Partner(f"{name}{ending}", "Firm", "EUR", 1))
        ids = [partner.partner_id for partner in book.partners()]
        assert ids == sorted(ids)
        assert {f"{name}a", f"{name}b", f"{name}c"} <= set(ids)

    def test_a_location_reads_back_as_added(self, book, name):
        location = Location(name, "S-1.a_B", "Main Street", "America/Chicago", 1_795_260_000_123)
        assert book.add_location(location) is True
        assert book.location(name, "S-1.a_B") == location
        assert book.locations(name) == [location]

    def test_a_location_that_is_there_stays_as_it_is(self, book, name):
        first = Location(name, "1", "First", "UTC", 1)
        book.add_location(first)
        assert book.add_location(replace(first, name="Second")) is False
        assert book.location(name, "1") == first

    def test_locations_are_the_partner_s_own_by_id(self, book, name):
        for partner_id, location_id in [(name, "2"), (name, "10"), (f"{name}x", "3")]:
            book.add_location(Location(partner_id, location_id, "Store", "UTC", 1))
        assert [location.location_id for location in book.locations(name)] == ["10", "2"]

    def test_a_closing_is_written_and_moved_until_it_has_come(self, book, name):
        location = Location(name, "1", "First", "UTC", 100)
        book.add_location(location)
        assert book.set_closing(name, "1", 900, 500) is True
        assert book.set_closing(name, "1", 800, 600) is True
        assert book.location(name, "1") == replace(location, closed_at_ms=800)
        assert book.set_closing(name, "1", 900, 800) is False
        assert book.locations(name) == [replace(location, closed_at_ms=800)]

    def test_a_location_that_is_not_there_is_not_closed(self, book, name):
        assert book.set_closing(name, "1", 900, 500) is False
        assert book.locations(name) == []

    def test_locations_and_terms_of_one_partner_do_not_mix(self, book, agreements, name):
        book.add_location(Location(name, "TERMS", "Store", "UTC", 1))
        agreed(agreements, version(name, 1))
        assert len(book.locations(name)) == len(book.terms(name)) == len(agreements.proposals(name)) == 1

    def test_terms_read_back_as_agreed_in_order_of_their_version(self, book, agreements, name):
        versions = [version(name, number) for number in range(1, 12)]
        for terms in reversed(versions):
            assert agreed(agreements, terms) is True
        assert book.terms(name) == versions

    def test_terms_come_with_the_decision_that_made_them(self, book, agreements, name):
        terms = version(name, 1)
        agreed(agreements, terms)
        decision = Decision(by="ben", at_ms=77, reason="fine")
        approved = replace(proposed(name, 1), state=ProposalState.APPROVED, decision=decision, version=1)
        assert agreements.proposal(name, 1) == approved
        assert agreements.proposals(name) == [approved]

    def test_a_version_that_is_there_stays_as_it_is_and_the_proposal_waits(self, book, agreements, name):
        first = version(name, 1)
        agreed(agreements, first)
        waiting = proposed(name, 2)
        agreements.add_proposal(waiting)
        other = approval(2)
        assert agreements.agree(replace(first, earn_points=9, approval=other), other, agreements.agreed()) is False
        assert book.terms(name) == [first]
        assert agreements.proposal(name, 2) == waiting

    def test_no_terms_are_made_if_others_were_since_they_were_counted(self, book, agreements, name):
        before = agreements.agreed()
        agreed(agreements, version(f"{name}-b", 1))
        assert agreements.agreed() == before + 1
        agreements.add_proposal(proposed(name, 1))
        assert agreements.agree(version(name, 1), approval(1), before) is False
        assert (book.terms(name), agreements.proposal(name, 1)) == ([], proposed(name, 1))
        assert agreements.agree(version(name, 1), approval(1), before + 1) is True

    def test_of_a_decided_proposal_no_terms_are_made(self, book, agreements, name):
        waiting = proposed(name, 1)
        agreements.add_proposal(waiting)
        decision = Decision(by="ann", at_ms=78, reason="a slip")
        assert agreements.decline(waiting, ProposalState.WITHDRAWN, decision) is True
        assert agreements.decline(waiting, ProposalState.REJECTED, decision) is False
        assert agreements.agree(version(name, 1), approval(1), agreements.agreed()) is False
        assert book.terms(name) == []
        declined = replace(waiting, state=ProposalState.WITHDRAWN, decision=decision)
        assert agreements.proposal(name, 1) == declined

    def test_a_proposal_that_is_there_stays_as_it_is(self, agreements, name):
        first = proposed(name, 1)
        assert agreements.add_proposal(first) is True
        assert agreements.add_proposal(replace(first, reason="another")) is False
        assert agreements.proposal(name, 1) == first
        assert agreements.proposal(name, 2) is None

    def test_a_partner_is_invited_with_its_first_state_or_not_at_all(self, book, lives, name):
        partner = Partner(name, "Firm", "EUR", 1, PartnerState.INVITED)
        first = change(name, 1, PartnerState.INVITED)
        assert lives.invite(partner, first) is True
        assert lives.invite(replace(partner, name="Other"), replace(first, by="eve")) is False
        assert book.partner(name) == partner
        assert lives.history(name) == [first]
        invited = (first.at_ms, PartnerState.INVITED)
        assert book.contract(name) == Contract(PartnerState.INVITED, (), states=(invited,))

    def test_a_change_of_state_is_added_once_and_told_by_the_partner(self, book, lives, name):
        first, second = change(name, 1, PartnerState.INVITED), change(name, 2, PartnerState.VERIFIED)
        lives.invite(Partner(name, "Firm", "EUR", 1, PartnerState.INVITED), first)
        assert lives.move(second) is True
        assert lives.move(change(name, 2, PartnerState.CLOSED)) is False
        assert book.partner(name).state is book.contract(name).state is PartnerState.VERIFIED
        assert lives.history(name) == [first, second]

    def test_a_partner_that_is_not_there_has_no_states(self, book, lives, name):
        assert lives.move(change(name, 1, PartnerState.ACTIVE)) is False
        assert lives.history(name) == []

    def test_a_contract_is_state_and_terms(self, book, agreements, lives, name):
        book.add_location(Location(name, "1", "Store", "UTC", 1))
        assert book.contract(name) == Contract(PartnerState.ACTIVE, ())
        agreed(agreements, version(name, 1))
        agreed(agreements, version(name, 2))
        book.add_partner(Partner(name, "Firm", "EUR", 1))
        suspension = change(name, 1, PartnerState.SUSPENDED)
        lives.move(suspension)
        versions, states = (version(name, 1), version(name, 2)), ((suspension.at_ms, PartnerState.SUSPENDED),)
        assert book.contract(name) == Contract(PartnerState.SUSPENDED, versions, states=states)
