"""The work on a reconciliation: a file is read, compared with our lines, and the result written. May die anywhere."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Protocol

from partners.lake.database import Database
from partners.reconciliation.codec import differences_to_json
from partners.reconciliation.matching import compare, differences, write_table
from partners.reconciliation.model import Reconciliation, ReconciliationState, Result
from partners.reconciliation.reading import Reading, read
from partners.reconciliation.service import DIFFERENCES_A_CHUNK, Book, Windows, differences_key, table_key, upload_key
from shared.kernel.clock import Clock


class Files(Protocol):
    """See `partners.reconciliation.bucket_gateway.ReconciliationBucket`."""

    def fetch(self, key: str, version_id: str, file: Path) -> None: ...

    def put_file(self, key: str, file: Path) -> None: ...

    def put(self, key: str, content: bytes) -> None: ...


class FiledLines(Protocol):
    """See `partners.lake.service.Lake`."""

    def opened(self, wanted: Iterable[tuple[int, str]], *, moves: bool) -> AbstractContextManager[Database]: ...


class Comparing:
    """One file at a time, within the memory of one Lambda function.

    The same file and window give the same result, byte for byte, so it does not matter who of two writes it last.
    """

    def __init__(self, book: Book, files: Files, windows: Windows, lines: FiledLines, clock: Clock) -> None:
        self._book = book
        self._files = files
        self._windows = windows
        self._lines = lines
        self._clock = clock

    def work(self, partner_id: str, number: int) -> Reconciliation | None:
        """Compare what was asked for, if it still waits; how it stands then. None if there is no such reconciliation.

        A file with a mistake is refused whole. May raise StoreUnavailableError, and NotInLakeError, BrokenLakeError or
        BrokenReconciliationError, which are defects.
        """
        found = self._book.get(partner_id, number)
        if found is None or found.state is not ReconciliationState.COMPARING or found.version_id is None:
            return found
        window = found.asked.window
        with self._lines.opened([(window, partner_id)], moves=False) as database:
            file = database.folder / "upload"
            self._files.fetch(upload_key(found.partner_id, found.number), found.version_id, file)
            reading = read(database, file, found.asked.format, self._windows.window(window))
            upload = reading.upload
            ended = replace(found, ended_at_ms=self._clock(), version=found.version + 1)
            if upload.mistakes_count:
                ended = replace(
                    ended,
                    state=ReconciliationState.REFUSED,
                    mistakes=tuple(upload.mistakes),
                    mistakes_count=upload.mistakes_count,
                )
            else:
                ended = replace(ended, state=ReconciliationState.DONE, result=self._compare(found, database, reading))
        # Whoever was faster has written the same.
        return ended if self._book.replace(ended) else self._book.get(partner_id, number)

    def _compare(self, found: Reconciliation, database: Database, reading: Reading) -> Result:
        result = compare(database, reading)
        place = (found.partner_id, found.number)
        found_all, chunk = differences(database), 0
        while some := list(islice(found_all, DIFFERENCES_A_CHUNK)):
            self._files.put(differences_key(*place, chunk), differences_to_json(some))
            chunk += 1
        table = database.folder / "lines.csv"
        write_table(database, table)
        self._files.put_file(table_key(*place), table)
        return result
