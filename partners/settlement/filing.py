"""Closed windows' lines are filed into the lake: a use case that may die at any step and be run again."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from partners.settlement.window import HAS_POSITIONS, Window
from partners.visits.model import Line


class ClosedWindows(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def windows(self) -> list[Window]: ...

    def lines(self, number: int, partner_id: str, after_day: str = "") -> Iterator[Line]: ...


class Files(Protocol):
    """See `partners.lake.service.Lake`."""

    def is_whole(self, window: int) -> bool: ...

    def set_whole(self, window: int, partners: tuple[str, ...]) -> None: ...

    def write(
        self, window: int, partner: str, lines_after: Callable[[str], Iterable[Line]], time_left: Callable[[], bool]
    ) -> bool: ...


class Filing:
    """Files the windows that have closed, oldest first. May raise StoreUnavailableError; asking again goes on."""

    def __init__(self, windows: ClosedWindows, files: Files) -> None:
        self._windows = windows
        self._files = files

    def work(self, time_left: Callable[[], bool]) -> int | None:
        """File until all closed windows are there or no `time_left`; the window not finished, None if none is."""
        for window in reversed(list(self._waiting())):
            for party in window.parties:

                def lines_after(day: str, number: int = window.number, party: str = party) -> Iterator[Line]:
                    return self._windows.lines(number, party, day)

                if not self._files.write(window.number, party, lines_after, time_left):
                    return window.number
            self._files.set_whole(window.number, window.parties)
        return None

    def _waiting(self) -> Iterator[Window]:
        """Closed windows that are not whole, newest first: all before a whole one are."""
        for window in self._windows.windows():
            if window.state in HAS_POSITIONS:
                if self._files.is_whole(window.number):
                    return
                yield window
