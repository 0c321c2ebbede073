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
from partners.visits.model import DayTotals, MoveKind
from shared.kernel.money import round_zero_sum

CASHBACK = frozenset(kind for kind in MoveKind if kind.startswith("cashback_"))


def book(day_totals: Sequence[DayTotals], rates: Rates, carried: Iterable[Carried] = ()) -> Book:
    """All that follows from what days add up to, and from what is carried into the period."""
    flowed = Flowed()
    flowed.add(day_totals)
    return Book(positions(day_totals, rates, carried), flowed.flows(), flowed.cashback_flows())


def positions(
    day_totals: Iterable[DayTotals], rates: Rates = NO_RATES, carried: Iterable[Carried] = ()
) -> tuple[CurrencySettlement, ...]:
    """The positions of every currency in which something is owed, by currency."""
    by_currency = gross_lines(day_totals, rates, carried)
    return tuple(_settle(currency, by_currency[currency]) for currency in sorted(by_currency))


def flows(day_totals: Iterable[DayTotals]) -> tuple[PointsFlow, ...]:
    """What became of every issuer's points, by issuer."""
    flowed = Flowed()
    flowed.add(day_totals)
    return flowed.flows()


def cashback_flows(day_totals: Iterable[DayTotals]) -> tuple[CashbackFlow, ...]:
    """What became of every issuer's cashback, by issuer and currency."""
    flowed = Flowed()
    flowed.add(day_totals)
    return flowed.cashback_flows()


class Flowed:
    """What became of points and cashback in the days added so far."""

    def __init__(self) -> None:
        self._points: defaultdict[str, Counter[MoveKind]] = defaultdict(Counter)
        self._cashback: defaultdict[tuple[str, str], Counter[MoveKind]] = defaultdict(Counter)

    def add(self, day_totals: Iterable[DayTotals]) -> None:
        for move in (move for day in day_totals for move in day.totals.moves):
            if move.kind not in CASHBACK:
                self._points[move.issuer][move.kind] += move.quantity
            elif move.currency is not None:
                self._cashback[move.issuer, move.currency][move.kind] += move.quantity

    def flows(self) -> tuple[PointsFlow, ...]:
        """By issuer."""
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
            for issuer, kinds in sorted(self._points.items())
        )

    def cashback_flows(self) -> tuple[CashbackFlow, ...]:
        """By issuer and currency."""
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
                adjusted=kinds[MoveKind.CASHBACK_ADJUSTED],
                expired=kinds[MoveKind.CASHBACK_EXPIRED],
            )
            for (issuer, currency), kinds in sorted(self._cashback.items())
        )


class Pairs:
    """Who honoured whose points, and who owes whom, by the gross lines of the parties added so far."""

    def __init__(self) -> None:
        self._points: Counter[tuple[str, str]] = Counter()
        self._amounts: Counter[tuple[str, str]] = Counter()
        self._owed: Counter[tuple[str, str]] = Counter()

    def add(self, party: str, lines: Iterable[GrossLine]) -> None:
        for line in lines:
            if line.kind is LineKind.REDEEMED and line.acceptor is not None:
                self._points[line.issuer, line.acceptor] += line.quantity
                self._amounts[line.issuer, line.acceptor] += line.amount_micros
            if line.kind in PAID:
                self._owed[line.issuer, party] += line.amount_micros
                if line.issuer != NETWORK:
                    # What is paid for it was charged when it was granted.
                    self._owed[line.issuer, NETWORK] -= line.amount_micros
            elif line.kind in ISSUED or line.amount_micros < 0:
                self._owed[party, NETWORK] -= line.amount_micros
            else:
                self._owed[NETWORK, party] += line.amount_micros

    def matrix(self) -> tuple[MatrixCell, ...]:
        return tuple(MatrixCell(*pair, self._points[pair], self._amounts[pair]) for pair in sorted(self._points))

    def bilateral(self) -> tuple[Bilateral, ...]:
        return tuple(Bilateral(*pair, amount) for pair, amount in sorted(self._owed.items()) if amount)


def _settle(currency: str, gross: Gross) -> CurrencySettlement:
    network = [_mirrored(line) for lines in gross.values() for line in lines]
    net = {party: _sum(lines) for party, lines in gross.items()} | {NETWORK: _sum(network)}
    cents = round_zero_sum(net)
    by_party = {**gross, NETWORK: network}
    pairs = Pairs()
    for party, lines in gross.items():
        pairs.add(party, lines)
    return CurrencySettlement(
        currency,
        tuple(PartnerPosition(party, tuple(lines), net[party], cents[party]) for party, lines in by_party.items()),
        pairs.matrix(),
        pairs.bilateral(),
    )


def _mirrored(line: GrossLine) -> GrossLine:
    return replace(line, amount_micros=-line.amount_micros)


def _sum(lines: Sequence[GrossLine]) -> int:
    return sum(line.amount_micros for line in lines)
