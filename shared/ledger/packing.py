"""Lots and fingerprints as a few bytes, so that an ordinary account's entry stays below one write unit.

Numbers are unsigned LEB128. Lots: issuers once, then per lot its month (counted from the earliest) and
issuer in one number, and its points. Fingerprints: age in days against the entry's own day, key, receipt.
"""

from shared.ledger.errors import MalformedEntryError
from shared.ledger.fingerprints import FINGERPRINT_BYTES
from shared.ledger.model import Fingerprint, Lot

FINGERPRINT_WIDTH = 1 + 2 * FINGERPRINT_BYTES


def pack_lots(lots: tuple[Lot, ...]) -> bytes:
    issuers = list(dict.fromkeys(lot.issuer for lot in lots))
    first_month = min((lot.expiry_month for lot in lots), default=0)
    packed = bytearray()
    _put(packed, len(issuers))
    for issuer in issuers:
        raw = issuer.encode()
        _put(packed, len(raw))
        packed += raw
    _put(packed, first_month)
    for lot in lots:
        _put(packed, (lot.expiry_month - first_month) * len(issuers) + issuers.index(lot.issuer))
        _put(packed, lot.points)
    return bytes(packed)


def unpack_lots(packed: bytes) -> tuple[Lot, ...]:
    """Raises MalformedEntryError if the bytes are not what pack_lots writes."""
    try:
        return _unpack_lots(packed)
    except (IndexError, UnicodeDecodeError, ZeroDivisionError) as error:
        raise MalformedEntryError(f"packed lots do not read: {error}") from error


def _unpack_lots(packed: bytes) -> tuple[Lot, ...]:
    count, place = _get(packed, 0)
    issuers = []
    for _ in range(count):
        length, place = _get(packed, place)
        issuers.append(packed[place : place + length].decode())
        place += length
    first_month, place = _get(packed, place)
    lots = []
    while place < len(packed):
        where, place = _get(packed, place)
        points, place = _get(packed, place)
        months, issuer = divmod(where, len(issuers))
        lots.append(Lot(issuers[issuer], first_month + months, points))
    return tuple(lots)


def pack_fingerprints(recent: tuple[Fingerprint, ...], today: int) -> bytes:
    return b"".join(bytes([today - known.day]) + known.key + known.receipt for known in recent)


def unpack_fingerprints(packed: bytes, today: int) -> tuple[Fingerprint, ...]:
    """Raises MalformedEntryError if the length is not a multiple of one fingerprint's."""
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


def _put(packed: bytearray, number: int) -> None:
    while number > 0x7F:
        packed.append(number & 0x7F | 0x80)
        number >>= 7
    packed.append(number)


def _get(packed: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = packed[place]
        place += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, place
        shift += 7
