"""Accounts of one customer brought together, and the end of an account."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import Body, CardNumber, EntryId, Instant, MoneyOut, PointsCount, ReplyBody
from chalicelib.api.schemas.sharing import SecondCardNumber
from partners.contracts.reasons import LONGEST_REASON

Reason = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_REASON,
        description="Kept for ever: do not name the customer.",
        examples=["Enrolled twice, ticket 4711"],
    ),
]


class MergeBody(Body):
    """Two cards of one customer; the account of the second one stays."""

    card_number: CardNumber
    into_card_number: SecondCardNumber
    reason: Reason


class MergedReply(ReplyBody):
    """The points that were moved, and the account's with them."""

    entry_id: EntryId
    recorded_at: Instant
    points: PointsCount
    points_balance: PointsCount
    reversible_until: Instant


class UnmergedReply(ReplyBody):
    """What the card holds again, by itself."""

    entry_id: EntryId
    recorded_at: Instant
    points: PointsCount
    points_balance: PointsCount
    points_pending: PointsCount


class ClosureBody(Body):
    """An account to be closed for good."""

    card_number: CardNumber
    forfeit: bool = Field(default=False, description="Whether what the account still holds may be lost.")
    reason: Reason


class ClosedReply(ReplyBody):
    """What was lost to the customer, and what the customer owed and need not repay."""

    entry_id: EntryId
    recorded_at: Instant
    points_forfeited: PointsCount
    cashback_forfeited: list[MoneyOut] = Field(description="By currency.")
    points_written_off: PointsCount
    cashback_written_off: list[MoneyOut] = Field(description="By currency.")
