"""Matching a partner's lines with ours by SQL, and what it came to. `matching.sql` says what matches what."""

from collections.abc import Iterable, Iterator
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
from partners.reconciliation.upload import Row, Upload

SPOOLED = {
    "line": "BIGINT",
    **dict.fromkeys(("kind", "entry_id", "location", "receipt"), "VARCHAR"),
    **dict.fromkeys(QUANTITIES, "BIGINT"),
}
_SQL = Path(__file__).with_name("matching.sql")
_SIDES = ("our", "their")
_SUMS = ", ".join(f"coalesce(sum({side}_{name}), 0)::BIGINT" for side in _SIDES for name in QUANTITIES)
_FIGURES = ", ".join(f"{side}_{name}" for side in _SIDES for name in QUANTITIES)
# What a spreadsheet would take for a formula gets an apostrophe before it.
_TEXT = "if(regexp_matches({0}, '^[=+@\t\r-]'), '''' || {0}, {0}) AS {0}"


def spool(rows: Iterable[Row], file: Path) -> None:
    """Write rows where `compare` finds them. None of their texts can have a tab in it, or be empty."""
    with file.open("w") as out:
        for row in rows:
            values = [row[name] for name in SPOOLED]
            out.write("\t".join(["" if value is None else str(value) for value in values]) + "\n")


def compare(database: Database, spooled: Path, upload: Upload) -> Result:
    """Compare the spooled lines of a partner's file with the table `lines`, both in `database`.

    Leaves the tables `compared` and `differences` there. Raises BrokenReconciliationError if a line of either side is
    not in the result exactly once.
    """
    database.show_columns("read", SPOOLED, spooled)
    database.execute("CREATE TABLE theirs AS FROM read")
    for name in QUANTITIES:
        database.execute(f"SET VARIABLE has_{name} = {name in upload.columns}")
    database.execute(f"SET VARIABLE kinds = [{_quoted(COMPARED_KINDS)}]")
    database.execute(f"SET VARIABLE outcomes = [{_quoted(DIFFERENCES)}]")
    for statement in _SQL.read_text().split(";\n"):
        database.execute(statement)
    result = Result(tuple(_totals(database)), upload.columns, upload.not_compared)
    _check(database, result)
    return result


def differences(database: Database) -> Iterator[Difference]:
    """What `compare` has found, in the order of their numbers."""
    names = "number, outcome, kind, entry_id, location, receipt, line, key"
    for row in database.rows(f"SELECT {names}, {_FIGURES} FROM differences ORDER BY number"):  # noqa: S608
        number, outcome, kind, entry_id, location, receipt, line, key, *figures = row
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
        )


def write_table(database: Database, file: Path) -> None:
    """Write what became of every line as CSV: differences by number, then what matched."""
    texts = ", ".join(_TEXT.format(name) for name in ("entry_id", "location", "receipt"))
    select = f"""SELECT number, outcome, kind, {texts}, line, {_FIGURES} FROM (
        SELECT * FROM differences UNION ALL BY NAME SELECT NULL::BIGINT AS number, * FROM compared
        WHERE outcome = 'matched') ORDER BY number NULLS LAST, location, receipt, entry_id"""  # noqa: S608 (our names)
    database.execute(f"COPY ({select}) TO '{file}' (FORMAT csv, HEADER, DELIMITER ',')")


def _totals(database: Database) -> Iterator[Total]:
    select = f"SELECT outcome, kind, count(*), {_SUMS} FROM compared GROUP BY ALL ORDER BY outcome, kind"  # noqa: S608
    for outcome, kind, lines, *sums in database.rows(select):
        ours, theirs = Amounts(*sums[: len(QUANTITIES)]), Amounts(*sums[len(QUANTITIES) :])
        yield Total(Outcome(outcome), kind, lines, ours, theirs)


def _check(database: Database, result: Result) -> None:
    both = result.count(Outcome.MATCHED) + result.count(Outcome.AMOUNT_DIFFERS)
    found = (
        both + result.count(Outcome.ONLY_OURS),
        both + result.count(Outcome.ONLY_THEIRS) + result.count(Outcome.DUPLICATE),
    )
    there = database.row("SELECT (SELECT count(*) FROM ours), (SELECT count(*) FROM theirs)")
    if found != there:
        raise BrokenReconciliationError(f"{found} lines of {there} are in the result")


def _quoted(names: Iterable[Any]) -> str:
    return ", ".join(f"'{name.value}'" for name in names)
