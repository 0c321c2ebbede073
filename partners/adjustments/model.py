"""An adjustment from proposal to journal entry."""

from dataclasses import dataclass
from enum import StrEnum

from partners.adjustments.errors import InvalidAdjustmentError
from partners.contracts.reasons import LONGEST_REASON, is_reason

ONE_PERSON_LIMIT_POINTS = 5_000
"""Up to so many points one operator decides alone; beyond, a second one must approve."""


class AdjustmentState(StrEnum):
    """PROPOSED waits for a second person, or for what an outage left undone; APPLIED is in the journal."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`points` of `issuer` to grant (positive) or any points to take (negative), and for what reason.

    `proposed_by` and `decided_by` are ids of operator keys. Raises InvalidAdjustmentError.
    """

    adjustment_id: str
    member: str
    issuer: str
    points: int
    expiry_month: int
    reason: str
    proposed_by: str
    proposed_at_ms: int
    state: AdjustmentState = AdjustmentState.PROPOSED
    decided_by: str | None = None
    entry_id: str | None = None

    def __post_init__(self) -> None:
        if self.points == 0:
            raise InvalidAdjustmentError("An adjustment grants or takes at least one point.")
        if not is_reason(self.reason):
            raise InvalidAdjustmentError(f"Give a reason of 1 to {LONGEST_REASON} printable characters.")

    @property
    def needs_two(self) -> bool:
        return abs(self.points) > ONE_PERSON_LIMIT_POINTS

    def was_asked_for_by(self, operator: str, member: str, issuer: str, points: int, reason: str) -> bool:
        """Whether this is what such a request makes."""
        asked = (operator, member, issuer, points, reason)
        return (self.proposed_by, self.member, self.issuer, self.points, self.reason) == asked
