"""The lines under a statement: a record a journal entry, numbered and hashed so that nobody can change one unnoticed.

Pure. A file of lines is JSON lines. Each row is a JSON object: `line`, its number from 1; `sha256`, the first 16
hexadecimal digits of the SHA-256 of the record; and then the record, which is canonical JSON but for the place of its
first brace. The running hash after a line is the SHA-256 of "tessera-lines-v2" and the SHA-256s of all records so far,
32 bytes each. So the hash of each line can be taken on its own, when it is filed, and not only in turn.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from partners.lake.record import Record, record_of
from partners.settlement.statements.model import ALL_LOCATIONS, Block, LineSums, LocationSums
from partners.visits.model import Line
from shared.kernel.canonical import canonical_json
from shared.kernel.clock import utc_day

LINE, SHA256 = "line", "sha256"
SHA256_DIGITS = 16
MOST_BLOCKS = 10_000
"""About 3 MB: an answer of the API has 6 MB at most."""
_FIRST = b"tessera-lines-v2"


@dataclass(frozen=True, slots=True)
class Row:
    """A record, its row in the file, the place of its block (location, UTC day), and the hash of the record."""

    record: Record
    text: bytes
    location: str
    day: str
    sha256: bytes


class RunningHash:
    """The hash of all records so far, of which `hex` is what the end of a block states."""

    def __init__(self) -> None:
        self._hasher = hashlib.sha256(_FIRST)

    def add(self, sha256s: bytes) -> None:
        """Go on with the SHA-256s of one record or several, 32 bytes each."""
        self._hasher.update(sha256s)

    def hex(self) -> str:
        return self._hasher.hexdigest()


def row_text(number: int, record: bytes, sha256: bytes) -> bytes:
    """The row of a record in canonical JSON, with its line feed."""
    return b'{"line":%d,"sha256":"%b",%b\n' % (number, sha256.hex()[:SHA256_DIGITS].encode(), record[1:])


def in_order(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines of a statement as they are listed: by UTC day of recording, location, time and entry.

    `lines` come day by day, each in any order; those of one day are held at a time. Raises ValueError otherwise.
    """
    latest = ""
    for day, together in groupby(lines, lambda line: utc_day(line.recorded_at_ms)):
        if day <= latest:
            raise ValueError(f"lines of {day} come after those of {latest}")
        latest = day
        yield from sorted(together, key=lambda line: (line.location, line.recorded_at_ms, line.entry_id))


def rows_of(lines: Iterable[Line], *, months: bool = True) -> Iterator[Row]:
    """Every line as a row, in the order given; see `in_order`, and `record_of` for `months`."""
    for number, line in enumerate(lines, 1):
        record = record_of(line, months=months)
        plain = canonical_json(record)
        sha256 = hashlib.sha256(plain).digest()
        yield Row(record, row_text(number, plain, sha256), line.location, utc_day(line.recorded_at_ms), sha256)


def blocks_of(rows: Iterable[Row]) -> Iterator[Block]:
    """What the rows of each location and day sum to, and the running hash after its last."""
    running_hash = RunningHash()
    for (location, day), together in groupby(rows, lambda row: (row.location, row.day)):
        sums = LineSums()
        for row in together:
            sums = sums.with_record(row.record)
            running_hash.add(row.sha256)
        yield Block(location, day, sums, running_hash.hex())


def with_fewer_blocks(blocks: Sequence[Block], most: int = MOST_BLOCKS) -> tuple[Block, ...]:
    """The blocks; where there are more than `most`, one a day."""
    if len(blocks) <= most:
        return tuple(blocks)
    fewer = []
    for day, together in groupby(blocks, lambda block: block.day):
        of_day = list(together)
        sums = sum((block.sums for block in of_day), LineSums())
        fewer.append(Block(ALL_LOCATIONS, day, sums, of_day[-1].chain_after))
    return tuple(fewer)


def by_location(blocks: Iterable[Block]) -> tuple[LocationSums, ...]:
    """What each location adds up to, by location."""
    sums: dict[str, LineSums] = {}
    for block in blocks:
        sums[block.location] = sums.get(block.location, LineSums()) + block.sums
    return tuple(LocationSums(location, sums[location]) for location in sorted(sums))
