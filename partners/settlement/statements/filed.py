"""The lines under a large statement, straight from the lake: the same files and blocks, without a row in Python."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from partners.lake.database import Database
from partners.settlement.statements.files import Write
from partners.settlement.statements.lines import RunningHash
from partners.settlement.statements.model import Block, LineSums
from partners.settlement.statements.table import HEADING

_HERE = Path(__file__).parent
_PIECE_BYTES = 1 << 20
SUMS, ROWS, TABLE = (_HERE / name for name in ("sums.sql", "rows.sql", "table.sql"))


class Lake(Protocol):
    """See `partners.lake.service.Lake`."""

    def opened(self, wanted: Iterable[tuple[int, str]], *, moves: bool) -> AbstractContextManager[Database]: ...


class FiledLines:
    """What is written under a statement is what `partners.settlement.statements.files.written` writes."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def written(self, window: int, partner_id: str, jsonl: Write, csv: Write) -> list[Block]:
        """Write both files; the blocks of their lines. Raises NotInLakeError, BrokenLakeError."""
        with self._lake.opened([(window, partner_id)], moves=False) as database:
            write_csv(database, csv)
            write_jsonl(database, jsonl)
            return list(blocks(database))


def write_csv(database: Database, write: Write) -> None:
    """The file of CSV of the lines that are open."""
    file = database.folder / "lines.csv"
    write(HEADING.encode())
    database.write_texts(TABLE.read_text(), file)
    _hand_on(file, write)


def write_jsonl(database: Database, write: Write) -> None:
    """The file of JSON lines of the lines that are open."""
    file = database.folder / "lines.jsonl"
    database.write_texts(ROWS.read_text(), file)
    _hand_on(file, write)


def _hand_on(file: Path, write: Write) -> None:
    """A file piece by piece; it is gone then."""
    with file.open("rb") as content:
        while piece := content.read(_PIECE_BYTES):
            write(piece)
    file.unlink()


def blocks(database: Database) -> Iterator[Block]:
    """The blocks of the lines that are open, in their order; see `partners.settlement.statements.lines.blocks_of`."""
    sha256s = database.bytes_of("SELECT sha256 FROM lines")
    running_hash = RunningHash()
    for day, location, *figures in database.rows(SUMS.read_text()):
        sums = LineSums(*(int(figure) for figure in figures))
        for piece in sha256s.take(sums.lines):
            running_hash.add(piece)
        yield Block(location, day.isoformat(), sums, running_hash.hex())
