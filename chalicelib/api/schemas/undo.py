"""Holds, returns and cancellations: what may follow a purchase or a redemption, and what undoes it."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Body,
    CardNumber,
    EntryId,
    Instant,
    LocationId,
    Moment,
    Money,
    MoneyOut,
    Params,
    Points,
    PointsCount,
    PositiveMoney,
    Receipt,
    ReplyBody,
)
from chalicelib.api.schemas.till import Visit
from partners.till.forms import ENTRY_ID

SHORTEST_HOLD_SECONDS = 30
LONGEST_HOLD_SECONDS = 7 * 86_400
ORDINARY_HOLD_SECONDS = 900

EntryInPath = Annotated[
    str,
    Field(pattern=f"^{ENTRY_ID.pattern}$", description="An `entry_id` of yours.", examples=["0123456789-7"]),
]
AllIfAbsent = "All that is left if absent."


class EntryParams(Params):
    """Which entry."""

    entry_id: EntryInPath


class HoldBody(Body):
    """Points to set aside while the customer decides."""

    card_number: CardNumber
    location_id: LocationId
    receipt: Receipt
    occurred_at: Moment
    points: Points
    ttl_seconds: Annotated[
        int,
        Field(
            ge=SHORTEST_HOLD_SECONDS,
            le=LONGEST_HOLD_SECONDS,
            description="After so long the points become active again by themselves.",
        ),
    ] = ORDINARY_HOLD_SECONDS


class HeldReply(ReplyBody):
    """A hold: capture or void it before `expires_at`."""

    entry_id: EntryId = Field(description="Names the hold.")
    recorded_at: Instant
    expires_at: Instant
    points: PointsCount
    points_balance: PointsCount
    value: MoneyOut


class CaptureBody(Body):
    """The receipt on which held points are spent."""

    location_id: LocationId
    receipt: Receipt
    occurred_at: Moment
    points: Points | None = Field(default=None, description="All of the hold if absent; the rest becomes active.")


class CapturedReply(ReplyBody):
    """The points taken, at the value promised when they were set aside."""

    entry_id: EntryId
    recorded_at: Instant
    visit: Visit
    points: PointsCount
    points_released: PointsCount
    points_balance: PointsCount
    value: MoneyOut


class VoidBody(Body):
    """Where a hold is given up."""

    location_id: LocationId
    receipt: Receipt
    occurred_at: Moment


class VoidedReply(ReplyBody):
    """The points that are active again."""

    entry_id: EntryId
    recorded_at: Instant
    points_released: PointsCount
    points_balance: PointsCount


class ReturnBody(Body):
    """Goods that come back; `receipt` is the return's own, `total` what they had cost."""

    location_id: LocationId
    receipt: Receipt
    occurred_at: Moment
    total: Money | None = Field(default=None, description=AllIfAbsent)


class ReturnedReply(ReplyBody):
    """What the returned part of the purchase had earned is taken back."""

    entry_id: EntryId
    recorded_at: Instant
    total: MoneyOut
    points_taken_back: PointsCount
    points_owed: PointsCount = Field(
        description="Had been spent already: the member's debt to you, which your next points repay."
    )
    points_balance: PointsCount
    cashback_taken_back: MoneyOut
    cashback_owed: MoneyOut = Field(
        description="Had been spent already: the member's debt to you, which your next cashback repays."
    )
    cashback_balance: MoneyOut


class CancellationBody(Body):
    """A redemption that is called off: all that is left of it, or so many `points` or so much `cashback` of it."""

    location_id: LocationId
    receipt: Receipt
    occurred_at: Moment
    points: Points | None = Field(default=None, description="Of a redemption or capture of points.")
    cashback: PositiveMoney | None = Field(default=None, description="Of a redemption of cashback.")


class CancelledReply(ReplyBody):
    """Points or cashback given back; `value` is what the till had taken off the receipt for them."""

    entry_id: EntryId
    recorded_at: Instant
    points: PointsCount
    points_restored: PointsCount
    points_lapsed: PointsCount = Field(description="Had expired since they were redeemed, and stay expired.")
    points_balance: PointsCount
    value: MoneyOut
    cashback_restored: MoneyOut
    cashback_lapsed: MoneyOut = Field(description="Had expired since it was redeemed, and stays expired.")
    cashback_balance: MoneyOut
