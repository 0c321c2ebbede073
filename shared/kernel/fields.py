"""The fields that requests and files alike are made of: strict, bounded, described once."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from shared.kernel.clock import from_datetime

AMOUNT_LIMIT_CENTS = 100_000_000_000
LATEST_MS = 253_370_764_800_000
"""The start of the year 9999: later moments can't be written in every time zone."""

RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


class Body(BaseModel):
    """A request body: nothing unknown, nothing converted, no values in error messages."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True, hide_input_in_errors=True)


def _whole_cents(value: object) -> object:
    if isinstance(value, float):
        raise PydanticCustomError("fractional_cents", "write a whole number of cents, without a decimal point")
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        raise PydanticCustomError("negative_amount", "write an amount of 0 or more")
    return value


def moment_ms(value: object) -> int:
    if not isinstance(value, str) or not RFC3339.fullmatch(value):
        raise PydanticCustomError("moment", "write an RFC 3339 time with its offset, 2026-11-21T09:30:00+01:00")
    try:
        epoch_ms = from_datetime(datetime.fromisoformat(value.upper()))
    except (ValueError, OverflowError):
        raise PydanticCustomError("moment", "there is no such date or time") from None
    if not 0 <= epoch_ms < LATEST_MS:
        raise PydanticCustomError("moment", "write a time between 1970 and 9998")
    return epoch_ms


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
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217 code, upper case.", examples=["USD"])]
Moment = Annotated[
    int,
    BeforeValidator(moment_ms),
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


class Money(Body):
    """An amount in minor units of a currency."""

    amount_cents: AmountCents
    currency: Currency
