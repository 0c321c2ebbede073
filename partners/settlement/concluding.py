"""A window's positions party by party: no more is in memory than one party's lines, and who stands with whom.

What comes out is byte for byte what `partners.settlement.document` makes of the book of all days at once.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from partners.contracts.model import MEMBERS, NETWORK
from partners.settlement.by_party import by_payer, network_net
from partners.settlement.document import (
    book_text,
    currency_text,
    lines_text,
    mirrored_text,
    position_text,
)
from partners.settlement.gross import gross_lines, in_order_of_parties
from partners.settlement.model import (
    Book,
    Carried,
    CurrencyNets,
    CurrencySettlement,
    GrossLine,
    Net,
    PartnerPosition,
    net_of,
)
from partners.settlement.positions import Flowed, Pairs
from partners.settlement.rates import Rates
from partners.visits.codec import totals_from_text, totals_to_text
from partners.visits.model import RAN_OUT, DayTotals, Move, MoveKind, Totals
from shared.kernel.money import round_zero_sum
from shared.kernel.spool import IN_MEMORY_BYTES, Spool

Keep = Callable[[str, bytes], None]
"""Takes a party, and the document of its part."""


@dataclass(frozen=True, slots=True)
class Concluded:
    """The SHA-256 of the whole document, an outline of it, see `partners.settlement.by_party`, and its nets."""

    digest: str
    outline: Book
    nets: tuple[CurrencyNets, ...]


class _Currency:
    """What is known of a currency, its lines aside: of each net all but the cents."""

    def __init__(self) -> None:
        self.pairs = Pairs()
        self._found: list[Net] = []

    def add(self, party: str, lines: Sequence[GrossLine]) -> None:
        self.pairs.add(party, lines)
        self._found.append(net_of(PartnerPosition(party, tuple(lines), sum(line.amount_micros for line in lines), 0)))

    def nets(self) -> list[Net]:
        """By party, the network last."""
        micros = {one.party: one.net_micros for one in self._found}
        micros[NETWORK] = -sum(one.net_micros for one in self._found)
        cents = round_zero_sum(micros)
        found = [replace(one, net_cents=cents[one.party]) for one in self._found]
        return [*found, network_net(micros[NETWORK], cents[NETWORK], found)]


def conclude(
    days: Iterable[DayTotals],
    rates: Rates,
    carried: Iterable[Carried],
    keep: Keep,
    *,
    in_memory_bytes: int = IN_MEMORY_BYTES,
) -> Concluded:
    """What days add up to, which may come in any order, with what is carried in; each party's part goes to `keep`."""
    flowed = Flowed()
    with Spool(in_memory_bytes) as sorted_days, Spool(in_memory_bytes) as lines:
        for day in days:
            flowed.add([day])
            for party, its in _by_party(day):
                sorted_days.add((party,), _row(its))
        currencies = _with_lines(sorted_days, lines, rates, carried)
        nets = {currency: known.nets() for currency, known in sorted(currencies.items())}
        pairs = {
            currency: CurrencySettlement(currency, (), known.pairs.matrix(), known.pairs.bilateral())
            for currency, known in sorted(currencies.items())
        }
        for party, part in _parts(nets, pairs, lines):
            keep(party, part)
        outline = Book(
            tuple(CurrencySettlement(currency, _positions(nets[currency]), ()) for currency in nets),
            flowed.flows(),
            flowed.cashback_flows(),
        )
        texts = [currency_text(pairs[currency], _all_positions(currency, nets[currency], lines)) for currency in nets]
        digest = hashlib.sha256()
        for piece in book_text(texts, outline):
            digest.update(piece)
    in_currencies = tuple(CurrencyNets(currency, tuple(found)) for currency, found in nets.items())
    return Concluded(digest.hexdigest(), outline, in_currencies)


def _by_party(day: DayTotals) -> Iterator[tuple[str, DayTotals]]:
    """What of a day each party's lines may come from: its issuer's is what ran out, wherever, and members' what was
    paid out; all else is the partner's."""
    moves: defaultdict[str, list[Move]] = defaultdict(list)
    for move in day.totals.moves:
        if move.kind in RAN_OUT:
            moves[move.issuer].append(move)
        elif move.kind is MoveKind.CASHBACK_PAID_OUT:
            moves[MEMBERS].append(move)
        else:
            moves[day.partner_id].append(move)
    for party, its in moves.items():
        yield party, replace(day, totals=Totals(moves=tuple(its)))


def _row(day: DayTotals) -> bytes:
    return json.dumps([day.partner_id, day.day, totals_to_text(day.totals)]).encode() + b"\n"


def _days(rows: bytes) -> Iterator[DayTotals]:
    for row in rows.splitlines():
        partner_id, day, totals = json.loads(row)
        yield DayTotals(partner_id, day, totals_from_text(totals))


def _with_lines(days: Spool, lines: Spool, rates: Rates, carried: Iterable[Carried]) -> dict[str, _Currency]:
    """What is known of each currency; the lines of each party go to `lines`."""
    brought: defaultdict[str, list[Carried]] = defaultdict(list)
    for one in carried:
        brought[one.party].append(one)
    currencies: defaultdict[str, _Currency] = defaultdict(_Currency)
    for party in sorted({party for (party,) in days} | brought.keys(), key=in_order_of_parties):
        for currency, gross in gross_lines(_days(days.get((party,))), rates, brought[party]).items():
            currencies[currency].add(party, gross[party])
            lines.add((currency, party), lines_text(gross[party]))
    return currencies


def _positions(nets: Iterable[Net]) -> tuple[PartnerPosition, ...]:
    return tuple(PartnerPosition(net.party, (), net.net_micros, net.net_cents) for net in nets)


def _all_positions(currency: str, nets: list[Net], lines: Spool) -> Iterator[Iterator[bytes]]:
    for position in _positions(nets):
        if position.party == NETWORK:
            others = (net.party for net in nets if net.party != NETWORK)
            yield position_text(position, (mirrored_text(lines.get((currency, party))) for party in others))
        else:
            yield position_text(position, [lines.get((currency, position.party))])


def _parts(
    nets: Mapping[str, list[Net]], pairs: Mapping[str, CurrencySettlement], lines: Spool
) -> Iterator[tuple[str, bytes]]:
    """Each party's part; the network's is without lines."""
    positions = {currency: {one.party: one for one in _positions(found)} for currency, found in nets.items()}
    of_payers = {currency: by_payer(settled) for currency, settled in pairs.items()}
    parties = {party for found in positions.values() for party in found}
    parties |= {party for found in of_payers.values() for party in found}
    for party in sorted(parties):
        texts: list[Iterator[bytes]] = []
        for currency in nets:
            position, settled = positions[currency].get(party), of_payers[currency].get(party)
            if position is None and settled is None:
                continue
            its = [b"[]" if party == NETWORK else lines.get((currency, party))]
            own = [position_text(position, its)] if position is not None else []
            texts.append(currency_text(settled or CurrencySettlement(currency, (), ()), own))
        yield party, b"".join(book_text(texts, Book((), (), ())))
