"""Contracts in memory; counts its reads, so that tests see what the cache saves."""

from collections import Counter
from dataclasses import replace

from partners.contracts.agreements import Agreements
from partners.contracts.life import PartnerState, StateChange
from partners.contracts.model import Approval, Contract, Location, NewTerms, Partner, Terms
from partners.contracts.plan import Band, Plan, PlanMode
from partners.contracts.proposals import Decision, Proposal, ProposalState
from partners.contracts.service import Contracts
from partners.contracts.standing import FundingStanding
from shared.kernel.clock import Clock
from tests.fakes.clock import FakeClock

PLAN = Plan(location_fee_cents=2_000, mode=PlanMode.GRADUATED, bands=(Band(None, visit_fee_micros=50_000),))


class FakeContractBook:
    def __init__(self) -> None:
        self.partner_rows: dict[str, Partner] = {}
        self.location_rows: dict[tuple[str, str], Location] = {}
        self.term_rows: dict[tuple[str, int], Terms] = {}
        self.proposal_rows: dict[tuple[str, int], Proposal] = {}
        self.standings: dict[str, FundingStanding] = {}
        self.state_rows: dict[tuple[str, int], StateChange] = {}
        self.agreed_count = 0
        self.reads: Counter[str] = Counter()

    def add_partner(self, partner: Partner) -> bool:
        return self.partner_rows.setdefault(partner.partner_id, partner) is partner

    def partner(self, partner_id: str) -> Partner | None:
        self.reads["partner"] += 1
        return self.partner_rows.get(partner_id)

    def partners(self) -> list[Partner]:
        return [self.partner_rows[name] for name in sorted(self.partner_rows)]

    def add_location(self, location: Location) -> bool:
        return self.location_rows.setdefault((location.partner_id, location.location_id), location) is location

    def location(self, partner_id: str, location_id: str) -> Location | None:
        self.reads["location"] += 1
        return self.location_rows.get((partner_id, location_id))

    def locations(self, partner_id: str) -> list[Location]:
        return [row for (partner, _), row in sorted(self.location_rows.items()) if partner == partner_id]

    def set_closing(self, partner_id: str, location_id: str, closed_at_ms: int, now_ms: int) -> bool:
        known = self.location_rows.get((partner_id, location_id))
        if known is None or (known.closed_at_ms is not None and known.closed_at_ms <= now_ms):
            return False
        self.location_rows[partner_id, location_id] = replace(known, closed_at_ms=closed_at_ms)
        return True

    def contract(self, partner_id: str) -> Contract:
        self.reads["contract"] += 1
        changes = self.history(partner_id)
        versions = [row for (partner, _), row in sorted(self.term_rows.items()) if partner == partner_id]
        state = changes[-1].state if changes else PartnerState.ACTIVE
        states = tuple((one.at_ms, one.state) for one in changes)
        return Contract(state, tuple(versions), self.standings.get(partner_id), states)

    def invite(self, partner: Partner, change: StateChange) -> bool:
        if partner.partner_id in self.partner_rows or (partner.partner_id, change.number) in self.state_rows:
            return False
        self.partner_rows[partner.partner_id] = partner
        self.state_rows[partner.partner_id, change.number] = change
        return True

    def move(self, change: StateChange) -> bool:
        if change.partner_id not in self.partner_rows or (change.partner_id, change.number) in self.state_rows:
            return False
        self.state_rows[change.partner_id, change.number] = change
        told = replace(self.partner_rows[change.partner_id], state=change.state)
        self.partner_rows[change.partner_id] = told
        return True

    def history(self, partner_id: str) -> list[StateChange]:
        return [row for (partner, _), row in sorted(self.state_rows.items()) if partner == partner_id]

    def add_proposal(self, proposal: Proposal) -> bool:
        return self.proposal_rows.setdefault((proposal.partner_id, proposal.number), proposal) is proposal

    def proposal(self, partner_id: str, number: int) -> Proposal | None:
        return self.proposal_rows.get((partner_id, number))

    def proposals(self, partner_id: str) -> list[Proposal]:
        return [row for (partner, _), row in sorted(self.proposal_rows.items()) if partner == partner_id]

    def decline(self, proposal: Proposal, state: ProposalState, decision: Decision) -> bool:
        return self._decide(proposal.partner_id, proposal.number, state, decision)

    def agreed(self) -> int:
        return self.agreed_count

    def agree(self, terms: Terms, approval: Approval, agreed: int) -> bool:
        if agreed != self.agreed_count or (terms.partner_id, terms.version) in self.term_rows:
            return False
        decision = Decision(by=approval.approved_by, at_ms=approval.approved_at_ms, reason=approval.reason)
        approved = ProposalState.APPROVED
        if not self._decide(terms.partner_id, approval.proposal, approved, decision, terms.version):
            return False
        self.term_rows[terms.partner_id, terms.version] = terms
        self.agreed_count += 1
        return True

    def terms(self, partner_id: str) -> list[Terms]:
        self.reads["terms"] += 1
        return [row for (partner, _), row in sorted(self.term_rows.items()) if partner == partner_id]

    def _decide(
        self, partner_id: str, number: int, state: ProposalState, decision: Decision, version: int | None = None
    ) -> bool:
        known = self.proposal_rows[partner_id, number]
        if known.state is not ProposalState.PROPOSED:
            return False
        self.proposal_rows[partner_id, number] = replace(known, state=state, decision=decision, version=version)
        return True


def new_terms(effective_from_ms: int = 0, **changes: object) -> NewTerms:
    return NewTerms(
        **{
            "effective_from_ms": effective_from_ms,
            "earn_points": 5,
            "earn_per_cents": 100,
            "issue_price_micros": 6_000,
            "redeem_price_micros": 5_000,
            "expiry_months": 24,
            "plan": PLAN,
            **changes,
        }
    )


def contracts_of(*partners: str, clock: Clock | None = None, book: FakeContractBook | None = None) -> Contracts:
    """Contracts with these partners, all in USD and without locations or terms."""
    contracts = Contracts(book or FakeContractBook(), clock or FakeClock())
    for partner_id in partners:
        contracts.create_partner(partner_id, partner_id.title(), "USD")
    return contracts


def agree(contracts: Contracts, partner_id: str, new: NewTerms) -> Terms:
    """The partner's next terms, proposed by one operator and approved by another."""
    return agree_on(Agreements(contracts._book, contracts, contracts._clock), partner_id, new)


def agree_on(agreements: Agreements, partner_id: str, new: NewTerms) -> Terms:
    """As `agree`, with agreements on another store."""
    proposal = agreements.propose("ann", partner_id, new, "test")
    agreements.approve("ben", partner_id, proposal.number, "test")
    return agreements._contracts.terms(partner_id)[-1]
