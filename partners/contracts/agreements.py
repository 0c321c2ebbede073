"""How terms come into force: one operator proposes them, another approves."""

from dataclasses import fields
from typing import Protocol

from partners.contracts.errors import (
    ProposalDecidedError,
    TermsConflictError,
    TermsTooEarlyError,
    UnknownProposalError,
)
from partners.contracts.life import New, PartnerState
from partners.contracts.model import Approval, NewTerms, Partner, Terms, check_worth
from partners.contracts.payment import check_method
from partners.contracts.prices import check_prices, current_and_future
from partners.contracts.proposals import Decision, Proposal, ProposalState
from partners.contracts.reasons import check_reason
from partners.contracts.service import Contracts
from partners.contracts.two_people import check_second_person
from shared.kernel.clock import Clock

TERMS_LEAD_MS = 90_000
"""New terms begin this far ahead: by then every server's copy is fresh, and half a minute remains for
clocks that differ. So all tills price a moment alike."""

TRIES = 5


class ProposalBook(Protocol):
    """What agreements need of their store; see `partners.contracts.store.ContractStore`."""

    def add_proposal(self, proposal: Proposal) -> bool: ...

    def proposal(self, partner_id: str, number: int) -> Proposal | None: ...

    def proposals(self, partner_id: str) -> list[Proposal]: ...

    def decline(self, proposal: Proposal, state: ProposalState, decision: Decision) -> bool: ...

    def agreed(self) -> int: ...

    def agree(self, terms: Terms, approval: Approval, agreed: int) -> bool: ...


class Agreements:
    """Use cases of agreeing on terms. `by` identifies the operator who acts.

    Every method may raise StoreUnavailableError and UnknownPartnerError.
    """

    def __init__(self, book: ProposalBook, contracts: Contracts, clock: Clock) -> None:
        self._book = book
        self._contracts = contracts
        self._clock = clock

    def propose(self, by: str, partner_id: str, new: NewTerms, reason: str) -> Proposal:
        """Propose the partner's next terms; nothing is in force before another operator approves.

        The same request again gives the same proposal, unless that was declined. Raises InvalidReasonError, and
        InvalidTermsError for points that cost beyond all reason, and what `approve` would now raise:
        NotInThisStateError, TermsTooEarlyError, BankFileCurrencyError, PricesOutOfLineError.
        """
        partner = self._contracts.partner(partner_id)
        known = self._book.proposals(partner_id)
        proposal = Proposal(
            partner_id=partner_id,
            number=len(known) + 1,
            new=new,
            reason=reason,
            proposed_by=by,
            proposed_at_ms=self._clock(),
        )
        same = next((one for one in known if one.stands and one.asks_the_same(proposal)), None)
        if same is not None:
            return same
        check_worth(new)
        self._next_version(partner, new)
        if self._book.add_proposal(proposal):
            return proposal
        rival = self.proposal(partner_id, proposal.number)
        return rival if rival.asks_the_same(proposal) else self.propose(by, partner_id, new, reason)

    def approve(self, by: str, partner_id: str, number: int, reason: str) -> Proposal:
        """Agree to another operator's proposal: its terms become the partner's next version. Again is a success.

        History is never rewritten: the first terms may begin at any time (nothing could be recorded without terms),
        later ones TERMS_LEAD_MS from now at the earliest and not before the latest version. Prices must be in line
        with all other terms, see `partners.contracts.prices`. Raises InvalidReasonError, UnknownProposalError,
        SecondPersonNeededError, ProposalDecidedError (declined), NotInThisStateError, TermsTooEarlyError,
        BankFileCurrencyError, ExchangeRateMissingError, PricesOutOfLineError, and TermsConflictError if other
        terms were approved at the same time.
        """
        check_reason(reason)
        proposal = self.proposal(partner_id, number)
        check_second_person(proposal.proposed_by, by, str(number))
        for _ in range(TRIES):
            if proposal.state is not ProposalState.PROPOSED:
                break
            proposal = self._agree(proposal, by, reason)
        if proposal.state is ProposalState.PROPOSED:
            raise TermsConflictError(None)
        if proposal.state is not ProposalState.APPROVED:
            raise ProposalDecidedError(number, proposal.state)
        return proposal

    def _agree(self, proposal: Proposal, by: str, reason: str) -> Proposal:
        """The proposal as it then stands: it still waits if terms of another partner were agreed on meanwhile."""
        # Counted before the others' prices are looked at, so that none come in between unseen.
        agreed = self._book.agreed()
        partner = self._contracts.partner(proposal.partner_id)
        version = self._next_version(partner, proposal.new)
        approval = Approval(proposal.number, proposal.proposed_by, by, self._clock(), reason)
        self._book.agree(_agreed(partner, version, proposal.new, approval), approval, agreed)
        after = self.proposal(proposal.partner_id, proposal.number)
        if after.state is ProposalState.PROPOSED and len(self._contracts.terms(proposal.partner_id)) >= version:
            raise TermsConflictError(version)
        return after

    def decline(self, by: str, partner_id: str, number: int, reason: str) -> Proposal:
        """Withdraw one's own proposal, or reject another's. Again is a success.

        Raises InvalidReasonError, UnknownProposalError, ProposalDecidedError (approved).
        """
        check_reason(reason)
        proposal = self.proposal(partner_id, number)
        if proposal.state is ProposalState.PROPOSED:
            own = proposal.proposed_by == by
            state = ProposalState.WITHDRAWN if own else ProposalState.REJECTED
            self._book.decline(proposal, state, Decision(by=by, at_ms=self._clock(), reason=reason))
            proposal = self.proposal(partner_id, number)
        if proposal.state is ProposalState.APPROVED:
            raise ProposalDecidedError(number, proposal.state)
        return proposal

    def proposal(self, partner_id: str, number: int) -> Proposal:
        """Raises UnknownProposalError."""
        proposal = self._book.proposal(partner_id, number)
        if proposal is None:
            raise UnknownProposalError(number)
        return proposal

    def proposals(self, partner_id: str) -> list[Proposal]:
        """All proposals to the partner, oldest first."""
        self._contracts.partner(partner_id)
        return self._book.proposals(partner_id)

    def _next_version(self, partner: Partner, new: NewTerms) -> int:
        """The version that `new` would be.

        Raises NotInThisStateError, TermsTooEarlyError, BankFileCurrencyError, ExchangeRateMissingError,
        PricesOutOfLineError.
        """
        self._contracts.check_new(partner.partner_id, New.TERMS)
        versions = self._contracts.terms(partner.partner_id)
        now_ms = self._clock()
        if versions:
            earliest_ms = max(versions[-1].effective_from_ms, now_ms + TERMS_LEAD_MS)
            if new.effective_from_ms < earliest_ms:
                raise TermsTooEarlyError(new.effective_from_ms, earliest_ms)
        check_method(new.payment_method, partner.currency)
        check_prices(new, partner.currency, self._standing(now_ms))
        return len(versions) + 1

    def _standing(self, now_ms: int) -> list[Terms]:
        """The current and future terms of all partners that may trade again."""
        open_ones = [one.partner_id for one in self._contracts.partners() if one.state is not PartnerState.CLOSED]
        return [terms for one in open_ones for terms in current_and_future(self._contracts.terms(one), now_ms)]


def _agreed(partner: Partner, version: int, new: NewTerms, approval: Approval) -> Terms:
    agreed = {field.name: getattr(new, field.name) for field in fields(NewTerms)}
    return Terms(partner_id=partner.partner_id, version=version, currency=partner.currency, approval=approval, **agreed)
