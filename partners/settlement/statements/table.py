"""A statement's lines, and its figures, as CSV for a spreadsheet. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from partners.settlement.statements.document import sums_json
from partners.settlement.statements.lines import Row
from partners.settlement.statements.model import Charge, LineSums, Statement
from shared.kernel.clock import to_rfc3339

COLUMNS = (
    "partner",
    "window",
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
    "text",
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
    "cashback_issued_cents",
    "cashback_honoured_cents",
    "reference",
    "at",
)
"""Sections: `statement` (whose and which it is), `position`, `to_pay`, `payments`, `deposit`, `totals` (by kind),
`charges`, `locations`, `days` (of locations), `bridge` (from what these add up to, to the net position).
"""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_line(row: Row, partner_id: str, window: int) -> str:
    """A record as a row of RFC 4180, of what it leaves out an empty field; first whose it is, and of which window.

    Several issuers stand in one field as `issuer:points`, what ran out as `issuer:points:month`, cashback as
    `kind:issuer:cents`, each joined by spaces.
    Text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    facts = {"partner": partner_id, "window": window, **row.record}
    return _csv([_field(facts.get(name)) for name in COLUMNS])


def figures_csv(statement: Statement, statement_sha256: str) -> str:
    """Every figure of a statement, one a row, after those that say whose it is; what a figure does not have is empty.

    `statement_sha256` is the hash of what is signed, in hexadecimal digits: it ties the table to the file.
    """
    return "".join(_csv(row) for row in figures_rows(statement, statement_sha256))


def figures_rows(statement: Statement, statement_sha256: str) -> Iterator[list[str]]:
    """The rows of `figures_csv`, the heading first."""
    yield list(FIGURES)
    for figure in _figures(statement, statement_sha256):
        yield [_field(figure.get(name)) for name in FIGURES]


def _identity(one: Statement, sha256: str) -> Iterator[tuple[str, str]]:
    yield "network", one.network_name
    yield "partner_id", one.partner_id
    yield "partner_name", one.partner_name
    yield "number", str(one.number)
    yield "window", str(one.window)
    yield "begins_at", to_rfc3339(one.opens_at_ms)
    yield "ends_at", to_rfc3339(one.closes_at_ms)
    yield "issued_at", to_rfc3339(one.issued_at_ms)
    yield "currency", one.currency
    yield "format", one.format
    yield "sha256", sha256
    yield "previous_sha256", one.previous_sha256 or ""


def _figures(one: Statement, sha256: str) -> Iterator[dict[str, Any]]:
    def position(item: str, cents: int) -> dict[str, Any]:
        return {"section": "position", "item": item, "amount_cents": cents}

    for item, text in _identity(one, sha256):
        yield {"section": "statement", "item": item, "text": text}
    yield position("opening", one.opening_cents)
    yield position("paid", one.paid_cents)
    yield position("net", one.net_cents)
    yield position("carried", -one.carried_cents)
    yield position("closing", one.closing_cents)
    yield from _to_pay(one)
    for paid in one.payments:
        at = to_rfc3339(paid.at_ms)
        yield {"section": "payments", "reference": paid.reference, "amount_cents": paid.cents, "at": at}
    yield from _deposit(one)
    for total in one.totals:
        figures = {"quantity": total.quantity, "amount_micros": total.amount_micros}
        yield {"section": "totals", "item": total.kind.value, **figures}
    for charge in one.charges:
        yield _charge_row(charge)
    for located in one.locations:
        yield {"section": "locations", "location": located.location, **_sums_row(located.sums, one.format)}
    for block in one.blocks:
        yield {"section": "days", "location": block.location, "day": block.day, **_sums_row(block.sums, one.format)}
    for item, micros in one.bridge:
        yield {"section": "bridge", "item": item, "amount_micros": micros}


def _to_pay(one: Statement) -> Iterator[dict[str, Any]]:
    if one.way is None:
        return
    due_at = None if one.way.due_at_ms is None else to_rfc3339(one.way.due_at_ms)
    yield {"section": "to_pay", "item": "net", "amount_cents": one.net_cents}
    yield {"section": "to_pay", "item": "method", "text": one.way.method.value}
    yield {"section": "to_pay", "item": "deposit_first", "text": one.way.deposit_first}
    yield {"section": "to_pay", "item": "charged", "text": one.way.charged}
    yield {"section": "to_pay", "item": "due", "at": due_at}


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


def _sums_row(sums: LineSums, form: str) -> dict[str, Any]:
    told = sums_json(sums, form)
    return {
        "cashback_issued_cents": told.get("issued_cashback_cents"),
        "cashback_honoured_cents": told.get("honoured_cashback_cents"),
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
    month = f":{part['with_month']}" if "with_month" in part else ""
    if "points" in part:
        return f"{part['issuer']}:{part['points']}{month}"
    return f"{part['kind']}:{part['issuer']}:{part['cents']}{month}"


def _csv(fields: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(fields)
    return text.getvalue()


HEADING = _csv(COLUMNS)
"""The first row, with the names of the columns."""
