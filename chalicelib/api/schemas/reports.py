"""Settlement positions."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Currency,
    Day,
    DayText,
    Params,
    PartnerId,
    PointsCount,
    PointsMoved,
    ReplyBody,
    SignedCents,
)

Party = Annotated[str, Field(description="A partner's id, or `network`.", examples=["harvest"])]
Micros = Annotated[int, Field(description="Millionths of a currency unit.", examples=[10_000])]
PartyMicros = Annotated[
    int, Field(description="Millionths of a currency unit; positive is owed to the party, negative by it.")
]


class PeriodParams(Params):
    """A period of UTC days of recording, both included, 92 at most."""

    first_day: Day = Field(alias="from", description="First day.")
    last_day: Day = Field(alias="to", description="Last day.")


class GrossLineOut(ReplyBody):
    """All points that moved one way at one price, undone ones subtracted. `acceptor` is null for points issued."""

    kind: Literal["issued", "redeemed"]
    issuer: PartnerId
    acceptor: PartnerId | None
    price_micros: Micros
    points: PointsMoved
    amount_micros: PartyMicros


class PositionOut(ReplyBody):
    """What a party owes (negative) or is owed: the exact sum of its lines, and that in whole cents."""

    party: Party
    net_micros: PartyMicros
    net_cents: SignedCents
    lines: list[GrossLineOut]


class MatrixCellOut(ReplyBody):
    """Points of `issuer` that `acceptor` honoured, and what the network owes the acceptor for them."""

    issuer: PartnerId
    acceptor: PartnerId
    points: PointsMoved
    amount_micros: Micros


class CurrencyPositionsOut(ReplyBody):
    """All positions in one currency; with the network's they sum to zero, in micros and in cents."""

    currency: Currency
    positions: list[PositionOut]
    matrix: list[MatrixCellOut]


class PointsFlowOut(ReplyBody):
    """What became of one issuer's points in the period, anywhere in the network, undone ones subtracted."""

    issuer: PartnerId
    points_issued: PointsMoved
    points_redeemed: PointsMoved
    points_expired: PointsCount
    points_adjusted: PointsMoved = Field(description="By the operator's decision.")
    points_owed: PointsMoved = Field(
        description="By how much members' debts grew: points that a return took back after they were spent."
    )


class PositionsReply(ReplyBody):
    """Who owes what for a period, from all entries posted by now."""

    first_day: DayText
    last_day: DayText
    currencies: list[CurrencyPositionsOut]
    flows: list[PointsFlowOut]
