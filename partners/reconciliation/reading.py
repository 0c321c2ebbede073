"""A partner's file into the database: plain lines by SQL, all at once, and the others line by line.

Leaves the table `checked` there, with a line of the file a row: `compared` if it is to be, `named` if it names an
entry, the `key` of all that it says, and `alone`, the key of what no second line may name, or say. `odd` has what was
read line by line. `Reading.rows` gives all that is in certain lines.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from partners.lake.database import Database
from partners.reconciliation.model import MOST_LINES, QUANTITIES, Format
from partners.reconciliation.plain import Plain, plain_csv, plain_json
from partners.reconciliation.upload import (
    LONGEST_LINE_BYTES,
    Numbered,
    Opening,
    Row,
    Upload,
    read_lines,
    read_opening,
    read_upload,
)
from partners.settlement.window import Window
from partners.till.forms import LONGEST_RECEIPT

SPOOLED = {
    "line": "BIGINT",
    **dict.fromkeys(("kind", "entry_id", "location", "receipt"), "VARCHAR"),
    **dict.fromkeys(QUANTITIES, "BIGINT"),
}
_FIGURES = ", ".join(QUANTITIES)
OF_ENTRY = f"hash(entry_id, kind, {_FIGURES})"
"""The key of what a line says that names an entry."""
OF_PLACE = f"hash(kind, location, receipt, {_FIGURES})"
"""The key of what another says."""
_KEYS = f"""entry_id IS NOT NULL AS named, if(entry_id IS NULL, {OF_PLACE}, {OF_ENTRY}) AS key,
    if(entry_id IS NULL, {OF_PLACE}, hash(entry_id)) AS alone"""
_KEYS_OF_PLACES = f"false AS named, {OF_PLACE} AS key, {OF_PLACE} AS alone"
"""The same where the file names no entry."""
_CHUNK_BYTES = 1 << 20
_LONGEST = LONGEST_LINE_BYTES - len(b"\r\n")


class Reading:
    """What was read of a partner's file. If `upload` has a mistake, no line may be used."""

    def __init__(self, upload: Upload, plain: Plain | None = None) -> None:
        self.upload = upload
        self._plain = plain

    def rows(self, wanted: str) -> str:
        """SQL for all that is in the lines of which `wanted` is true: SQL, that says it of their number, `line`."""
        odd = f"SELECT * FROM odd WHERE {wanted}"  # noqa: S608 (ours)
        if self._plain is None:
            return odd
        values = ", ".join(_values(self._plain, self.upload))
        plain = f"(FROM sent WHERE {wanted}) ANTI JOIN odd USING (line)"
        unfolded = f"SELECT line, {self._plain.unfolded} AS unfolded FROM {plain}"  # noqa: S608
        return f"{odd} UNION ALL SELECT line, {values} FROM ({unfolded})"  # noqa: S608


def read(database: Database, file: Path, form: Format, window: Window) -> Reading:
    """Read a partner's file, which has to stay where it is while the reading is used."""
    opening, surveyed = _opening(file, form), _survey(file)
    if opening is None or not surveyed.readable:
        return _by_line(database, file, form, window)
    plain = plain_csv(opening, quoted=surveyed.quoted) if form is Format.CSV else plain_json(opening)
    upload = Upload(columns=opening.columns)
    database.show_lines("sent", file, returns=surveyed.returns)
    _check(database, plain, opening, upload, window)
    if not _add_odd(database, opening, form, upload, window):
        return _by_line(database, file, form, window)
    return Reading(upload, plain)


def spooled(database: Database, rows: Iterable[Row], upload: Upload) -> Reading:
    """What was read line by line alone. None of the texts in it can have a tab in it, or be empty."""
    _keep(database, rows)
    database.execute(f"CREATE OR REPLACE TABLE checked AS SELECT line, true AS compared, {_KEYS} FROM odd")  # noqa: S608
    return Reading(upload)


@dataclass(frozen=True, slots=True)
class _Survey:
    """Whether SQL numbers the lines of a file as we do; if they have carriage returns; if there is a quotation mark."""

    readable: bool
    returns: bool
    quoted: bool


def _survey(file: Path) -> _Survey:
    lines, returns, quoted, readable = 0, 0, False, True
    with file.open("rb") as content:
        while readable and (chunk := content.read(_CHUNK_BYTES)):
            end = content.readline(LONGEST_LINE_BYTES + 1)
            chunk += end
            lines += chunk.count(b"\n")
            carried = chunk.count(b"\r")
            ended = chunk.count(b"\r\n") if carried else 0
            returns += ended
            quoted = quoted or b'"' in chunk
            # One line more than may be is the heading.
            readable = (
                returns in (0, lines)
                and carried == ended
                and len(end) <= LONGEST_LINE_BYTES
                and b"\0" not in chunk
                and _is_utf8(chunk)
                and lines <= MOST_LINES + 1
            )
    return _Survey(readable, returns > 0, quoted)


def _is_utf8(chunk: bytes) -> bool:
    try:
        return chunk.isascii() or bool(chunk.decode())
    except UnicodeDecodeError:
        return False


def _opening(file: Path, form: Format) -> Opening | None:
    with file.open("rb") as content:
        return read_opening(content, form)


def _by_line(database: Database, file: Path, form: Format, window: Window) -> Reading:
    upload = Upload()
    with file.open("rb") as content:
        return spooled(database, read_upload(content, form, window.end_ms, upload), upload)


def _check(database: Database, plain: Plain, opening: Opening, upload: Upload, window: Window) -> None:
    """Make the table `checked` of all lines but the opening: of one that is not plain, `compared` is null."""
    values = ", ".join(_values(plain, upload))
    keys = _KEYS if "entry_id" in plain.values else _KEYS_OF_PLACES
    database.execute(
        f"""CREATE TABLE checked AS
        SELECT line, if(fine, compared, NULL) AS compared, {keys} FROM (
            SELECT line, compared, {values},
                compared IS NOT NULL AND {_by_its_end(plain, window)} AND (
                    NOT compared OR entry_id IS NOT NULL OR location IS NOT NULL AND receipt IS NOT NULL
                ) AND coalesce(strlen(receipt) <= {LONGEST_RECEIPT}, true) AS fine
            FROM (
                SELECT line, compared, CASE WHEN compared IS NOT NULL THEN {plain.unfolded} END AS unfolded FROM (
                    SELECT line, text, CASE
                        WHEN strlen(text) > {_LONGEST} THEN NULL
                        WHEN regexp_full_match(text, {_quoted(plain.compared)}) THEN true
                        WHEN regexp_full_match(text, {_quoted(plain.aside)}) THEN false
                    END AS compared
                    FROM sent WHERE line > {opening.line} AND text <> '')))"""  # noqa: S608 (patterns of ours)
    )


def _add_odd(database: Database, opening: Opening, form: Format, upload: Upload, window: Window) -> bool:
    """Read the opening and all that is not plain; False if one of them is longer than may be."""
    counted = "count(*) FILTER (compared), count(*) FILTER (NOT compared), count(*)"
    compared, aside, lines = database.row(f"SELECT {counted} FROM checked")  # noqa: S608
    upload.lines, upload.not_compared = compared + aside, aside
    odd: Iterable[Numbered] = ()
    if lines > upload.lines:
        database.execute(
            "CREATE TABLE unread AS FROM sent SEMI JOIN (FROM checked WHERE compared IS NULL) USING (line)"
        )
        (longest,) = database.row("SELECT max(strlen(text)) FROM unread")
        if longest > _LONGEST:
            return False
        odd = database.rows("SELECT line, text FROM unread ORDER BY line")
    numbered = chain([(opening.line, opening.text)], odd)
    _keep(database, read_lines(numbered, form, window.end_ms, upload))
    database.execute("DELETE FROM checked WHERE compared IS NULL")
    database.execute(f"INSERT INTO checked SELECT line, true AS compared, {_KEYS} FROM odd")  # noqa: S608
    return True


def _keep(database: Database, rows: Iterable[Row]) -> None:
    """Make the table `odd` of rows."""
    file = database.folder / "odd.tsv"
    with file.open("w") as out:
        for row in rows:
            values = [row[name] for name in SPOOLED]
            out.write("\t".join(["" if value is None else str(value) for value in values]) + "\n")
    database.show_columns("spooled", SPOOLED, file)
    database.execute("CREATE TABLE odd AS FROM spooled")
    file.unlink()


def _values(plain: Plain, upload: Upload) -> Iterator[str]:
    """SQL for what SPOOLED names but the line, of `unfolded`."""
    for name, type_ in SPOOLED.items():
        value = plain.values.get(name)
        if type_ == "VARCHAR":
            yield f"nullif({value}, '') AS {name}" if value else f"NULL::VARCHAR AS {name}"
        elif name in QUANTITIES:
            yield (
                # What is empty costs more to be refused as a number than to be told from one.
                f"coalesce(try_cast(nullif({value}, '') AS BIGINT), 0) AS {name}"
                if name in upload.columns
                else f"0::BIGINT AS {name}"
            )


def _by_its_end(plain: Plain, window: Window) -> str:
    """SQL for whether a line was recorded by the window's end, as far as it says, in whatever offset."""
    value = plain.values.get("recorded_at")
    if value is None:
        return "true"
    local_ms = f"epoch_ms(try_cast({value}[:if(ends_with({value}, 'Z'), -2, -7)] AS TIMESTAMP))"
    minutes = f"(try_cast({value}[-6:-4] AS INT) * 60 + try_cast({value}[-6] || {value}[-2:] AS INT))"
    at_ms = f"{local_ms} - if(ends_with({value}, 'Z'), 0, {minutes} * 60000)"
    return f"""CASE WHEN coalesce({value}, '') = '' THEN true
        ELSE coalesce({at_ms} < {window.end_ms}, false) END"""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
