"""A line as a plain record: what statements list, files of lines hold, and hashes are taken of. Pure."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from partners.visits.model import PAR_MICROS, CashMove, Line, MoveKind, Share
from shared.kernel.clock import to_rfc3339

Record = dict[str, Any]
MONTH_LETTERS = len("2026-11")

_SIGN_OF_CASH = {
    MoveKind.CASHBACK_ISSUED: -1,
    MoveKind.CASHBACK_REDEEMED: 1,
}


def record_of(line: Line, *, months: bool = True) -> Record:
    """A line as plain JSON: what is null, zero or empty is left out. Times are RFC 3339, `position_micros` is signed.

    Points and cashback that ran out have `with_month`, the month (UTC) that they could last be spent in, where the
    entry says so; without `months` they are as in records of before, by issuer alone.

    `position_micros` is what the line adds to the partner's position before fees, in millionths of `currency`:
    granted points and cashback are paid for, honoured ones are paid.
    """
    return pruned(
        {
            "entry_id": line.entry_id,
            "kind": line.op.value,
            "location": line.location,
            "receipt": line.receipt,
            "recorded_at": to_rfc3339(line.recorded_at_ms),
            "occurred_at": to_rfc3339(line.occurred_at_ms),
            "currency": line.currency,
            "amount_cents": line.amount_cents,
            "points": line.points,
            "value_cents": line.value_cents,
            "price_micros": line.price_micros,
            "issued": line.issued,
            "owed": line.owed,
            "honoured": _shares(line.honoured),
            "adjusted": _shares(line.adjusted),
            "expired": _expired(line.expired, months=months),
            "written_off": _shares(line.written_off),
            "cashback": _cash(line.cash, months=months),
            "visit": line.visit or None,
            "terms_day": line.terms_day,
            "position_micros": _position_micros(line),
        }
    )


def pruned(facts: Record) -> Record:
    """Without what is null, zero or empty."""
    return {name: value for name, value in facts.items() if value not in (None, 0, [])}


def _position_micros(line: Line) -> int:
    price = line.price_micros or 0
    points = sum(share.points for share in line.honoured) - line.issued
    cents = sum(_SIGN_OF_CASH.get(move.kind, 0) * move.cents for move in line.cash)
    return points * price + cents * PAR_MICROS


def _expired(shares: Iterable[Share], *, months: bool) -> list[Record]:
    points: Counter[tuple[str, str]] = Counter()
    for share in shares:
        points[share.issuer, (share.terms_day or "")[:MONTH_LETTERS] if months else ""] += share.points
    return [
        {"issuer": issuer, "points": many, **({"with_month": month} if month else {})}
        for (issuer, month), many in sorted(points.items())
    ]


def _shares(shares: Iterable[Share]) -> list[Record]:
    return [{"issuer": share.issuer, "points": share.points} for share in shares]


def _cash(moves: Iterable[CashMove], *, months: bool) -> list[Record]:
    cents: Counter[tuple[str, str, str, str]] = Counter()
    for move in moves:
        month = (move.terms_day or "")[:MONTH_LETTERS] if months else ""
        cents[move.kind.value, move.issuer, move.currency, month] += move.cents
    return [
        {
            "kind": kind,
            "issuer": issuer,
            "currency": currency,
            "cents": moved,
            **({"with_month": month} if month else {}),
        }
        for (kind, issuer, currency, month), moved in cents.items()
    ]
