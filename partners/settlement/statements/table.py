"""A statement's lines, and its figures, as CSV for a spreadsheet. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from partners.settlement.statements.lines import Row
from partners.settlement.statements.model import Charge, LineSums, Statement
from shared.kernel.clock import to_rfc3339

COLUMNS = (
    "entry_id",
    "kind",
    "location",
    "receipt",
    "recorded_at",
    "occurred_at",
    "currency",
    "amount_cents",
    "points",
    "value_cents",
    "price_micros",
    "issued",
    "owed",
    "honoured",
    "adjusted",
    "expired",
    "written_off",
    "cashback",
    "visit",
    "position_micros",
    "terms_day",
)
FIGURES = (
    "section",
    "item",
    "location",
    "day",
    "issuer",
    "acceptor",
    "quantity",
    "price_micros",
    "rate_bps",
    "amount_micros",
    "amount_cents",
    "lines",
    "visits",
    "sales_cents",
    "points_issued",
    "points_honoured",
    "reference",
    "at",
)
"""Sections: `position`, `payments`, `deposit`, `charges`, `locations`, `days` (of locations)."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_line(row: Row) -> str:
    """A record as a row of RFC 4180, of what it leaves out an empty field.

    Several issuers stand in one field as `issuer:points`, cashback as `kind:issuer:cents`, both joined by spaces.
    Text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    return _csv([_field(row.record.get(name)) for name in COLUMNS])


def figures_csv(statement: Statement) -> str:
    """Every figure of a statement, one a row; what a figure does not have is empty."""
    rows = [FIGURES, *([_field(figure.get(name)) for name in FIGURES] for figure in _figures(statement))]
    return "".join(_csv(row) for row in rows)


def _figures(one: Statement) -> Iterator[dict[str, Any]]:
    def position(item: str, cents: int) -> dict[str, Any]:
        return {"section": "position", "item": item, "amount_cents": cents}

    yield position("opening", one.opening_cents)
    yield position("paid", one.paid_cents)
    yield position("net", one.net_cents)
    yield position("carried", -one.carried_cents)
    yield position("closing", one.closing_cents)
    for paid in one.payments:
        at = to_rfc3339(paid.at_ms)
        yield {"section": "payments", "reference": paid.reference, "amount_cents": paid.cents, "at": at}
    yield from _deposit(one)
    for charge in one.charges:
        yield _charge_row(charge)
    for located in one.locations:
        yield {"section": "locations", "location": located.location, **_sums_row(located.sums)}
    for block in one.blocks:
        yield {"section": "days", "location": block.location, "day": block.day, **_sums_row(block.sums)}


def _deposit(one: Statement) -> Iterator[dict[str, Any]]:
    if one.deposit is None:
        return
    yield {"section": "deposit", "item": "opening", "amount_cents": one.deposit.opening_cents}
    for paid in one.deposit.paid_in:
        named = {"reference": paid.payment_id, "at": to_rfc3339(paid.at_ms)}
        yield {"section": "deposit", "item": "paid_in", "amount_cents": paid.cents, **named}
    for used in one.from_deposit:
        named = {"reference": used.reference, "at": to_rfc3339(used.at_ms)}
        yield {"section": "deposit", "item": "used", "amount_cents": -used.cents, **named}
    yield {"section": "deposit", "item": "closing", "amount_cents": one.deposit_closing_cents}


def _charge_row(charge: Charge) -> dict[str, Any]:
    return {
        "section": "charges",
        "item": charge.kind.value,
        "issuer": charge.issuer,
        "acceptor": charge.acceptor,
        "quantity": charge.quantity,
        "price_micros": charge.price_micros,
        "rate_bps": charge.rate_bps,
        "amount_micros": charge.amount_micros,
        "reference": charge.reference,
    }


def _sums_row(sums: LineSums) -> dict[str, Any]:
    return {
        "lines": sums.lines,
        "visits": sums.visits,
        "sales_cents": sums.sales_cents,
        "points_issued": sums.issued_points,
        "points_honoured": sums.honoured_points,
        "amount_micros": sums.position_micros,
    }


def _field(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(_part(part) for part in value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _part(part: dict[str, Any]) -> str:
    if "points" in part:
        return f"{part['issuer']}:{part['points']}"
    return f"{part['kind']}:{part['issuer']}:{part['cents']}"


def _csv(fields: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(fields)
    return text.getvalue()


HEADING = _csv(COLUMNS)
"""The first row, with the names of the columns."""
