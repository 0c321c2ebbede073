"""Matching a partner's lines with ours by SQL, and what it came to. `matching.sql` says what matches what."""

from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import Any

from partners.lake.database import Database
from partners.reconciliation.errors import BrokenReconciliationError
from partners.reconciliation.model import (
    COMPARED_KINDS,
    DIFFERENCES,
    QUANTITIES,
    Amounts,
    Difference,
    Outcome,
    Result,
    Total,
)
from partners.reconciliation.reading import OF_ENTRY, OF_PLACE, Reading

_IS_UNPAIRED = "get_bit(getvariable('unpaired'), line::INT) = 1"
_PAIRING, _MATCHING = (Path(__file__).with_name(name) for name in ("pairing.sql", "matching.sql"))
_SIDES = ("our", "their")
_SUMS = ", ".join(f"coalesce(sum({side}_{name}), 0)::BIGINT" for side in _SIDES for name in QUANTITIES)
_FIGURES = ", ".join(f"{side}_{name}" for side in _SIDES for name in QUANTITIES)
_COLUMNS = f"outcome, kind, entry_id, location, receipt, line, {_FIGURES}"
_OF_BOTH = ", ".join([*QUANTITIES, *QUANTITIES])
_OF_PAIRS = f"'matched', kind, entry_id, location, receipt, line, {_OF_BOTH}"


def _shielded(name: str) -> str:
    """SQL for a text before which an apostrophe stands if a spreadsheet would take it for a formula."""
    return f"if(ascii({name}) IN (9, 13, 43, 45, 61, 64), '''' || {name}, {name})"


# As DuckDB quotes, which takes # for a comment. In ids there is nothing of that, and no formula in those of entries.
_NEEDS_QUOTES = " OR ".join(f"contains(receipt, chr({ord(one)}))" for one in ',"#\n\r')
_RECEIPT = f"""CASE WHEN {_NEEDS_QUOTES} THEN '"' || replace({_shielded("receipt")}, '"', '""') || '"'
    ELSE {_shielded("receipt")} END"""
_HEADING = f"number,outcome,kind,entry_id,location,receipt,line,{_FIGURES}".replace(" ", "")


def _row(number: str, outcome: str, figures: str) -> str:
    """SQL for a row of the table, which takes less than to have DuckDB write it field by field."""
    fields = (number, outcome, "kind", "entry_id", _shielded("location"), _RECEIPT, "line", *figures.split(", "))
    return "concat(" + ", ',', ".join(fields) + ")"


def compare(database: Database, reading: Reading) -> Result:
    """Compare what was read of a partner's file with the table `lines`, both in `database`.

    Leaves `pairs`, and the tables `compared` and `differences` there. Raises BrokenReconciliationError if a line of
    either side is not in the result exactly once.
    """
    _show_ours(database, reading.upload.columns)
    database.execute(f"SET VARIABLE outcomes = [{_quoted(DIFFERENCES)}]")
    _run(database, _PAIRING)
    database.execute(f"CREATE TABLE theirs AS {reading.rows(_IS_UNPAIRED)}")
    _run(database, _MATCHING)
    result = Result(tuple(_totals(database)), reading.upload.columns, reading.upload.not_compared)
    _check(database, result)
    return result


def differences(database: Database) -> Iterator[Difference]:
    """What `compare` has found, in the order of their numbers."""
    names = "number, outcome, kind, entry_id, location, receipt, line, key, their_kind"
    for row in database.rows(f"SELECT {names}, {_FIGURES} FROM differences ORDER BY number"):  # noqa: S608
        number, outcome, kind, entry_id, location, receipt, line, key, their_kind, *figures = row
        ours, theirs = figures[: len(QUANTITIES)], figures[len(QUANTITIES) :]
        yield Difference(
            number=number,
            outcome=Outcome(outcome),
            kind=kind,
            entry_id=entry_id,
            location=location,
            receipt=receipt,
            line=line,
            ours=None if ours[0] is None else Amounts(*ours),
            theirs=None if theirs[0] is None else Amounts(*theirs),
            key=key,
            their_kind=None if their_kind == kind else their_kind,
        )


def write_table(database: Database, file: Path) -> None:
    """Write what became of every line as CSV: differences by number, then what matched: first what SQL had to look at
    beside other lines, then all others, each as our statement lists them.
    """
    database.write_texts(
        f"""SELECT '{_HEADING}'
        UNION ALL FROM (SELECT {_row("number", "outcome", _FIGURES)} FROM differences ORDER BY number)
        UNION ALL FROM (SELECT {_row("''", "outcome", _FIGURES)} FROM compared WHERE outcome = 'matched' ORDER BY place)
        UNION ALL SELECT {_row("''", "'matched'", _OF_BOTH)} FROM pairs WHERE line IS NOT NULL""",  # noqa: S608 (our names)
        file,
    )


def _show_ours(database: Database, columns: Container[str]) -> None:
    """Show our lines that are compared, with their keys if lines of the file say alike whom they mean."""
    figures = ", ".join(f"{f'coalesce({name}, 0)' if name in columns else 0}::BIGINT AS {name}" for name in QUANTITIES)
    some, every = database.row("SELECT bool_or(named), bool_and(named) FROM checked WHERE compared")
    key = OF_ENTRY if every else "NULL::UBIGINT" if some else OF_PLACE
    database.execute(
        f"""CREATE VIEW all_ours AS SELECT *, {key} AS key FROM (
            SELECT line AS place, entry_id, kind, location, receipt, {figures} FROM lines
            WHERE kind IN ({_quoted(COMPARED_KINDS)})
        )"""  # noqa: S608 (our names)
    )


def _run(database: Database, file: Path) -> None:
    for statement in file.read_text().split(";\n"):
        database.execute(statement)


def _totals(database: Database) -> Iterator[Total]:
    lines = f"""SELECT {_COLUMNS} FROM compared
        UNION ALL SELECT {_OF_PAIRS} FROM pairs WHERE line IS NOT NULL"""  # noqa: S608 (our names)
    select = f"SELECT outcome, kind, count(*), {_SUMS} FROM ({lines}) GROUP BY ALL ORDER BY outcome, kind"  # noqa: S608
    for outcome, kind, lines_count, *sums in database.rows(select):
        ours, theirs = Amounts(*sums[: len(QUANTITIES)]), Amounts(*sums[len(QUANTITIES) :])
        yield Total(Outcome(outcome), kind, lines_count, ours, theirs)


def _check(database: Database, result: Result) -> None:
    both = result.count(Outcome.MATCHED) + result.count(Outcome.AMOUNT_DIFFERS)
    found = (
        both + result.count(Outcome.ONLY_OURS),
        both + result.count(Outcome.ONLY_THEIRS) + result.count(Outcome.DUPLICATE),
    )
    theirs = "(SELECT count(*) FROM checked WHERE compared)"
    astray_ones = "count(*) FILTER (place IS DISTINCT FROM paired_place)"
    *there, astray = database.row(f"SELECT count(place), {theirs}, {astray_ones} FROM pairs")  # noqa: S608 (our names)
    if found != tuple(there):
        raise BrokenReconciliationError(f"{found} lines of {there} are in the result")
    if astray:
        raise BrokenReconciliationError(f"{astray} lines do not stand as they were paired")


def _quoted(names: Iterable[Any]) -> str:
    return ", ".join(f"'{name.value}'" for name in names)
