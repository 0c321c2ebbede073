"""Whether a table of figures says what the signed statement says. Pure."""

import csv
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from partners.settlement.statements.document import statement_of
from partners.settlement.statements.table import FIGURES, figures_rows
from partners.settlement.statements.verifying import Finding
from shared.kernel.canonical import sha256_hex


def check_figures(document: Mapping[str, Any], table: Iterable[str]) -> list[Finding]:
    """The first row of a table, given as text line by line, that is not that of a statement which holds; at most one.

    Rows are numbered as in a spreadsheet, the heading is 1. In which way fields are quoted makes no difference.
    """
    expected = figures_rows(statement_of(document), sha256_hex(document["statement"]))
    number = 0
    try:
        for number, (wanted, row) in enumerate(zip_longest(expected, csv.reader(table, strict=True)), 1):
            if wanted is None:
                return [Finding(f"Row {number} is one too many: the statement has {number - 1}.", number)]
            if row is None:
                return [Finding(f"Rows are missing from {number} on ({_named(wanted)}).", number)]
            if row != wanted:
                return [Finding(f"Row {number} ({_named(wanted)}) {_difference(wanted, row)}.", number)]
    except csv.Error as error:
        return [Finding(f"Row {number + 1} can't be read: {error}.", number + 1)]
    return []


def _named(row: list[str]) -> str:
    return ", ".join(value for value in row[:2] if value) if row != list(FIGURES) else "the heading"


def _difference(wanted: list[str], row: list[str]) -> str:
    if len(row) != len(wanted):
        return f"has {len(row)} fields where the statement has {len(wanted)}"
    name, right, wrong = next(one for one in zip(FIGURES, wanted, row, strict=True) if one[1] != one[2])
    return f"has {name} {wrong!r} where the statement has {right!r}"
