"""Purchases that an offline till delivers together."""

from typing import Annotated

from pydantic import Field, SkipValidation

from chalicelib.api.schemas.fields import Body, ReplyBody
from chalicelib.api.schemas.problem import Problem
from chalicelib.api.schemas.till import PurchasedReply
from partners.till.wire import PurchaseLine

LONGEST_BATCH = 200

Count = Annotated[int, Field(ge=0, examples=[1])]


class PurchasesBody(Body):
    """Up to 200 purchases. Each line is checked by itself: a bad one does not stop the others."""

    purchases: Annotated[list[SkipValidation[PurchaseLine]], Field(min_length=1, max_length=LONGEST_BATCH)]


class LineOutcome(ReplyBody):
    """What became of one line: the status and body that it would have got alone."""

    line: int = Field(ge=0, description="Its place in the request, from 0.", examples=[0])
    status: int = Field(examples=[201])
    replayed: bool = Field(description="Whether an earlier delivery had recorded it.")
    purchase: PurchasedReply | None
    problem: Problem | None


class PurchasesReply(ReplyBody):
    """Every line's outcome, in the order of the request."""

    recorded: Count = Field(description="Lines recorded now.")
    replayed: Count = Field(description="Lines recorded by an earlier delivery.")
    refused: Count = Field(description="Lines with a problem; send those with status 503 again.")
    outcomes: list[LineOutcome]
