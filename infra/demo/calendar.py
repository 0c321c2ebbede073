"""Moves the baskets' year next to today, so that a till may still report them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from infra.demo.baskets import Basket
from shared.kernel.clock import DAY_MS

LONGEST_WEEKS = 4
ROOM_MS = 15 * 60 * 1000
"""The newest basket is at least this old, so that a redemption after it is not in the future."""


@dataclass(frozen=True, slots=True)
class Move:
    """`last_ms` of the data becomes `last_ms + shift_ms`; earlier moments follow at their distance.

    Distances stay as they are, times of day too, up to four weeks; of more weeks each distance is
    squeezed to LONGEST_WEEKS / weeks of it, rounded down to a millisecond.
    """

    last_ms: int
    shift_ms: int
    weeks: int

    def __call__(self, bought_at_ms: int) -> int:
        distance = self.last_ms - bought_at_ms
        if self.weeks > LONGEST_WEEKS:
            distance = distance * LONGEST_WEEKS // self.weeks
        return self.last_ms + self.shift_ms - distance


def move_to(now_ms: int, baskets: Sequence[Basket], weeks: int) -> Move:
    """Shift by the most whole days that leave the newest basket ROOM_MS in the past."""
    last_ms = max(basket.bought_at_ms for basket in baskets)
    days = math.floor((now_ms - ROOM_MS - last_ms) / DAY_MS)
    return Move(last_ms, days * DAY_MS, weeks)
