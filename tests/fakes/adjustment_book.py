"""Adjustments in memory; `outages` of the next moves between states fail before anything is written."""

from dataclasses import replace

from partners.adjustments.model import Adjustment, AdjustmentState
from shared.kernel.errors import StoreUnavailableError


class FakeAdjustmentBook:
    def __init__(self) -> None:
        self.rows: dict[str, Adjustment] = {}
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

    def move(
        self,
        adjustment_id: str,
        source: AdjustmentState,
        target: AdjustmentState,
        decided_by: str,
        entry_id: str | None,
    ) -> bool:
        if self.outages:
            self.outages -= 1
            raise StoreUnavailableError("test")
        row = self.rows[adjustment_id]
        if row.state is not source:
            return False
        self.rows[adjustment_id] = replace(row, state=target, decided_by=decided_by, entry_id=entry_id or row.entry_id)
        return True
