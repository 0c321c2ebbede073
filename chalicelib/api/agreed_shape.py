"""Proposals about partners, as replies show them."""

from typing import TYPE_CHECKING, Any

from chalicelib.api.terms_shape import decision_out
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.settlement.payments.agreed import Proposed


def proposal_facts(one: "Proposed[Any]") -> dict[str, Any]:
    """The fields of a PartnerProposalReply."""
    return {
        "proposal": one.number,
        "state": one.state,
        "reason": one.reason,
        "proposed_by": one.proposed_by,
        "proposed_at": to_rfc3339(one.proposed_at_ms),
        "decision": decision_out(one.decision),
    }
