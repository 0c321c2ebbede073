"""The network's books, and what partners owe to it."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import Currency, Day, Instant, Month, Params, PartnerId, ReplyBody, SignedCents
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


class IssuerRollOut(ReplyBody):
    """What is owed to members over the month; each column has its sign and they sum to `closing`."""

    issuer: PartnerId
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
    closing_micros: int = Field(
        description="`closing` at the issuer's redeem price at the end of the month, cashback at par: millionths of a"
        " currency unit."
    )


class CohortRollOut(IssuerRollOut):
    """The same of what runs out on one day."""

    runs_out: RunsOut


class HonouredOut(ReplyBody):
    """What `acceptor` honoured of `issuer` in the month, less what was cancelled. `network` paid cashback out."""

    issuer: PartnerId
    unit: Unit
    acceptor: str = Field(examples=["greenleaf"])
    quantity: Quantity


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


class BookReply(BookOut):
    """The books of a month."""

    members: int
    entries: int
    issuers: list[IssuerRollOut]
    cohorts: list[CohortRollOut]
    matrix: list[HonouredOut]
    trial_balance: list[BalanceOut]
    breakage: BreakageOut


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
