"""Closing windows, and reading what they come to: use cases that may die at any step and be run again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from partners.contracts.model import NETWORK, Partner
from partners.settlement.by_party import (
    EMPTY,
    OUTLINE,
    News,
    nets_of,
    nets_of_parts,
    news_of,
    outline_of,
    parts_of,
)
from partners.settlement.concluding import conclude
from partners.settlement.document import book_of, document_of
from partners.settlement.errors import (
    UnknownWindowError,
    WindowNotClosedError,
    WindowStillClosingError,
)
from partners.settlement.extract import Extract
from partners.settlement.held import ExtractBook, Held, PageShelf
from partners.settlement.model import Book, Carried, CurrencyNets, CurrencySettlement
from partners.settlement.paid_out import PAYOUTS, MemberPayout, PaidOut, paid_out, payouts_from_text, payouts_text
from partners.settlement.positions import positions
from partners.settlement.rates import Rates
from partners.settlement.window import (
    CARRIED_TOGETHER,
    DRAIN_MS,
    HAS_POSITIONS,
    Schedule,
    Window,
    WindowState,
    scheduled_end_ms,
    successor,
)
from partners.visits.model import Line, Listed
from shared.kernel.clock import DAY_MS, Clock

BY_SCHEDULE = "schedule"


class WindowBook(ExtractBook, Protocol):
    """Where windows are kept; see `partners.settlement.window_store.WindowStore`."""

    def add(self, window: Window) -> bool: ...

    def replace(self, before: Window, after: Window) -> bool: ...

    def window(self, number: int) -> Window | None: ...

    def newest(self) -> Window | None: ...

    def windows(self) -> list[Window]: ...

    def add_extract(self, number: int, extract: Extract) -> None: ...

    def noted(self, number: int) -> set[str]: ...

    def extracts(self, number: int) -> Iterator[Extract]: ...

    def document(self, number: int) -> bytes: ...

    def put_part(self, number: int, party: str, part: bytes) -> None: ...

    def part(self, number: int, party: str) -> bytes | None: ...

    def put_nets(self, number: int, nets: tuple[CurrencyNets, ...]) -> None: ...

    def nets(self, number: int) -> tuple[CurrencyNets, ...] | None: ...

    def all_nets(self) -> dict[int, tuple[CurrencyNets, ...]]: ...

    def carried(self, number: int) -> list[Carried]: ...

    def carry(self, number: int, amounts: Sequence[Carried]) -> list[Carried]: ...


class Partners(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partners(self) -> list[Partner]: ...


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
        self._held = Held(store, shelf)
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
        noted = self._store.noted(window.number)
        for party in window.parties:
            if not time_left():
                return window
            if party not in noted:
                self._store.add_extract(window.number, self._held.taken(window, party))
        return self._conclude(window)

    def nets(self, number: int) -> tuple[CurrencyNets, ...]:
        """What all positions of a closed window come to, by currency, as they were computed when it was closed.

        Raises UnknownWindowError, WindowNotClosedError.
        """
        self.closed(number)
        nets = self._store.nets(number)
        if nets is not None:
            return nets
        # Windows that closed before there were nets have the parts; those before parts, the whole.
        outline = self._store.part(number, OUTLINE)
        if outline is None:
            return nets_of(self._whole(number))
        return nets_of_parts(book_of(outline), lambda party: self.part(number, party))

    def news(self, at_ms: int | None = None) -> dict[int, News]:
        """What is new in the positions of every closed window, those of parties among whom something is; of those that
        were closed at an earlier moment, if one is given.
        """
        windows = [window for window in self._store.windows() if window.state in HAS_POSITIONS]
        closed = [one.number for one in windows if at_ms is None or (one.closed_at_ms or 0) <= at_ms]
        nets = self._store.all_nets()
        return {number: news_of(nets[number] if number in nets else self._outlined(number)) for number in closed}

    def outline(self, number: int) -> Book:
        """What all positions of a closed window come to, see `by_party.outline_of`.

        Raises UnknownWindowError, WindowNotClosedError.
        """
        self.closed(number)
        outline = self._store.part(number, OUTLINE)
        return outline_of(self._whole(number) if outline is None else book_of(outline))

    def part(self, number: int, party: str) -> Book:
        """What of a closed window's positions is a party's, see `by_party.parts_of`; empty if nothing is.

        Raises UnknownWindowError, WindowNotClosedError.
        """
        self.closed(number)
        part = self._store.part(number, party)
        if part is not None:
            return book_of(part)
        parts = parts_of(self._whole(number)) if self._store.part(number, OUTLINE) is None else {}
        return parts.get(party, EMPTY)

    def so_far(self, partner_id: str) -> tuple[CurrencySettlement, ...]:
        """What a partner's own pages and what was carried bring it in the open window by now, the one before being
        closed. What expires of its points elsewhere is not in it."""
        window = replace(self.newest(), ends_at_ms=self._clock() + 1)
        carried = [one for one in self._store.carried(window.number) if one.party == partner_id]
        return positions(self._held.taken(window, partner_id).days, self._rates(window.end_ms), carried)

    def lines(self, number: int, partner_id: str, after_day: str = "") -> Iterator[Line]:
        """Every line of a partner that is in a closed window, after a UTC day if given, day by day, in page order.

        Raises UnknownWindowError, WindowNotClosedError.
        """
        yield from self._held.lines(self.closed(number), partner_id, after_day)

    def payouts(self, number: int, currency: str) -> tuple[MemberPayout, ...]:
        """The payouts to members that are in a closed window, in the order in which they were recorded.

        Raises UnknownWindowError, WindowNotClosedError.
        """
        window = self.closed(number)
        noted = self._store.part(number, PAYOUTS)
        # Windows that closed before they were noted have them among the lines alone.
        paid = self._paid_out(window) if noted is None else payouts_from_text(noted)
        return paid.get(currency, ())

    def visits(self, number: int, partner_id: str) -> int:
        """How many visits of a partner are in a window that has noted what it holds of it; 0 if it has not."""
        return self._held.visits(number, partner_id)

    def listed(self, number: int, partner_id: str, day: str, from_page: str = "") -> Iterator[Listed]:
        """The lines of one day of a partner that are in a closed window, and where each stands, from a page on.

        Raises UnknownWindowError, WindowNotClosedError.
        """
        yield from self._held.listed(self.closed(number), partner_id, day, from_page)

    def stand(self, number: int, state: WindowState) -> Window:
        """Let a closed window stand as its payments do. Raises UnknownWindowError, WindowNotClosedError."""
        while (window := self.closed(number)).state is not state:
            self._store.replace(window, replace(window, state=state))
        return window

    def brought_into(self, number: int) -> list[Carried]:
        """What was brought into a window, by reference."""
        return self._store.carried(number)

    def carry(self, amounts: Sequence[Carried]) -> None:
        """Bring amounts into the open window, each once for its reference, so many together as a write has room for.

        If it dies some may be there; asking again brings the others. Of what is written together all is in one window.
        """
        each = list({one.reference: one for one in amounts}.values())
        for first in range(0, len(each), CARRIED_TOGETHER):
            left = each[first : first + CARRIED_TOGETHER]
            while left:
                left = self._store.carry(self.newest().number, left)

    def _end(self, window: Window, by: str) -> Window:
        """`window`, whose successor is there, closing; or as somebody else has left it."""
        following = self.window(window.number + 1)
        parties = (*sorted(one.partner_id for one in self._partners.partners()), NETWORK)
        self._store.replace(window, window.ended(following.begins_at_ms, by, parties))
        return self.window(window.number)

    def closed(self, number: int) -> Window:
        """Raises UnknownWindowError, WindowNotClosedError."""
        window = self.window(number)
        if window.state not in HAS_POSITIONS:
            raise WindowNotClosedError(number, window.state.value)
        return window

    def _conclude(self, window: Window) -> Window:
        number = window.number
        days = (day for extract in self._store.extracts(number) for day in extract.days)

        def keep(party: str, part: bytes) -> None:
            self._store.put_part(number, party, part)

        found = conclude(days, self._rates(window.end_ms), self._store.carried(number), keep)
        self._store.put_part(number, OUTLINE, document_of(found.outline))
        self._store.put_part(number, PAYOUTS, payouts_text(self._paid_out(window)))
        self._store.put_nets(number, found.nets)
        self._store.replace(window, window.closed(self._clock(), found.digest))
        return self.window(number)

    def _paid_out(self, window: Window) -> PaidOut:
        return paid_out(self._held.payouts(window, NETWORK))

    def _outlined(self, number: int) -> tuple[CurrencyNets, ...]:
        """Of a window without nets, without its fees: outlines of then had what was carried."""
        outline = self._store.part(number, OUTLINE)
        return nets_of(self._whole(number) if outline is None else book_of(outline))

    def _whole(self, number: int) -> Book:
        """What only windows of before there were parts need."""
        return book_of(self._store.document(number))
