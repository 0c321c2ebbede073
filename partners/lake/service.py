"""Writing the lines of closed windows into the lake, once each, and opening them for SQL."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from partners.lake.database import MEMORY_MB, Database
from partners.lake.errors import BrokenLakeError, NotInLakeError
from partners.lake.model import LINES_A_PART, Holding, Lines, Part, empty_part, hash_of
from partners.lake.schema import LINES, LISTED, TABLES, WINDOW, Table, file_key
from partners.lake.writing import LISTS, counted_again, write_part
from partners.visits.model import Line

LinesAfter = Callable[[str], Iterable[Line]]
"""A partner's lines of a window recorded after a UTC day ("" is before all), day by day."""


class Shelf(Protocol):
    """See `partners.lake.bucket_gateway.LakeBucket`."""

    def part(self, window: int, partner: str, number: int) -> Part | None: ...

    def add_part(self, window: int, partner: str, part: Part) -> None: ...

    def add_file(self, key: str, file: Path) -> bool: ...

    def fetch(self, key: str, file: Path) -> None: ...

    def is_whole(self, window: int) -> bool: ...

    def set_whole(self, window: int, partners: list[str]) -> None: ...


class Lake:
    """Use cases of the lake. Every method may raise StoreUnavailableError; asking again goes on.

    A part's files are written before the part itself, each on condition that it is not there: whoever dies is followed
    by one that writes the same, and of two at once one writes each. `memory_mb` is DuckDB's share.
    """

    def __init__(self, shelf: Shelf, *, memory_mb: int = MEMORY_MB, lines_a_part: int = LINES_A_PART) -> None:
        self._shelf = shelf
        self._memory_mb = memory_mb
        self._lines_a_part = lines_a_part

    def write(self, window: int, partner: str, lines_after: LinesAfter, time_left: Callable[[], bool]) -> bool:
        """Write a partner's lines of a closed window, part by part; False if it was stopped before the last.

        What is there stays. The same lines have to come every time, in any order within a day.
        """
        parts = list(self._parts(window, partner))
        if parts and parts[-1].last:
            return True
        lines = Lines(lines_after(parts[-1].last_day if parts else ""), self._lines_a_part)
        while time_left():
            part = self._write_part(window, partner, parts, lines)
            if part.last:
                return True
            parts.append(part)
        return False

    def is_whole(self, window: int) -> bool:
        """Whether the lines of every partner of a window are there."""
        return self._shelf.is_whole(window)

    def set_whole(self, window: int, partners: Sequence[str]) -> None:
        """Note that they are. Raises NotInLakeError if a partner's are not."""
        for partner in partners:
            self.holding(window, partner)
        self._shelf.set_whole(window, list(partners))

    def holding(self, window: int, partner: str) -> Holding:
        """What there is of a partner's window. Raises NotInLakeError before all of it is."""
        parts = tuple(self._parts(window, partner))
        if not parts or not parts[-1].last:
            raise NotInLakeError(window)
        return Holding(window, partner, parts)

    @contextmanager
    def opened(self, wanted: Iterable[tuple[int, str]], *, moves: bool = True) -> Iterator[Database]:
        """A database with the tables `lines` and `moves` of these windows and partners, and of nothing else.

        Without `moves` it has `lines` alone, and only their files are fetched.

        Rows stand as in the statements, holding after holding as `wanted`. Other files may be put into the database's
        folder and read from there; all of it is gone with the block. Raises NotInLakeError, and BrokenLakeError if
        lines are missing, added or moved since they were filed.
        """
        holdings = [self.holding(window, partner) for window, partner in wanted]
        with tempfile.TemporaryDirectory() as scratch, Database(Path(scratch), self._memory_mb) as database:
            for table in TABLES if moves else (LINES,):
                files = [file for held in holdings for file in self._fetched(database.folder, table, held)]
                _show(database, table, files)
                (rows,) = database.row(f"SELECT count(*) FROM {table.name}")  # noqa: S608 (a name of the schema)
                if rows != sum(_rows(part, table) for held in holdings for part in held.parts):
                    raise BrokenLakeError(f"{table.name} has {rows} rows")
            _check(database, holdings)
            yield database

    def _parts(self, window: int, partner: str) -> Iterator[Part]:
        number = 1
        while (part := self._shelf.part(window, partner, number)) is not None:
            yield part
            if part.last:
                return
            number += 1

    def _write_part(self, window: int, partner: str, before: Sequence[Part], lines: Lines) -> Part:
        number, first_line = len(before) + 1, 1 + sum(part.lines for part in before)
        if lines.over:
            part = empty_part(number, first_line)
            self._shelf.add_part(window, partner, part)
            return part
        with tempfile.TemporaryDirectory() as scratch, Database(Path(scratch), self._memory_mb) as database:
            written = write_part(database, partner, number, first_line, lines.part())
            part = replace(written.part, last=lines.over)
            keys = {table: file_key(table, window, partner, number) for table in written.files}
            added = [self._shelf.add_file(keys[table], file) for table, file in written.files.items()]
            if not all(added):
                # Who died before may have been another version, with other records: what is there counts.
                there = {table: database.folder / f"{table.name}-there.parquet" for table in keys}
                for table, file in there.items():
                    self._shelf.fetch(keys[table], file)
                part = counted_again(database, part, there)
        self._shelf.add_part(window, partner, part)
        return part

    def _fetched(self, folder: Path, table: Table, holding: Holding) -> Iterator[Path]:
        for part in holding.parts:
            if part.lines and _rows(part, table):
                place = folder / table.name / f"{WINDOW}={holding.window:08d}" / holding.partner
                place.mkdir(parents=True, exist_ok=True)
                file = place / f"{part.number:04d}.parquet"
                self._shelf.fetch(file_key(table, holding.window, holding.partner, part.number), file)
                yield file


def _check(database: Database, holdings: Iterable[Holding]) -> None:
    sha256s = database.bytes_of("SELECT sha256 FROM lines")
    for held in holdings:
        for part in held.parts:
            if hash_of(sha256s.take(part.lines)) != part.sha256:
                raise BrokenLakeError(f"part {part.number} of {held.partner} in window {held.window} is not as filed")


def _show(database: Database, table: Table, files: Sequence[Path]) -> None:
    names = {column.name for column in table.columns}
    if not files:
        database.make_empty(table.name, {column.name: column.type for column in table.columns} | {WINDOW: "BIGINT"})
    elif table is not LINES or names <= database.columns_of_all(files):
        database.show_parquet(table.name, files, WINDOW)
    else:
        _show_older_lines(database, files)


def _show_older_lines(database: Database, files: Sequence[Path]) -> None:
    """The table `lines`, if files were written before LISTED had columns."""
    names = [column.name for column in LINES.columns if column not in LISTED]
    database.show_parquet("unlisted", files, WINDOW, [*names, WINDOW])
    every = ", ".join([*(column.name for column in LINES.columns), WINDOW])
    database.execute(f"CREATE VIEW lines AS SELECT {every} FROM ({LISTS.read_text()})")  # noqa: S608 (names of the schema)


def _rows(part: Part, table: Table) -> int:
    return part.moves if table.name == "moves" else part.lines
