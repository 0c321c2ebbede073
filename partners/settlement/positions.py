"""From totals to positions: pure, exact, and the same in whatever order the totals come."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from partners.contracts.model import NETWORK
from partners.settlement.gross import ISSUED, PAID, Gross, gross_lines
from partners.settlement.model import (
    Bilateral,
    Book,
    Carried,
    CashbackFlow,
    CurrencySettlement,
    GrossLine,
    LineKind,
    MatrixCell,
    PartnerPosition,
    PointsFlow,
)
from partners.settlement.rates import NO_RATES, Rates
from partners.visits.model import DayTotals, Move, MoveKind
from shared.kernel.money import round_zero_sum

CASHBACK = frozenset(kind for kind in MoveKind if kind.startswith("cashback_"))


def book(day_totals: Sequence[DayTotals], rates: Rates, carried: Iterable[Carried] = ()) -> Book:
    """All that follows from what days add up to, and from what is carried into the period."""
    return Book(positions(day_totals, rates, carried), flows(day_totals), cashback_flows(day_totals))


def positions(
    day_totals: Iterable[DayTotals], rates: Rates = NO_RATES, carried: Iterable[Carried] = ()
) -> tuple[CurrencySettlement, ...]:
    """The positions of every currency in which something is owed, by currency."""
    by_currency = gross_lines(day_totals, rates, carried)
    return tuple(_settle(currency, by_currency[currency]) for currency in sorted(by_currency))


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


def _settle(currency: str, gross: Gross) -> CurrencySettlement:
    network = [_mirrored(line) for lines in gross.values() for line in lines]
    net = {party: _sum(lines) for party, lines in gross.items()} | {NETWORK: _sum(network)}
    cents = round_zero_sum(net)
    by_party = {**gross, NETWORK: network}
    return CurrencySettlement(
        currency,
        tuple(PartnerPosition(party, tuple(lines), net[party], cents[party]) for party, lines in by_party.items()),
        _matrix(gross),
        _bilateral(gross),
    )


def _mirrored(line: GrossLine) -> GrossLine:
    return replace(line, amount_micros=-line.amount_micros)


def _matrix(gross: Gross) -> tuple[MatrixCell, ...]:
    points: Counter[tuple[str, str]] = Counter()
    amounts: Counter[tuple[str, str]] = Counter()
    for line in (line for lines in gross.values() for line in lines):
        if line.kind is LineKind.REDEEMED and line.acceptor is not None:
            points[line.issuer, line.acceptor] += line.quantity
            amounts[line.issuer, line.acceptor] += line.amount_micros
    return tuple(MatrixCell(*pair, points[pair], amounts[pair]) for pair in sorted(points))


def _bilateral(gross: Gross) -> tuple[Bilateral, ...]:
    owed: Counter[tuple[str, str]] = Counter()
    for party, lines in gross.items():
        for line in lines:
            if line.kind in PAID:
                owed[line.issuer, party] += line.amount_micros
                # What is paid for it was charged when it was granted.
                owed[line.issuer, NETWORK] -= line.amount_micros
            elif line.kind in ISSUED or line.amount_micros < 0:
                owed[party, NETWORK] -= line.amount_micros
            else:
                owed[NETWORK, party] += line.amount_micros
    return tuple(Bilateral(*pair, amount) for pair, amount in sorted(owed.items()) if amount)


def _sum(lines: Sequence[GrossLine]) -> int:
    return sum(line.amount_micros for line in lines)


def _moves(day_totals: Iterable[DayTotals]) -> Iterable[Move]:
    return (move for day in day_totals for move in day.totals.moves)
