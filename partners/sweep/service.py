"""Sweeps: runs over the whole journal that record what time has done to accounts nobody uses."""

from dataclasses import replace
from datetime import date

from partners.runs.errors import InvalidRunRequestError
from partners.runs.model import check_run
from partners.runs.segments import Journal
from partners.runs.service import Advance, work_on
from partners.sweep.model import Outcome, Run, added, is_due
from partners.sweep.work import SweepBook, SweepPlan
from shared.kernel.clock import Clock, utc_day
from shared.ledger.service import Ledger

SCHEDULED = "scheduled"
ENTRIES_PER_SCAN = 250
"""So many accounts at most get an entry in one step, which takes seconds: far less than a lease."""


class Sweep:
    """The use cases of sweeping. Every method may raise StoreUnavailableError; asking again goes on.

    What is due is recorded by the next request on an account anyhow, so a sweep is never urgent and may miss
    what falls due behind it: the next one finds it.
    """

    def __init__(self, journal: Journal, ledger: Ledger, book: SweepBook, clock: Clock) -> None:
        self._journal = journal
        self._ledger = ledger
        self._book = book
        self._clock = clock

    def begin(self, run_id: str, *, segments: int) -> Run:
        """The run of this name, begun now if there is none. Raises InvalidRunRequestError."""
        check_run(run_id, segments)
        return self._book.add_run(Run(run_id, self._clock(), segments))

    def scheduled(self, *, segments: int, every_days: int) -> Run:
        """The newest run of the schedule, or the next one if that has ended and it is time.

        A run begins with every month (UTC), and `every_days` after the last: at most one a day. Raises
        InvalidRunRequestError.
        """
        if every_days < 1:
            raise InvalidRunRequestError("A sweep runs at most once a day.", every_days=every_days)
        newest, today = self._book.newest_run(f"{SCHEDULED}-"), utc_day(self._clock())
        if newest is not None:
            begun = date.fromisoformat(utc_day(newest.begun_at_ms))
            if newest.outcome is None or not is_due(begun, date.fromisoformat(today), every_days):
                return newest
        return self.begin(f"{SCHEDULED}-{today}", segments=segments)

    def work(self, run: Run, *, for_ms: int, advance: Advance = lambda _: None) -> Run:
        """Work on `run` until it is done, or `for_ms` are over, or others have all that is left.

        `advance` is told how many entries were read. Returns the run, with its outcome once it is done.
        """
        if run.outcome is not None:
            return run
        plan = SweepPlan(run, self._journal, self._ledger, self._book, self._clock)
        tasks = work_on(plan, self._clock, for_ms=for_ms, advance=advance)
        if tasks is None:
            return run
        outcome = Outcome(self._clock(), added(task.result for task in tasks))
        return self._book.conclude(replace(run, outcome=outcome))

    def unfinished_for_ms(self, run: Run) -> int:
        """How long ago `run` began; 0 once it is done."""
        return 0 if run.outcome is not None else max(0, self._clock() - run.begun_at_ms)
