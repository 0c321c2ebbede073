"""Lines into Parquet: spooled as canonical JSON, then put into columns and the order of the statement by DuckDB."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from partners.lake.database import Database
from partners.lake.model import Part, hash_of
from partners.lake.record import record_of
from partners.lake.schema import LINES, MOVES, TABLES, Table
from partners.visits.model import PAR_MICROS, Line
from shared.kernel.canonical import canonical_json

ROWS_A_GROUP = 122_880

_LINES, LISTS, _MOVES = (Path(__file__).with_name(f"{name}.sql") for name in ("lines", "lists", "moves"))


@dataclass(frozen=True, slots=True)
class Written:
    """A part, and the files that hold it: one a table."""

    part: Part
    files: dict[Table, Path]


def write_part(
    database: Database, partner: str, number: int, first_line: int, lines: Iterable[tuple[str, Line]]
) -> Written:
    """Write the next lines of a partner's window, one or more, each with its day, into `database.folder`.

    Its `last` is True, which the caller knows better. The same lines in whatever order are the same rows.
    """
    spool = database.folder / "spool.jsonl"
    count, first_day, last_day = 0, "", ""
    with spool.open("wb") as out:
        for last_day, line in lines:
            first_day = first_day or last_day
            out.write(canonical_json(record_of(line)) + b"\n")
            count += 1
    files = {table: database.folder / f"{table.name}.parquet" for table in TABLES}
    database.show_texts("spooled", "record", spool)
    rows = f"WITH unlisted AS ({_LINES.read_text()}) {LISTS.read_text()}"
    _copy(database, LINES, rows, files[LINES], {"partner": partner, "first_line": first_line})
    spool.unlink()
    database.show_parquet("lines", [files[LINES]])
    _copy(database, MOVES, _MOVES.read_text(), files[MOVES], {"par_micros": PAR_MICROS})
    database.show_parquet("moves", [files[MOVES]])
    part = Part(number, first_day, last_day, first_line, count, 0, "", last=True)
    return Written(_counted(database, part), files)


def counted_again(database: Database, part: Part, files: Mapping[Table, Path]) -> Part:
    """The part of the same lines as other files hold them."""
    for table, file in files.items():
        database.execute(f"DROP VIEW {table.name}")
        database.show_parquet(table.name, [file])
    return _counted(database, part)


def _counted(database: Database, part: Part) -> Part:
    (moves,) = database.row("SELECT count(*) FROM moves")
    return replace(part, moves=moves, sha256=hash_of(one for (one,) in database.rows("SELECT sha256 FROM lines")))


def _copy(database: Database, table: Table, rows: str, file: Path, given: dict[str, str | int]) -> None:
    names = ", ".join(column.name for column in table.columns)
    form = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_A_GROUP}"
    sql = f"COPY (SELECT {names} FROM ({rows})) TO '{file}' ({form})"  # noqa: S608 (all of it our own)
    database.execute(sql, given)
