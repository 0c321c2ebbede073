"""Working on a run's tasks, side by side with others, for as long as there is time.

A worker takes a task that nobody works on, saves how far it is every few seconds, and leaves it where its
time is over. A save counts only if it is the first after the one it goes on from.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

from partners.runs.errors import TaskTakenError
from partners.runs.model import Task
from shared.kernel.clock import Clock

SAVE_EVERY_MS = 20_000
LEASE_MS = 120_000
"""Longer than any step takes: a worker that has not saved for so long is taken for dead."""

Advance = Callable[[int], None]
"""Told how many items were worked through."""

T = TypeVar("T")
C = TypeVar("C")
C_co = TypeVar("C_co", covariant=True)


class Work(Protocol[C_co]):
    """Work that stands at `cursor` and is `finished` or not.

    `step` does a bounded piece and says how many items it was; `cut` gives what the steps since the last
    cut came to. Work made anew from the cursor of a cut goes on as if there had been none.
    """

    cursor: str | None
    finished: bool

    def step(self) -> int: ...

    def cut(self) -> C_co: ...


class Plan(Protocol[T, C]):
    """The tasks of one run, how they are done and where they are kept."""

    def tasks(self) -> list[Task[T]]:
        """Every task that is known by now, as it was last saved, in the order of work."""
        ...

    def begin(self, task: Task[T]) -> Work[C]:
        """The work of `task`, from its cursor on."""
        ...

    def save(self, task: Task[T], came_to: C | None) -> Task[T]:
        """Write `task` in place of its version before, with `came_to` added to its result. Raises TaskTakenError."""
        ...


def work_on(plan: Plan[T, C], clock: Clock, *, for_ms: int, advance: Advance = lambda _: None) -> list[Task[T]] | None:
    """Work until everything is done, or `for_ms` are over, or others have all that is left.

    Returns all tasks once they are done, None before. Raises what the work and the saves raise but for
    TaskTakenError.
    """
    until_ms = clock() + for_ms
    while True:
        tasks = plan.tasks()
        left = [task for task in tasks if not task.done]
        if not left:
            return tasks
        now_ms = clock()
        free = [task for task in left if task.leased_until_ms <= now_ms]
        if not free or now_ms >= until_ms:
            return None
        try:
            task = _saved(plan, free[0], None, clock() + LEASE_MS)
            _do(plan, task, plan.begin(task), clock, until_ms, advance)
        except TaskTakenError:
            continue


def _do(plan: Plan[T, C], task: Task[T], work: Work[C], clock: Clock, until_ms: int, advance: Advance) -> None:
    saved_at_ms = clock()
    while True:
        if not work.finished:
            advance(work.step())
        now_ms = clock()
        leaves = work.finished or now_ms >= until_ms
        if leaves or now_ms - saved_at_ms >= SAVE_EVERY_MS:
            came_to = work.cut()
            task = replace(task, cursor=work.cursor, done=work.finished)
            task, saved_at_ms = _saved(plan, task, came_to, 0 if leaves else now_ms + LEASE_MS), now_ms
        if leaves:
            return


def _saved(plan: Plan[T, C], task: Task[T], came_to: C | None, leased_until_ms: int) -> Task[T]:
    return plan.save(replace(task, version=task.version + 1, leased_until_ms=leased_until_ms), came_to)
