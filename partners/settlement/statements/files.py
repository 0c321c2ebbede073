"""The lines under a statement as files: in which forms, where they lie, and what is written into them. Pure."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from partners.settlement.statements.lines import Row
from partners.settlement.statements.table import HEADING, csv_line

Write = Callable[[bytes], None]
"""Adds to a file."""


class LinesForm(StrEnum):
    """`jsonl` is what a statement is checked with, `csv` is for a spreadsheet; both are compressed with gzip."""

    JSONL = "jsonl"
    CSV = "csv"

    @property
    def file_name(self) -> str:
        return f"lines.{self}.gz"

    @property
    def content_type(self) -> str:
        return "application/gzip"


def lines_key(partner_id: str, window: int, form: LinesForm) -> str:
    """Where the file lies: under the partner, so that no window's number leads to another's."""
    return f"statements/{partner_id}/{window}/{form.file_name}"


def written(rows: Iterable[Row], partner_id: str, window: int, jsonl: Write, csv: Write) -> Iterator[Row]:
    """The rows of a partner and window, each written into both files as it passes."""
    csv(HEADING.encode())
    for row in rows:
        jsonl(row.text)
        csv(csv_line(row, partner_id, window).encode())
        yield row
