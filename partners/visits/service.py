"""Reading pages: a partner's lines one by one, and what its days add up to."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Protocol

from partners.visits.errors import InvalidRangeError
from partners.visits.lines import added
from partners.visits.meter import Span, VisitCount, count_visits
from partners.visits.model import Bookmark, DayTotals, Line, Listed, Listing, Page, Totals, VisitMark
from shared.kernel.clock import days_between

LONGEST_RANGE_DAYS = 92
LONGEST_READ_LINES = 20_000
LONGEST_HOURLY_DAYS = 3


class PageShelf(Protocol):
    """What reading needs of its store; see `partners.visits.store.PageStore`."""

    def pages(self, partner_id: str, day: str, *, from_page: str = "") -> Iterator[Page]: ...

    def totals(self, partner_id: str, day: str) -> Iterator[Totals]: ...

    def visits(self, partner_id: str, day: str) -> Iterator[VisitMark]: ...

    def by_hand(self, partner_id: str) -> dict[str, frozenset[str]]: ...


class Pages:
    """Use cases of reading pages. Days are UTC days of recording, both ends included, 92 at most.

    Every method may raise StoreUnavailableError, and InvalidRangeError for another range.
    """

    def __init__(self, shelf: PageShelf) -> None:
        self._shelf = shelf

    def entries(
        self,
        partner_id: str,
        first: date,
        last: date,
        *,
        after: Bookmark | None = None,
        limit: int,
        wanted: Callable[[Line], bool] | None = None,
    ) -> Listing:
        """Up to `limit` of the partner's lines after a bookmark, day by day; only those `wanted`, if given.

        Within a day they stand shard by shard, in the order of the stream. A line keeps its place for ever;
        while a day is still being posted, lines may be added at places already passed. A listing reads at most
        LONGEST_READ_LINES, so where few lines are wanted it may be short or empty before the end. Raises
        ValueError for a limit below 1.
        """
        if limit < 1:
            raise ValueError(f"a listing of {limit} lines")
        days = _days(first, last)
        if after is not None:
            if after.day not in days:
                raise InvalidRangeError("The bookmark lies outside these days.")
            days = days[days.index(after.day) :]
        found: list[Listed] = []
        read = after
        for count, listed in enumerate(self._listed(partner_id, days, after)):
            if len(found) == limit or count == LONGEST_READ_LINES:
                return Listing(tuple(found), read)
            read = listed.bookmark
            if wanted is None or wanted(listed.line):
                found.append(listed)
        return Listing(tuple(found), None)

    def day_totals(self, partner_id: str, first: date, last: date) -> list[DayTotals]:
        """What happened at the partner on each day on which something did."""
        sums = [DayTotals(partner_id, day, self.totals_of_day(partner_id, day)) for day in _days(first, last)]
        return [day for day in sums if day.totals != Totals()]

    def visits(self, partner_id: str, first: date, last: date) -> Iterator[VisitMark]:
        """Every visit of the partner on these days, straight from its pages: about 25 bytes are read for a line."""
        days = _days(first, last)
        return (visit for day in days for visit in self._shelf.visits(partner_id, day))

    def visit_counts(self, partner_id: str, first: date, last: date, span: Span) -> list[VisitCount]:
        """How many visits each location had on these days, by `span`; by the hour for LONGEST_HOURLY_DAYS at most."""
        if span is Span.HOUR and (last - first).days >= LONGEST_HOURLY_DAYS:
            raise InvalidRangeError(f"Visits are counted by the hour for {LONGEST_HOURLY_DAYS} days at most.")
        return count_visits(self.visits(partner_id, first, last), span)

    def posted_by_hand(self, partner_id: str) -> dict[str, int]:
        """How many of the partner's lines were posted by hand, by month (`YYYY-MM`), whenever that was.

        Everything else is posted by the stream, within a day.
        """
        lines: Counter[str] = Counter()
        for day, keys in self._shelf.by_hand(partner_id).items():
            lines[day[:7]] += len(keys)
        return dict(lines)

    def totals_of_day(self, partner_id: str, day: str) -> Totals:
        return added(self._shelf.totals(partner_id, day))

    def _listed(self, partner_id: str, days: list[str], after: Bookmark | None) -> Iterator[Listed]:
        for day in days:
            resume = after if after is not None and after.day == day else None
            for page in self._shelf.pages(partner_id, day, from_page=resume.page if resume else ""):
                skip = resume.line + 1 if resume and resume.page == page.sort_key else 0
                for index, line in enumerate(page.lines[skip:], skip):
                    yield Listed(line, Bookmark(day, page.sort_key, index))


def _days(first: date, last: date) -> list[str]:
    if not 0 <= (last - first).days < LONGEST_RANGE_DAYS:
        raise InvalidRangeError(
            f"Give a first and a last day, in this order, {LONGEST_RANGE_DAYS} days at most.",
            first=first.isoformat(),
            last=last.isoformat(),
        )
    return days_between(first, last)
