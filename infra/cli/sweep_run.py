"""`tessera sweep`: records what time has done to accounts that nobody uses, from this machine."""

import time

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.cli.turns import counting, in_turns
from partners.runs.service import Advance
from partners.sweep.model import Outcome, Swept, in_words
from partners.sweep.service import Sweep


def sweep(console: Console, sweep_service: Sweep, run_id: str, segments: int) -> bool:
    """Run or resume `run_id` and print its outcome; True if no account had to be left.

    Raises InvalidRunRequestError, StoreUnavailableError.
    """
    run = sweep_service.begin(run_id, segments=segments)
    console.print(f"Sweep {run.run_id}, {run.segments} segments", highlight=False)

    def work(for_ms: int, advance: Advance) -> Outcome | None:
        return sweep_service.work(run, for_ms=for_ms, advance=advance).outcome

    started = time.monotonic()
    with counting(console, "entries") as progress:
        task = progress.add_task("reading", total=None)
        total = in_turns(work, lambda done: progress.advance(task, done)).total
    seconds = time.monotonic() - started
    if run.outcome is None:
        rate = total.entries / seconds if seconds else 0
        console.print(f"{total.entries:,} entries in {seconds:.1f} s, {rate:,.0f} a second", highlight=False)
    if total.left:
        console.print(_left(total))
    console.print(f"[bold {'red' if total.left_in_all else 'green'}]{in_words(total)}", highlight=False)
    return not total.left_in_all


def _left(total: Swept) -> Table:
    table = Table(box=SIMPLE, show_edge=False, padding=(0, 1, 0, 0), header_style="bold red")
    table.add_column("member left", no_wrap=True)
    table.add_column("why")
    for left in total.left:
        table.add_row(left.member, escape(left.why))
    return table
