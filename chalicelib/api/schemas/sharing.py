"""Transfers between members, and households."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import (
    POINTS_LIMIT,
    Body,
    CardNumber,
    EntryId,
    Instant,
    LocationId,
    Moment,
    Points,
    PointsCount,
    ReplyBody,
)

SecondCardNumber = Annotated[
    str,
    Field(
        pattern="^[0-9]( ?[0-9]){15}$",
        description="The 16 digits of the other customer's card.",
        examples=["9770 0456 7890 1236"],
    ),
]


class TransferBody(Body):
    """Points that one customer gives to another; both cards are shown."""

    card_number: CardNumber
    to_card_number: SecondCardNumber
    location_id: LocationId
    occurred_at: Moment
    points: Points


class TransferredReply(ReplyBody):
    """The points given, and what is left of the giver's."""

    entry_id: EntryId
    recorded_at: Instant
    points: PointsCount
    points_balance: PointsCount = Field(description="The giver's.")


class JoinBody(Body):
    """A customer who comes into a household; the household is named by the card whose account it uses."""

    card_number: CardNumber
    household_card_number: SecondCardNumber
    location_id: LocationId
    occurred_at: Moment


class JoinedReply(ReplyBody):
    """The points that the card brought along, and the household's with them."""

    entry_id: EntryId
    recorded_at: Instant
    points: PointsCount
    points_balance: PointsCount = Field(description="The household's.")


class DepartureBody(Body):
    """A customer who leaves a household with as many of its points as agreed."""

    card_number: CardNumber
    household_card_number: SecondCardNumber | None = Field(None, description="Needed to take points along.")
    location_id: LocationId
    occurred_at: Moment
    points: Annotated[int, Field(ge=0, le=POINTS_LIMIT, description="Whole points to take along.", examples=[250])]


class DepartedReply(ReplyBody):
    """What the card holds now, by itself."""

    entry_id: EntryId
    recorded_at: Instant
    points: PointsCount
    points_balance: PointsCount
    points_pending: PointsCount = Field(description="Of the card's own earlier purchases.")
