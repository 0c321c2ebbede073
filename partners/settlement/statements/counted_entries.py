"""What an entry adds to a figure of a statement. Pure."""

from collections.abc import Collection

from partners.settlement.model import GrossLine, LineKind
from partners.visits.model import Line, MoveKind

_OF_POINTS_HONOURED = frozenset({LineKind.REDEEMED, LineKind.COMMISSION})
_OF_CASHBACK = {
    LineKind.CASHBACK_ISSUED: MoveKind.CASHBACK_ISSUED,
    LineKind.CASHBACK_REDEEMED: MoveKind.CASHBACK_REDEEMED,
    LineKind.CASHBACK_PAID_OUT: MoveKind.CASHBACK_PAID_OUT,
    LineKind.CASHBACK_BREAKAGE_SHARE: MoveKind.CASHBACK_EXPIRED,
}


def quantity_in(line: Line, figure: GrossLine, currency: str, terms_days: Collection[str | None]) -> int:
    """The points, or cents of cashback, by which a line of one of the figure's sources adds to its quantity.

    `terms_days` are those of the sources of the line's own partner and day: a commission or breakage share has a rate
    for each.
    """
    if figure.kind in _OF_CASHBACK:
        return sum(
            move.cents
            for move in line.cash
            if (move.kind, move.issuer, move.currency) == (_OF_CASHBACK[figure.kind], figure.issuer, currency)
            and (move.kind is not MoveKind.CASHBACK_EXPIRED or move.terms_day in terms_days)
        )
    if figure.kind is LineKind.BREAKAGE_SHARE:
        return sum(
            share.points for share in line.expired if share.issuer == figure.issuer and share.terms_day in terms_days
        )
    if (line.currency, line.price_micros or 0) != (currency, figure.price_micros):
        return 0
    if figure.kind is LineKind.ISSUED:
        return line.issued
    if figure.kind is LineKind.COMMISSION and line.terms_day not in terms_days:
        return 0
    if figure.kind in _OF_POINTS_HONOURED:
        return sum(share.points for share in line.honoured if share.issuer == figure.issuer)
    return 0
