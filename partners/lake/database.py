"""DuckDB over files in one folder: the only file of the lake that imports it, and only when it is first used."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_MB = 640
"""What DuckDB may use before it sorts on disk; Python, boto and DuckDB's code need another 300 MB."""
ROWS_AT_ONCE = 5_000

Row = tuple[Any, ...]


class Database:
    """DuckDB in memory, that reads and writes files of `folder` alone and fetches nothing. Use it in a `with` block."""

    def __init__(self, folder: Path, memory_mb: int = MEMORY_MB, threads: int = 1) -> None:
        self.folder = folder
        self._memory_mb = memory_mb
        self._threads = threads
        self._connection: DuckDBPyConnection | None = None

    def __enter__(self) -> Self:
        import duckdb

        self._connection = duckdb.connect(
            config={
                "memory_limit": f"{self._memory_mb}MB",
                "threads": self._threads,
                "temp_directory": str(self.folder / "sorting"),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "python_enable_replacements": "false",
            }
        )
        self.execute("SET allowed_directories = [$folder]", {"folder": f"{self.folder}/"})
        self.execute("SET enable_external_access = false")
        self.execute("SET lock_configuration = true")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
        self._connection = None

    @property
    def connection(self) -> "DuckDBPyConnection":
        """Raises ValueError outside of the `with` block."""
        if self._connection is None:
            raise ValueError("the database is not open")
        return self._connection

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        self.connection.execute(sql, parameters)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """The rows of a query, of which ROWS_AT_ONCE are in Python's memory. Several may be read side by side."""
        return (row for batch in self.batches(sql, parameters) for row in batch)

    def batches(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[list[Row]]:
        """The same, ROWS_AT_ONCE at a time."""
        cursor = self.connection.cursor().execute(sql, parameters)
        while batch := cursor.fetchmany(ROWS_AT_ONCE):
            yield batch

    def bytes_of(self, sql: str) -> "Pieces":
        """A column of bytes, to be read so many rows at a time."""
        return Pieces(self.batches(sql))

    def write_texts(self, sql: str, file: Path) -> None:
        """Write the texts of a query of one column as they are, each with a line feed."""
        # There is no delimiter to be quoted in a text without control characters.
        form = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01'"
        self.execute(f"COPY ({sql}) TO '{file}' ({form})")

    def row(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Row:
        """The only row of a query. Raises ValueError for another number of them."""
        (row,) = self.rows(sql, parameters)
        return row

    def show_texts(self, name: str, column: str, file: Path) -> None:
        """Make the lines of a text file readable as view `name`, as they are, in one column."""
        form = "header = false, auto_detect = false, delim = '', quote = '', escape = ''"
        self.execute(f"CREATE VIEW {name} AS FROM read_csv('{file}', columns = {{{column}: 'VARCHAR'}}, {form})")

    def show_lines(self, name: str, file: Path, *, returns: bool) -> None:
        """Make a text file of anybody's readable as view `name`: each line's `text`, and its number as `line`.

        Every line has to end alike: in a line feed, with a carriage return before it or not. An empty one has no text.
        """
        end = "\\r\\n" if returns else "\\n"
        form = "header = false, auto_detect = false, delim = '', quote = '', escape = '', strict_mode = false"
        texts = f"read_csv('{file}', columns = {{text: 'VARCHAR'}}, new_line = '{end}', {form})"
        self.execute(f"CREATE VIEW {name} AS SELECT row_number() OVER () AS line, text FROM {texts}")  # noqa: S608 (ours)

    def show_columns(self, name: str, columns: Mapping[str, str], file: Path) -> None:
        """Make a file of values separated by tabs readable as view `name`, a value that is empty being null."""
        typed = ", ".join(f"{column}: '{type_}'" for column, type_ in columns.items())
        form = "header = false, auto_detect = false, delim = '\t', quote = '', escape = '', nullstr = ''"
        self.execute(f"CREATE VIEW {name} AS FROM read_csv('{file}', columns = {{{typed}}}, {form})")

    def show_parquet(
        self, name: str, files: Sequence[Path], partition: str | None = None, columns: Iterable[str] = ()
    ) -> None:
        """Make files readable as view `name`, in this order; with a number that their path names, as a column.

        All have the same columns, or else one reads those `columns` alone that are in all of them.
        """
        hive = f"hive_partitioning = true, hive_types = {{{partition}: BIGINT}}" if partition else "filename = false"
        some = ", ".join(columns)
        form = f"{hive}, union_by_name = {'true' if some else 'false'}"
        self.execute(f"CREATE VIEW {name} AS SELECT {some or '*'} FROM read_parquet({_list(files)}, {form})")  # noqa: S608 (ours)

    def columns_of_all(self, files: Sequence[Path]) -> set[str]:
        """The columns that each of several files of Parquet has."""
        sql = f"SELECT name FROM parquet_schema({_list(files)}) GROUP BY name HAVING count(*) = {len(files)}"  # noqa: S608
        return {name for (name,) in self.rows(sql)}

    def make_empty(self, name: str, columns: Mapping[str, str]) -> None:
        """Make an empty table `name` with these columns and types."""
        typed = ", ".join(f"{column} {type_}" for column, type_ in columns.items())
        self.execute(f"CREATE TABLE {name} ({typed})")


def _list(files: Iterable[Path]) -> str:
    return "[" + ", ".join(f"'{file}'" for file in files) + "]"


class Pieces:
    """The values of a column one after the other."""

    def __init__(self, batches: Iterable[Sequence[Row]]) -> None:
        self._batches = iter(batches)
        self._values: list[bytes] = []

    def take(self, rows: int) -> Iterator[bytes]:
        """The values of the next rows, or of as many as there are left, some joined at a time."""
        while rows:
            if not self._values:
                self._values = [value for (value,) in next(self._batches, ())]
            some = self._values[:rows]
            if not some:
                return
            del self._values[:rows]
            rows -= len(some)
            yield b"".join(some)
