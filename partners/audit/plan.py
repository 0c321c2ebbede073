"""The tasks of an audit: every segment of the journal, and then every month of pages."""

from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import Protocol

from partners.audit.agreed import Agreed, Partners
from partners.audit.merging import merged, merged_tallies
from partners.audit.model import Part, PartnerDay, Run, Share, Tallies
from partners.audit.work import Entries, PagesWork, SegmentWork, Tables
from partners.contracts.model import NETWORK
from partners.runs.model import Task, segment_names, segment_number
from partners.runs.service import Work
from shared.kernel.clock import days_between, utc_day

_MONTH = "month-"

AuditTask = Task[Share]
Cut = tuple[Part, Tallies]


class AuditBook(Protocol):
    """Where runs are kept; see `partners.audit.store.AuditStore`."""

    def add_run(self, run: Run) -> Run: ...

    def newest_run(self, series: str) -> Run | None: ...

    def conclude(self, run: Run) -> Run: ...

    def tasks(self, run: Run) -> dict[str, AuditTask]: ...

    def add_tallies(self, run: Run, task: AuditTask, tallies: Tallies) -> None: ...

    def save(self, run: Run, task: AuditTask) -> None: ...

    def tallies(self, run: Run, month: str, tasks: Collection[AuditTask]) -> Iterator[Tallies]: ...


class AuditPlan:
    """The plan (`partners.runs.service.Plan`) of `run`."""

    def __init__(self, run: Run, tables: Tables, entries: Entries, partners: Partners, book: AuditBook) -> None:
        self._run = run
        self._tables = tables
        self._entries = entries
        self._partners = partners
        self._book = book
        self._agreed = Agreed(partners)

    def tasks(self) -> list[AuditTask]:
        """Months of pages come when every segment is done."""
        begun = self._book.tasks(self._run)
        tasks = [begun.get(name, Task(name, Share())) for name in segment_names(self._run.segments)]
        if all(task.done for task in tasks):
            names = [f"{_MONTH}{month}" for month in self._months(tasks)]
            tasks += [begun.get(name, Task(name, Share())) for name in names]
        return tasks

    def begin(self, task: AuditTask) -> Work[Cut]:
        run = self._run
        if not task.name.startswith(_MONTH):
            number = segment_number(task.name)
            return SegmentWork(self._tables, self._agreed, number, run.segments, run.settled_before_ms, task.cursor)
        month, tasks = task.name.removeprefix(_MONTH), self.tasks()
        tallies = merged_tallies(self._book.tallies(run, month, tasks))
        days = {*self._partner_days(tasks, month), *tallies}
        return PagesWork(self._tables, self._entries, days, tallies, run.settled_before_ms, task.cursor)

    def save(self, task: AuditTask, came_to: Cut | None) -> AuditTask:
        part, tallies = came_to or (Part(), {})
        share = replace(task.result, part=merged([task.result.part, part]))
        if tallies:
            months = share.months | {day[:7] for _, day in tallies}
            share = replace(share, tallied=(*share.tallied, task.version), months=months)
        task = replace(task, result=share)
        # Tallies are written before the save that makes them count.
        self._book.add_tallies(self._run, task, tallies)
        self._book.save(self._run, task)
        return task

    def _months(self, tasks: list[AuditTask]) -> list[str]:
        first, last = min(self._begins(tasks).values()), utc_day(self._run.settled_before_ms - 1)
        days = days_between(date.fromisoformat(first), date.fromisoformat(last))
        return sorted({day[:7] for day in days})

    def _partner_days(self, tasks: list[AuditTask], month: str) -> Iterator[PartnerDay]:
        """The days of a month, up to the cut-off, on which a partner could have pages."""
        last = utc_day(self._run.settled_before_ms - 1)
        begins = self._begins(tasks)
        for day in (f"{month}-{number:02d}" for number in range(1, monthrange(*map(int, month.split("-")))[1] + 1)):
            yield from ((partner, day) for partner, begin in begins.items() if begin <= day <= last)

    def _begins(self, tasks: list[AuditTask]) -> dict[str, str]:
        """Each partner and its first day; the network begins with the first of them."""
        begins = {partner.partner_id: utc_day(partner.created_at_ms) for partner in self._partners.partners()}
        months = [f"{month}-01" for task in tasks for month in task.result.months]
        begins[NETWORK] = min([*begins.values(), *months, utc_day(self._run.settled_before_ms - 1)])
        return begins
