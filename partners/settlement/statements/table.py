"""A statement's lines as CSV, for a spreadsheet. Pure."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from partners.settlement.statements.lines import Row

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
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_line(row: Row) -> str:
    """A record as a row of RFC 4180, of what it leaves out an empty field.

    Several issuers stand in one field as `issuer:points`, cashback as `kind:issuer:cents`, both joined by spaces.
    Text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    return _csv([_field(row.record.get(name)) for name in COLUMNS])


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
