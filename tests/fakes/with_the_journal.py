"""A fake journal whose entries are written in a transaction with rows of a fake DynamoDB."""

from collections.abc import Sequence
from typing import Any

from shared.kernel.errors import StoreUnavailableError
from shared.ledger.errors import LostRaceError
from shared.ledger.model import Entry
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.journal import FakeJournal


class JournalWithRows:
    """What stores that commit an entry with rows of their own ask of `JournalStore`.

    `outages` of the next transactions fail before anything is written.
    """

    def __init__(self, journal: FakeJournal, rows: FakeDynamoDB) -> None:
        self.journal = journal
        self.rows = rows
        self.outages = 0

    def append_with(self, entry: Entry, actions: Sequence[Any]) -> None:
        if self.outages:
            self.outages -= 1
            raise StoreUnavailableError("test")
        before = {name: dict(rows) for name, rows in self.rows.tables.items()}
        try:
            self.rows.transact_write_items(TransactItems=list(actions))
        except self.rows.exceptions.TransactionCanceledException as error:
            raise LostRaceError(entry.entry_id) from error
        try:
            self.journal.append(entry)
        finally:
            if self.journal.entry(entry.member, entry.seq, consistent=True) != entry:
                self.rows.tables = before
