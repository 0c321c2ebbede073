"""What the lake holds of a partner's window: numbered parts, written one after the other and never changed. Pure."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from partners.visits.model import Line
from shared.kernel.clock import utc_day

LINES_A_PART = 1_000_000
"""A part ends with the first day that brings it to so many lines: what one process sorts at a time."""


@dataclass(frozen=True, slots=True)
class Part:
    """Part `number`, from 1: all lines of the days from `first_day` to `last_day`.

    Its lines are numbered from `first_line`. `sha256` is the hash of the hashes of its lines. After the `last` part
    there is none; that one may be empty, and then its days are "".
    """

    number: int
    first_day: str
    last_day: str
    first_line: int
    lines: int
    moves: int
    sha256: str
    last: bool


def hash_of(sha256s: Iterable[bytes]) -> str:
    """The SHA-256 of the hashes of lines, 32 bytes each, in hexadecimal digits; some may be joined."""
    hasher = hashlib.sha256()
    for sha256 in sha256s:
        hasher.update(sha256)
    return hasher.hexdigest()


def empty_part(number: int, first_line: int) -> Part:
    """The last part of a window after which, or in all of which, there are no lines."""
    return Part(number, "", "", first_line, 0, 0, hash_of(()), last=True)


@dataclass(frozen=True, slots=True)
class Holding:
    """All parts of a partner's window, by their number."""

    window: int
    partner: str
    parts: tuple[Part, ...]

    @property
    def lines(self) -> int:
        return sum(part.lines for part in self.parts)


class Lines:
    """Lines day by day, and how far one has come with them."""

    def __init__(self, lines: Iterable[Line], lines_a_part: int = LINES_A_PART) -> None:
        self._lines = iter(lines)
        self._lines_a_part = lines_a_part
        self._next = next(self._lines, None)

    @property
    def over(self) -> bool:
        return self._next is None

    def part(self) -> Iterator[tuple[str, Line]]:
        """The lines of the next part, each with its day. Raises ValueError if days do not ascend."""
        day, count = "", 0
        while self._next is not None:
            its_day = utc_day(self._next.recorded_at_ms)
            if its_day < day:
                raise ValueError(f"a line of {its_day} after one of {day}")
            if its_day > day and count >= self._lines_a_part:
                return
            day, count = its_day, count + 1
            yield day, self._next
            self._next = next(self._lines, None)
