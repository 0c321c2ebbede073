"""Till files as tests write them."""

import csv
import io
from typing import Any

from partners.connectors.files import results_key
from partners.connectors.model import Connection
from partners.till.purchase_file import COLUMNS, MORE_COLUMNS
from tests.unit.partners.connectors.desk import Desk


def bought(desk: Desk, key: str, **changes: Any) -> dict[str, str]:
    """A purchase of ten dollars by Ann on receipt r-`key`."""
    line = {
        "idempotency_key": key,
        "card_number": desk.card,
        "location_id": "s1",
        "receipt": f"r-{key}",
        "occurred_at": "2026-11-15T05:58:10-06:00",
        "amount_cents": "1000",
        "currency": "USD",
    }
    return line | changes


def returned(desk: Desk, key: str, original: str, **changes: Any) -> dict[str, str]:
    """A return of four dollars of what was bought under the key `original`."""
    back = {"kind": "return", "amount_cents": "400", "original_receipt": f"r-{original}"}
    return bought(desk, key, **back | changes)


def as_file(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS + MORE_COLUMNS) -> bytes:
    text = io.StringIO()
    table = csv.DictWriter(text, columns)
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()


def results(desk: Desk, folder: Connection, name: str = "late.csv") -> list[tuple[str, str, str]]:
    """Number, outcome and code of each line."""
    return [(row["line"], row["outcome"], row["code"]) for row in rows_of_results(desk, folder, name)]


def rows_of_results(desk: Desk, folder: Connection, name: str = "late.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(desk.bucket.objects[results_key(folder, name)].decode())))
