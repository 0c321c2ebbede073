"""Pages in memory as an audit reads them, and a book of its runs."""

from collections.abc import Collection, Iterator
from typing import Any

from partners.audit.model import Run, Share, Tallies
from partners.runs.model import Task
from shared.ledger.codec import key_of as ledger_key
from tests.fakes.journal import FakeJournal
from tests.fakes.page_book import FakePageBook
from tests.fakes.runs import FakeJournalScan, FakeRunBook, Item, key_of


class FakeTables(FakeJournalScan):
    def __init__(self, journal: FakeJournal, pages: FakePageBook, **how: Any) -> None:
        super().__init__(journal, **how)
        self._pages = pages

    def items_before(self, item: Item) -> Iterator[Item]:
        return (other for other in self.items() if other["pk"] == item["pk"] and key_of(other) < key_of(item))

    def entries(self, names: Collection[tuple[str, int]]) -> Iterator[Item]:
        assert len(names) <= 100
        wanted = [ledger_key(*name) for name in names]
        return (item for item in self.items() if {"pk": item["pk"], "sk": item["sk"]} in wanted)

    def pages(self, partner: str, day: str) -> Iterator[Item]:
        keys = sorted(key for key in self._pages.items if key[0] == f"D#{partner}#{day}")
        return (self._pages.items[key] for key in keys)


class FakeAuditBook(FakeRunBook[Run, Share]):
    """Tallies are written by the time the store does not answer a save."""

    def __init__(self) -> None:
        super().__init__(ended=lambda run: run.verdict is not None)
        self.brought: list[tuple[str, str, int, Tallies]] = []

    def add_tallies(self, run: Run, task: Task[Share], tallies: Tallies) -> None:
        self.brought.append((run.run_id, task.name, task.version, tallies))

    def tallies(self, run: Run, month: str, tasks: Collection[Task[Share]]) -> Iterator[Tallies]:
        counting = {(run.run_id, task.name, version) for task in tasks for version in task.result.tallied}
        for run_id, name, version, tallies in self.brought:
            if (run_id, name, version) in counting:
                yield {where: tally for where, tally in tallies.items() if where[1].startswith(month)}
