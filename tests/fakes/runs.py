"""The journal in memory as a run scans it, and a book of runs with the store's conditions."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from partners.runs.errors import TaskTakenError
from partners.runs.model import Task
from partners.runs.store import R, T
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.journal import FakeJournal

Item = dict[str, Any]


@dataclass(frozen=True)
class FakeScanned:
    items: list[Item]
    next_key: Item | None


class FakeJournalScan:
    """`per_scan` items at a time. A member is in one segment, or after its entry 6 in another if `splits_members`."""

    def __init__(self, journal: FakeJournal, *, per_scan: int = 7, splits_members: bool = False) -> None:
        self._journal = journal
        self._per_scan = per_scan
        self._splits_members = splits_members

    def scan(self, segment: int, segments: int, after: Item | None) -> FakeScanned:
        items = [item for item in self.items() if self._segment_of(item, segments) == segment]
        if after is not None:
            items = [item for item in items if key_of(item) > key_of(after)]
        last = items[self._per_scan - 1] if self._per_scan <= len(items) else None
        return FakeScanned(items[: self._per_scan], None if last is None else {"pk": last["pk"], "sk": last["sk"]})

    def items(self) -> list[Item]:
        return sorted((item for items in self._journal.items.values() for item in items), key=key_of)

    def _segment_of(self, item: Item, segments: int) -> int:
        second_half = self._splits_members and item["sk"]["S"] > "E#00000006"
        return zlib.crc32(f"{item['pk']['S']} {second_half}".encode()) % segments


class FakeRunBook(Generic[R, T]):
    """The store does not answer the save number `fails_at`."""

    def __init__(self, ended: Callable[[R], bool]) -> None:
        self._ended = ended
        self.by_name: dict[str, R] = {}
        self.saved: dict[tuple[str, str], Task[T]] = {}
        self.saves = 0
        self.fails_at: int | None = None

    def add_run(self, run: R) -> R:
        return self.by_name.setdefault(run.run_id, run)

    def run(self, run_id: str) -> R | None:
        return self.by_name.get(run_id)

    def runs(self) -> list[R]:
        return [self.by_name[name] for name in sorted(self.by_name)]

    def newest_run(self, series: str) -> R | None:
        names = [name for name in self.by_name if name.startswith(series)]
        return self.by_name[max(names)] if names else None

    def conclude(self, run: R) -> R:
        if not self._ended(self.by_name[run.run_id]):
            self.by_name[run.run_id] = run
        return self.by_name[run.run_id]

    def tasks(self, run: R) -> dict[str, Task[T]]:
        return {name: task for (of, name), task in self.saved.items() if of == run.run_id}

    def save(self, run: R, task: Task[T]) -> None:
        self.saves += 1
        if self.saves == self.fails_at:
            raise StoreUnavailableError("injected")
        standing = self.saved.get((run.run_id, task.name))
        if task.version != (1 if standing is None else standing.version + 1):
            raise TaskTakenError(task.name)
        self.saved[run.run_id, task.name] = task


def key_of(item: Item) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]
