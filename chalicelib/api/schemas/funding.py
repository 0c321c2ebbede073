"""Funding: what a partner may use, what it has used, and what it paid."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Body,
    Currency,
    Instant,
    Params,
    PartnerId,
    ReplyBody,
    SignedCents,
)
from chalicelib.api.schemas.listings import NextCursor
from chalicelib.api.schemas.terms import FundingBody, OperatorId, Reason
from chalicelib.listing import PageParams
from shared.kernel.fields import AMOUNT_LIMIT_CENTS

PaymentId = Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=["00112233445566778899aabbccddeeff"])]


class PaymentBody(Body):
    """Money that came from a partner, or, negative, went to it; or a slip put right."""

    paid_cents: Annotated[
        int,
        Field(
            ge=-AMOUNT_LIMIT_CENTS,
            le=AMOUNT_LIMIT_CENTS,
            description="Minor units of the currency; negative: paid to the partner.",
            examples=[500_000],
        ),
    ]
    currency: Currency
    reason: Reason


class OwnPaymentReply(ReplyBody):
    """A payment. `paid_ahead_cents` is how far the partner was ahead of what it owed after it, as then known.

    While it `waits` for a second person to confirm it, it lifts no limit.
    """

    payment_id: PaymentId
    paid_cents: SignedCents
    currency: Currency
    at: Instant
    paid_ahead_cents: SignedCents
    waits: bool


class PaymentReply(OwnPaymentReply):
    """A payment, who recorded it and why, and who confirmed or declined it, if it waited and somebody has."""

    partner_id: PartnerId
    by: OperatorId
    reason: str
    confirmed_by: OperatorId | None
    declined_by: OperatorId | None = Field(description="As much was recorded with the opposite sign with that.")


class PaymentParams(Params):
    """A payment of a partner."""

    partner_id: PartnerId
    payment_id: PaymentId


class StandingReply(ReplyBody):
    """How a partner stood at `as_of`, by all that was posted then.

    `exposure_cents` is what it owes for what it granted, less what it honoured and paid; negative if it is owed or
    has paid ahead. Of `limit_cents` (null: no limit) it has used `used_cents`; near the end of it it is `stopped`:
    it can grant nothing. `alert` from 80 % on.
    """

    as_of: Instant
    stopped: bool
    alert: bool
    exposure_cents: SignedCents
    limit_cents: SignedCents | None
    used_cents: SignedCents


class PartnerFundingParams(PageParams):
    """A page of a partner's payments."""

    partner_id: PartnerId


class OwnFundingReply(ReplyBody):
    """Your funding: what was agreed on, how you stand (null: not measured yet), and payments, newest first."""

    currency: Currency
    funding: FundingBody
    standing: StandingReply | None
    waiting_cents: SignedCents = Field(
        description="Recorded as paid in, and no part of what may be used before a second person has confirmed it."
    )
    payments: list[OwnPaymentReply]
    next_cursor: NextCursor


class PartnerFundingReply(ReplyBody):
    """A partner's funding, with who recorded its payments and why."""

    partner_id: PartnerId
    currency: Currency
    funding: FundingBody
    standing: StandingReply | None
    waiting_cents: SignedCents = Field(
        description="Recorded as paid in, and no part of what may be used before a second person has confirmed it."
    )
    deposit_held_cents: SignedCents = Field(
        description="What it has paid in besides settlements, less what they took of it. No more can be given back."
    )
    payments: list[PaymentReply]
    next_cursor: NextCursor
