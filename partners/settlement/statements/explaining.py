"""From a figure of a statement to the entries that it counts."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from partners.settlement.by_party import position_in
from partners.settlement.model import Book, GrossLine
from partners.settlement.statements.counted_entries import quantity_in
from partners.settlement.statements.errors import UnknownChargeError, UnknownStatementError
from partners.settlement.statements.model import Issued
from partners.visits.model import Bookmark, Line, Listed

LONGEST_READ_LINES = 20_000


class ClosedWindows(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def part(self, number: int, party: str) -> Book: ...

    def listed(self, number: int, partner_id: str, day: str, from_page: str = "") -> Iterator[Listed]: ...


class StatementBook(Protocol):
    """See `partners.settlement.statements.store.StatementStore`."""

    def issued(self, partner_id: str, window: int) -> Issued | None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a listing stands: at a line of the pages of a partner."""

    partner_id: str
    bookmark: Bookmark


@dataclass(frozen=True, slots=True)
class CountedEntry:
    """An entry and how much it adds to the figure; of one at another partner a partner is told the day alone."""

    day: str
    quantity: int
    line: Line | None


@dataclass(frozen=True, slots=True)
class CountedEntries:
    """Some of the entries under `figure`, source by source; `next` is where to go on, None at the end."""

    figure: GrossLine
    entries: tuple[CountedEntry, ...]
    next: Place | None


class Explanations:
    """Use cases of explaining figures. May raise StoreUnavailableError."""

    def __init__(self, store: StatementBook, windows: ClosedWindows) -> None:
        self._store = store
        self._windows = windows

    def entries(
        self,
        partner_id: str,
        window: int,
        charge: int,
        *,
        after: Place | None = None,
        limit: int,
        for_operator: bool = False,
    ) -> CountedEntries:
        """Up to `limit` entries under charge number `charge` (from 1) of the partner's statement of a window.

        Points that ran out may have done so in entries at other partners, which only an operator sees whole.
        Their quantities sum to the charge's. What is carried has none: its reference names the payment. At most
        LONGEST_READ_LINES are read, so a listing may be short or empty before the end. Raises UnknownStatementError,
        UnknownChargeError.
        """
        issued = self._store.issued(partner_id, window)
        if issued is None:
            raise UnknownStatementError(window)
        figure = self._figure(partner_id, issued, charge)
        found: list[CountedEntry] = []
        read = after
        terms_days = _terms_days(figure)
        for count, (source, listed) in enumerate(self._lines(figure, window, after)):
            if len(found) == limit or count == LONGEST_READ_LINES:
                return CountedEntries(figure, tuple(found), read)
            read = Place(source, listed.bookmark)
            quantity = quantity_in(listed.line, figure, issued.currency, terms_days[source, listed.bookmark.day])
            if quantity:
                shown = listed.line if for_operator or source == partner_id else None
                found.append(CountedEntry(listed.bookmark.day, quantity, shown))
        return CountedEntries(figure, tuple(found), None)

    def _figure(self, partner_id: str, issued: Issued, charge: int) -> GrossLine:
        position = position_in(self._windows.part(issued.window, partner_id), issued.currency)
        if position is not None and 1 <= charge <= len(position.lines):
            return position.lines[charge - 1]
        raise UnknownChargeError(issued.window, charge)

    def _lines(self, figure: GrossLine, window: int, after: Place | None) -> Iterator[tuple[str, Listed]]:
        """Every line of the figure's sources that follows a place, with the partner that it belongs to."""
        begin = ("", "") if after is None else (after.partner_id, after.bookmark.day)
        for here in sorted(_terms_days(figure)):
            if here < begin:
                continue
            page = after.bookmark.page if after is not None and here == begin else ""
            for listed in self._windows.listed(window, *here, page):
                passed = after is not None and here == begin and _not_after(listed.bookmark, after.bookmark)
                if not passed:
                    yield here[0], listed


def _terms_days(figure: GrossLine) -> dict[tuple[str, str], set[str | None]]:
    """By partner and day of the figure's sources, the days whose terms they are by."""
    days: defaultdict[tuple[str, str], set[str | None]] = defaultdict(set)
    for source in figure.sources:
        days[source.partner_id, source.day].add(source.terms_day)
    return days


def _not_after(one: Bookmark, other: Bookmark) -> bool:
    return (one.page, one.line) <= (other.page, other.line)
