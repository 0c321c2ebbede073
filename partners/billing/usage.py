"""What a month is charged for: the location-days and loyalty visits of a partner. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from partners.contracts.model import Location


@dataclass(frozen=True, slots=True)
class Usage:
    """Days of the month, and by location id its location-days and its visits. Raises ValueError for a negative count.

    A location may have visits and no day, when a till reports late what happened before the location closed.
    """

    days_in_month: int
    location_days: Mapping[str, int] = field(default_factory=dict)
    visits: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.days_in_month < 1 or min((*self.location_days.values(), *self.visits.values()), default=0) < 0:
            raise ValueError(f"{self}: a count can't be negative")

    @property
    def total_location_days(self) -> int:
        return sum(self.location_days.values())

    @property
    def total_visits(self) -> int:
        return sum(self.visits.values())

    @property
    def locations(self) -> list[str]:
        """Every location with a day or a visit, by id."""
        days = (location for location, count in self.location_days.items() if count)
        visits = (location for location, count in self.visits.items() if count)
        return sorted({*days, *visits})


def location_days(location: Location, first: date, last: date, since_ms: int) -> int:
    """The location-days of `location` from `first` to `last`, both included, under terms in force since `since_ms`.

    A location-day is a calendar day of the location's own time zone on which it was open for a moment: the days
    of opening and closing count whole. Days of joined periods add up to those of the whole.
    """
    zone = ZoneInfo(location.time_zone)
    begin_ms, end_ms = max(location.opened_at_ms, since_ms), location.closed_at_ms
    if end_ms is not None and end_ms <= begin_ms:
        return 0
    earliest = max(first, _local_day(begin_ms, zone))
    latest = last if end_ms is None else min(last, _local_day(end_ms - 1, zone))
    return max(0, (latest - earliest).days + 1)


def days_of_locations(locations: Iterable[Location], first: date, last: date, since_ms: int) -> dict[str, int]:
    """The location-days of each location that has one."""
    counted = {one.location_id: location_days(one, first, last, since_ms) for one in locations}
    return {location: days for location, days in counted.items() if days}


def _local_day(epoch_ms: int, zone: ZoneInfo) -> date:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=epoch_ms)
    return moment.astimezone(zone).date()
