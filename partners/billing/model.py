"""Bills and months."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from partners.billing.errors import InvalidMonthError
from partners.billing.usage import Usage
from shared.kernel.clock import from_datetime

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class LineKind(StrEnum):
    """What a line charges for."""

    LOCATIONS = "locations"
    VISITS = "visits"
    MINIMUM = "minimum"
    CAP = "cap"
    TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class BillLine:
    """`quantity` / `divisor` at `unit_price_micros` each (millionths of a currency unit) plus `flat_fee_cents`.

    `amount_cents` is that sum rounded to whole cents, half a cent up; `explanation` shows the sum. For locations
    the quantity is location-days, and `divisor` the days of the month that the unit price pays for. `location` is
    set where bands are filled by each location for itself.
    """

    kind: LineKind
    quantity: int
    unit_price_micros: int
    flat_fee_cents: int
    amount_cents: int
    explanation: str
    divisor: int = 1
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """A partner's month under version `terms_version` of its terms (None: under a plan that is only tried out).

    While not `month_over`, it counts visits up to now, and locations as if those that are open stayed so.
    `late_visits` of the visits happened before the month and were reported in it. `total_cents` is the sum of the
    lines.
    """

    partner_id: str
    month: str
    currency: str
    terms_version: int | None
    usage: Usage
    late_visits: int
    lines: tuple[BillLine, ...]
    total_cents: int
    month_over: bool

    @property
    def location_count(self) -> int:
        """Locations with at least one location-day."""
        return sum(days > 0 for days in self.usage.location_days.values())

    @property
    def visits(self) -> int:
        return self.usage.total_visits


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in UTC: its days, and its bounds in epoch milliseconds, `ends_at_ms` excluded."""

    name: str
    first_day: date
    last_day: date
    begins_at_ms: int
    ends_at_ms: int

    @property
    def days(self) -> int:
        return self.last_day.day


def month_of(name: str) -> Month:
    """The month `YYYY-MM`. Raises InvalidMonthError."""
    match = _MONTH.fullmatch(name)
    if match is None or not 1970 <= int(match[1]) < 9999:
        raise InvalidMonthError(name)
    first = date(int(match[1]), int(match[2]), 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Month(name, first, following - timedelta(days=1), _midnight_ms(first), _midnight_ms(following))


def next_month(month: Month) -> Month:
    return month_of(f"{month.last_day + timedelta(days=1):%Y-%m}")


def month_before(month: Month) -> Month:
    return month_of(f"{month.first_day - timedelta(days=1):%Y-%m}")


def _midnight_ms(day: date) -> int:
    return from_datetime(datetime(day.year, day.month, day.day, tzinfo=UTC))
