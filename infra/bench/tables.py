"""The benchmark's tables, each with a title above and a note below."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from rich.box import SIMPLE
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from infra.bench.accounts import Shape
from infra.bench.earn_cpu import EarnCpu
from infra.bench.gateway import Throughput
from infra.bench.growth import Growth
from infra.bench.imports import ImportTimes
from infra.bench.lake import LakeScale
from infra.bench.operations import Operation
from infra.bench.posting_cost import PostingCost

RATIO_AIM = 1.5
EARN_WRITE_UNITS_AIM = 1.2
EARN_READ_UNITS_AIM = 0.5
SCAN_RATIO_AIM = 3
FUNCTION_MB = 1_769


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the report."""

    title: str
    note: str
    table: Table

    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> RenderResult:
        yield Text(self.title, style="bold cyan")
        yield self.table
        yield Text(self.note, style="dim")


def operations_table(operations: Iterable[Operation]) -> Section:
    section = Section(
        "Capacity of a till's operations, from real item sizes",
        f"aim for an earn: {EARN_WRITE_UNITS_AIM} write and {EARN_READ_UNITS_AIM} read units at most",
        _table(("account", "operation", "round trips", "write units", "read units", "entry bytes", "calls")),
    )
    for done in operations:
        used = done.consumed
        section.table.add_row(
            done.account,
            done.name,
            str(used.round_trips),
            str(used.write_units),
            _units(used.read_units),
            str(used.largest_bytes),
            " + ".join(used.calls),
        )
    return section


def growth_table(growths: Iterable[Growth]) -> Section:
    section = Section(
        "An account's size and the cost of its next entry",
        "visits of the last 30 days are remembered, lots as long as they are valid",
        _table(("months x issuers", "visits", "and", "entry bytes", "write units", "read units")),
    )
    for one in growths:
        shape = f"{one.shape.months} x {one.shape.issuers}" if one.shape.months else "just enrolled"
        section.table.add_row(
            shape,
            str(one.shape.visits),
            _carried(one.shape),
            f"{one.entry_bytes:,}",
            str(one.write_units),
            _units(one.read_units),
        )
    return section


def _carried(shape: Shape) -> str:
    """What the account carries beside lots and visits, in words."""
    carried = (
        (shape.pending, f"{shape.pending} pending"),
        (shape.returns, f"{shape.returns} returns"),
        (shape.followers, f"{shape.followers} more cards"),
        (shape.cashback, f"cashback of {shape.cashback}"),
    )
    return ", ".join(words for count, words in carried if count)


def posting_table(costs: Iterable[PostingCost]) -> Section:
    section = Section(
        "Posting a visit into pages",
        "a page a partner in every batch of the stream, one strong read before it",
        _table(("batch", "partners", "page bytes", "write units a visit", "read units a visit")),
    )
    for cost in costs:
        section.table.add_row(
            str(cost.records),
            str(cost.partners),
            f"{cost.page_bytes:,}",
            f"{float(cost.write_units):.3f}",
            f"{float(cost.read_units):.3f}",
        )
    return section


def cpu_table(cpu: EarnCpu) -> Section:
    section = Section(
        "CPU of an earn through the handler, against the same two calls by a bare client",
        f"medians of batches that take turns; aim: {RATIO_AIM}x at most",
        _table(("what", "microseconds", "handler is")),
    )
    section.table.add_row("API handler, event in, answer out", f"{cpu.handler:,.0f}", "")
    section.table.add_row("bare boto3, query and put", f"{cpu.bare:,.0f}", _ratio(cpu.ratio))
    section.table.add_row(
        "the same with our client's settings",
        f"{cpu.bare_with_our_settings:,.0f}",
        f"{cpu.handler / cpu.bare_with_our_settings:.2f}x",
    )
    return section


def imports_table(times: ImportTimes) -> Section:
    section = Section(
        "CPU of a cold start of the packaged handler, against boto3 and chalice as they install",
        f"medians of turns; aim for the import: {RATIO_AIM}x at most",
        _table(("up to", "handler ms", "boto3 + chalice ms", "ratio")),
    )
    section.table.add_row(
        "imported, client made", f"{times.handler:.0f}", f"{times.bare:.0f}", _ratio(times.handler / times.bare)
    )
    section.table.add_row(
        "first earn answered; as many bare calls",
        f"{times.first_earn:.0f}",
        f"{times.bare_first_calls:.0f}",
        f"{times.first_earn / times.bare_first_calls:.2f}x",
    )
    return section


def lake_table(scale: LakeScale) -> Section:
    """What statements and reconciliation of many lines take, each beside a bare scan of the files it reads."""
    section = Section(
        f"Statements and reconciliation of {scale.lines:,} lines, against a bare DuckDB scan of the same files",
        f"CPU of one thread; Parquet of {scale.file_bytes / 1e6:.0f} MB; a function has {FUNCTION_MB:,} MB. "
        f"Aim: {SCAN_RATIO_AIM}x at most, for what SQL does.",
        _table(("what", "CPU seconds", "of a scan", "peak MB")),
    )

    def row(what: str, names: tuple[str, ...], scan: str = "", step: str = "") -> None:
        seconds = sum(scale.seconds[name] for name in names)
        ratio = f"{seconds / scale.seconds[scan]:.2f}x" if scan else ""
        section.table.add_row(what, f"{seconds:.2f}", ratio, f"{scale.peak_mb[step]:.0f}" if step else "")

    row("lines filed from pages on, as Parquet", ("write",), step="write")
    row("bare scan of the lines", ("scan",))
    row("opened: fetched, hashes of all lines compared", ("opened",), "scan", "state")
    row("statement: figures, blocks, running hash", ("blocks",), "scan")
    row("its lines as JSON, before compression", ("json",), "scan")
    row("its lines as CSV, before compression", ("csv",), "scan")
    row("bare scan of the lines and of a partner's file", ("scan of both",))
    row("reconciliation: the partner's file read and checked", ("file read and checked",), "scan of both")
    row("matched", ("matched",), "scan of both")
    row("its result written as CSV", ("result written",), "scan of both")
    reconciled = ("opened", "file read and checked", "matched", "result written")
    row("all of it, the lines opened too", reconciled, "scan of both", "reconcile")
    row("the same, held against a scan of the lines alone", reconciled, "scan")
    return section


def gateway_table(throughputs: Iterable[Throughput]) -> Section:
    section = Section(
        "Purchases through the local API gateway",
        "an emulator on this machine: authorizer, function, journal, stream and posting share its cores",
        _table(("callers", "requests", "a second", "p50 ms", "p90 ms", "p99 ms")),
    )
    for one in throughputs:
        took = one.latency
        section.table.add_row(
            str(one.callers),
            str(one.requests),
            f"{one.requests / one.seconds:.0f}",
            f"{took.p50:.0f}",
            f"{took.p90:.0f}",
            f"{took.p99:.0f}",
        )
    return section


def _units(units: Fraction) -> str:
    return f"{float(units):.1f}"


def _ratio(ratio: float) -> str:
    return f"{ratio:.2f}x {'within the aim' if ratio <= RATIO_AIM else 'MISSES THE AIM'}"


def _table(headings: tuple[str, ...]) -> Table:
    table = Table(header_style="", box=SIMPLE, show_edge=False, padding=(0, 1, 0, 0))
    for place, heading in enumerate(headings):
        text = place == 0 or heading in {"operation", "calls"}
        table.add_column(heading, justify="left" if text else "right", no_wrap=True)
    return table
