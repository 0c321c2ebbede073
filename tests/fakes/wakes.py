"""The queue of wakes in memory: what was sent, in order."""

from collections.abc import Sequence

from partners.webhooks.delivery import Wake
from partners.webhooks.replaying import Replay


class FakeWakes:
    def __init__(self) -> None:
        self.wakes: list[Wake] = []
        self.replays: list[tuple[Replay, int]] = []

    def wake(self, wakes: Sequence[Wake]) -> None:
        self.wakes += wakes

    def replay(self, replay: Replay, not_before_ms: int) -> None:
        self.replays.append((replay, not_before_ms))
