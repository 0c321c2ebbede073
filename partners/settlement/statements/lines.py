"""The lines under a statement: one record a journal entry, chained so that nobody can change one unnoticed. Pure.

A file of lines is JSON lines. Each row is a record and `chain`, the first 16 hexadecimal digits of a running
SHA-256: of the running hash before (32 bytes, at first that of "tessera-lines-v1") followed by the record in
canonical JSON.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from partners.lake.record import Record, record_of
from partners.settlement.statements.model import ALL_LOCATIONS, Block, LineSums, LocationSums
from partners.visits.model import Line
from shared.kernel.canonical import canonical_json
from shared.kernel.clock import utc_day

CHAIN = "chain"
CHAIN_DIGITS = 16
MOST_BLOCKS = 10_000
"""About 3 MB: an answer of the API has 6 MB at most."""
FIRST_HASH = hashlib.sha256(b"tessera-lines-v1").digest()


@dataclass(frozen=True, slots=True)
class Row:
    """A record, the place of its block (location, UTC day), and the whole running hash after it."""

    record: Record
    location: str
    day: str
    running_hash: bytes

    @property
    def chained(self) -> Record:
        """The record as it stands in the file."""
        return {**self.record, CHAIN: self.running_hash.hex()[:CHAIN_DIGITS]}


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


def next_hash(before: bytes, record: Mapping[str, Any]) -> bytes:
    """The running hash after `record`."""
    return hashlib.sha256(before + canonical_json(record)).digest()


def rows_of(lines: Iterable[Line]) -> Iterator[Row]:
    """Every line as a row, in the order given; see `in_order`."""
    running_hash = FIRST_HASH
    for line in lines:
        record = record_of(line)
        running_hash = next_hash(running_hash, record)
        yield Row(record, line.location, utc_day(line.recorded_at_ms), running_hash)


def blocks_of(rows: Iterable[Row]) -> Iterator[Block]:
    """What the rows of each location and day sum to, and the running hash after its last."""
    for (location, day), together in groupby(rows, lambda row: (row.location, row.day)):
        sums, running_hash = LineSums(), b""
        for row in together:
            sums, running_hash = sums.with_record(row.record), row.running_hash
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
