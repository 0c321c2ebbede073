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

from partners.settlement.statements.model import Block, LineSums
from partners.visits.model import PAR_MICROS, CashMove, Line, MoveKind, Share
from shared.kernel.canonical import canonical_json
from shared.kernel.clock import to_rfc3339, utc_day

Record = dict[str, Any]

CHAIN = "chain"
CHAIN_DIGITS = 16
FIRST_HASH = hashlib.sha256(b"tessera-lines-v1").digest()

_SIGN_OF_CASH = {
    MoveKind.CASHBACK_ISSUED: -1,
    MoveKind.CASHBACK_REDEEMED: 1,
}


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


def record_of(line: Line) -> Record:
    """A line as plain JSON: what is null, zero or empty is left out. Times are RFC 3339, `position_micros` is signed.

    `position_micros` is what the line adds to the partner's position before fees, in millionths of `currency`:
    granted points and cashback are paid for, honoured ones are paid.
    """
    facts: Record = {
        "entry_id": line.entry_id,
        "kind": line.op.value,
        "location": line.location,
        "receipt": line.receipt,
        "recorded_at": to_rfc3339(line.recorded_at_ms),
        "occurred_at": to_rfc3339(line.occurred_at_ms),
        "currency": line.currency,
        "amount_cents": line.amount_cents,
        "points": line.points,
        "value_cents": line.value_cents,
        "price_micros": line.price_micros,
        "issued": line.issued,
        "owed": line.owed,
        "honoured": _shares(line.honoured),
        "adjusted": _shares(line.adjusted),
        "expired": _shares(line.expired),
        "written_off": _shares(line.written_off),
        "cashback": [_cash(move) for move in line.cash],
        "visit": line.visit or None,
        "position_micros": _position_micros(line),
    }
    return {name: value for name, value in facts.items() if value not in (None, 0, [])}


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


def _position_micros(line: Line) -> int:
    price = line.price_micros or 0
    points = sum(share.points for share in line.honoured) - line.issued
    cents = sum(_SIGN_OF_CASH.get(move.kind, 0) * move.cents for move in line.cash)
    return points * price + cents * PAR_MICROS


def _shares(shares: Iterable[Share]) -> list[Record]:
    return [{"issuer": share.issuer, "points": share.points} for share in shares]


def _cash(move: CashMove) -> Record:
    return {"kind": move.kind.value, "issuer": move.issuer, "currency": move.currency, "cents": move.cents}
