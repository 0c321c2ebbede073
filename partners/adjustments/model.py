"""An adjustment from proposal to journal entry."""

from dataclasses import dataclass, replace
from enum import StrEnum

from partners.adjustments.alone import ONE_PERSON_LIMIT_POINTS
from partners.adjustments.errors import InvalidAdjustmentError
from partners.contracts.reasons import LONGEST_REASON, is_reason


class AdjustmentState(StrEnum):
    """PROPOSED waits for a second person, or for what an outage left undone; APPLIED is in the journal."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`points` of `issuer` to grant (positive) or any points to take (negative), and for what reason.

    With a `case` of the issuer's it is the issuer that grants or takes, and so pays or is paid back: at the price of
    the entry that the case is `about`, or else of the day. `amount_cents` of that entry are then returned, if it says
    so; `points` are what they earned. `proposed_by` and `decided_by` are ids of operator keys. `beyond_one_person`, it
    found so much done alone that day that it waits for a second person. Raises InvalidAdjustmentError.
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
    case: int | None = None
    about: str | None = None
    amount_cents: int | None = None
    beyond_one_person: bool = False

    def __post_init__(self) -> None:
        if self.points == 0 and self.amount_cents is None:
            raise InvalidAdjustmentError("An adjustment grants or takes at least one point.")
        if not is_reason(self.reason):
            raise InvalidAdjustmentError(f"Give a reason of 1 to {LONGEST_REASON} printable characters.")

    @property
    def needs_two(self) -> bool:
        return self.case is not None or self.beyond_one_person or abs(self.points) > ONE_PERSON_LIMIT_POINTS

    def was_asked_for_by(self, operator: str, asked: "Asked") -> bool:
        """Whether this is what such a request makes. One for a case may have been made before those had a price."""
        mine = Asked(self.member, self.issuer, self.points, self.reason, self.case, self.about, self.amount_cents)
        if self.amount_cents is not None:
            mine = replace(mine, points=0)
        if self.case is None:
            asked = replace(asked, case=None, about=None)
        return (self.proposed_by, mine) == (operator, asked)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be proposed; the fields are an Adjustment's. `points` are 0 where they follow from `amount_cents`."""

    member: str
    issuer: str
    points: int
    reason: str
    case: int | None = None
    about: str | None = None
    amount_cents: int | None = None
