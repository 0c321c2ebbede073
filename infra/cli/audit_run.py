"""`tessera audit`: every segment of the journal and every page, from this machine."""

import time
from collections.abc import Callable

from rich.console import Console

from infra.audit_screen import books_table, print_verdict
from infra.cli.turns import counting, in_turns
from partners.audit.model import Run, Verdict
from partners.audit.service import Audit
from partners.runs.service import Advance


def audit(console: Console, audit_service: Audit, run_id: str, segments: int, settled_for_ms: int) -> bool:
    """Run or resume `run_id` and print its verdict; True if the ledger holds.

    Raises InvalidRunRequestError, StoreUnavailableError.
    """
    run = audit_service.begin(run_id, segments=segments, settled_for_ms=settled_for_ms)
    console.print(f"Audit {run.run_id}, {run.segments} segments", highlight=False)
    started = time.monotonic()
    with counting(console, "entries and partner-days") as progress:
        task = progress.add_task("walking", total=None)
        verdict = until_verdict(audit_service, run, lambda done: progress.advance(task, done))
    seconds = time.monotonic() - started
    console.print(books_table(verdict.total))
    console.print()
    if run.verdict is None:
        rate = verdict.total.entries / seconds if seconds else 0
        console.print(f"{verdict.total.entries:,} entries in {seconds:.1f} s, {rate:,.0f} a second", highlight=False)
    print_verdict(console, verdict)
    return verdict.holds


def until_verdict(
    audit_service: Audit, run: Run, advance: Advance, sleep: Callable[[float], None] = time.sleep
) -> Verdict:
    """Work in turns, waiting for others that have the rest, until there is a verdict."""
    return in_turns(lambda for_ms, count: audit_service.work(run, for_ms=for_ms, advance=count), advance, sleep)
