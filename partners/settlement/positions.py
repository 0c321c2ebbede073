"""From totals to positions: pure, exact, and the same in whatever order the totals come."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from partners.contracts.model import NETWORK
from partners.settlement.model import CurrencySettlement, GrossLine, MatrixCell, PartnerPosition, PointsFlow
from partners.visits.model import DayTotals, Move, MoveKind
from shared.kernel.money import round_zero_sum


@dataclass(frozen=True, slots=True)
class _Price:
    """What gross lines are grouped by."""

    party: str
    kind: MoveKind
    issuer: str
    price_micros: int


def positions(day_totals: Iterable[DayTotals]) -> tuple[CurrencySettlement, ...]:
    """The positions of every currency in which points were issued or redeemed, by currency."""
    points: defaultdict[str, Counter[_Price]] = defaultdict(Counter)
    for day in day_totals:
        for move in day.totals.moves:
            if move.currency is not None:
                price = _Price(day.partner_id, move.kind, move.issuer, move.price_micros)
                points[move.currency][price] += move.points
    return tuple(_settle(currency, points[currency]) for currency in sorted(points))


def flows(day_totals: Iterable[DayTotals]) -> tuple[PointsFlow, ...]:
    """What became of every issuer's points, by issuer."""
    moved: defaultdict[str, Counter[MoveKind]] = defaultdict(Counter)
    for move in _moves(day_totals):
        moved[move.issuer][move.kind] += move.points
    return tuple(
        PointsFlow(
            issuer=issuer,
            issued=kinds[MoveKind.ISSUED],
            redeemed=kinds[MoveKind.REDEEMED],
            expired=kinds[MoveKind.EXPIRED],
            adjusted=kinds[MoveKind.ADJUSTED],
            owed=kinds[MoveKind.OWED],
        )
        for issuer, kinds in sorted(moved.items())
    )


def _settle(currency: str, points: Counter[_Price]) -> CurrencySettlement:
    gross: defaultdict[str, list[GrossLine]] = defaultdict(list)
    for price in sorted(points, key=lambda price: (price.party, price.kind, price.issuer, price.price_micros)):
        gross[price.party].append(_line(price, points[price]))
    network = [replace(line, amount_micros=-line.amount_micros) for lines in gross.values() for line in lines]
    net = {party: _sum(lines) for party, lines in gross.items()} | {NETWORK: _sum(network)}
    cents = round_zero_sum(net)
    by_party = {**gross, NETWORK: network}
    return CurrencySettlement(
        currency,
        tuple(PartnerPosition(party, tuple(lines), net[party], cents[party]) for party, lines in by_party.items()),
        _matrix(gross),
    )


def _line(price: _Price, points: int) -> GrossLine:
    amount_micros = points * price.price_micros
    if price.kind is MoveKind.ISSUED:
        return GrossLine(price.kind, price.issuer, None, price.price_micros, points, -amount_micros)
    return GrossLine(price.kind, price.issuer, price.party, price.price_micros, points, amount_micros)


def _matrix(gross: dict[str, list[GrossLine]]) -> tuple[MatrixCell, ...]:
    points: Counter[tuple[str, str]] = Counter()
    amounts: Counter[tuple[str, str]] = Counter()
    for line in (line for lines in gross.values() for line in lines):
        if line.acceptor is not None:
            points[line.issuer, line.acceptor] += line.points
            amounts[line.issuer, line.acceptor] += line.amount_micros
    return tuple(MatrixCell(*pair, points[pair], amounts[pair]) for pair in sorted(points))


def _sum(lines: Sequence[GrossLine]) -> int:
    return sum(line.amount_micros for line in lines)


def _moves(day_totals: Iterable[DayTotals]) -> Iterable[Move]:
    return (move for day in day_totals for move in day.totals.moves)
