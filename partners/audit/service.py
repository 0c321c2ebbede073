"""Audits: runs of bounded pieces of work that any number of workers may share, stop and take up again.

A run has a task for each segment of the journal and then one for each month of pages. A worker takes a
task that nobody works on, saves how far it is every few seconds, and leaves it where its time is over.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import Protocol

from partners.audit.conservation import book_findings
from partners.audit.errors import InvalidAuditRequestError, TaskTakenError
from partners.audit.merging import merged, merged_tallies, part_of
from partners.audit.model import PartnerDay, Run, Tallies, Task, Verdict
from partners.audit.tallying import LAYOUT
from partners.audit.work import Entries, PagesWork, SegmentWork, Tables, Work
from partners.contracts.model import NETWORK, Partner
from shared.kernel.clock import Clock, days_between, utc_day

RUN_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MOST_SEGMENTS = 1_000
SAVE_EVERY_MS = 20_000
LEASE_MS = 120_000
"""Longer than any step takes: a worker that has not saved for so long is taken for dead."""

DAILY = "daily"

Advance = Callable[[int], None]
"""Told how many entries were walked or partner-days compared."""


class AuditBook(Protocol):
    """Where runs are kept; see `partners.audit.store.AuditStore`."""

    def add_run(self, run: Run) -> Run: ...

    def newest_run(self, series: str) -> Run | None: ...

    def conclude(self, run: Run, verdict: Verdict) -> Run: ...

    def tasks(self, run: Run) -> dict[str, Task]: ...

    def save(self, run: Run, task: Task, tallies: Tallies) -> None: ...

    def tallies(self, run: Run, month: str, tasks: Collection[Task]) -> Iterator[Tallies]: ...


class Partners(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partners(self) -> list[Partner]: ...


class Audit:
    """The use cases of auditing. Every method may raise StoreUnavailableError; asking again goes on."""

    def __init__(self, tables: Tables, entries: Entries, partners: Partners, book: AuditBook, clock: Clock) -> None:
        self._tables = tables
        self._entries = entries
        self._partners = partners
        self._book = book
        self._clock = clock

    def begin(self, run_id: str, *, segments: int, settled_for_ms: int) -> Run:
        """The run of this name, begun now if there is none.

        Pages are compared for what was recorded `settled_for_ms` ago or earlier: later entries may still be
        on their way into pages. Raises InvalidAuditRequestError.
        """
        if not RUN_ID.fullmatch(run_id):
            raise InvalidAuditRequestError("A run's name has up to 40 small letters, digits and hyphens.")
        if not 1 <= segments <= MOST_SEGMENTS:
            raise InvalidAuditRequestError(f"There may be 1 to {MOST_SEGMENTS} segments.", segments=segments)
        if settled_for_ms < 0:
            raise InvalidAuditRequestError("What is settled lies in the past.")
        now_ms = self._clock()
        return self._book.add_run(Run(run_id, now_ms, now_ms - settled_for_ms, segments, LAYOUT))

    def daily(self, *, segments: int, settled_for_ms: int) -> Run:
        """The day's run, or the one before if it has not come to its end."""
        newest = self._book.newest_run(f"{DAILY}-")
        if newest is not None and newest.verdict is None and newest.layout == LAYOUT:
            return newest
        name = f"{DAILY}-{utc_day(self._clock())}"
        if newest is not None and newest.verdict is None and newest.run_id.startswith(name):
            # Begun today by another version of the code.
            name = f"{name}-{LAYOUT}"
        return self.begin(name, segments=segments, settled_for_ms=settled_for_ms)

    def work(self, run: Run, *, for_ms: int, advance: Advance = lambda _: None) -> Verdict | None:
        """Work on `run` until it is done, or `for_ms` are over, or others have all that is left.

        Returns the verdict once there is one, None before.
        """
        verdict, until_ms = run.verdict, self._clock() + for_ms
        while verdict is None:
            tasks = self._book.tasks(run)
            names = list(self._names(run, tasks))
            left = [task for name in names if not (task := tasks.get(name, Task(name))).done]
            now_ms = self._clock()
            free = [task for task in left if task.leased_until_ms <= now_ms]
            if not left:
                verdict = self._conclude(run, [tasks[name] for name in names])
            elif not free or now_ms >= until_ms:
                return None
            else:
                self._take(run, free[0], tasks, until_ms, advance)
        return verdict

    def _names(self, run: Run, tasks: dict[str, Task]) -> Iterator[str]:
        """All tasks that are known by now: months of pages come when every segment is done."""
        segments = [_segment_name(number) for number in range(run.segments)]
        yield from segments
        if all(name in tasks and tasks[name].done for name in segments):
            yield from (_month_name(month) for month in self._months(run, tasks))

    def _take(self, run: Run, task: Task, tasks: dict[str, Task], until_ms: int, advance: Advance) -> None:
        """Do as much of `task` as time allows, unless another worker is first."""
        try:
            task = self._saved(run, task, {}, self._clock() + LEASE_MS)
            self._do(run, task, self._work(run, task, tasks), until_ms, advance)
        except TaskTakenError:
            return

    def _do(self, run: Run, task: Task, work: Work, until_ms: int, advance: Advance) -> None:
        saved_at_ms = self._clock()
        while True:
            if not work.finished:
                advance(work.step())
            now_ms = self._clock()
            leaves = work.finished or now_ms >= until_ms
            if leaves or now_ms - saved_at_ms >= SAVE_EVERY_MS:
                task, saved_at_ms = self._progressed(run, task, work, 0 if leaves else now_ms + LEASE_MS), now_ms
            if leaves:
                return

    def _progressed(self, run: Run, task: Task, work: Work, leased_until_ms: int) -> Task:
        part, tallies = work.cut()
        task = replace(task, cursor=work.cursor, done=work.finished, part=merged([task.part, part]))
        return self._saved(run, task, tallies, leased_until_ms)

    def _saved(self, run: Run, task: Task, tallies: Tallies, leased_until_ms: int) -> Task:
        task = replace(task, version=task.version + 1, leased_until_ms=leased_until_ms)
        if tallies:
            months = task.months | {day[:7] for _, day in tallies}
            task = replace(task, tallied=(*task.tallied, task.version), months=months)
        self._book.save(run, task, tallies)
        return task

    def _work(self, run: Run, task: Task, tasks: dict[str, Task]) -> Work:
        kind, _, which = task.name.partition("-")
        if kind == "segment":
            return SegmentWork(self._tables, int(which), run.segments, run.settled_before_ms, task.cursor)
        tallies = merged_tallies(self._book.tallies(run, which, tasks.values()))
        days = {*self._partner_days(run, tasks, which), *tallies}
        return PagesWork(self._tables, self._entries, days, tallies, run.settled_before_ms, task.cursor)

    def _months(self, run: Run, tasks: dict[str, Task]) -> list[str]:
        first, last = min(self._begins(run, tasks).values()), utc_day(run.settled_before_ms - 1)
        days = days_between(date.fromisoformat(first), date.fromisoformat(last))
        return sorted({day[:7] for day in days})

    def _partner_days(self, run: Run, tasks: dict[str, Task], month: str) -> Iterator[PartnerDay]:
        """The days of a month, up to the cut-off, on which a partner could have pages."""
        last = utc_day(run.settled_before_ms - 1)
        begins = self._begins(run, tasks)
        for day in (f"{month}-{number:02d}" for number in range(1, monthrange(*map(int, month.split("-")))[1] + 1)):
            yield from ((partner, day) for partner, begin in begins.items() if begin <= day <= last)

    def _begins(self, run: Run, tasks: dict[str, Task]) -> dict[str, str]:
        """Each partner and its first day; the network begins with the first of them."""
        begins = {partner.partner_id: utc_day(partner.created_at_ms) for partner in self._partners.partners()}
        months = [f"{month}-01" for task in tasks.values() for month in task.months]
        begins[NETWORK] = min([*begins.values(), *months, utc_day(run.settled_before_ms - 1)])
        return begins

    def _conclude(self, run: Run, tasks: list[Task]) -> Verdict | None:
        total = merged(task.part for task in tasks)
        total = merged([total, part_of(book_findings(total))])
        return self._book.conclude(run, Verdict(run.run_id, self._clock(), total)).verdict


def _segment_name(number: int) -> str:
    return f"segment-{number:03d}"


def _month_name(month: str) -> str:
    return f"month-{month}"
