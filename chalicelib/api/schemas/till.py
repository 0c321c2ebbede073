"""Members, cards, purchases and redemptions."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Body,
    CardNumber,
    DayText,
    EntryId,
    Explanation,
    Instant,
    LocationId,
    Moment,
    MoneyOut,
    Params,
    Points,
    PointsCount,
    PositiveMoney,
    Receipt,
    ReplyBody,
)

Contact = Annotated[
    str,
    Field(
        min_length=3,
        max_length=254,
        description="E-mail address, or phone number in international form.",
        examples=["ada@example.com"],
    ),
]
Visit = Annotated[
    bool,
    Field(description="Whether this entry made its receipt a loyalty visit; later ones of the receipt did not."),
]
CardInPath = Annotated[
    str, Field(pattern="^[0-9]{16}$", description="The 16 digits of the card.", examples=["9770012345678912"])
]
CardNumberOut = Annotated[str, Field(description="16 digits.", examples=["9770012345678912"])]


class EnrolBody(Body):
    """A customer who joins. Without a receipt the enrolment is a visit of its own."""

    contact: Contact
    location_id: LocationId
    receipt: Receipt | None = None
    occurred_at: Moment


class EnrolledReply(ReplyBody):
    """The new member's card."""

    card_number: CardNumberOut
    entry_id: EntryId
    recorded_at: Instant
    visit: Visit


class PurchasedReply(ReplyBody):
    """The points and the cashback that a purchase granted."""

    entry_id: EntryId
    recorded_at: Instant
    visit: Visit
    points: PointsCount
    points_balance: PointsCount
    cashback: MoneyOut
    cashback_balance: MoneyOut = Field(description="What can be spent now wherever this currency is taken.")
    expires_on: DayText | None = Field(description="Last day of the granted points; null if none were granted.")
    cashback_expires_on: DayText | None = Field(
        description="Last day of the granted cashback; null if it never expires, or none was granted."
    )
    pending_until: Instant | None = Field(
        description="When what was granted joins the balances; null if it is in them already."
    )
    explanation: Explanation


class QuotedReply(ReplyBody):
    """The points and the cashback that the same purchase would grant now."""

    points: PointsCount
    cashback: MoneyOut
    explanation: Explanation


class RedemptionBody(Body):
    """Points a customer wants to spend on a receipt."""

    card_number: CardNumber
    location_id: LocationId
    receipt: Receipt
    occurred_at: Moment
    points: Points


class RedeemedReply(ReplyBody):
    """The points taken, and what they are worth on this receipt."""

    entry_id: EntryId
    recorded_at: Instant
    visit: Visit
    points: PointsCount
    points_balance: PointsCount
    value: MoneyOut


class CashbackRedemptionBody(Body):
    """Cashback a customer wants to spend on a receipt, in the currency of your contract."""

    card_number: CardNumber
    location_id: LocationId
    receipt: Receipt
    occurred_at: Moment
    cashback: PositiveMoney


class CashbackRedeemedReply(ReplyBody):
    """The cashback taken: the till takes as much off the receipt."""

    entry_id: EntryId
    recorded_at: Instant
    visit: Visit
    cashback: MoneyOut
    cashback_balance: MoneyOut


class CardParams(Params):
    """Which card."""

    card_number: CardInPath


class ExpiringPoints(ReplyBody):
    """Points that expire together."""

    points: PointsCount
    last_day: DayText = Field(description="The last day, in UTC, on which these points can be spent.")


class ExpiringCashback(ReplyBody):
    """Cashback that expires together."""

    cashback: MoneyOut
    last_day: DayText = Field(description="The last day, in UTC, on which it can be spent.")


class CashbackOut(ReplyBody):
    """A card's cashback in one currency."""

    balance: MoneyOut = Field(description="Can be spent now, wherever this currency is taken.")
    pending: MoneyOut = Field(description="Can be spent when its waiting period is over.")
    owed: MoneyOut = Field(description="Spent before its purchase was returned; later cashback repays it.")
    expiring: list[ExpiringCashback] = Field(
        description="What of the balance expires, soonest first; the rest of it never does."
    )


class CardReply(ReplyBody):
    """What a card holds, whoever granted it."""

    card_number: CardNumberOut
    points_balance: PointsCount = Field(description="Can be spent now, at any partner.")
    points_pending: PointsCount = Field(description="Can be spent when their waiting period is over.")
    points_held: PointsCount = Field(description="Reserved at a till.")
    points_owed: PointsCount = Field(description="Spent before their purchase was returned; later points repay them.")
    expiring: list[ExpiringPoints] = Field(description="All points of the balance, soonest expiry first.")
    cashback: list[CashbackOut] = Field(description="One for each currency in which there is any.")
    shared_with: int = Field(
        ge=0, description="Other cards that use the same points: of the household, and merged ones.", examples=[1]
    )
