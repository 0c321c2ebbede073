"""Progress on the screen: what is being done, how far, how fast."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

WORTH_A_RATE = 20


class RateColumn(ProgressColumn):
    """Parts a second, over the whole step."""

    def render(self, task: Task) -> Text:
        if not task.elapsed or not task.completed or (task.total or 0) < WORTH_A_RATE:
            return Text("")
        return Text(f"{task.completed / task.elapsed:,.0f}/s", style="cyan")


class Steps:
    """The demo's steps: a bar each on a terminal, elsewhere a line when it begins and one when it is done."""

    def __init__(self, console: Console, progress: Progress) -> None:
        self._console = console
        self._progress = progress

    @contextmanager
    def working(self, what: str) -> Iterator[Callable[[str], None]]:
        """A step without a known length; the callable shows what it is doing."""
        with self.reaching(what, 1) as reached:
            task = self._progress.task_ids[-1]
            yield lambda doing: self._progress.update(task, description=f"{what}: {doing}")
            self._progress.update(task, description=what)
            reached(1)

    @contextmanager
    def counting(self, what: str, total: int) -> Iterator[Callable[[], None]]:
        """A step of `total` parts; call it after each."""
        with self.reaching(what, total):
            task = self._progress.task_ids[-1]
            yield lambda: self._progress.advance(task)

    @contextmanager
    def reaching(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        """A step that is watched: say how far it is by now."""
        task = self._progress.add_task(what, total=total)
        self._say(f"{what} …")
        started = time.monotonic()
        yield lambda completed: self._progress.update(task, completed=completed)
        seconds = time.monotonic() - started
        self._say(f"{what}: {total:,} in {seconds:.1f} s" if total > 1 else f"{what}: {seconds:.1f} s")

    def _say(self, line: str) -> None:
        if not self._console.is_terminal:
            self._console.print(line, highlight=False)


@contextmanager
def steps_on(console: Console) -> Iterator[Steps]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        RateColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield Steps(console, progress)
