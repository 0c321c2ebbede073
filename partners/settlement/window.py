"""Settlement windows: when they begin and end, and the states they go through. Pure."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from partners.settlement.errors import InvalidWindowEndError
from shared.kernel.clock import DAY_MS, midnight_ms, utc_day

LOOK_BACK_DAYS = 16
"""So long after its recording an entry may still be posted: a stream keeps it for a day, a dead-letter queue for 14."""
DRAIN_MS = 3_600_000
"""So long a window waits for entries on their way: posting takes seconds, and has alarmed for three quarters of this.

It decides how few entries are late, never whether one is counted: what comes later is in the window after.
"""
CARRIED_TOGETHER = 49
"""Amounts that are brought into a window at once: two rows each, of the 100 that a transaction has room for."""


class WindowState(StrEnum):
    """`closing` waits for entries on their way; `closed` has its positions; the rest is about the money."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    SETTLING = "settling"
    SETTLED = "settled"
    ABORTED = "aborted"


HAS_POSITIONS = frozenset({WindowState.CLOSED, WindowState.SETTLING, WindowState.SETTLED, WindowState.ABORTED})


class Schedule(StrEnum):
    """When windows end: with the UTC day, with its Sunday, or with its month."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Window:
    """Window `number` of the network, for all currencies: entries recorded from `begins_at_ms` until `ends_at_ms`.

    It ends where its successor begins, and None is the end of the open one. `parties` are those whose pages it is
    made of, by id, the network last. `digest` is the SHA-256 of its positions as canonical JSON.
    """

    number: int
    begins_at_ms: int
    state: WindowState = WindowState.OPEN
    ends_at_ms: int | None = None
    closed_by: str | None = None
    closed_at_ms: int | None = None
    parties: tuple[str, ...] = ()
    digest: str | None = None

    def ended(self, ends_at_ms: int, by: str, parties: tuple[str, ...]) -> "Window":
        """Closing, by whom, with the parties there are."""
        return replace(self, state=WindowState.CLOSING, ends_at_ms=ends_at_ms, closed_by=by, parties=parties)

    def closed(self, at_ms: int, digest: str) -> "Window":
        return replace(self, state=WindowState.CLOSED, closed_at_ms=at_ms, digest=digest)

    @property
    def end_ms(self) -> int:
        """Raises ValueError for the open window."""
        if self.ends_at_ms is None:
            raise ValueError(f"window {self.number} has not ended")
        return self.ends_at_ms

    @property
    def days(self) -> list[str]:
        """The UTC days on which its entries may have been recorded: its own, and before them LOOK_BACK_DAYS."""
        first = date.fromisoformat(utc_day(max(0, self.begins_at_ms - LOOK_BACK_DAYS * DAY_MS)))
        last = date.fromisoformat(utc_day(self.end_ms - 1))
        return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def successor(window: Window, ends_at_ms: int, now_ms: int) -> Window:
    """The window that begins when `window` ends. Raises InvalidWindowEndError."""
    if not window.begins_at_ms < ends_at_ms <= now_ms:
        raise InvalidWindowEndError(window.begins_at_ms, now_ms)
    return Window(window.number + 1, ends_at_ms)


def scheduled_end_ms(schedule: Schedule, begins_at_ms: int) -> int:
    """The first end on schedule after a beginning; a UTC midnight."""
    day = date.fromisoformat(utc_day(begins_at_ms))
    if schedule is Schedule.DAILY:
        following = day + timedelta(days=1)
    elif schedule is Schedule.WEEKLY:
        following = day + timedelta(days=7 - day.weekday())
    else:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return midnight_ms(following)
