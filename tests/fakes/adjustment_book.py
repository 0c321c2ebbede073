"""Adjustments in memory, over a fake journal; `outages` of the next appliances fail before anything is written."""

from dataclasses import replace

from partners.adjustments.alone import Alone, BeyondOnePersonError
from partners.adjustments.model import Adjustment, AdjustmentState
from shared.kernel.errors import StoreUnavailableError
from shared.ledger.errors import LostRaceError
from shared.ledger.model import Entry
from tests.fakes.journal import FakeJournal


class FakeAdjustmentBook:
    def __init__(self, journal: FakeJournal) -> None:
        self.journal = journal
        self.rows: dict[str, Adjustment] = {}
        self.sums: dict[tuple[str, str], int] = {}
        self.outages = 0

    def add(self, adjustment: Adjustment) -> bool:
        if adjustment.adjustment_id in self.rows:
            return False
        self.rows[adjustment.adjustment_id] = adjustment
        return True

    def get(self, adjustment_id: str) -> Adjustment | None:
        return self.rows.get(adjustment_id)

    def all(self) -> list[Adjustment]:
        return list(self.rows.values())

    def apply(self, adjustment_id: str, decided_by: str, entry: Entry, alone: Alone | None = None) -> None:
        if self.outages:
            self.outages -= 1
            raise StoreUnavailableError("test")
        row = self.rows[adjustment_id]
        if row.state is not AdjustmentState.PROPOSED:
            raise LostRaceError(entry.entry_id)
        sums = {} if alone is None else {(alone.day, name): alone.points for name in alone.sums(entry)}
        if alone is not None and any(self.sums.get(name, 0) > alone.room for name in sums):
            raise BeyondOnePersonError
        applied = replace(row, state=AdjustmentState.APPLIED, decided_by=decided_by, entry_id=entry.entry_id)
        try:
            self.journal.append(entry)
        finally:
            if self.journal.entry(entry.member, entry.seq, consistent=True) == entry:
                self.rows[adjustment_id] = applied
                self.sums |= {name: self.sums.get(name, 0) + points for name, points in sums.items()}

    def wait(self, adjustment_id: str) -> None:
        row = self.rows[adjustment_id]
        if row.state is AdjustmentState.PROPOSED:
            self.rows[adjustment_id] = replace(row, beyond_one_person=True)

    def reject(self, adjustment_id: str, decided_by: str) -> bool:
        row = self.rows[adjustment_id]
        if row.state is not AdjustmentState.PROPOSED:
            return False
        self.rows[adjustment_id] = replace(row, state=AdjustmentState.REJECTED, decided_by=decided_by)
        return True
