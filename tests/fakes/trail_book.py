"""The trail in memory, as the store keeps it: JSON."""

import json
from dataclasses import asdict
from typing import Any

from partners.trail.model import Act, Phase, Record


class FakeTrailBook:
    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], str] = {}

    def add(self, record: Record) -> bool:
        text = json.dumps(asdict(record))
        return self.rows.setdefault((record.day, record.number), text) is text

    def get(self, day: str, number: int) -> Record | None:
        text = self.rows.get((day, number))
        return None if text is None else _record(text)

    def last(self, day: str) -> Record | None:
        return max(self.after(day, 0, len(self.rows)), key=lambda record: record.number, default=None)

    def after(self, day: str, number: int, limit: int, *, newest: bool = True) -> list[Record]:
        numbers = sorted(at for of, at in self.rows if of == day and at > number)
        return [_record(self.rows[day, at]) for at in numbers[:limit]]

    def all(self) -> list[Record]:
        return [_record(self.rows[place]) for place in sorted(self.rows)]


def _record(text: str) -> Record:
    facts: dict[str, Any] = json.loads(text)
    return Record(**facts | {"act": Act(**facts["act"]), "phase": Phase(facts["phase"])})
