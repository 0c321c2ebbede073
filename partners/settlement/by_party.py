"""A book taken apart by party: who asks for one party's figures reads those, however many parties there are. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from partners.contracts.model import NETWORK
from partners.settlement.model import (
    Bilateral,
    Book,
    CurrencySettlement,
    GrossLine,
    LineKind,
    MatrixCell,
    PartnerPosition,
)

EMPTY = Book((), (), ())
OUTLINE = "OUTLINE"
"""Where what is kept by party has the outline of all: no party is called that."""


def outline_of(book: Book) -> Book:
    """What every position comes to and what was carried into it, with the flows; no other lines, and no pairs."""
    return replace(book, currencies=tuple(_outlined(settled) for settled in book.currencies))


def parts_of(book: Book) -> Mapping[str, Book]:
    """By party, its positions with their lines, and the pairs in which it is issuer or payer.

    The network's are without lines: it has those of all others, with the opposite sign.
    """
    found: defaultdict[str, list[CurrencySettlement]] = defaultdict(list)
    for settled in book.currencies:
        positions = {position.party: position for position in settled.positions}
        honoured: defaultdict[str, list[MatrixCell]] = defaultdict(list)
        owed: defaultdict[str, list[Bilateral]] = defaultdict(list)
        for cell in settled.matrix:
            honoured[cell.issuer].append(cell)
        for pair in settled.bilateral:
            owed[pair.payer].append(pair)
        for party in sorted({*positions, *honoured, *owed}):
            own = (_of_party(positions[party]),) if party in positions else ()
            one = CurrencySettlement(settled.currency, own, tuple(honoured[party]), tuple(owed[party]))
            found[party].append(one)
    return {party: Book(tuple(currencies), (), ()) for party, currencies in found.items()}


def position_in(part: Book, currency: str) -> PartnerPosition | None:
    """The position of the party whose part it is."""
    return next((one for settled in part.currencies for one in settled.positions if settled.currency == currency), None)


def _outlined(settled: CurrencySettlement) -> CurrencySettlement:
    positions = tuple(replace(one, lines=_carried(one.lines)) for one in settled.positions)
    return CurrencySettlement(settled.currency, positions, ())


def _carried(lines: tuple[GrossLine, ...]) -> tuple[GrossLine, ...]:
    return tuple(line for line in lines if line.kind is LineKind.CARRIED)


def _of_party(position: PartnerPosition) -> PartnerPosition:
    return replace(position, lines=()) if position.party == NETWORK else position
