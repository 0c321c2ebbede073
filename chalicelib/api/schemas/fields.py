"""The fields that requests and replies are made of: strict, bounded, described once."""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from partners.contracts.model import PARTNER_ID
from partners.contracts.reasons import LONGEST_REASON
from partners.till.wire import CardNumber, LocationId, Receipt
from shared.kernel.fields import AmountCents, Body, Currency, Moment, Money, PositiveCents, moment_ms
from shared.kernel.money import Money as Amount

__all__ = [
    "AmountCents",
    "Body",
    "CardNumber",
    "Currency",
    "LocationId",
    "Moment",
    "MomentOrDay",
    "Money",
    "PositiveCents",
    "Receipt",
]

POINTS_LIMIT = 1_000_000_000


class Params(BaseModel):
    """Path and query parameters: they arrive as text, so numbers are converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, hide_input_in_errors=True)


class ReplyBody(BaseModel):
    """A reply: what we promise to send, in this order."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True, hide_input_in_errors=True)


class NoParams(Params):
    """No parameters."""


class NoBody(Body):
    """No request body."""


class WhyBody(Body):
    """Why something is changed; this, and the body with it, may be left out, and so may all that others add."""

    reason: (
        Annotated[
            str,
            Field(min_length=1, max_length=LONGEST_REASON, examples=["as agreed on Nov 20"]),
        ]
        | None
    ) = Field(default=None, description="Why; it is kept in the audit trail.")


def _is_day(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is not None


def _day(value: object) -> date:
    if not isinstance(value, str) or not _is_day(value):
        raise PydanticCustomError("day", "write a day as YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("day", "there is no such day") from None


SumCents = Annotated[int, Field(ge=0, description="Minor units of the currency.", examples=[4210])]
"""What amounts come to, which may be more than the most that one of them may be."""
SignedCents = Annotated[int, Field(description="Minor units of the currency.", examples=[-1250])]
Instant = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "description": "RFC 3339 time in UTC.",
            "examples": ["2026-11-21T08:30:00.000Z"],
        }
    ),
]
"""A moment as replies write it; see shared.kernel.clock.to_rfc3339."""

Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "description": "A day in UTC.", "examples": ["2026-11-21"]}),
]
MomentOrDay = Annotated[
    int,
    BeforeValidator(lambda value: moment_ms(f"{value}T00:00:00Z" if _is_day(value) else value)),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date-time", "examples": ["2026-12-01T09:30:00+01:00"]},
                {"type": "string", "format": "date", "examples": ["2026-12-01"]},
            ],
            "description": "RFC 3339 time with an offset, or a day, which stands for its beginning in UTC.",
        }
    ),
]
"""Text outside, epoch milliseconds inside."""
DayText = Annotated[
    str,
    WithJsonSchema({"type": "string", "format": "date", "description": "A day in UTC.", "examples": ["2028-11-30"]}),
]
Month = Annotated[
    str,
    Field(pattern="^[0-9]{4}-(0[1-9]|1[0-2])$", description="A calendar month in UTC.", examples=["2026-11"]),
]
Points = Annotated[int, Field(ge=1, le=POINTS_LIMIT, description="Whole points.", examples=[250])]
PointsMoved = Annotated[int, Field(description="Whole points; negative if more was undone than done.", examples=[250])]
PointsCount = Annotated[int, Field(ge=0, description="Whole points.", examples=[250])]
PartnerId = Annotated[
    str, Field(pattern=f"^{PARTNER_ID.pattern}$", description="The partner's id.", examples=["harvest"])
]
Name = Annotated[str, Field(min_length=1, max_length=80, examples=["Harvest Foods"])]
EntryId = Annotated[str, Field(description="The journal entry's id.", examples=["0123456789-7"])]
Explanation = Annotated[
    list[str], Field(description="How the points came about, in words.", examples=[["5 per 1.00 x 42 = 210"]])
]
Cursor = Annotated[str, Field(min_length=1, max_length=1000, description="next_cursor of the page before.")]
Limit = Annotated[int, Field(ge=1, le=200, description="Entries a page, 1 to 200.")]


class PositiveMoney(Body):
    """An amount of a cent or more, in minor units of a currency."""

    amount_cents: PositiveCents
    currency: Currency


class MoneyOut(ReplyBody):
    """An amount in minor units of a currency."""

    amount_cents: SumCents
    currency: Currency


def money_out(money: Amount) -> MoneyOut:
    return MoneyOut(amount_cents=money.amount_cents, currency=money.currency)
