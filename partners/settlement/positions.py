"""From totals to positions: pure, exact, and the same in whatever order the totals come."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from partners.contracts.model import MEMBERS, NETWORK
from partners.settlement.model import (
    CashbackFlow,
    CurrencySettlement,
    GrossLine,
    MatrixCell,
    PartnerPosition,
    PointsFlow,
)
from partners.visits.model import DayTotals, Move, MoveKind
from shared.kernel.money import round_zero_sum

ISSUED = frozenset({MoveKind.ISSUED, MoveKind.CASHBACK_ISSUED})
CASHBACK = frozenset(kind for kind in MoveKind if kind.startswith("cashback_"))
TAKEN = frozenset({MoveKind.REDEEMED, MoveKind.CASHBACK_REDEEMED, MoveKind.CASHBACK_PAID_OUT})


@dataclass(frozen=True, slots=True)
class _Price:
    """What gross lines are grouped by."""

    party: str
    kind: MoveKind
    issuer: str
    price_micros: int


def positions(day_totals: Iterable[DayTotals]) -> tuple[CurrencySettlement, ...]:
    """The positions of every currency in which points or cashback were issued or taken, by currency."""
    moved: defaultdict[str, Counter[_Price]] = defaultdict(Counter)
    for day in day_totals:
        for move in day.totals.moves:
            if move.kind in ISSUED | TAKEN and move.currency is not None:
                party = MEMBERS if move.kind is MoveKind.CASHBACK_PAID_OUT else day.partner_id
                moved[move.currency][_Price(party, move.kind, move.issuer, move.price_micros)] += move.quantity
    return tuple(_settle(currency, moved[currency]) for currency in sorted(moved))


def flows(day_totals: Iterable[DayTotals]) -> tuple[PointsFlow, ...]:
    """What became of every issuer's points, by issuer."""
    moved: defaultdict[str, Counter[MoveKind]] = defaultdict(Counter)
    for move in _moves(day_totals):
        if move.kind not in CASHBACK:
            moved[move.issuer][move.kind] += move.quantity
    return tuple(
        PointsFlow(
            issuer=issuer,
            issued=kinds[MoveKind.ISSUED],
            redeemed=kinds[MoveKind.REDEEMED],
            expired=kinds[MoveKind.EXPIRED],
            adjusted=kinds[MoveKind.ADJUSTED],
            owed=kinds[MoveKind.OWED],
            written_off=kinds[MoveKind.WRITTEN_OFF],
        )
        for issuer, kinds in sorted(moved.items())
    )


def cashback_flows(day_totals: Iterable[DayTotals]) -> tuple[CashbackFlow, ...]:
    """What became of every issuer's cashback, by issuer and currency."""
    moved: defaultdict[tuple[str, str], Counter[MoveKind]] = defaultdict(Counter)
    for move in _moves(day_totals):
        if move.kind in CASHBACK and move.currency is not None:
            moved[move.issuer, move.currency][move.kind] += move.quantity
    return tuple(
        CashbackFlow(
            issuer=issuer,
            currency=currency,
            issued=kinds[MoveKind.CASHBACK_ISSUED],
            redeemed=kinds[MoveKind.CASHBACK_REDEEMED],
            paid_out=kinds[MoveKind.CASHBACK_PAID_OUT],
            forfeited=kinds[MoveKind.CASHBACK_FORFEITED],
            owed=kinds[MoveKind.CASHBACK_OWED],
            written_off=kinds[MoveKind.CASHBACK_WRITTEN_OFF],
        )
        for (issuer, currency), kinds in sorted(moved.items())
    )


def _settle(currency: str, moved: Counter[_Price]) -> CurrencySettlement:
    gross: defaultdict[str, list[GrossLine]] = defaultdict(list)
    for price in sorted(moved, key=_place):
        gross[price.party].append(_line(price, moved[price]))
    network = [replace(line, amount_micros=-line.amount_micros) for lines in gross.values() for line in lines]
    net = {party: _sum(lines) for party, lines in gross.items()} | {NETWORK: _sum(network)}
    cents = round_zero_sum(net)
    by_party = {**gross, NETWORK: network}
    return CurrencySettlement(
        currency,
        tuple(PartnerPosition(party, tuple(lines), net[party], cents[party]) for party, lines in by_party.items()),
        _matrix(gross),
    )


def _place(price: _Price) -> tuple[bool, str, MoveKind, str, int]:
    """Members come after the partners."""
    return price.party == MEMBERS, price.party, price.kind, price.issuer, price.price_micros


def _line(price: _Price, quantity: int) -> GrossLine:
    amount_micros = quantity * price.price_micros
    if price.kind in ISSUED:
        return GrossLine(price.kind, price.issuer, None, price.price_micros, quantity, -amount_micros)
    return GrossLine(price.kind, price.issuer, price.party, price.price_micros, quantity, amount_micros)


def _matrix(gross: dict[str, list[GrossLine]]) -> tuple[MatrixCell, ...]:
    points: Counter[tuple[str, str]] = Counter()
    amounts: Counter[tuple[str, str]] = Counter()
    for line in (line for lines in gross.values() for line in lines):
        if line.kind is MoveKind.REDEEMED and line.acceptor is not None:
            points[line.issuer, line.acceptor] += line.quantity
            amounts[line.issuer, line.acceptor] += line.amount_micros
    return tuple(MatrixCell(*pair, points[pair], amounts[pair]) for pair in sorted(points))


def _sum(lines: Sequence[GrossLine]) -> int:
    return sum(line.amount_micros for line in lines)


def _moves(day_totals: Iterable[DayTotals]) -> Iterable[Move]:
    return (move for day in day_totals for move in day.totals.moves)
