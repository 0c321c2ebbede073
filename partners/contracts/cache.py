"""What a till may take from memory for a minute instead of reading it again."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from shared.kernel.clock import Clock

V = TypeVar("V")

MOST_ENTRIES = 10_000


class Fresh(Generic[V]):
    """Values loaded less than `ttl_ms` ago. Absence is never remembered, so what is new is seen at once.

    Holds at most MOST_ENTRIES values; when they are reached it starts over.
    """

    def __init__(self, clock: Clock, ttl_ms: int) -> None:
        self._clock = clock
        self._ttl_ms = ttl_ms
        self._loaded: dict[Hashable, tuple[int, V]] = {}

    def get(self, key: Hashable, load: Callable[[], V | None]) -> V | None:
        """The value of `key` from memory, or else from `load`, or None if that finds none."""
        now_ms = self._clock()
        held = self._loaded.get(key)
        if held is not None and held[0] <= now_ms < held[0] + self._ttl_ms:
            return held[1]
        value = load()
        if value is not None:
            self._keep(key, now_ms, value)
        return value

    def forget(self, key: Hashable) -> None:
        """Load `key` anew next time."""
        self._loaded.pop(key, None)

    def _keep(self, key: Hashable, now_ms: int, value: V) -> None:
        if len(self._loaded) >= MOST_ENTRIES:
            self._loaded.clear()
        self._loaded[key] = (now_ms, value)
