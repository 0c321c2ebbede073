"""Lines into Parquet: spooled as JSON lines, then put into the order of the statement by DuckDB."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from partners.lake.database import Database
from partners.lake.model import Part
from partners.lake.record import record_of
from partners.lake.schema import LINES, MOVES, TABLES, Table
from partners.visits.model import PAR_MICROS, Line
from shared.kernel.canonical import canonical_json

ROWS_A_GROUP = 122_880

_SHARES = "STRUCT(issuer VARCHAR, points BIGINT)[]"
_RECORD = {
    **dict.fromkeys(("entry_id", "kind", "location", "receipt", "currency"), "VARCHAR"),
    **dict.fromkeys(("amount_cents", "points", "value_cents", "price_micros", "issued", "owed"), "BIGINT"),
    **dict.fromkeys(("honoured", "adjusted", "expired", "written_off"), _SHARES),
    "cashback": "STRUCT(kind VARCHAR, issuer VARCHAR, currency VARCHAR, cents BIGINT)[]",
    "visit": "BOOLEAN",
    "position_micros": "BIGINT",
}
_SPOOLED = {
    "record": f"STRUCT({', '.join(f'{name} {type_}' for name, type_ in _RECORD.items())})",
    "sha256": "VARCHAR",
    "day": "DATE",
    "recorded_at_ms": "BIGINT",
    "occurred_at_ms": "BIGINT",
}
_SQL = {table: Path(__file__).with_name(f"{table.name}.sql") for table in TABLES}


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
            out.write(_spooled(last_day, line))
            count += 1
    files = {table: database.folder / f"{table.name}.parquet" for table in TABLES}
    database.show_json("spooled", _SPOOLED, spool)
    _copy(database, LINES, files[LINES], {"partner": partner, "first_line": first_line})
    spool.unlink()
    database.show_parquet("lines", [files[LINES]])
    _copy(database, MOVES, files[MOVES], {"par_micros": PAR_MICROS})
    database.show_parquet("moves", [files[MOVES]])
    (moves,) = database.row("SELECT count(*) FROM moves")
    sha256 = hashlib.sha256()
    for (digest,) in database.rows("SELECT sha256 FROM lines"):
        sha256.update(digest)
    return Written(Part(number, first_day, last_day, first_line, count, moves, sha256.hexdigest(), last=True), files)


def _spooled(day: str, line: Line) -> bytes:
    record = canonical_json(record_of(line))
    digest = hashlib.sha256(record).hexdigest()
    facts = f'"day":"{day}","recorded_at_ms":{line.recorded_at_ms},"occurred_at_ms":{line.occurred_at_ms}'
    return b'{"record":%b,"sha256":"%b",%b}\n' % (record, digest.encode(), facts.encode())


def _copy(database: Database, table: Table, file: Path, parameters: dict[str, str | int]) -> None:
    form = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_A_GROUP}"
    database.execute(f"COPY ({_SQL[table].read_text()}) TO '{file}' ({form})", parameters)
