"""The lines under a statement: one record a journal entry, chained so that nobody can change one unnoticed. Pure.

A file of lines is JSON lines. Each row is a record and `chain`, the first 16 hexadecimal digits of a running
SHA-256: of the running hash before (32 bytes, at first that of "tessera-lines-v1") followed by the record in
canonical JSON.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from partners.lake.record import Record, record_of
from partners.settlement.statements.model import Block, LineSums
from partners.visits.model import Line
from shared.kernel.canonical import canonical_json
from shared.kernel.clock import utc_day

CHAIN = "chain"
CHAIN_DIGITS = 16
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


def in_order(lines: Iterable[Line]) -> list[Line]:
    """The lines of a statement as they are listed: by UTC day, location and time of recording."""
    return sorted(
        lines, key=lambda line: (utc_day(line.recorded_at_ms), line.location, line.recorded_at_ms, line.entry_id)
    )


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


def _place(line: Line) -> tuple[str, str, int, str]:
    return utc_day(line.recorded_at_ms), line.location, line.recorded_at_ms, line.entry_id
