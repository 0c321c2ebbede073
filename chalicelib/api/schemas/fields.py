"""The fields that requests and replies are made of: strict, bounded, described once."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from partners.contracts.model import LOCATION_ID, PARTNER_ID
from shared.kernel.clock import from_datetime
from shared.kernel.money import Money as Amount

AMOUNT_LIMIT_CENTS = 100_000_000_000
POINTS_LIMIT = 1_000_000_000
LATEST_MS = 253_370_764_800_000
"""The start of the year 9999: later moments can't be written in every time zone."""

RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


class Body(BaseModel):
    """A request body: nothing unknown, nothing converted, no values in error messages."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True, hide_input_in_errors=True)


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


def _whole_cents(value: object) -> object:
    if isinstance(value, float):
        raise PydanticCustomError("fractional_cents", "write a whole number of cents, without a decimal point")
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        raise PydanticCustomError("negative_amount", "write an amount of 0 or more")
    return value


def _moment_ms(value: object) -> int:
    if not isinstance(value, str) or not RFC3339.fullmatch(value):
        raise PydanticCustomError("moment", "write an RFC 3339 time with its offset, 2026-11-21T09:30:00+01:00")
    try:
        epoch_ms = from_datetime(datetime.fromisoformat(value.upper()))
    except (ValueError, OverflowError):
        raise PydanticCustomError("moment", "there is no such date or time") from None
    if not 0 <= epoch_ms < LATEST_MS:
        raise PydanticCustomError("moment", "write a time between 1970 and 9998")
    return epoch_ms


def _day(value: object) -> date:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("day", "write a day as YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("day", "there is no such day") from None


AmountCents = Annotated[
    int,
    Field(ge=0, le=AMOUNT_LIMIT_CENTS, description="Minor units of the currency.", examples=[4210]),
    BeforeValidator(_whole_cents),
]
PositiveCents = Annotated[
    int,
    Field(ge=1, le=AMOUNT_LIMIT_CENTS, description="Minor units of the currency.", examples=[500]),
    BeforeValidator(_whole_cents),
]
SignedCents = Annotated[int, Field(description="Minor units of the currency.", examples=[-1250])]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217 code, upper case.", examples=["USD"])]
Moment = Annotated[
    int,
    BeforeValidator(_moment_ms),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "description": "RFC 3339 time with an offset.",
            "examples": ["2026-11-21T09:30:00+01:00"],
        }
    ),
]
"""Text outside, epoch milliseconds inside."""

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
CardNumber = Annotated[
    str,
    Field(
        pattern="^[0-9]( ?[0-9]){15}$",
        description="The 16 digits of the card; single spaces between digits are ignored.",
        examples=["9770 0123 4567 8912"],
    ),
]
PartnerId = Annotated[
    str, Field(pattern=f"^{PARTNER_ID.pattern}$", description="The partner's id.", examples=["harvest"])
]
LocationId = Annotated[
    str,
    Field(
        pattern=f"^{LOCATION_ID.pattern}$",
        description="The partner's own number of the store.",
        examples=["store-7"],
    ),
]
Receipt = Annotated[
    str,
    Field(
        pattern="^[!-~]([ -~]{0,38}[!-~])?$",
        description="The receipt's number: 1 to 40 printable ASCII characters, no space at either end.",
        examples=["2026-000117"],
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=80, examples=["Harvest Foods"])]
EntryId = Annotated[str, Field(description="The journal entry's id.", examples=["0123456789-7"])]
Explanation = Annotated[
    list[str], Field(description="How the points came about, in words.", examples=[["5 per 1.00 x 42 = 210"]])
]
Cursor = Annotated[str, Field(min_length=1, max_length=1000, description="next_cursor of the page before.")]
Limit = Annotated[int, Field(ge=1, le=200, description="Entries a page, 1 to 200.")]


class Money(Body):
    """An amount in minor units of a currency."""

    amount_cents: AmountCents
    currency: Currency


class PositiveMoney(Body):
    """An amount of a cent or more, in minor units of a currency."""

    amount_cents: PositiveCents
    currency: Currency


class MoneyOut(ReplyBody):
    """An amount in minor units of a currency."""

    amount_cents: AmountCents
    currency: Currency


def money_out(money: Amount) -> MoneyOut:
    return MoneyOut(amount_cents=money.amount_cents, currency=money.currency)
