"""Audits: runs that count the journal and its pages again, each to its verdict."""

from dataclasses import replace

from partners.audit.agreed import Partners
from partners.audit.conservation import book_findings
from partners.audit.merging import merged, part_of
from partners.audit.model import Run, Verdict
from partners.audit.plan import AuditBook, AuditPlan
from partners.audit.tallying import LAYOUT
from partners.audit.work import Entries, Tables
from partners.runs.errors import InvalidRunRequestError
from partners.runs.model import check_run
from partners.runs.service import Advance, work_on
from shared.kernel.clock import Clock, utc_day

DAILY = "daily"


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
        on their way into pages. Raises InvalidRunRequestError.
        """
        check_run(run_id, segments)
        if settled_for_ms < 0:
            raise InvalidRunRequestError("What is settled lies in the past.")
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

        `advance` is told how many entries were walked or partner-days compared. Returns the verdict once
        there is one, None before.
        """
        if run.verdict is not None:
            return run.verdict
        plan = AuditPlan(run, self._tables, self._entries, self._partners, self._book)
        tasks = work_on(plan, self._clock, for_ms=for_ms, advance=advance)
        if tasks is None:
            return None
        total = merged(task.result.part for task in tasks)
        total = merged([total, part_of(book_findings(total))])
        verdict = Verdict(run.run_id, self._clock(), total)
        return self._book.conclude(replace(run, verdict=verdict)).verdict
