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
from chalicelib.api.schemas.listings import NextCursor
from chalicelib.listing import PageParams
from partners.contracts.model import PARTNER_ID

GrossKind = Literal[
    "issued",
    "redeemed",
    "cashback_issued",
    "cashback_redeemed",
    "cashback_paid_out",
    "commission",
    "breakage_share",
    "cashback_breakage_share",
    "carried",
]
Party = Annotated[
    str,
    Field(
        description="A partner's id, `members`, to whom the network pays cashback out, or `network`.",
        examples=["harvest"],
    ),
]
PartyAsked = Annotated[
    str,
    Field(
        pattern=f"^{PARTNER_ID.pattern}$",
        description="A partner's id, `members` or `network`.",
        examples=["harvest"],
    ),
]
CentsMoved = Annotated[
    int, Field(description="Minor units of the currency; negative if more was undone than done.", examples=[1_800])
]
Micros = Annotated[int, Field(description="Millionths of a currency unit.", examples=[10_000])]
PartyMicros = Annotated[
    int, Field(description="Millionths of a currency unit; positive is owed to the party, negative by it.")
]


OF_ONE = Field(None, description="Only pairs with this payer, which is the issuer of what was honoured.")


class PeriodParams(Params):
    """A period of UTC days of recording, both included, 92 at most."""

    first_day: Day = Field(alias="from", description="First day.")
    last_day: Day = Field(alias="to", description="Last day.")


class PeriodPageParams(PeriodParams, PageParams):
    """A page of what is said of a period."""


class PeriodPartyParams(PeriodPageParams):
    """A page of a party's lines in a period."""

    party: PartyAsked


class PeriodPairsParams(PeriodPageParams):
    """A page of pairs in a period."""

    payer: PartyAsked | None = OF_ONE


class SourceOut(ReplyBody):
    """What the entries of a partner on a UTC day of recording add to a line: points, or cents of cashback."""

    partner_id: str | None = Field(
        description="`null` in a position of your own for all other partners together, where points of yours ran out.",
        examples=["harvest"],
    )
    day: DayText
    quantity: int = Field(examples=[250])
    terms_day: DayText | None = Field(
        description="Of a commission given back: the day of the redemptions called off, by whose terms it is. "
        "Of a breakage share: the last day of the month with which the points ran out, likewise. "
        "`null` where that is `day`."
    )


class GrossLineOut(ReplyBody):
    """All points, or all cashback, that moved one way at one price, undone ones subtracted.

    `acceptor` is who took them, null for what was issued.
    """

    currency: Currency
    kind: GrossKind
    issuer: PartnerId
    acceptor: Party | None
    price_micros: Annotated[
        int, Field(description="Of a point, or of a cent of cashback: 10,000, which is par.", examples=[10_000])
    ]
    points: PointsMoved | None = Field(description="Null for cashback and for what is carried.")
    cashback_cents: CentsMoved | None = Field(description="Null for points and for what is carried.")
    amount_micros: PartyMicros
    rate_bps: int | None = Field(description="Of a commission or breakage share, hundredths of a percent.")
    sources: list[SourceOut] = Field(description="The days whose entries the line comes from.")
    reference: str | None = Field(description="Of what is carried from an earlier settlement: why.")


class PositionOut(ReplyBody):
    """What a party owes (negative) or is owed in a currency: the exact sum of its lines, and that in whole cents."""

    currency: Currency
    party: Party
    net_micros: PartyMicros
    net_cents: SignedCents


class CurrencyTotalOut(ReplyBody):
    """All positions in a currency; with the network's they sum to zero, in micros and in cents."""

    currency: Currency
    parties: int = Field(description="How many have a position, the network included.", examples=[7])
    owed_cents: int = Field(
        description="What all that owe something owe together, which is what the others are owed.", examples=[12_600]
    )


class PositionsReply(ReplyBody):
    """A page of positions, by currency: partners by id, then members, the network last. Totals are of all pages."""

    totals: list[CurrencyTotalOut]
    positions: list[PositionOut]
    next_cursor: NextCursor


class PositionLinesReply(ReplyBody):
    """A party's positions, one a currency, and a page of the lines that they are the sums of.

    Empty if nothing was owed. A page is shorter than `limit` where lines have many sources.
    """

    positions: list[PositionOut]
    lines: list[GrossLineOut]
    next_cursor: NextCursor


class PairOut(ReplyBody):
    """Points, not cashback, of `payer` that `payee` honoured, and what the one owes the other before netting.

    A party's position is what it receives of these less what it pays. An issuer owes who honours its points and
    cashback what they are paid, and the network the rest of what it was charged for granting.
    """

    currency: Currency
    payer: Party
    payee: Party
    points: PointsMoved = Field(description="The payer's, that the payee honoured.")
    points_micros: Micros = Field(description="What the payee is paid for them.")
    amount_micros: Micros = Field(description="What the payer owes the payee in all.")


class PairsReply(ReplyBody):
    """A page of pairs of parties, by payer, currency and payee; who honours what it granted is a pair with itself."""

    pairs: list[PairOut]
    next_cursor: NextCursor


class PointsFlowOut(ReplyBody):
    """What became of one issuer's points in the period, anywhere in the network, undone ones subtracted."""

    points_issued: PointsMoved
    points_redeemed: PointsMoved
    points_expired: PointsCount
    points_adjusted: PointsMoved = Field(description="By the operator's decision.")
    points_owed: PointsMoved = Field(
        description="By how much members' debts grew: points that a return took back after they were spent."
    )
    points_written_off: PointsMoved = Field(description="Owed by accounts when they were closed.")


class CashbackFlowOut(ReplyBody):
    """What became of one issuer's cashback in the period, anywhere in the network, undone subtracted.

    Members hold issued + adjusted - redeemed - paid out - forfeited - expired more than before.
    """

    currency: Currency
    issued_cents: CentsMoved
    redeemed_cents: CentsMoved
    paid_out_cents: CentsMoved
    forfeited_cents: CentsMoved = Field(description="Held by accounts when they were closed.")
    owed_cents: CentsMoved = Field(
        description="By how much members' debts grew: cashback that a return took back after it was spent."
    )
    written_off_cents: CentsMoved = Field(description="Owed by accounts when they were closed.")
    adjusted_cents: CentsMoved = Field(
        description="Given back to the issuer for a case after it was spent: the network bears it."
    )
    expired_cents: CentsMoved = Field(description="Not spent or paid out by the end of its month.")


class FlowOut(ReplyBody):
    """What became of one issuer's points, null if none moved, and of its cashback, by currency."""

    issuer: PartnerId
    points_flow: PointsFlowOut | None
    cashback_flows: list[CashbackFlowOut]


class FlowsReply(ReplyBody):
    """A page of issuers, by id."""

    flows: list[FlowOut]
    next_cursor: NextCursor
