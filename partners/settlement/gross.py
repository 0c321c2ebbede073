"""Gross lines: each figure of a position with the days it comes from. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from partners.contracts.model import MEMBERS
from partners.settlement.model import FEES, WHOLE_BPS, Carried, GrossLine, LineKind, Source
from partners.settlement.rates import DayRates, Rates
from partners.visits.model import PAR_MICROS, RAN_OUT, DayTotals, Move, MoveKind

ISSUED = frozenset({LineKind.ISSUED, LineKind.CASHBACK_ISSUED})
PAID = frozenset({LineKind.REDEEMED, LineKind.CASHBACK_REDEEMED, LineKind.CASHBACK_PAID_OUT})
"""What who took points or cashback is paid for."""
_SIGN = {LineKind.ISSUED: -1, LineKind.CASHBACK_ISSUED: -1, LineKind.COMMISSION: -1}
_LINE_OF = {MoveKind(kind): LineKind(kind) for kind in ISSUED | PAID}

Gross = Mapping[str, list[GrossLine]]
"""Lines by party."""
_From = tuple[str, str, str | None]
"""What a source is of: a partner, a UTC day of recording, and the day of the terms if that is another."""


@dataclass(frozen=True, slots=True)
class _Figure:
    """What gross lines are grouped by."""

    party: str
    kind: LineKind
    issuer: str
    price_micros: int
    rate_bps: int | None = None

    @property
    def place(self) -> tuple[LineKind, str, int, int]:
        """Where its line stands among the party's."""
        return self.kind, self.issuer, self.price_micros, self.rate_bps or 0


def gross_lines(
    day_totals: Iterable[DayTotals], rates: Rates, carried: Iterable[Carried] = ()
) -> dict[str, dict[str, list[GrossLine]]]:
    """The gross lines by currency and party: partners by id, then members."""
    moved: defaultdict[str, defaultdict[_Figure, Counter[_From]]] = defaultdict(lambda: defaultdict(Counter))
    for day in day_totals:
        for move in day.totals.moves:
            for currency, figure in _figures(day, move, rates):
                # The terms of a day say nothing of a price, which stands in the entry.
                terms_day = move.terms_day if figure.kind in FEES else None
                moved[currency][figure][day.partner_id, day.day, terms_day] += move.quantity
    lines = {currency: _by_party(figures) for currency, figures in moved.items()}
    for one in sorted(carried, key=lambda one: one.reference):
        lines.setdefault(one.currency, {}).setdefault(one.party, []).append(_brought_forward(one))
    return {
        currency: {party: parties[party] for party in sorted(parties, key=in_order_of_parties)}
        for currency, parties in lines.items()
    }


def _figures(day: DayTotals, move: Move, rates: Rates) -> Iterator[tuple[str, _Figure]]:
    """The figures that a move adds to, with their currencies."""
    if move.kind in _LINE_OF and move.currency is not None:
        kind = _LINE_OF[move.kind]
        party = MEMBERS if kind is LineKind.CASHBACK_PAID_OUT else day.partner_id
        yield move.currency, _Figure(party, kind, move.issuer, move.price_micros)
    if move.kind is MoveKind.REDEEMED and move.currency is not None:
        acceptor = rates.on(day.partner_id, move.terms_day or day.day)
        if acceptor is not None and acceptor.commission_bps:
            rate_bps = acceptor.commission_bps
            yield move.currency, _Figure(day.partner_id, LineKind.COMMISSION, move.issuer, move.price_micros, rate_bps)
    if move.kind in RAN_OUT:
        issuer = rates.on(move.issuer, move.terms_day or day.day)
        share = None if issuer is None else _share(move, issuer)
        if issuer is not None and share is not None:
            yield issuer.currency, share


def _share(move: Move, issuer: DayRates) -> _Figure | None:
    """What of expired points or cashback their issuer gets back; None if nothing."""
    if move.kind is MoveKind.EXPIRED:
        kind, price_micros, rate_bps = LineKind.BREAKAGE_SHARE, issuer.redeem_price_micros, issuer.breakage_share_bps
    else:
        kind, price_micros, rate_bps = LineKind.CASHBACK_BREAKAGE_SHARE, PAR_MICROS, issuer.cashback_breakage_share_bps
    return _Figure(move.issuer, kind, move.issuer, price_micros, rate_bps) if rate_bps else None


def _by_party(figures: Mapping[_Figure, Counter[_From]]) -> dict[str, list[GrossLine]]:
    lines: dict[str, list[GrossLine]] = {}
    for figure in sorted(figures, key=lambda figure: figure.place):
        lines.setdefault(figure.party, []).append(_line(figure, figures[figure]))
    return lines


def _line(figure: _Figure, days: Counter[_From]) -> GrossLine:
    quantity = days.total()
    rate_bps = WHOLE_BPS if figure.rate_bps is None else figure.rate_bps
    return GrossLine(
        kind=figure.kind,
        issuer=figure.issuer,
        acceptor=figure.party if figure.kind in PAID or figure.kind is LineKind.COMMISSION else None,
        price_micros=figure.price_micros,
        quantity=quantity,
        amount_micros=_SIGN.get(figure.kind, 1) * part_of(quantity * figure.price_micros, rate_bps),
        rate_bps=figure.rate_bps,
        sources=tuple(
            Source(partner_id, day, days[partner_id, day, terms_day], terms_day)
            for partner_id, day, terms_day in sorted(days, key=_in_time)
            if days[partner_id, day, terms_day]
        ),
    )


def _in_time(source: _From) -> tuple[str, str, str]:
    partner_id, day, terms_day = source
    return partner_id, day, terms_day or ""


def part_of(amount_micros: int, rate_bps: int) -> int:
    """So many hundredths of a percent, rounded towards zero: undoing costs what doing paid."""
    whole = abs(amount_micros) * rate_bps // WHOLE_BPS
    return whole if amount_micros >= 0 else -whole


def _brought_forward(one: Carried) -> GrossLine:
    return GrossLine(
        kind=LineKind.CARRIED,
        issuer=one.party,
        acceptor=None,
        price_micros=PAR_MICROS,
        quantity=one.amount_cents,
        amount_micros=one.amount_cents * PAR_MICROS,
        reference=one.reference,
    )


def in_order_of_parties(party: str) -> tuple[bool, str]:
    """Partners by id, then members."""
    return party == MEMBERS, party
