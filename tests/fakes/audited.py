"""Journal and pages in memory as an audit reads them, and a book of runs with the store's one condition."""

import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from partners.audit.errors import TaskTakenError
from partners.audit.model import Run, Tallies, Task, Verdict
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.journal import FakeJournal
from tests.fakes.page_book import FakePageBook

Item = dict[str, Any]


@dataclass(frozen=True)
class FakeScanned:
    items: list[Item]
    next_key: Item | None


class FakeTables:
    """`per_scan` items at a time. A member is in one segment, or after its entry 6 in another if `splits_members`."""

    def __init__(
        self, journal: FakeJournal, pages: FakePageBook, *, per_scan: int = 7, splits_members: bool = False
    ) -> None:
        self._journal = journal
        self._pages = pages
        self._per_scan = per_scan
        self._splits_members = splits_members

    def scan(self, segment: int, segments: int, after: Item | None) -> FakeScanned:
        items = [item for item in self._items() if self._segment_of(item, segments) == segment]
        begin = 0 if after is None else 1 + [_key(item) for item in items].index(_key(after))
        end = begin + self._per_scan
        last = items[end - 1] if end <= len(items) else None
        return FakeScanned(items[begin:end], None if last is None else {"pk": last["pk"], "sk": last["sk"]})

    def items_before(self, item: Item) -> Iterator[Item]:
        return (other for other in self._items() if other["pk"] == item["pk"] and _key(other) < _key(item))

    def pages(self, partner: str, day: str) -> Iterator[Item]:
        keys = sorted(key for key in self._pages.items if key[0] == f"D#{partner}#{day}")
        return (self._pages.items[key] for key in keys)

    def _items(self) -> list[Item]:
        return sorted((item for items in self._journal.items.values() for item in items), key=_key)

    def _segment_of(self, item: Item, segments: int) -> int:
        second_half = self._splits_members and item["sk"]["S"] > "E#00000006"
        return zlib.crc32(f"{item['pk']['S']} {second_half}".encode()) % segments


class FakeAuditBook:
    """The store does not answer the save number `fails_at`: tallies are written by then, the task is not."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.saved: dict[tuple[str, str], Task] = {}
        self.brought: list[tuple[str, str, int, Tallies]] = []
        self.saves = 0
        self.fails_at: int | None = None

    def add_run(self, run: Run) -> Run:
        return self.runs.setdefault(run.run_id, run)

    def newest_run(self, series: str) -> Run | None:
        names = [name for name in self.runs if name.startswith(series)]
        return self.runs[max(names)] if names else None

    def conclude(self, run: Run, verdict: Verdict) -> Run:
        if self.runs[run.run_id].verdict is None:
            self.runs[run.run_id] = replace(run, verdict=verdict)
        return self.runs[run.run_id]

    def tasks(self, run: Run) -> dict[str, Task]:
        return {name: task for (of, name), task in self.saved.items() if of == run.run_id}

    def save(self, run: Run, task: Task, tallies: Tallies) -> None:
        self.brought.append((run.run_id, task.name, task.version, tallies))
        self.saves += 1
        if self.saves == self.fails_at:
            raise StoreUnavailableError("injected")
        before = self.saved.get((run.run_id, task.name), Task(task.name))
        if before.version != task.version - 1:
            raise TaskTakenError(task.name)
        self.saved[run.run_id, task.name] = task

    def tallies(self, run: Run, month: str, tasks: Collection[Task]) -> Iterator[Tallies]:
        counting = {(run.run_id, task.name, version) for task in tasks for version in task.tallied}
        for run_id, name, version, tallies in self.brought:
            if (run_id, name, version) in counting:
                yield {where: tally for where, tally in tallies.items() if where[1].startswith(month)}


def _key(item: Item) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]
