"""Lots, holds and fingerprints as a few bytes, so that an ordinary account's entry stays below one write unit.

Numbers are unsigned LEB128, texts and lists are preceded by their length. Lots: issuers and units once (the
unit of points is an empty text), then per lot its month (counted from the earliest) and issuer in one number,
and its quantity.
"""

from collections.abc import Callable
from itertools import groupby
from typing import TypeVar

from shared.ledger.errors import MalformedEntryError
from shared.ledger.fingerprints import FINGERPRINT_BYTES
from shared.ledger.model import (
    POINTS,
    Debt,
    Fingerprint,
    Follower,
    Former,
    Hold,
    Lot,
    Move,
    Pending,
    Place,
    Rates,
    Undone,
)

FINGERPRINT_WIDTH = 1 + 2 * FINGERPRINT_BYTES
PLACES = tuple(Place)
"""Stored by position: append new places, never reorder them."""


T = TypeVar("T")


class Writer:
    """Collects numbers, texts and lots."""

    def __init__(self) -> None:
        self.packed = bytearray()

    def number(self, number: int) -> None:
        while number > 0x7F:
            self.packed.append(number & 0x7F | 0x80)
            number >>= 7
        self.packed.append(number)

    def text(self, text: str) -> None:
        raw = text.encode()
        self.number(len(raw))
        self.packed += raw

    def lots(self, lots: tuple[Lot, ...]) -> None:
        issuers = list(dict.fromkeys((lot.issuer, lot.unit) for lot in lots))
        first_month = min((lot.expiry_month for lot in lots), default=0)
        self.number(len(issuers))
        for issuer, unit in issuers:
            self.text(issuer)
            self.text("" if unit == POINTS else unit)
        self.number(first_month)
        self.number(len(lots))
        for lot in lots:
            self.number((lot.expiry_month - first_month) * len(issuers) + issuers.index((lot.issuer, lot.unit)))
            self.number(lot.quantity)

    def rates(self, rates: Rates) -> None:
        for number in rates_to_numbers(rates):
            self.number(number)


class Reader:
    """Reads what a Writer wrote. Raises IndexError, UnicodeDecodeError or ZeroDivisionError on other bytes."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._place = 0

    @property
    def more(self) -> bool:
        return self._place < len(self._packed)

    def number(self) -> int:
        number = shift = 0
        while True:
            byte = self._packed[self._place]
            self._place += 1
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number
            shift += 7

    def text(self) -> str:
        length = self.number()
        raw = self._packed[self._place : self._place + length]
        if len(raw) < length:
            raise IndexError("a text is cut off")
        self._place += length
        return raw.decode()

    def lots(self) -> tuple[Lot, ...]:
        issuers = [(self.text(), self.text() or POINTS) for _ in range(self.number())]
        first_month = self.number()
        lots = []
        for _ in range(self.number()):
            months, place = divmod(self.number(), len(issuers))
            issuer, unit = issuers[place]
            lots.append(Lot(issuer, first_month + months, self.number(), unit))
        return tuple(lots)

    def rates(self) -> Rates:
        return Rates(*(self.number() for _ in range(6)))


def rates_to_numbers(rates: Rates) -> tuple[int, int, int, int, int, int]:
    return (
        rates.terms_version,
        rates.earn_points,
        rates.earn_per_cents,
        rates.issue_price_micros,
        rates.redeem_price_micros,
        rates.cashback_bps,
    )


def pack_lots(lots: tuple[Lot, ...]) -> bytes:
    writer = Writer()
    writer.lots(lots)
    return bytes(writer.packed)


def unpack_lots(packed: bytes) -> tuple[Lot, ...]:
    """Raises MalformedEntryError if the bytes are not what pack_lots writes; so do all functions below."""
    return _read_all(packed, Reader.lots)


def pack_moves(moves: tuple[Move, ...]) -> bytes:
    """Moves between the same two places stand together, places as their position in PLACES."""
    writer = Writer()
    for (source, target), group in groupby(moves, key=lambda move: (move.source, move.target)):
        writer.number(PLACES.index(source))
        writer.number(PLACES.index(target))
        writer.lots(tuple(move.lot for move in group))
    return bytes(writer.packed)


def unpack_moves(packed: bytes) -> tuple[Move, ...]:
    def read(reader: Reader) -> tuple[Move, ...]:
        moves: list[Move] = []
        while reader.more:
            source, target = PLACES[reader.number()], PLACES[reader.number()]
            moves += [Move(source, target, lot) for lot in reader.lots()]
        return tuple(moves)

    return _read_all(packed, read)


def pack_pending(pending: tuple[Pending, ...]) -> bytes:
    writer = Writer()
    for waiting in pending:
        writer.number(waiting.purchase_seq)
        writer.number(waiting.matures_at_ms)
        writer.text(waiting.owner or "")
    writer.lots(tuple(waiting.lot for waiting in pending))
    return _counted(len(pending), writer)


def unpack_pending(packed: bytes) -> tuple[Pending, ...]:
    def read(reader: Reader) -> tuple[Pending, ...]:
        when = [(reader.number(), reader.number(), reader.text() or None) for _ in range(reader.number())]
        pairs = zip(when, reader.lots(), strict=True)
        return tuple(Pending(seq, matures_at_ms, lot, owner) for (seq, matures_at_ms, owner), lot in pairs)

    return _read_all(packed, read)


def pack_holds(holds: tuple[Hold, ...]) -> bytes:
    writer = Writer()
    for hold in holds:
        writer.number(hold.seq)
        writer.number(hold.deadline_ms)
        writer.text(hold.partner)
        writer.text(hold.currency)
        writer.rates(hold.rates)
        writer.lots(hold.lots)
    return _counted(len(holds), writer)


def unpack_holds(packed: bytes) -> tuple[Hold, ...]:
    def read(reader: Reader) -> tuple[Hold, ...]:
        return tuple(
            Hold(reader.number(), reader.number(), reader.text(), reader.text(), reader.rates(), reader.lots())
            for _ in range(reader.number())
        )

    return _read_all(packed, read)


def pack_debts(debts: tuple[Debt, ...]) -> bytes:
    return pack_lots(tuple(Lot(debt.issuer, 0, debt.quantity, debt.unit) for debt in debts))


def unpack_debts(packed: bytes) -> tuple[Debt, ...]:
    return tuple(Debt(lot.issuer, lot.quantity, lot.unit) for lot in unpack_lots(packed))


def pack_undone(undone: tuple[Undone, ...]) -> bytes:
    writer = Writer()
    for part in undone:
        writer.number(part.seq)
        writer.number(part.quantity)
        writer.text(part.owner or "")
    return bytes(writer.packed)


def unpack_undone(packed: bytes) -> tuple[Undone, ...]:
    def read(reader: Reader) -> tuple[Undone, ...]:
        parts: list[Undone] = []
        while reader.more:
            parts.append(Undone(reader.number(), reader.number(), reader.text() or None))
        return tuple(parts)

    return _read_all(packed, read)


def pack_followers(followers: tuple[Follower, ...]) -> bytes:
    writer = Writer()
    for follower in followers:
        writer.text(follower.member)
        writer.number(follower.seq)
        writer.number(follower.merged)
    return bytes(writer.packed)


def unpack_followers(packed: bytes) -> tuple[Follower, ...]:
    def read(reader: Reader) -> tuple[Follower, ...]:
        followers: list[Follower] = []
        while reader.more:
            followers.append(Follower(reader.text(), reader.number(), bool(reader.number())))
        return tuple(followers)

    return _read_all(packed, read)


def pack_former(former: tuple[Former, ...]) -> bytes:
    writer = Writer()
    for one in former:
        writer.text(one.leader)
        writer.number(one.until_ms)
    return bytes(writer.packed)


def unpack_former(packed: bytes) -> tuple[Former, ...]:
    def read(reader: Reader) -> tuple[Former, ...]:
        former: list[Former] = []
        while reader.more:
            former.append(Former(reader.text(), reader.number()))
        return tuple(former)

    return _read_all(packed, read)


def pack_fingerprints(recent: tuple[Fingerprint, ...], today: int) -> bytes:
    """Per fingerprint: age in days against the entry's own day, key, receipt."""
    return b"".join(bytes([today - known.day]) + known.key + known.receipt for known in recent)


def unpack_fingerprints(packed: bytes, today: int) -> tuple[Fingerprint, ...]:
    if len(packed) % FINGERPRINT_WIDTH:
        raise MalformedEntryError(f"{len(packed)} bytes are no whole number of fingerprints")
    return tuple(
        Fingerprint(
            day=today - packed[place],
            key=packed[place + 1 : place + 1 + FINGERPRINT_BYTES],
            receipt=packed[place + 1 + FINGERPRINT_BYTES : place + FINGERPRINT_WIDTH],
        )
        for place in range(0, len(packed), FINGERPRINT_WIDTH)
    )


def _counted(count: int, rest: Writer) -> bytes:
    writer = Writer()
    writer.number(count)
    return bytes(writer.packed + rest.packed)


def _read_all(packed: bytes, read: Callable[[Reader], T]) -> T:
    reader = Reader(packed)
    try:
        result = read(reader)
    except (IndexError, ValueError, ZeroDivisionError) as error:
        raise MalformedEntryError(f"packed bytes do not read: {error}") from error
    if reader.more:
        raise MalformedEntryError("packed bytes go on after their end")
    return result
