"""Lines into tallies. Pure."""

import hashlib
from collections import defaultdict
from dataclasses import fields

from partners.audit.merging import MODULUS
from partners.audit.model import PartnerDay, Tallies, Tally
from partners.visits.model import CashMove, Line, Share

ENTRIES_PER_MEMBER = 10**8
HASH_BYTES = 16


def _layout() -> str:
    names = [f"{kind.__name__}.{field.name}" for kind in (Line, Share, CashMove) for field in fields(kind)]
    return hashlib.sha256(" ".join(names).encode()).hexdigest()[:8]


LAYOUT = _layout()
"""Changes when a line gets other fields, and with them another hash."""


class Tallying:
    """Adds lines up, partner and day by partner and day."""

    def __init__(self) -> None:
        self._sums: defaultdict[PartnerDay, list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def add(self, partner: str, day: str, line: Line) -> None:
        sums = self._sums[partner, day]
        sums[0] += 1
        sums[1] += line.visit
        sums[2] += number_of(line.entry_id)
        sums[3] += _hash(line)

    def take(self) -> Tallies:
        """What was added since the last call."""
        taken, self._sums = self._sums, defaultdict(lambda: [0, 0, 0, 0])
        return {
            where: Tally(lines, visits, numbers % MODULUS, hashes % MODULUS)
            for where, (lines, visits, numbers, hashes) in taken.items()
        }


def number_of(entry_id: str) -> int:
    """An entry id as one number, so that the sum of many tells which one is missing; 0 if it is none."""
    member, _, seq = entry_id.partition("-")
    if not (member + seq).isascii() or not (member.isdigit() and seq.isdigit()):
        return 0
    return int(member) * ENTRIES_PER_MEMBER + int(seq)


def entry_id_of(number: int) -> str:
    member, seq = divmod(number, ENTRIES_PER_MEMBER)
    return f"{member:010d}-{seq}"


def _hash(line: Line) -> int:
    return int.from_bytes(hashlib.blake2b(repr(line).encode(), digest_size=HASH_BYTES).digest())
