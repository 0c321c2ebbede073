"""Terms that one operator has proposed and another is to approve."""

from dataclasses import dataclass
from enum import StrEnum

from partners.contracts.model import NewTerms
from partners.contracts.reasons import check_reason


class ProposalState(StrEnum):
    """PROPOSED waits for a second person; WITHDRAWN by who proposed it, REJECTED by someone else."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who approved, rejected or withdrew a proposal, when, and why."""

    by: str
    at_ms: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Proposal 1, 2, ... of terms with one partner. `version` is that of the terms it became.

    `proposed_by` and the decision's `by` identify operators. Raises InvalidReasonError.
    """

    partner_id: str
    number: int
    new: NewTerms
    reason: str
    proposed_by: str
    proposed_at_ms: int
    state: ProposalState = ProposalState.PROPOSED
    decision: Decision | None = None
    version: int | None = None

    def __post_init__(self) -> None:
        check_reason(self.reason)

    @property
    def stands(self) -> bool:
        """Whether it is waiting, or has become terms."""
        return self.state in (ProposalState.PROPOSED, ProposalState.APPROVED)

    def asks_the_same(self, other: "Proposal") -> bool:
        """Whether both were made by the same request."""
        return (self.new, self.reason, self.proposed_by) == (other.new, other.reason, other.proposed_by)
