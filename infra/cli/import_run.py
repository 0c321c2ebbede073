"""`tessera import FILE` and `tessera points batch FILE`: a partner's purchases, one outcome a line."""

import argparse
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn
from rich.table import Table

from chalicelib.api.batches import outcomes_reply
from infra.cli.answer import print_json
from partners.bootstrap import Services
from partners.till.batch import BatchLine, Landed, Outcome, record_lines
from partners.till.model import Purchased, PurchaseRequest
from partners.till.purchase_file import FileLine, read_purchases
from shared.kernel.errors import TesseraError

RecordLines = Callable[[str, Sequence[BatchLine], Landed], object]
"""Records a partner's lines and tells of each outcome."""

RECORDED, AGAIN, REFUSED, NOT_TRIED = "recorded", "again", "refused", "not tried"
_COLOURS = {RECORDED: "green", AGAIN: "dim", REFUSED: "bold red", NOT_TRIED: "yellow"}


def import_file(console: Console, chosen: argparse.Namespace, connect: Callable[[], Services]) -> bool:
    """Record the file's purchases however late they are. As `_record`; raises what `Imports.record` raises, too."""
    lines = read_purchases(chosen.file.read_bytes())
    return _record(console, chosen, lines, connect().imports.record)


def batch_file(console: Console, chosen: argparse.Namespace, connect: Callable[[], Services]) -> bool:
    """Record the file's purchases as the partner's own till would. As `_record`; raises UnknownPartnerError, too."""
    lines = read_purchases(chosen.file.read_bytes())
    services = connect()
    services.contracts.partner(chosen.partner)
    return _record(console, chosen, lines, partial(record_lines, services.till.purchase))


def _record(
    console: Console, chosen: argparse.Namespace, lines: Sequence[FileLine[PurchaseRequest]], record: RecordLines
) -> bool:
    """Record the lines and print each one's outcome and the totals; True if none was refused.

    Whatever ends it early, the outcomes known by then are printed first. With `chosen.json` they are printed as the API
    answers a batch. Raises BadFileError, OSError and what `connect` raises.
    """
    landed: dict[int, Outcome] = {}
    with _counting(console) as progress:
        task = progress.add_task("recording", total=len(lines))

        def land(place: int, outcome: Outcome) -> None:
            landed[place] = outcome
            progress.advance(task)

        try:
            record(chosen.partner, [one.line for one in lines], land)
        finally:
            progress.stop()
            if landed and chosen.json:
                print_json(outcomes_reply(landed, str(uuid.uuid4())))
            elif landed:
                _print(console, lines, landed)
    return all(isinstance(outcome, Purchased) for outcome in landed.values())


def _print(console: Console, lines: Sequence[FileLine[PurchaseRequest]], landed: Mapping[int, Outcome]) -> None:
    table = Table(box=SIMPLE, show_edge=False, padding=(0, 1, 0, 0), header_style="bold cyan")
    table.add_column("line", justify="right")
    for title in ("location", "receipt", "outcome", "what"):
        table.add_column(title)
    counts: Counter[str] = Counter({RECORDED: 0, AGAIN: 0, REFUSED: 0})
    for place, one in enumerate(lines):
        outcome = landed.get(place)
        word, what = _said(outcome)
        counts[word] += 1
        request = one.line.request
        colour = _COLOURS[word]
        table.add_row(
            str(one.number), escape(request.location_id), escape(request.receipt), f"[{colour}]{word}", escape(what)
        )
    console.print(table)
    console.print()
    totals = ", ".join(f"{count:,} {word}" for word, count in counts.items())
    granted = sum(one.entry.points for one in landed.values() if isinstance(one, Purchased) and not one.replayed)
    console.print(f"{totals} of {len(lines):,} in the file. {granted:,} points granted now.", highlight=False)
    if counts[REFUSED] or counts[NOT_TRIED]:
        console.print(
            "Once that is put right, run it again with the whole file: what was recorded counts once.", highlight=False
        )


def _said(outcome: Outcome | None) -> tuple[str, str]:
    if outcome is None:
        return NOT_TRIED, ""
    if isinstance(outcome, TesseraError):
        return REFUSED, f"{outcome.code}: {outcome.detail}"
    points = f"{outcome.entry.points:,} points, entry {outcome.entry.entry_id}"
    return (AGAIN, f"as before: {points}") if outcome.replayed else (RECORDED, points)


def _counting(console: Console) -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
