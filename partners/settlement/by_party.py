"""A book taken apart by party: who asks for one party's figures reads those, however many parties there are. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from partners.contracts.model import NETWORK
from partners.settlement.model import (
    Bilateral,
    Book,
    CurrencyNets,
    CurrencySettlement,
    MatrixCell,
    Net,
    PartnerPosition,
    net_of,
)

EMPTY = Book((), (), ())
OUTLINE = "OUTLINE"
"""Where what is kept by party has the outline of all: no party is called that."""


def outline_of(book: Book) -> Book:
    """What every position comes to, with the flows; no lines, and no pairs."""
    return replace(book, currencies=tuple(_outlined(settled) for settled in book.currencies))


def parts_of(book: Book) -> Mapping[str, Book]:
    """By party, its positions with their lines, and the pairs in which it is issuer or payer.

    The network's are without lines: it has those of all others, with the opposite sign.
    """
    found: defaultdict[str, list[CurrencySettlement]] = defaultdict(list)
    for settled in book.currencies:
        positions = {position.party: position for position in settled.positions}
        pairs = by_payer(settled)
        for party in sorted({*positions, *pairs}):
            own = (_of_party(positions[party]),) if party in positions else ()
            one = pairs.get(party, CurrencySettlement(settled.currency, (), ()))
            found[party].append(replace(one, positions=own))
    return {party: Book(tuple(currencies), (), ()) for party, currencies in found.items()}


def by_payer(settled: CurrencySettlement) -> dict[str, CurrencySettlement]:
    """The pairs of a currency in which each party is issuer or payer."""
    honoured: defaultdict[str, list[MatrixCell]] = defaultdict(list)
    owed: defaultdict[str, list[Bilateral]] = defaultdict(list)
    for cell in settled.matrix:
        honoured[cell.issuer].append(cell)
    for pair in settled.bilateral:
        owed[pair.payer].append(pair)
    return {
        party: CurrencySettlement(settled.currency, (), tuple(honoured[party]), tuple(owed[party]))
        for party in {*honoured, *owed}
    }


def nets_of(book: Book) -> tuple[CurrencyNets, ...]:
    """What the positions of a book come to, with their lines at hand."""
    return tuple(CurrencyNets(one.currency, tuple(map(net_of, one.positions))) for one in book.currencies)


def nets_of_parts(outline: Book, part: Callable[[str], Book]) -> tuple[CurrencyNets, ...]:
    """The same of what is apart, each party's read once; the network's follow from all others'."""
    parties = {position.party for settled in outline.currencies for position in settled.positions}
    found: defaultdict[str, dict[str, Net]] = defaultdict(dict)
    for party in sorted(parties - {NETWORK}):
        for one in nets_of(part(party)):
            found[one.currency].update({net.party: net for net in one.nets})
    return tuple(
        CurrencyNets(
            settled.currency,
            tuple(
                network_net(one.net_micros, one.net_cents, found[settled.currency].values())
                if one.party == NETWORK
                else found[settled.currency][one.party]
                for one in settled.positions
            ),
        )
        for settled in outline.currencies
    )


def network_net(micros: int, cents: int, others: Iterable[Net]) -> Net:
    """The network's, of what its position comes to and all others', which it has with the opposite sign."""
    carried, fees = 0, 0
    for other in others:
        carried, fees = carried - other.carried_micros, fees - other.fees_micros
    return Net(NETWORK, micros, cents, carried, fees)


News = Mapping[tuple[str, str], int]
"""What is new in a window, in cents by currency and party: without what is carried into it, and without zeros."""


def news_of(nets: Iterable[CurrencyNets]) -> News:
    return {(one.currency, net.party): net.new_cents for one in nets for net in one.nets if net.new_cents}


def position_in(part: Book, currency: str) -> PartnerPosition | None:
    """The position of the party whose part it is."""
    return next((one for settled in part.currencies for one in settled.positions if settled.currency == currency), None)


def _outlined(settled: CurrencySettlement) -> CurrencySettlement:
    return CurrencySettlement(settled.currency, tuple(replace(one, lines=()) for one in settled.positions), ())


def _of_party(position: PartnerPosition) -> PartnerPosition:
    return replace(position, lines=()) if position.party == NETWORK else position
