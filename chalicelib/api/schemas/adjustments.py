"""Adjustments: points granted or taken by the operator's decision."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import (
    POINTS_LIMIT,
    Body,
    CardNumber,
    Instant,
    Params,
    PartnerId,
    ReplyBody,
)
from chalicelib.api.schemas.listings import NextCursor
from partners.adjustments.model import AdjustmentState
from partners.contracts.reasons import LONGEST_REASON

KeyIdOut = Annotated[str, Field(description="Id of an operator's key.", examples=["7h2k9m4p0q"])]
AdjustmentId = Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=["00112233445566778899aabbccddeeff"])]


class AdjustmentBody(Body):
    """What to grant or take, and why."""

    card_number: CardNumber
    issuer: PartnerId
    points: Annotated[
        int,
        Field(
            ge=-POINTS_LIMIT,
            le=POINTS_LIMIT,
            description="Points to grant, which expire as those of `issuer` do and are the network's; "
            "negative: points to take, whoever issued them.",
            examples=[250],
        ),
    ]
    reason: Annotated[
        str, Field(min_length=1, max_length=LONGEST_REASON, examples=["Till was down on Nov 20, receipt 4711"])
    ]


class AdjustmentParams(Params):
    """Which adjustment."""

    adjustment_id: AdjustmentId


class AdjustmentReply(ReplyBody):
    """An adjustment and how far it has come; `entry_id` is its journal entry once applied.

    `case` is the issuer's case that it corrects, at the issuer's cost or to its credit; `amount_cents` then what is
    taken back of the purchase that the case is about, and `points` what that earned.
    """

    adjustment_id: AdjustmentId
    state: AdjustmentState
    issuer: PartnerId
    points: int = Field(examples=[250])
    reason: str
    proposed_by: KeyIdOut
    proposed_at: Instant
    decided_by: KeyIdOut | None
    entry_id: str | None
    case: int | None = Field(examples=[17])
    amount_cents: int | None = Field(examples=[-4210])


class AdjustmentsReply(ReplyBody):
    """All adjustments, newest first."""

    adjustments: list[AdjustmentReply]
    next_cursor: NextCursor
