"""The books of a month as a run over the journal: a segment at a time."""

import json
from dataclasses import dataclass, replace
from typing import Protocol

from partners.books.counting import Counting, EarlierEntries
from partners.books.model import Count, added
from partners.runs.model import Task, segment_names, segment_number
from partners.runs.segments import Journal, Segment


@dataclass(frozen=True, slots=True)
class Run:
    """The books of month `run_id` (`2026-11`), counted in `segments`.

    `digest` is of the document that it came to, None before; `contradictions` what that was then found not to agree
    with, in words. `money_digest` is of the trial balance of money of its end, None where none is kept.
    """

    run_id: str
    begun_at_ms: int
    segments: int
    digest: str | None = None
    contradictions: tuple[str, ...] = ()
    ended_at_ms: int | None = None
    money_digest: str | None = None


class Journals(Journal, EarlierEntries, Protocol):
    """See `partners.audit.journal_gateway.AuditedTables`."""


class BookRuns(Protocol):
    """Where runs are kept; see `partners.books.store.BookStore`."""

    def add_run(self, run: Run) -> Run: ...

    def run(self, run_id: str) -> Run | None: ...

    def runs(self) -> list[Run]: ...

    def conclude(self, run: Run) -> Run: ...

    def put_document(self, run_id: str, digest: str, document: bytes) -> None: ...

    def document(self, run_id: str, digest: str) -> bytes: ...

    def tasks(self, run: Run) -> dict[str, Task[Count]]: ...

    def save(self, run: Run, task: Task[Count]) -> None: ...


class SegmentCount:
    """Counts what is left of a segment behind `cursor`, scan by scan."""

    def __init__(
        self, journal: Journals, number: int, segments: int, begins_at_ms: int, ends_at_ms: int, cursor: str | None
    ) -> None:
        self._segment = Segment(journal, number, segments, json.loads(cursor) if cursor else None)
        self._counting = Counting(journal, begins_at_ms, ends_at_ms)
        self.cursor = cursor
        self.finished = False

    def step(self) -> int:
        items = self._segment.read()
        for item in items:
            self._counting.take(item)
        self.finished = self._segment.finished
        if not self.finished:
            self.cursor = json.dumps(self._segment.after)
        return len(items)

    def cut(self) -> Count:
        return self._counting.cut()


class CountPlan:
    """The plan (`partners.runs.service.Plan`) of `run`, for the month from one moment to another."""

    def __init__(self, run: Run, begins_at_ms: int, ends_at_ms: int, journal: Journals, book: BookRuns) -> None:
        self._run = run
        self._month = begins_at_ms, ends_at_ms
        self._journal = journal
        self._book = book

    def tasks(self) -> list[Task[Count]]:
        begun = self._book.tasks(self._run)
        return [begun.get(name, Task(name, Count())) for name in segment_names(self._run.segments)]

    def begin(self, task: Task[Count]) -> SegmentCount:
        number = segment_number(task.name)
        return SegmentCount(self._journal, number, self._run.segments, *self._month, task.cursor)

    def save(self, task: Task[Count], came_to: Count | None) -> Task[Count]:
        if came_to is not None:
            task = replace(task, result=added([task.result, came_to]))
        self._book.save(self._run, task)
        return task
