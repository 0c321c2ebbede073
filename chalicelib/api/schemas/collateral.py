"""What is held of a partner in case it does not pay."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import AmountCents, Body, Currency, PartnerId, ReplyBody
from chalicelib.api.schemas.settlements import SettlementId
from chalicelib.api.schemas.terms import PartnerProposalReply, Reason

GUARANTEE = "What of it is a guarantee: promised, and not in the deposit."


class CollateralBody(Body):
    """What is held from now on, nothing of it taken, and why that is so."""

    held_cents: AmountCents
    guarantee_cents: AmountCents = Field(default=0, description=GUARANTEE, examples=[0])
    reason: Reason


class TakenReply(ReplyBody):
    """What the partner's default in a settlement took."""

    settlement: SettlementId
    taken_cents: AmountCents


class CollateralProposalReply(PartnerProposalReply):
    """Collateral that one operator proposes and another approves."""

    held_cents: AmountCents
    guarantee_cents: AmountCents = Field(description=GUARANTEE, examples=[0])


class CollateralReply(ReplyBody):
    """What two operators agreed is held, what was taken since, and the latest proposal of another amount."""

    partner_id: PartnerId
    currency: Currency
    held_cents: AmountCents
    guarantee_cents: AmountCents = Field(description=GUARANTEE, examples=[0])
    taken: list[TakenReply]
    left_cents: Annotated[int, Field(ge=0, description="What a default may take now.", examples=[30_000])]
    proposal: CollateralProposalReply | None
