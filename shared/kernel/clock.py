"""Time as integers: epoch milliseconds in UTC. RFC 3339 at the edges, nowhere else."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

Clock = Callable[[], int]
"""Returns now, in epoch milliseconds."""

DAY_MS = 86_400_000


def system_clock() -> int:
    return time.time_ns() // 1_000_000


def to_rfc3339(epoch_ms: int) -> str:
    """Epoch milliseconds as RFC 3339 in UTC with milliseconds, `2026-11-21T09:30:00.000Z`."""
    moment = datetime.fromtimestamp(epoch_ms // 1000, UTC)
    return f"{moment.replace(tzinfo=None).isoformat()}.{epoch_ms % 1000:03d}Z"


def from_datetime(moment: datetime) -> int:
    """Epoch milliseconds of an aware datetime; exact, without floats.

    Raises ValueError for a naive datetime.
    """
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset, e.g. 2026-11-21T09:30:00Z")
    since_epoch = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return since_epoch // timedelta(milliseconds=1)


def utc_day(epoch_ms: int) -> str:
    """The UTC calendar day of a moment, `2026-11-21`."""
    return datetime.fromtimestamp(epoch_ms // 1000, UTC).date().isoformat()


def midnight_ms(day: date) -> int:
    """When a UTC day begins."""
    return (day - date(1970, 1, 1)).days * DAY_MS


def days_between(first: date, last: date) -> list[str]:
    """All days from `first` to `last`, both included, as `YYYY-MM-DD`; empty if last precedes first."""
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def month_number(epoch_ms: int) -> int:
    """The UTC month of a moment as one integer, year x 12 + (month - 1), so months can be added."""
    moment = datetime.fromtimestamp(epoch_ms // 1000, UTC)
    return moment.year * 12 + moment.month - 1


def last_day_of_month(number: int) -> str:
    """The last day of month `number` (see month_number), `2028-11-30`."""
    year, month = divmod(number + 1, 12)
    return (date(year, month + 1, 1) - timedelta(days=1)).isoformat()
