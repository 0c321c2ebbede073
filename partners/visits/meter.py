"""The visit meter: how many visits, by location, day and hour. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from partners.visits.model import VisitMark
from shared.kernel.clock import DAY_MS

HOUR_MS = 3_600_000


class Span(StrEnum):
    """How long the periods are by which visits are counted; `PERIOD` is the whole of what is asked for."""

    PERIOD = "period"
    DAY = "day"
    HOUR = "hour"


_SPAN_MS = {Span.DAY: DAY_MS, Span.HOUR: HOUR_MS}


@dataclass(frozen=True, slots=True, order=True)
class VisitCount:
    """Visits recorded at one location in the UTC day or hour that begins at `begins_at_ms` (None: in all)."""

    begins_at_ms: int | None
    location: str
    visits: int


def count_visits(visits: Iterable[VisitMark], span: Span) -> list[VisitCount]:
    """One count for each span and location that has a visit, in order. They sum to the number of visits."""
    length_ms = _SPAN_MS.get(span)
    counted: Counter[tuple[int | None, str]] = Counter()
    for visit in visits:
        begin_ms = None if length_ms is None else visit.recorded_at_ms // length_ms * length_ms
        counted[begin_ms, visit.location] += 1
    counts = [VisitCount(begin_ms, location, number) for (begin_ms, location), number in counted.items()]
    return sorted(counts, key=lambda count: (count.begins_at_ms or 0, count.location))


def visits_by_hour(visits: Iterable[VisitMark]) -> Counter[int]:
    """Visits of all locations by the hour (since 1970) in which they were recorded."""
    hours: Counter[int] = Counter()
    for count in count_visits(visits, Span.HOUR):
        hours[(count.begins_at_ms or 0) // HOUR_MS] += count.visits
    return hours
