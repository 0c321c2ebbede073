"""Agreeing on a partner's terms where there is nobody to ask: by two operators of the product's own making."""

from partners.bootstrap import Services
from partners.contracts.model import NewTerms

_REASON = "Example"


def agree_on(services: Services, partner_id: str, new: NewTerms, proposer: str, approver: str) -> None:
    """One operator proposes the terms, the other approves them. Raises what `Agreements` raises."""
    proposal = services.agreements.propose(proposer, partner_id, new, _REASON)
    services.agreements.approve(approver, partner_id, proposal.number, _REASON)
