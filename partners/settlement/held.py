"""What a window holds of each partner's pages: noted once, and found again by the note."""

from collections.abc import Iterator
from typing import Protocol

from partners.settlement.extract import NOTHING, Cut, Extract, Reach, reach
from partners.settlement.window import Window
from partners.visits.model import Bookmark, DayTotals, Line, Listed, Page, PageMark, PayoutMark, Totals


class ExtractBook(Protocol):
    """See `partners.settlement.window_store.WindowStore`."""

    def extract(self, number: int, partner_id: str) -> Extract | None: ...


class PageShelf(Protocol):
    """See `partners.visits.store.PageStore`."""

    def pages(self, partner_id: str, day: str, *, from_page: str = "", consistent: bool = False) -> Iterator[Page]: ...

    def marks(self, partner_id: str, day: str) -> Iterator[PageMark]: ...

    def by_hand(self, partner_id: str) -> dict[str, frozenset[str]]: ...

    def payouts(self, partner_id: str, day: str) -> Iterator[tuple[PageMark, tuple[PayoutMark, ...]]]: ...


class Held:
    """What windows hold. Every method may raise StoreUnavailableError."""

    def __init__(self, store: ExtractBook, shelf: PageShelf) -> None:
        self._store = store
        self._shelf = shelf

    def taken(self, window: Window, party: str) -> Extract:
        """What a window that has ended takes of a party's pages, as they are now."""
        reaches: dict[str, Reach] = {}
        days: list[DayTotals] = []
        before = self._before(window, party)
        for day, now, marks in self._reaching(window, party):
            reaches[day] = now
            totals = self._totals(Cut(window, day, before.get(day, NOTHING), now), party, marks)
            days += [DayTotals(party, day, totals)] if totals != Totals() else []
        return Extract(party, reaches, tuple(days))

    def retaken(self, window: Window, party: str) -> Iterator[DayTotals]:
        """What a window holds, by the lines of the pages as they are now, as far as they counted then.

        Raises BrokenPageError.
        """
        for cut in self._cuts(window, party):
            totals = cut.totals_of_pages(party, self._shelf.pages(party, cut.day, consistent=True))
            if totals != Totals():
                yield DayTotals(party, cut.day, totals)

    def lines(self, window: Window, party: str, after_day: str = "") -> Iterator[Line]:
        """Every line that a window holds, after a UTC day if given, day by day, in page order."""
        for cut in self._cuts(window, party):
            if cut.day > after_day:
                for page in self._shelf.pages(party, cut.day, consistent=True):
                    yield from cut.lines(page)

    def listed(self, window: Window, party: str, day: str, from_page: str = "") -> Iterator[Listed]:
        """The lines of one day that a window holds, and where each stands, from a page on."""
        for cut in self._cuts(window, party, day):
            for page in self._shelf.pages(party, day, from_page=from_page, consistent=True):
                for number_in_page, line in enumerate(cut.lines(page)):
                    yield Listed(line, Bookmark(day, page.sort_key, number_in_page))

    def payouts(self, window: Window, party: str) -> Iterator[PayoutMark]:
        """The payouts among the lines that a window holds, without reading the others: a sweep leaves a million."""
        for cut in self._cuts(window, party):
            for mark, payouts in self._shelf.payouts(party, cut.day):
                yield from cut.among(mark, payouts)

    def visits(self, number: int, party: str) -> int:
        """How many visits are in a window that has noted what it holds; 0 if it has not."""
        extract = self._store.extract(number, party)
        return sum(day.totals.visits for day in extract.days) if extract is not None else 0

    def _cuts(self, window: Window, party: str, of_day: str = "") -> Iterator[Cut]:
        """By day, of all that are not empty, or of one alone."""
        extract = self._store.extract(window.number, party)
        reaches = {} if extract is None else extract.reaches
        before = self._before(window, party)
        for day, now in sorted(reaches.items()):
            cut = Cut(window, day, before.get(day, NOTHING), now)
            if of_day in ("", day) and not cut.empty:
                yield cut

    def _reaching(self, window: Window, party: str) -> Iterator[tuple[str, Reach, list[PageMark] | None]]:
        """The days of which a window notes something, how far their pages reach, and these where they were read.

        Of days further back than it looks, only what was posted by hand: streams have nothing of them any more.
        """
        for day, by_hand in sorted(self._shelf.by_hand(party).items()):
            if day < window.days[0]:
                yield day, Reach(redriven=by_hand), None
        for day in window.days:
            if marks := list(self._shelf.marks(party, day)):
                yield day, reach(marks), marks

    def _totals(self, cut: Cut, party: str, marks: list[PageMark] | None) -> Totals:
        if cut.empty:
            return Totals()
        if cut.inside:
            return cut.totals_of_marks(self._shelf.marks(party, cut.day) if marks is None else marks)
        return cut.totals_of_pages(party, self._shelf.pages(party, cut.day, consistent=True))

    def _before(self, window: Window, party: str) -> dict[str, Reach]:
        """How far the party's pages counted in the window before, whose note reaches as far back as the window's."""
        extract = self._store.extract(window.number - 1, party)
        return {} if extract is None else dict(extract.reaches)
