"""The network's books, and what partners owe to it."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Currency,
    Day,
    DayText,
    Instant,
    Month,
    Params,
    PartnerId,
    ReplyBody,
    SignedCents,
)
from chalicelib.api.schemas.listings import NextCursor

Unit = Annotated[
    str, Field(description="`points`, or the currency of cashback, which is in minor units.", examples=["points"])
]
RunsOut = Annotated[
    str,
    Field(
        description="The day after which they expire, or `never`. `owed` are members' debts, which have no such day.",
        examples=["2028-11-30"],
    ),
]
Micros = Annotated[int | None, Field(description="Millionths of a unit of `currency`.", examples=[6_000_000])]
Quantity = Annotated[int, Field(description="Points, or minor units of cashback.", examples=[1_200])]


class BookParams(Params):
    """Which month, and whose points alone if not all."""

    month: Month
    issuer: PartnerId | None = None


class BookOut(ReplyBody):
    """That the books of a month are closed. They never change."""

    month: Month
    closed_at: Instant
    digest: str = Field(description="SHA-256 of the books as canonical JSON.")
    contradictions: list[str] = Field(
        description="In what the books contradict accounts, pages, or the month before; empty if they hold."
    )


class BooksReply(ReplyBody):
    """A page of months, newest first."""

    books: list[BookOut]
    next_cursor: NextCursor


class RollOut(ReplyBody):
    """What is owed to members over the month; each column has its sign, and they sum to `closing`.

    In money at the price of the month's end, too: `opening_micros` (the closing of the month before), the movements and
    `repriced_micros` sum to `closing_micros`.
    """

    unit: Unit
    opening: Quantity
    issued: Quantity
    taken_back: Quantity
    redeemed: Quantity
    given_back: Quantity
    expired: Quantity
    adjusted: Quantity
    moved: Quantity
    closing: Quantity
    currency: Currency | None = Field(
        description="Of the amounts: of the issuer's books, of the partner that came first for points of `network`."
        " As all amounts but the closing's, null in books of the first format."
    )
    opening_micros: Micros
    issued_micros: Micros
    taken_back_micros: Micros
    redeemed_micros: Micros
    given_back_micros: Micros
    expired_micros: Micros
    adjusted_micros: Micros
    moved_micros: Micros
    repriced_micros: Annotated[
        int | None, Field(description="By how much the opening is worth more or less than a month before, in micros.")
    ]
    closing_micros: int = Field(
        description="`closing` at the price of `valuation`, cashback at par: millionths of a currency unit."
    )


class IssuerRollOut(RollOut):
    """What is owed of what one issuer granted."""

    issuer: PartnerId


class CohortRollOut(IssuerRollOut):
    """The same of what runs out on one day."""

    runs_out: RunsOut


class TotalRollOut(RollOut):
    """Points or cashback of all issuers in a currency."""

    owed_micros: int = Field(
        description="What of `closing_micros` members owe, negative. What they hold can cost the closing without it.",
        examples=[-50_000],
    )


class PointPriceOut(ReplyBody):
    """What a point costs at most in a currency, and at which partner; null if it can be spent nowhere."""

    currency: Currency
    price_micros: int
    partner_id: PartnerId | None


class RateOut(ReplyBody):
    """A unit of the partner's currency is worth so many billionths of a unit of this one."""

    currency: Currency
    nanos: int


class PricedOut(ReplyBody):
    """A partner's terms in force at the month's end; null if it had none.

    `honours`: points can be spent there, or could again without new terms.
    """

    partner_id: PartnerId
    currency: Currency
    honours: bool
    terms_version: int | None
    redeem_price_micros: int | None
    exchange_rates: list[RateOut]


class ValuationOut(ReplyBody):
    """At what points are valued, by which method and version of it, and all that this follows from.

    With `issuer`, of `partners` that one alone and those whose price counts.
    """

    method: str = Field(examples=["highest-redeem-price"])
    version: int
    network_currency: Currency
    prices: list[PointPriceOut]
    partners: list[PricedOut]


class HonouredOut(ReplyBody):
    """What `acceptor` honoured of `issuer` in the month, less what was cancelled. `network` paid cashback out."""

    issuer: PartnerId
    unit: Unit
    acceptor: str = Field(examples=["greenleaf"])
    quantity: Quantity
    currency: Currency | None = Field(description="In which that is paid; null in books of the first format.")
    paid_micros: int | None = Field(
        description="What that comes to at the price of each entry, before commission: micros, null likewise.",
        examples=[6_000_000],
    )


class BalanceOut(ReplyBody):
    """An account: `opening` + `debits` - `credits` = `closing`. All accounts of a unit sum to zero."""

    unit: Unit
    account: str = Field(examples=["members:active"])
    opening: Quantity
    debits: Quantity
    credits: Quantity
    closing: Quantity


class AgeOut(ReplyBody):
    """What of a cohort was granted, redeemed and expired up to the end of a month."""

    granted: Quantity
    redeemed: Quantity
    expired: Quantity


class DevelopedOut(ReplyBody):
    """A cohort from its first month on, one of `ages` for each month.

    `estimated_breakage` is what will have expired in the end; null where too little is known.
    """

    issuer: PartnerId
    unit: Unit
    runs_out: RunsOut
    ages: list[AgeOut]
    ended: bool
    estimated_breakage: int | None


class BreakageOut(ReplyBody):
    """The triangle, and by which method and version of it the estimates were made."""

    method: str = Field(examples=["chain-ladder"])
    version: int
    cohorts: list[DevelopedOut]


class MonthAccountOut(ReplyBody):
    """An account of money over a month: opening, what was recorded late and what moved come to the closing."""

    currency: Currency
    account: str = Field(examples=["(bank)"])
    opening_cents: SignedCents = Field(description="What the month before closed with.")
    recorded_late_cents: SignedCents = Field(
        description="By how much that is another now: by what the bank had booked and nobody had recorded."
    )
    moved_cents: SignedCents
    debits_cents: SignedCents = Field(description="Since the beginning of all.")
    credits_cents: SignedCents = Field(description="Since the beginning of all.")
    closing_cents: SignedCents = Field(description="Debits less credits.")


class InTransitOut(ReplyBody):
    """A payment that the bank had booked then and nobody had recorded, or the other way round."""

    currency: Currency
    payment: str = Field(description="Its key.", examples=["7-USD:harvest:in:1"])
    state: str = Field(examples=["succeeded"])
    amount_cents: SignedCents = Field(description="Positive is what the account had more than was recorded.")
    booked_on: DayText | None = Field(description="The bank's day; null if it is not known.")
    recorded_at: Instant


class MonthMoneyOut(ReplyBody):
    """The trial balance of money of the month's end, as it was kept when the month was closed."""

    as_of: Instant
    digest: str = Field(description="The SHA-256 of its document.")
    accounts: list[MonthAccountOut]
    in_transit: list[InTransitOut] = Field(description="What `(in transit)` is at the closing, payment by payment.")


class BookReply(BookOut):
    """The books of a month."""

    members: int
    entries: int
    totals: list[TotalRollOut] = Field(
        description="Points and cashback of all issuers, by currency; none with `issuer`."
    )
    issuers: list[IssuerRollOut]
    cohorts: list[CohortRollOut]
    matrix: list[HonouredOut]
    trial_balance: list[BalanceOut]
    valuation: ValuationOut | None = Field(description="Null in books of the first format.")
    breakage: BreakageOut
    money: MonthMoneyOut | None = Field(description="Null in books that were closed before it was kept.")


class AgedOut(ReplyBody):
    """What is owed, by how many days it has been due."""

    not_due_cents: SignedCents
    days_1_30_cents: SignedCents
    days_31_60_cents: SignedCents
    days_61_90_cents: SignedCents
    days_over_90_cents: SignedCents
    total_cents: SignedCents


class OwedOut(ReplyBody):
    """One thing that is owed."""

    reference: str = Field(
        description="A settlement (`7-USD`), what is carried into a window without one, or an invoice: the number "
        "of the operator's own, or Stripe's id.",
        examples=["7-USD"],
    )
    amount_cents: SignedCents
    due_at: Instant | None = Field(description="Since when it is due; null if it is not.")


class PartnerAgedOut(AgedOut):
    """What a partner owes, and what it consists of, oldest first."""

    partner_id: PartnerId
    currency: Currency
    owed: list[OwedOut]


class CurrencyAgedOut(AgedOut):
    """What all partners of a currency owe."""

    currency: Currency


class ReceivablesParams(Params):
    """At the end of which day, UTC; now, if left out."""

    as_of: Day | None = None


class ReceivablesReply(ReplyBody):
    """What partners owed to the network at `as_of`. Who owed nothing is left out."""

    as_of: Instant
    partners: list[PartnerAgedOut]
    totals: list[CurrencyAgedOut]


class MoneyBalanceParams(Params):
    """At the end of which day, UTC; now, if left out."""

    as_of: Day | None = None


class MoneyAccountOut(ReplyBody):
    """An account of money: what a partner owes is a debit."""

    currency: Currency
    account: str = Field(
        description="A partner's id, `members`, `network`, `(bank)`, `(collateral)`, `(deposits)`, `(advances)`, "
        "`(write-offs)`, or `(in transit)`.",
        examples=["(bank)"],
    )
    debits_cents: SignedCents
    credits_cents: SignedCents
    balance_cents: SignedCents = Field(description="Debits less credits.")


class MoneyBalanceReply(ReplyBody):
    """Every account of money at `as_of`, and in words what contradicts them."""

    as_of: Instant
    accounts: list[MoneyAccountOut]
    in_transit: list[InTransitOut]
    contradictions: list[str]
