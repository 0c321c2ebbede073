"""What a window takes from the pages of one partner, so exactly that it can be taken again. Pure.

Pages of a chain are only ever added at its end, and one posted by hand has a name of its own. So a window notes how
far each chain reached when it was closed, and which pages stood beside. An entry belongs to the first window that ends
after its recording and whose note covers its page: to one, and for ever to the same. Of days further back than a
window looks for late pages, each note goes on to name those posted by hand, so that the next one can tell the new ones.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from partners.settlement.window import Window
from partners.visits.lines import added, recount
from partners.visits.model import REDRIVEN, DayTotals, Line, Page, PageMark, PayoutMark, Totals
from shared.kernel.clock import utc_day

Recorded = TypeVar("Recorded", Line, PayoutMark)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the pages of a partner's day count: up to a sequence number of each shard, and those named."""

    upto: Mapping[str, str] = field(default_factory=dict)
    redriven: frozenset[str] = frozenset()

    def holds(self, mark: PageMark) -> bool:
        shard, _, _ = mark.sort_key.partition("#")
        return mark.sort_key in self.redriven if shard == REDRIVEN else mark.upto <= self.upto.get(shard, "")


NOTHING = Reach()


@dataclass(frozen=True, slots=True)
class Extract:
    """What a window holds of a partner: how far the pages of each day count, and what each day adds up to.

    `days` has the days something of which is the window's, by when it was recorded.
    """

    partner_id: str
    reaches: Mapping[str, Reach]
    days: tuple[DayTotals, ...]


def reach(marks: Iterable[PageMark]) -> Reach:
    """How far the pages `marks` reach."""
    upto: dict[str, str] = {}
    redriven = set()
    for mark in marks:
        shard, _, _ = mark.sort_key.partition("#")
        if shard == REDRIVEN:
            redriven.add(mark.sort_key)
        else:
            upto[shard] = max(mark.upto, upto.get(shard, ""))
    return Reach(upto, frozenset(redriven))


class Cut:
    """What `window` takes from the pages of one day: those that count `now`, less what the window `before` took."""

    def __init__(self, window: Window, day: str, before: Reach, now: Reach) -> None:
        self.day = day
        self._window = window
        self._before = before
        self._now = now
        self.inside = all(utc_day(moment_ms) != day for moment_ms in _inner_boundaries(window))
        """Whether no boundary lies within the day, so that of each page all lines are taken or none."""
        self._over = day < utc_day(window.begins_at_ms)
        self.empty = self._over and now == before
        """Whether nothing of the day is the window's, whatever its pages are."""

    def takes(self, mark: PageMark) -> bool:
        """Whether all lines of a page are the window's; only for a day that is `inside`."""
        return self._now.holds(mark) and not (self._over and self._before.holds(mark))

    def lines(self, page: Page) -> tuple[Line, ...]:
        """The lines of a page that are the window's."""
        return self.among(page.mark, page.lines)

    def among(self, mark: PageMark, lines: Iterable[Recorded]) -> tuple[Recorded, ...]:
        """Which of some lines of a page are the window's."""
        if not self._now.holds(mark):
            return ()
        begins_at_ms = self._window.begins_at_ms if self._before.holds(mark) else 0
        return tuple(one for one in lines if begins_at_ms <= one.recorded_at_ms < self._window.end_ms)

    def totals_of_marks(self, marks: Iterable[PageMark]) -> Totals:
        return added(mark.totals for mark in marks if self.takes(mark))

    def totals_of_pages(self, partner_id: str, pages: Iterable[Page]) -> Totals:
        return added(recount(partner_id, self.lines(page)) for page in pages)


def _inner_boundaries(window: Window) -> Iterator[int]:
    """The window's boundaries that are no midnight."""
    for moment_ms in (window.begins_at_ms, window.end_ms):
        if utc_day(moment_ms) == utc_day(moment_ms - 1):
            yield moment_ms
