"""Lines and totals of a page in few bytes, and back.

Lines are stored by column, as JSON: a column is a list, or one value if all lines share it, or absent if
no line has one; compressed with zlib. Times are differences, which repeat and so compress well.

| column | holds | | column | holds |
| --- | --- | --- | --- | --- |
| n | number of lines | | amt | purchase total, cents |
| id | entry id | | pts | points |
| op | operation | | val | value given for points, cents |
| loc, rcpt | location, receipt | | prc | price of a point, micros |
| at | recorded, ms after the line before | | by | honoured, `issuer:points` joined by commas |
| occ | occurred, ms before recorded | | adj, exp | adjusted, expired points, likewise |
| cur | currency | | iss | issued, if not what the operation alone says |
| vis | 1 for a visit | | owe | change of the member's debt |
| csh | cashback, cents | | off | debts written off, `issuer:points` |
| cash | where cashback went, `kind:issuer:currency:cents[:day]` | | tday | day of the terms, if not its own |
| xday | days of the terms of `exp`, likewise, one each | | | |
"""

import json
import zlib
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from partners.visits.errors import BrokenPageError
from partners.visits.model import CashMove, Line, Move, MoveKind, PayoutMark, Share, Totals, VisitMark
from shared.ledger.model import Op

_LETTER_OF = {
    MoveKind.CASHBACK_ISSUED: "i",
    MoveKind.CASHBACK_REDEEMED: "r",
    MoveKind.CASHBACK_PAID_OUT: "p",
    MoveKind.CASHBACK_OWED: "o",
    MoveKind.CASHBACK_FORFEITED: "f",
    MoveKind.CASHBACK_WRITTEN_OFF: "w",
    MoveKind.CASHBACK_ADJUSTED: "a",
    MoveKind.CASHBACK_EXPIRED: "x",
}
_KIND_OF = {letter: kind for kind, letter in _LETTER_OF.items()}


def pack_lines(lines: Sequence[Line]) -> bytes:
    """The bytes of any number of lines."""
    recorded = [0, *(line.recorded_at_ms for line in lines)]
    columns: dict[str, list[Any]] = {
        "id": [line.entry_id for line in lines],
        "op": [line.op.value for line in lines],
        "loc": [line.location for line in lines],
        "rcpt": [line.receipt for line in lines],
        "at": [later - earlier for earlier, later in pairwise(recorded)],
        "occ": [line.recorded_at_ms - line.occurred_at_ms for line in lines],
        "cur": [line.currency for line in lines],
        "amt": [line.amount_cents for line in lines],
        "pts": [line.points for line in lines],
        "val": [line.value_cents for line in lines],
        "prc": [line.price_micros for line in lines],
        "iss": [None if line.issued == _plainly_issued(line.op, line.points) else line.issued for line in lines],
        "owe": [line.owed or None for line in lines],
        "by": [_shares_to_text(line.honoured) for line in lines],
        "adj": [_shares_to_text(line.adjusted) for line in lines],
        "exp": [_shares_to_text(line.expired) for line in lines],
        "off": [_shares_to_text(line.written_off) for line in lines],
        "csh": [line.cashback_cents for line in lines],
        "cash": [_cash_to_text(line.cash) for line in lines],
        "vis": [1 if line.visit else None for line in lines],
        "tday": [line.terms_day for line in lines],
        "xday": [_days_to_text(line.expired) for line in lines],
    }
    packed: dict[str, Any] = {"n": len(lines)}
    for name, column in columns.items():
        if len(set(column)) > 1:
            packed[name] = column
        elif column and column[0] is not None:
            packed[name] = column[0]
    return zlib.compress(json.dumps(packed, separators=(",", ":")).encode(), level=9)


def unpack_lines(packed: bytes) -> tuple[Line, ...]:
    """Raises BrokenPageError if the bytes are not what pack_lines writes."""
    try:
        return tuple(_lines(json.loads(zlib.decompress(packed))))
    except (zlib.error, KeyError, ValueError, TypeError) as error:
        raise BrokenPageError(f"the lines of a page do not read: {error}") from error


def unpack_visits(packed: bytes) -> tuple[VisitMark, ...]:
    """The visits among the lines, a tenth of the work of unpack_lines. Raises BrokenPageError likewise."""
    try:
        columns = json.loads(zlib.decompress(packed))
        recorded = accumulate(_column(columns, "at"))
        rows = zip(_column(columns, "vis"), recorded, _column(columns, "loc"), _column(columns, "occ"), strict=True)
        return tuple(VisitMark(where, at_ms, at_ms - ago_ms) for visit, at_ms, where, ago_ms in rows if visit == 1)
    except (zlib.error, KeyError, ValueError, TypeError) as error:
        raise BrokenPageError(f"the visits of a page do not read: {error}") from error


def unpack_payouts(packed: bytes) -> tuple[PayoutMark, ...]:
    """The payouts among the lines, likewise: of lines that are all of another operation nothing else is looked at."""
    try:
        columns = json.loads(zlib.decompress(packed))
        if Op.PAYOUT not in _column(columns, "op"):
            return ()
        recorded = accumulate(_column(columns, "at"))
        rows = zip(*(_column(columns, name) for name in ("op", "id", "cur", "csh")), recorded, strict=True)
        return tuple(PayoutMark(of, at_ms, cur, cents or 0) for op, of, cur, cents, at_ms in rows if op == Op.PAYOUT)
    except (zlib.error, KeyError, ValueError, TypeError) as error:
        raise BrokenPageError(f"the payouts of a page do not read: {error}") from error


def _column(columns: dict[str, Any], name: str) -> list[Any]:
    count: int = columns["n"]
    value = columns.get(name)
    return value if isinstance(value, list) else [value] * count


def _lines(columns: dict[str, Any]) -> Iterable[Line]:
    names = (
        "id",
        "op",
        "loc",
        "rcpt",
        "occ",
        "cur",
        "amt",
        "pts",
        "val",
        "prc",
        "iss",
        "owe",
        "by",
        "adj",
        "exp",
        "off",
        "csh",
        "cash",
        "vis",
        "tday",
        "xday",
    )
    for at_ms, *values in zip(
        accumulate(_column(columns, "at")), *(_column(columns, name) for name in names), strict=True
    ):
        row = dict(zip(names, values, strict=True))
        op = Op(row["op"])
        yield Line(
            entry_id=row["id"],
            op=op,
            location=row["loc"],
            receipt=row["rcpt"],
            recorded_at_ms=at_ms,
            occurred_at_ms=at_ms - row["occ"],
            currency=row["cur"],
            amount_cents=row["amt"],
            points=row["pts"],
            value_cents=row["val"],
            price_micros=row["prc"],
            issued=_plainly_issued(op, row["pts"]) if row["iss"] is None else row["iss"],
            owed=row["owe"] or 0,
            honoured=_shares_from_text(row["by"]),
            adjusted=_shares_from_text(row["adj"]),
            expired=_dated(_shares_from_text(row["exp"]), row["xday"]),
            written_off=_shares_from_text(row["off"]),
            cashback_cents=row["csh"],
            cash=_cash_from_text(row["cash"]),
            visit=row["vis"] == 1,
            terms_day=row["tday"],
        )


def _plainly_issued(op: Op, points: int) -> int:
    return points if op is Op.EARN else 0


def totals_to_text(totals: Totals) -> str:
    moves = [_move_to_row(move) for move in totals.moves]
    counts = [totals.visits, totals.enrolments, totals.purchases, totals.redemptions, totals.sales_cents]
    return json.dumps([*counts, moves], separators=(",", ":"))


def totals_from_text(text: str) -> Totals:
    """Raises BrokenPageError if the text is not what totals_to_text writes."""
    try:
        visits, enrolments, purchases, redemptions, sales_cents, rows = json.loads(text)
        moves = tuple(Move(MoveKind(kind), *rest) for kind, *rest in rows)
        return Totals(visits, enrolments, purchases, redemptions, sales_cents, moves)
    except (ValueError, TypeError) as error:
        raise BrokenPageError(f"the totals of a page do not read: {error}") from error


def _move_to_row(move: Move) -> list[str | int | None]:
    row = [move.kind, move.issuer, move.currency, move.price_micros, move.quantity]
    return row if move.terms_day is None else [*row, move.terms_day]


def _shares_to_text(shares: Iterable[Share]) -> str | None:
    return ",".join(f"{share.issuer}:{share.points}" for share in shares) or None


def _shares_from_text(text: str | None) -> tuple[Share, ...]:
    pairs = (pair.split(":") for pair in text.split(",")) if text else ()
    return tuple(Share(issuer, int(points)) for issuer, points in pairs)


def _days_to_text(shares: Iterable[Share]) -> str | None:
    days = [share.terms_day or "" for share in shares]
    return ",".join(days) if any(days) else None


def _dated(shares: tuple[Share, ...], text: str | None) -> tuple[Share, ...]:
    if text is None:
        return shares
    return tuple(Share(one.issuer, one.points, day or None) for one, day in zip(shares, text.split(","), strict=True))


def _cash_to_text(moves: Iterable[CashMove]) -> str | None:
    return ",".join(_cash_move_to_text(move) for move in moves) or None


def _cash_move_to_text(move: CashMove) -> str:
    text = f"{_LETTER_OF[move.kind]}:{move.issuer}:{move.currency}:{move.cents}"
    return text if move.terms_day is None else f"{text}:{move.terms_day}"


def _cash_from_text(text: str | None) -> tuple[CashMove, ...]:
    parts = (part.split(":") for part in text.split(",")) if text else ()
    return tuple(
        CashMove(_KIND_OF[letter], issuer, currency, int(cents), *day)
        for letter, issuer, currency, cents, *day in parts
    )
