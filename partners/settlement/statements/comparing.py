"""Whether a table of figures says what the signed statement says. Pure."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from partners.settlement.statements.document import statement_of
from partners.settlement.statements.model import FORMAT
from partners.settlement.statements.table import FIGURES, figures_rows
from partners.settlement.statements.verifying import Finding
from shared.kernel.canonical import sha256_hex

_SINCE_3 = frozenset({"text", "cashback_issued_cents", "cashback_honoured_cents"})
_SECTIONS_SINCE_3 = frozenset({"statement", "to_pay", "totals", "bridge"})
FIGURES_BEFORE = tuple(name for name in FIGURES if name not in _SINCE_3)
"""The columns of the tables that were given out of statements of the formats before."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The first row that differs, so one finding at most, and all `columns` of the table that it was compared with."""

    findings: list[Finding]
    columns: tuple[str, ...]


def check_figures(document: Mapping[str, Any], table: Iterable[str]) -> Compared:
    """The first row of a table, given as text line by line, that is not that of a statement which holds.

    Of a statement of a format before, the table may be the one that was given out then, which says less. Rows are
    numbered as in a spreadsheet, the heading is 1. In which way fields are quoted makes no difference.
    """
    statement, rows = statement_of(document), csv.reader(table, strict=True)
    expected = figures_rows(statement, sha256_hex(document["statement"]))
    columns: tuple[str, ...] = FIGURES
    try:
        first = next(rows, None)
        if first == list(FIGURES_BEFORE) and statement.format != FORMAT:
            expected, columns = _as_before(expected), FIGURES_BEFORE
    except csv.Error as error:
        return Compared([_unread(1, error)], columns)
    return Compared(_first_difference(expected, chain([] if first is None else [first], rows), columns), columns)


def _as_before(expected: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    for row in expected:
        if row[0] not in _SECTIONS_SINCE_3:
            yield [value for name, value in zip(FIGURES, row, strict=True) if name not in _SINCE_3]


def _first_difference(
    expected: Iterable[list[str]], rows: Iterable[list[str]], columns: tuple[str, ...]
) -> list[Finding]:
    number = 0
    try:
        for number, (wanted, row) in enumerate(zip_longest(expected, rows), 1):
            if wanted is None:
                return [Finding(f"Row {number} is one too many: the statement has {number - 1}.", number)]
            named = "the heading" if number == 1 else ", ".join(value for value in wanted[:2] if value)
            if row is None:
                return [Finding(f"Rows are missing from {number} on ({named}).", number)]
            if row != wanted:
                return [Finding(f"Row {number} ({named}) {_difference(wanted, row, columns)}.", number)]
    except csv.Error as error:
        return [_unread(number + 1, error)]
    return []


def _unread(number: int, error: csv.Error) -> Finding:
    return Finding(f"Row {number} can't be read: {error}.", number)


def _difference(wanted: list[str], row: list[str], columns: tuple[str, ...]) -> str:
    if len(row) != len(wanted):
        return f"has {len(row)} fields where the statement has {len(wanted)}"
    name, right, wrong = next(one for one in zip(columns, wanted, row, strict=True) if one[1] != one[2])
    return f"has {name} {wrong!r} where the statement has {right!r}"
