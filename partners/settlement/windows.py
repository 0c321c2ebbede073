"""Closing windows, and computing what they hold: use cases that may die at any step and be run again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from partners.contracts.errors import UnknownPartnerError
from partners.contracts.model import NETWORK, Partner
from partners.settlement.by_party import EMPTY, OUTLINE, outline_of, parts_of
from partners.settlement.document import book_of, document_of
from partners.settlement.errors import (
    UnknownWindowError,
    WindowNotClosedError,
    WindowStillClosingError,
)
from partners.settlement.extract import NOTHING, Cut, Extract, Reach, reach
from partners.settlement.model import Book, Carried, CurrencySettlement
from partners.settlement.positions import book, positions
from partners.settlement.rates import Proposal, ProposedRates, Rates, repriced
from partners.settlement.window import (
    DRAIN_MS,
    HAS_POSITIONS,
    Schedule,
    Window,
    WindowState,
    scheduled_end_ms,
    successor,
)
from partners.visits.model import Bookmark, DayTotals, Line, Listed, Page, PageMark, Totals
from shared.kernel.canonical import digest_of
from shared.kernel.clock import DAY_MS, Clock

BY_SCHEDULE = "schedule"


class WindowBook(Protocol):
    """Where windows are kept; see `partners.settlement.window_store.WindowStore`."""

    def add(self, window: Window) -> bool: ...

    def replace(self, before: Window, after: Window) -> bool: ...

    def window(self, number: int) -> Window | None: ...

    def newest(self) -> Window | None: ...

    def windows(self) -> list[Window]: ...

    def add_extract(self, number: int, extract: Extract) -> None: ...

    def extract(self, number: int, partner_id: str) -> Extract | None: ...

    def extracts(self, number: int) -> list[Extract]: ...

    def put_document(self, number: int, document: bytes) -> None: ...

    def document(self, number: int) -> bytes: ...

    def put_part(self, number: int, party: str, part: bytes) -> None: ...

    def part(self, number: int, party: str) -> bytes | None: ...

    def carried(self, number: int) -> list[Carried]: ...

    def carry(self, number: int, carried: Carried) -> bool: ...

    def window_of(self, reference: str) -> int | None: ...


class PageShelf(Protocol):
    """See `partners.visits.store.PageStore`."""

    def pages(self, partner_id: str, day: str, *, from_page: str = "", consistent: bool = False) -> Iterator[Page]: ...

    def marks(self, partner_id: str, day: str) -> Iterator[PageMark]: ...

    def by_hand(self, partner_id: str) -> dict[str, frozenset[str]]: ...


class Partners(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partners(self) -> list[Partner]: ...


@dataclass(frozen=True, slots=True)
class Replay:
    """A closed window computed again from the pages: whether each byte is as it was, and what it came to now."""

    window: Window
    same: bool
    book: Book


class Windows:
    """Use cases of windows. Every method may raise StoreUnavailableError; asking again goes on.

    A window is closed in steps, each of which is one conditional write: its successor is added, which decides where
    it ends; it is closing; what it holds of each partner is noted once; it is closed. Whoever comes later, or at the
    same time, finds a step done or does it with the same result.
    """

    def __init__(
        self, store: WindowBook, shelf: PageShelf, partners: Partners, rates: Callable[[int], Rates], clock: Clock
    ) -> None:
        """`rates` are those of a period that ends at a moment."""
        self._store = store
        self._shelf = shelf
        self._partners = partners
        self._rates = rates
        self._clock = clock

    def newest(self) -> Window:
        """The open window. The first one begins with the day on which the first partner came, UTC."""
        newest = self._store.newest()
        if newest is None:
            began_ms = min((one.created_at_ms for one in self._partners.partners()), default=self._clock())
            self._store.add(Window(1, began_ms // DAY_MS * DAY_MS))
            newest = self._store.newest()
            if newest is None:
                raise UnknownWindowError(1)
        return newest

    def windows(self) -> list[Window]:
        """All of them, newest first."""
        self.newest()
        return self._store.windows()[::-1]

    def window(self, number: int) -> Window:
        """Raises UnknownWindowError."""
        window = self._store.window(number)
        if window is None:
            raise UnknownWindowError(number)
        return window

    def close(self, number: int, by: str, ends_at_ms: int | None = None) -> Window:
        """Begin to close the open window, which ends now or when given; the next is open from then on.

        Asked again of a window that is closing or closed, it answers how that one stands. Raises UnknownWindowError,
        WindowStillClosingError, InvalidWindowEndError.
        """
        newest = self.newest()
        window = self.window(number)
        if window.state is not WindowState.OPEN:
            return window
        if number == newest.number:
            if number > 1 and self.window(number - 1).state in (WindowState.OPEN, WindowState.CLOSING):
                raise WindowStillClosingError(number - 1)
            now_ms = self._clock()
            self._store.add(successor(window, now_ms if ends_at_ms is None else ends_at_ms, now_ms))
        return self._end(window, by)

    def close_due(self, schedule: Schedule) -> Window | None:
        """Begin to close the open window if it has come to its end by the schedule; None if it has not.

        A window before it that is still closing goes first.
        """
        newest = self.newest()
        if newest.number > 1 and self.window(newest.number - 1).state in (WindowState.OPEN, WindowState.CLOSING):
            return None
        ends_at_ms = scheduled_end_ms(schedule, newest.begins_at_ms)
        return self.close(newest.number, BY_SCHEDULE, ends_at_ms) if ends_at_ms <= self._clock() else None

    def closing_for_ms(self, window: Window) -> int:
        """How long ago a closing window ended; 0 of any other."""
        return max(0, self._clock() - window.end_ms) if window.state is WindowState.CLOSING else 0

    def work(self, *, drain_ms: int = DRAIN_MS, time_left: Callable[[], bool] = lambda: True) -> Window | None:
        """Go on with the window that is closing, until it is closed or no `time_left`; None if none is.

        It is left to wait until `drain_ms` after its end.
        """
        newest = self.newest()
        if newest.number == 1:
            return None
        window = self.window(newest.number - 1)
        if window.state is WindowState.OPEN:
            window = self._end(window, BY_SCHEDULE)
        if window.state is not WindowState.CLOSING or self._clock() < window.end_ms + drain_ms:
            return window if window.state is WindowState.CLOSING else None
        noted = {extract.partner_id for extract in self._store.extracts(window.number)}
        for party in window.parties:
            if not time_left():
                return window
            if party not in noted:
                self._store.add_extract(window.number, self._extract(window, party))
        return self._conclude(window)

    def book(self, number: int) -> Book:
        """The positions of a closed window, as they were computed when it was closed.

        Raises UnknownWindowError, WindowNotClosedError.
        """
        self._closed(number)
        return book_of(self._store.document(number))

    def outline(self, number: int) -> Book:
        """What all positions of a closed window come to, see `by_party.outline_of`.

        Raises UnknownWindowError, WindowNotClosedError.
        """
        self._closed(number)
        outline = self._store.part(number, OUTLINE)
        # Windows that closed before there were parts have the whole alone.
        return outline_of(self.book(number)) if outline is None else book_of(outline)

    def part(self, number: int, party: str) -> Book:
        """What of a closed window's positions is a party's, see `by_party.parts_of`; empty if nothing is.

        Raises UnknownWindowError, WindowNotClosedError.
        """
        self._closed(number)
        part = self._store.part(number, party)
        if part is not None:
            return book_of(part)
        parts = parts_of(self.book(number)) if self._store.part(number, OUTLINE) is None else {}
        return parts.get(party, EMPTY)

    def so_far(self, partner_id: str) -> tuple[CurrencySettlement, ...]:
        """What a partner's own pages and what was carried bring it in the open window by now, the one before being
        closed. What expires of its points elsewhere is not in it."""
        window = replace(self.newest(), ends_at_ms=self._clock() + 1)
        carried = [one for one in self._store.carried(window.number) if one.party == partner_id]
        return positions(self._extract(window, partner_id).days, self._rates(window.end_ms), carried)

    def replay(self, number: int) -> Replay:
        """A closed window computed again from each line of the pages, terms and what was carried into it.

        Raises UnknownWindowError, WindowNotClosedError, and BrokenPageError for a page that was altered.
        """
        window = self._closed(number)
        again = self._book(window, self._retaken(window), self._rates(window.end_ms))
        return Replay(window, digest_of(document_of(again)) == window.digest, again)

    def what_if(self, number: int, proposal: Proposal) -> Book:
        """What a closed window would have come to under other terms of a partner.

        Raises UnknownWindowError, WindowNotClosedError, UnknownPartnerError for who has no part in it,
        BrokenPageError.
        """
        window = self._closed(number)
        if proposal.partner_id not in window.parties:
            raise UnknownPartnerError(proposal.partner_id)
        rates = ProposedRates(self._rates(window.end_ms), proposal)
        return self._book(window, repriced(self._retaken(window), proposal), rates)

    def lines(self, number: int, partner_id: str, after_day: str = "") -> Iterator[Line]:
        """Every line of a partner that is in a closed window, after a UTC day if given, day by day, in page order.

        Raises UnknownWindowError, WindowNotClosedError.
        """
        window = self._closed(number)
        extract = self._store.extract(number, partner_id)
        before = self._before(window, partner_id)
        for day, now in sorted(extract.reaches.items() if extract is not None else ()):
            if day <= after_day:
                continue
            cut = Cut(window, day, before.get(day, NOTHING), now)
            if cut.empty:
                continue
            for page in self._shelf.pages(partner_id, day, consistent=True):
                yield from cut.lines(page)

    def visits(self, number: int, partner_id: str) -> int:
        """How many visits of a partner are in a window that has noted what it holds of it; 0 if it has not."""
        extract = self._store.extract(number, partner_id)
        return sum(day.totals.visits for day in extract.days) if extract is not None else 0

    def listed(self, number: int, partner_id: str, day: str, from_page: str = "") -> Iterator[Listed]:
        """The lines of one day of a partner that are in a closed window, and where each stands, from a page on.

        Raises UnknownWindowError, WindowNotClosedError.
        """
        window = self._closed(number)
        extract = self._store.extract(number, partner_id)
        if extract is None or day not in extract.reaches:
            return
        cut = Cut(window, day, self._before(window, partner_id).get(day, NOTHING), extract.reaches[day])
        if cut.empty:
            return
        for page in self._shelf.pages(partner_id, day, from_page=from_page, consistent=True):
            for number_in_page, line in enumerate(cut.lines(page)):
                yield Listed(line, Bookmark(day, page.sort_key, number_in_page))

    def stand(self, number: int, state: WindowState) -> Window:
        """Let a closed window stand as its payments do. Raises UnknownWindowError, WindowNotClosedError."""
        while (window := self._closed(number)).state is not state:
            self._store.replace(window, replace(window, state=state))
        return window

    def carry(self, carried: Carried) -> int:
        """Bring an amount into the open window, once for its reference; the number of the window that holds it."""
        while True:
            number = self._store.window_of(carried.reference)
            if number is not None:
                return number
            self._store.carry(self.newest().number, carried)

    def _end(self, window: Window, by: str) -> Window:
        """`window`, whose successor is there, closing; or as somebody else has left it."""
        following = self.window(window.number + 1)
        parties = (*sorted(one.partner_id for one in self._partners.partners()), NETWORK)
        self._store.replace(window, window.ended(following.begins_at_ms, by, parties))
        return self.window(window.number)

    def _extract(self, window: Window, party: str) -> Extract:
        reaches: dict[str, Reach] = {}
        days: list[DayTotals] = []
        before = self._before(window, party)
        for day, now, marks in self._reaching(window, party):
            reaches[day] = now
            totals = self._totals(Cut(window, day, before.get(day, NOTHING), now), party, marks)
            days += [DayTotals(party, day, totals)] if totals != Totals() else []
        return Extract(party, reaches, tuple(days))

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

    def _retaken(self, window: Window) -> list[DayTotals]:
        """What the window holds, by the lines of the pages as they are now, as far as they counted then."""
        days = []
        for extract in self._store.extracts(window.number):
            party, before = extract.partner_id, self._before(window, extract.partner_id)
            for day, now in sorted(extract.reaches.items()):
                cut = Cut(window, day, before.get(day, NOTHING), now)
                pages = () if cut.empty else self._shelf.pages(party, day, consistent=True)
                totals = cut.totals_of_pages(party, pages)
                days += [DayTotals(party, day, totals)] if totals != Totals() else []
        return days

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

    def _conclude(self, window: Window) -> Window:
        days = [day for extract in self._store.extracts(window.number) for day in extract.days]
        found = self._book(window, days, self._rates(window.end_ms))
        document = document_of(found)
        self._store.put_document(window.number, document)
        for party, part in parts_of(found).items():
            self._store.put_part(window.number, party, document_of(part))
        self._store.put_part(window.number, OUTLINE, document_of(outline_of(found)))
        self._store.replace(window, window.closed(self._clock(), digest_of(document)))
        return self.window(window.number)

    def _book(self, window: Window, days: list[DayTotals], rates: Rates) -> Book:
        return book(days, rates, self._store.carried(window.number))

    def _closed(self, number: int) -> Window:
        window = self.window(number)
        if window.state not in HAS_POSITIONS:
            raise WindowNotClosedError(number, window.state.value)
        return window
