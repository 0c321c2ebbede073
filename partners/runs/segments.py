"""A segment of the journal, read in bounded pieces. No store."""

from typing import Protocol

from shared.ledger.codec import Item


class Scan(Protocol):
    """A piece of a segment; see `journal_gateway.Scanned`."""

    @property
    def items(self) -> list[Item]: ...

    @property
    def next_key(self) -> Item | None: ...


class Journal(Protocol):
    """What is scanned; see `journal_gateway.JournalScan`."""

    def scan(self, segment: int, segments: int, after: Item | None) -> Scan: ...


class Segment:
    """Segment `number` of `segments`, from the key `after` (None: its beginning) until it is `finished`."""

    def __init__(self, journal: Journal, number: int, segments: int, after: Item | None) -> None:
        self._journal = journal
        self._number = number
        self._segments = segments
        self.after = after
        self.finished = False

    def read(self) -> list[Item]:
        """The next items, up to those of one scan; a member's stand together, in order."""
        scanned = self._journal.scan(self._number, self._segments, self.after)
        if scanned.next_key is None:
            self.finished = True
        else:
            self.after = scanned.next_key
        return scanned.items
