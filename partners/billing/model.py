"""Bills and months."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from partners.billing.errors import InvalidMonthError
from shared.kernel.clock import from_datetime

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class LineKind(StrEnum):
    """What a line charges for."""

    LOCATIONS = "locations"
    VISITS = "visits"


@dataclass(frozen=True, slots=True)
class BillLine:
    """`quantity` at `unit_price_micros` each (millionths of a currency unit) plus `flat_fee_cents`.

    `amount_cents` is that sum rounded to whole cents, half a cent up; `explanation` shows the sum.
    """

    kind: LineKind
    quantity: int
    unit_price_micros: int
    flat_fee_cents: int
    amount_cents: int
    explanation: str


@dataclass(frozen=True, slots=True)
class Bill:
    """A partner's month under version `terms_version` of its terms.

    While not `month_over`, it counts visits up to now. `total_cents` is the sum of the lines.
    """

    partner_id: str
    month: str
    currency: str
    terms_version: int
    location_count: int
    visits: int
    lines: tuple[BillLine, ...]
    total_cents: int
    month_over: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in UTC: its days, and its bounds in epoch milliseconds, `ends_at_ms` excluded."""

    name: str
    first_day: date
    last_day: date
    begins_at_ms: int
    ends_at_ms: int


def month_of(name: str) -> Month:
    """The month `YYYY-MM`. Raises InvalidMonthError."""
    match = _MONTH.fullmatch(name)
    if match is None or not 1970 <= int(match[1]) < 9999:
        raise InvalidMonthError(name)
    first = date(int(match[1]), int(match[2]), 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Month(name, first, following - timedelta(days=1), _midnight_ms(first), _midnight_ms(following))


def _midnight_ms(day: date) -> int:
    return from_datetime(datetime(day.year, day.month, day.day, tzinfo=UTC))
