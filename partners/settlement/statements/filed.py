"""The lines under a large statement, straight from the lake: the same files and blocks, without a row in Python."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import Protocol

from partners.lake.database import Database
from partners.settlement.statements.files import Write
from partners.settlement.statements.lines import RunningHash
from partners.settlement.statements.model import Block, LineSums
from partners.settlement.statements.table import HEADING

_HERE = Path(__file__).parent
SUMS, ROWS, TABLE = (_HERE / name for name in ("sums.sql", "rows.sql", "table.sql"))


class Lake(Protocol):
    """See `partners.lake.service.Lake`."""

    def opened(self, wanted: Iterable[tuple[int, str]]) -> AbstractContextManager[Database]: ...


class FiledLines:
    """What is written under a statement is what `partners.settlement.statements.files.written` writes."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def written(self, window: int, partner_id: str, jsonl: Write, csv: Write) -> list[Block]:
        """Write both files; the blocks of their lines. Raises NotInLakeError, BrokenLakeError."""
        with self._lake.opened([(window, partner_id)]) as database:
            csv(HEADING.encode())
            for batch in database.batches(TABLE.read_text()):
                csv("".join(f"{row}\r\n" for (row,) in batch).encode())
            for batch in database.batches(ROWS.read_text()):
                jsonl("".join(f"{row}\n" for (row,) in batch).encode())
            return list(blocks(database))


def blocks(database: Database) -> Iterator[Block]:
    """The blocks of the lines that are open, in their order; see `partners.settlement.statements.lines.blocks_of`."""
    sha256s = (sha256 for (sha256,) in database.rows("SELECT sha256 FROM lines"))
    running_hash = RunningHash()
    for day, location, *figures in database.rows(SUMS.read_text()):
        sums = LineSums(*(int(figure) for figure in figures))
        running_hash.add(b"".join(islice(sha256s, sums.lines)))
        yield Block(location, day.isoformat(), sums, running_hash.hex())
