"""Settlements: how the positions of a window are paid."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import (
    AmountCents,
    Body,
    Currency,
    Day,
    Instant,
    Params,
    PartnerId,
    ReplyBody,
    SignedCents,
    WhyBody,
)
from chalicelib.api.schemas.reports import Party
from chalicelib.api.schemas.terms import PartnerProposalReply, ProposalNumber
from chalicelib.api.schemas.windows import WindowNumber
from partners.contracts.payment import PaymentMethod
from partners.settlement.payments.legs import Direction, LegState
from partners.settlement.payments.model import Stage

MOST_OUTCOMES = 1_000
LegName = Annotated[
    str,
    Field(
        min_length=1, max_length=60, description="A payment's key or end-to-end id.", examples=["7-USD:harvest:in:1"]
    ),
]
SettlementId = Annotated[str, Field(description="A window and currency.", examples=["7-USD"])]
By = Annotated[str, Field(description="Who answers for it.", examples=["ann"])]


class SettlementParams(Params):
    """Which window and currency."""

    window: WindowNumber
    currency: Currency


class DefaultParams(SettlementParams):
    """Which proposal to go on without which debtor."""

    partner_id: PartnerId
    proposal: ProposalNumber


class BookingBody(Body):
    """A booking in the bank's statement of account, by what tells it from others of that payment the same way."""

    name: str = Field(
        min_length=1, max_length=80, description="The bank's own reference.", examples=["2026-11-23/00471"]
    )
    on: Day | None = Field(default=None, description="The bank's day, tomorrow (UTC) at the latest.")


class OutcomeBody(Body):
    """What the bank says of a payment.

    With a `booking`: money has gone the payment's way (`succeeded`) or back (`failed`, `returned`, `reversed`). Each
    booking counts once, in whatever order they come. One that can't be of a payment which is made once, and comes back
    once at most, is not refused: it stands in `troubles`. Of one that is `pending` nothing is booked yet.

    Without one, what the payment can't come to any more is refused, or stands in `troubles` as well.
    """

    leg: LegName
    state: Literal["pending", "succeeded", "failed", "returned", "reversed"]
    reference: str = Field(default="", max_length=80, description="The bank's own.", examples=["2026-11-23/00471"])
    booking: BookingBody | None = None
    if_contradicting: Literal["refuse", "trouble"] = Field(
        default="refuse",
        description="Of an outcome without `booking` that contradicts what is recorded: `refuse` the whole request "
        "(`leg_state`), or take all else and note this as a `trouble` of the payment, once.",
    )


class OutcomesBody(WhyBody):
    """What the bank says of payments: all of it is taken over, or nothing."""

    outcomes: list[OutcomeBody] = Field(min_length=1, max_length=MOST_OUTCOMES)


class DecisionBody(WhyBody):
    """What to do about a payment that came to nothing, or has a trouble.

    `retry` it; propose to go on without a debtor that `default`s, but for `collateral_cents` of what two operators
    agreed is held of it; `defer` a payout to a later window, or give a member the cashback back; `recall` what waits at
    Stripe, unless it is paid before; a `trouble` is `seen` to.
    """

    party: str = Field(
        min_length=1,
        max_length=60,
        description="A party, or `members:` and the entry of a member's payout.",
        examples=["harvest"],
    )
    decision: Literal["retry", "default", "defer", "recall", "seen"]
    collateral_cents: AmountCents = 0
    write_off_cents: AmountCents = Field(
        default=0, description="Of `default` alone: what, of what it has owed since earlier ones, is given up for good."
    )
    trouble: str = Field(default="", max_length=1_000, description="Of `seen` alone: its text, as it stands there.")


class LegStepOut(ReplyBody):
    """That a payment came into a state."""

    state: LegState
    at: Instant
    by: By
    reference: str = Field(description="The bank's own.")


class LegOut(ReplyBody):
    """A payment, collected from (`in`) or paid to (`out`) a party, and all that became of it; or what was taken from
    what the party has paid in (`deposit`).
    """

    key: LegName
    end_to_end_id: str = Field(description="The key as the bank has it.")
    party: Party
    payout: str | None = Field(description="The entry of the payout that a member is paid, of `members` alone.")
    method: PaymentMethod | None = Field(description="How the money is moved; null of what is taken from a deposit.")
    account: str | None = Field(description="Through Stripe: the customer or connected account there.")
    recalled: bool = Field(description="It is to be called off at Stripe, unless it is paid before.")
    direction: Direction
    attempt: int
    amount_cents: int
    state: LegState
    rests_on: list[By] = Field(
        description="By whose word money is there or is to be paid again: of who recorded that it succeeded or was "
        "paid in, or, of a payout, that it did not arrive or came back. None of them pays creditors by that alone."
    )
    confirmed_by: list[By] = Field(description="Who else has said that it is in this state.")
    history: list[LegStepOut]


class PartyNetOut(ReplyBody):
    """A party's position: negative is what it owes. What it is owed since an old default is paid apart."""

    party: Party
    net_cents: SignedCents


class StageStepOut(ReplyBody):
    """That the settlement came to a stage."""

    stage: Stage
    at: Instant
    by: By


class TroubleOut(ReplyBody):
    """What of a payment a person must look at. A new outcome of the payment ends it, or the decision `seen`."""

    leg: LegName
    text: str


class DefaultOut(ReplyBody):
    """That a settlement goes on without a debtor (`in_force`), or that this waits for another operator's approval.

    `decided_by` are who answers for it; earlier ones one person had decided, and of the first it is not known who.
    """

    party: Party
    in_force: bool
    collateral_cents: AmountCents
    write_off_cents: AmountCents
    decided_by: list[By]
    proposal: PartnerProposalReply | None = Field(description="The latest; null of what one person had decided.")


class SettlementReply(ReplyBody):
    """How the positions of a window in a currency are paid, and how far that is."""

    window: WindowNumber
    currency: Currency
    stage: Stage
    more: bool = Field(
        description="Paying or aborting it was too much for one request: what was done is kept, and the same request "
        "again goes on, until this is false. Nobody is paid before `stage` says so. Also while payouts to members that "
        "are tried again wait for a request to pay."
    )
    network_net_cents: SignedCents
    positions: list[PartyNetOut]
    collected_cents: int = Field(description="From debtors, with collateral of defaulting ones.")
    paid_out_cents: int = Field(description="To creditors, or on its way to them.")
    missing_cents: int = Field(description="Left open by defaulting debtors.")
    defaults: list[DefaultOut]
    legs: list[LegOut]
    troubles: list[TroubleOut]
    history: list[StageStepOut]


class SettlementsReply(ReplyBody):
    """The settlements of a window, one a currency."""

    settlements: list[SettlementReply]
