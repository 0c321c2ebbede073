"""A segment of the journal swept in bounded steps, and the tasks of a run."""

import json
from dataclasses import replace
from itertools import groupby
from typing import Protocol

from partners.contracts.model import NETWORK, NO_PLACE
from partners.runs.model import Task, segment_names, segment_number
from partners.runs.segments import Journal, Segment
from partners.sweep.model import Left, Run, Swept, added, swept_by
from shared.kernel.clock import Clock
from shared.kernel.errors import StoreUnavailableError, TesseraError
from shared.kernel.ids import digest
from shared.ledger.codec import Item, entry_from_item, key_of
from shared.ledger.commands import PassTime
from shared.ledger.errors import BrokenJournalError, MalformedEntryError, NothingDueError
from shared.ledger.fingerprints import suspects
from shared.ledger.passing_time import pass_time
from shared.ledger.service import Ledger

FIRST_KEY = key_of("", 1)["sk"]["S"]
LONGEST_REASON = 200


class SweepBook(Protocol):
    """Where runs are kept; see `partners.sweep.store.SweepStore`."""

    def add_run(self, run: Run) -> Run: ...

    def newest_run(self, series: str) -> Run | None: ...

    def conclude(self, run: Run) -> Run: ...

    def tasks(self, run: Run) -> dict[str, Task[Swept]]: ...

    def save(self, run: Run, task: Task[Swept]) -> None: ...


class SegmentSweep:
    """Sweeps what is left of a segment behind `cursor`, scan by scan.

    The last item of a member in a scan is taken for its newest entry. If it is not, because the scan was cut
    there or is a moment old, no harm is done: the ledger decides on what it reads itself. One account gets one
    entry in a run, because all that try record it under one key.

    The cursor also names the account that the last scan ended with if it was counted or left: the next scan may
    go on within it.
    """

    def __init__(
        self, journal: Journal, ledger: Ledger, clock: Clock, run: Run, number: int, cursor: str | None
    ) -> None:
        after, settled = json.loads(cursor) if cursor else (None, None)
        self._segment = Segment(journal, number, run.segments, after)
        self._settled: str | None = settled
        self._ledger = ledger
        self._clock = clock
        self._run = run
        self._parts: list[Swept] = []
        self.cursor = cursor
        self.finished = False

    def step(self) -> int:
        items = self._segment.read()
        for _, group in groupby(items, key=lambda item: item["pk"]["S"]):
            self._sweep(list(group))
        self.finished = self._segment.finished
        if not self.finished:
            self.cursor = json.dumps([self._segment.after, self._settled])
        return len(items)

    def cut(self) -> Swept:
        parts, self._parts = self._parts, []
        return added(parts)

    def _sweep(self, items: list[Item]) -> None:
        member = items[0]["pk"]["S"].removeprefix("M#")
        self._parts.append(Swept(members=sum(item["sk"]["S"] == FIRST_KEY for item in items), entries=len(items)))
        if member != self._settled:
            came_to = self._came_to(member, items[-1])
            self._settled = None if came_to == Swept() else member
            self._parts.append(came_to)

    def _came_to(self, member: str, newest: Item) -> Swept:
        command = time_passes(self._run.run_id, member, self._clock())
        if not _may_be_due(newest, command):
            return Swept()
        try:
            return swept_by(self._ledger.apply(command).entry)
        except NothingDueError:
            return Swept()
        except StoreUnavailableError:
            raise
        except (TesseraError, MalformedEntryError, BrokenJournalError) as error:
            why = error.code if isinstance(error, TesseraError) else str(error)
            return Swept(left=(Left(member, why[:LONGEST_REASON]),), left_in_all=1)


class SweepPlan:
    """The plan (`partners.runs.service.Plan`) of `run`: every segment of the journal."""

    def __init__(self, run: Run, journal: Journal, ledger: Ledger, book: SweepBook, clock: Clock) -> None:
        self._run = run
        self._journal = journal
        self._ledger = ledger
        self._book = book
        self._clock = clock

    def tasks(self) -> list[Task[Swept]]:
        begun = self._book.tasks(self._run)
        return [begun.get(name, Task(name, Swept())) for name in segment_names(self._run.segments)]

    def begin(self, task: Task[Swept]) -> SegmentSweep:
        number = segment_number(task.name)
        return SegmentSweep(self._journal, self._ledger, self._clock, self._run, number, task.cursor)

    def save(self, task: Task[Swept], came_to: Swept | None) -> Task[Swept]:
        if came_to is not None:
            task = replace(task, result=added([task.result, came_to]))
        self._book.save(self._run, task)
        return task


def _may_be_due(newest: Item, command: PassTime) -> bool:
    """Whether to ask the ledger.

    Something is due; or it was and is recorded already, by a worker that died before it could say so; or the
    item does not read, and who knows if it is the newest.
    """
    try:
        account = entry_from_item(newest).account
    except MalformedEntryError:
        return True
    _, moves = pass_time(account, command.occurred_at_ms)
    return bool(moves or suspects(account, command))


def time_passes(run_id: str, member: str, now_ms: int) -> PassTime:
    """The one entry that run `run_id` may leave in the member's journal."""
    key = digest("sweep", run_id, member)[:16]
    return PassTime(
        member=member,
        card_issue=None,
        partner=NETWORK,
        location=NO_PLACE,
        receipt=None,
        occurred_at_ms=now_ms,
        key_hash=key,
        body_hash=key,
    )
