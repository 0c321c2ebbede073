"""Bringing a partner in where there is nobody to ask: by two operators of the product's own making."""

from partners.bootstrap import Services
from partners.contracts.life import PartnerState
from partners.contracts.model import NewTerms

REASON = "Example"


def bring_in(services: Services, partner_id: str, name: str, currency: str, new: NewTerms, by: tuple[str, str]) -> None:
    """Invite a partner, agree on its terms and let it trade, which needs two operators. Raises what these raise."""
    services.lives.invite(by[0], partner_id, name, currency)
    proposal = services.agreements.propose(by[0], partner_id, new, REASON)
    services.agreements.approve(by[1], partner_id, proposal.number, REASON)
    for state in (PartnerState.VERIFIED, PartnerState.ACTIVE):
        services.lives.move(by[0], partner_id, state, REASON)
