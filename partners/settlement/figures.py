"""Figures of a period row by row, from any place on, each party's read when its turn comes. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from partners.contracts.model import MEMBERS, NETWORK
from partners.settlement.by_party import EMPTY, outline_of, parts_of, position_in
from partners.settlement.model import Bilateral, Book, GrossLine, MatrixCell


@dataclass(frozen=True, slots=True)
class Figures:
    """Where a book's outline is, and what is one party's; see `partners.settlement.by_party`."""

    outline: Callable[[], Book]
    part: Callable[[str], Book]


@dataclass(frozen=True, slots=True)
class Place:
    """Of a line: `party` has it, as the `number`th in `currency`, from 0. Of the network's it is whose it mirrors."""

    currency: str
    party: str
    number: int

    @property
    def order(self) -> tuple[str, bool, str, int]:
        """Partners by id, then members, as in a settlement."""
        return self.currency, self.party == MEMBERS, self.party, self.number


@dataclass(frozen=True, slots=True)
class Pair:
    """What stands between `payer` and `payee` in a currency: points of the one that the other honoured, and money."""

    payer: str
    currency: str
    payee: str
    honoured: MatrixCell | None
    owed: Bilateral | None

    @property
    def place(self) -> tuple[str, str, str]:
        return self.payer, self.currency, self.payee


def figures_of(book: Book) -> Figures:
    """Those of a book at hand."""
    parts = parts_of(book)
    return Figures(lambda: outline_of(book), lambda party: parts.get(party, EMPTY))


def lines_of(figures: Figures, party: str, after: Place | None = None) -> Iterator[tuple[Place, GrossLine]]:
    """Every line of a party's positions that follows a place, by currency.

    The network has those of all others with the opposite sign, read party by party.
    """
    begin = ("",) if after is None else after.order
    if party != NETWORK:
        for settled in figures.part(party).currencies:
            yield from _lines(figures, settled.currency, party, begin)
        return
    for settled in figures.outline().currencies:
        for position in settled.positions:
            here = Place(settled.currency, position.party, 0)
            if position.party != NETWORK and here.order[:3] >= begin[:3]:
                for place, line in _lines(figures, settled.currency, position.party, begin):
                    yield place, replace(line, amount_micros=-line.amount_micros)


def pairs_of(figures: Figures, payer: str | None = None, after: tuple[str, str, str] | None = None) -> Iterator[Pair]:
    """Every pair that follows a place, by payer, currency and payee; with `payer`, that one's alone."""
    for one in _payers(figures.outline()) if payer is None else [payer]:
        if after is None or one >= after[0]:
            yield from (pair for pair in _pairs(figures.part(one), one) if after is None or pair.place > after)


def issuers_of(outline: Book) -> set[str]:
    """Whose points or cashback moved."""
    return {flow.issuer for flow in outline.flows} | {flow.issuer for flow in outline.cashback_flows}


def _lines(figures: Figures, currency: str, party: str, begin: tuple[object, ...]) -> Iterator[tuple[Place, GrossLine]]:
    position = position_in(figures.part(party), currency)
    for number, line in enumerate(() if position is None else position.lines):
        place = Place(currency, party, number)
        if place.order > begin:
            yield place, line


def _payers(outline: Book) -> list[str]:
    """Who may be the payer of a pair: who has a position, or whose points or cashback moved."""
    settled = {position.party for settled in outline.currencies for position in settled.positions}
    return sorted(settled | issuers_of(outline))


def _pairs(part: Book, payer: str) -> Iterator[Pair]:
    for settled in part.currencies:
        honoured = {cell.acceptor: cell for cell in settled.matrix}
        owed = {pair.payee: pair for pair in settled.bilateral}
        for payee in sorted({*honoured, *owed}):
            yield Pair(payer, settled.currency, payee, honoured.get(payee), owed.get(payee))
