"""A clock that moves when told to."""

from datetime import UTC, datetime

DAY_MS = 86_400_000


class FakeClock:
    def __init__(self, now_ms: int = int(datetime(2026, 11, 15, 12, tzinfo=UTC).timestamp()) * 1000) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def advance(self, *, days: int = 0, ms: int = 0) -> None:
        self.now_ms += days * DAY_MS + ms


class TickingClock(FakeClock):
    """Every look at it takes a millisecond."""

    def __call__(self) -> int:
        self.now_ms += 1
        return self.now_ms
