"""`python -m infra.bench.reconciliation [LINES]`: a million lines against as many of ours, and a bare scan of both.

Each is measured in a process of its own, with DuckDB's share of memory as in the Lambda function.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from partners.lake.database import MEMORY_MB, Database
from partners.reconciliation.comparing import Comparing
from partners.reconciliation.model import Asked, Format, Outcome, Reconciliation, ReconciliationState
from partners.settlement.window import Window
from shared.kernel.clock import system_clock

LINES = 1_000_000
LAMBDA_MB = 1_769
OURS, THEIRS = "ours.parquet", "theirs.csv"
_MAKE_OURS = """COPY (
    SELECT 'bench' AS partner, n AS line, format('{:010d}-{}', n % 100000, n // 100000 + 1) AS entry_id,
        DATE '2026-11-21' + CAST(n // 40000 AS INTEGER) AS day, format('store-{}', n % 40) AS location,
        if(n % 10 = 0, 'redeem', 'earn') AS kind, format('R{:08d}', n) AS receipt, 'USD' AS currency,
        100 + hash(n) % 20000 AS amount_cents, 5 + hash(n) % 1000 AS points, NULL::BIGINT AS value_cents,
        NULL::BIGINT AS cashback_cents,
        unhex(sha256(n::VARCHAR)) AS sha256
    FROM range({lines}) AS t(n)) TO '{folder}/ours.parquet' (FORMAT parquet, COMPRESSION zstd)"""
_MAKE_THEIRS = """COPY (
    SELECT kind, location, if(line % 1000 = 1, receipt || 'x', receipt) AS receipt, points,
        if(line % 1000 = 2, amount_cents + 1, amount_cents) AS amount_cents
    FROM '{folder}/ours.parquet' ORDER BY hash(line)) TO '{folder}/theirs.csv' (FORMAT csv, HEADER)"""
_SCAN = """SELECT count(*), sum(points), sum(amount_cents), sum(length(receipt))
    FROM (SELECT points, amount_cents, receipt FROM '{folder}/ours.parquet'
        UNION ALL SELECT points, amount_cents, receipt FROM read_csv('{folder}/theirs.csv'))"""


class _Folder:
    """The files of the bench in the places of bucket, book, windows and lake."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        size = (folder / THEIRS).stat().st_size
        asked = Asked(1, Format.CSV, size)
        self.found = Reconciliation(1, "bench", asked, "key", 0, ReconciliationState.COMPARING, "1")

    def fetch(self, key: str, version_id: str, file: Path) -> None:  # noqa: ARG002
        file.hardlink_to(self._folder / THEIRS)

    def put_file(self, key: str, file: Path) -> None: ...

    def put(self, key: str, content: bytes) -> None: ...

    def add(self, reconciliation: Reconciliation, request: str) -> bool:  # noqa: ARG002
        return False

    def get(self, partner_id: str, number: int) -> Reconciliation:  # noqa: ARG002
        return self.found

    def replace(self, reconciliation: Reconciliation) -> bool:
        self.found = reconciliation
        return True

    def begun_by(self, partner_id: str, request: str) -> None: ...

    def newest(self, partner_id: str, before: int, limit: int) -> list[Reconciliation]:  # noqa: ARG002
        return []

    def window(self, number: int) -> Window:
        return Window(number, 0, ends_at_ms=1)

    @contextmanager
    def opened(self, wanted: object) -> Iterator[Database]:  # noqa: ARG002
        with tempfile.TemporaryDirectory(dir=self._folder) as scratch, Database(Path(scratch)) as database:
            file = Path(scratch) / OURS
            file.hardlink_to(self._folder / OURS)
            database.show_parquet("lines", [file])
            yield database


def _compare(folder: Path) -> str:
    bench = _Folder(folder)
    Comparing(bench, bench, bench, bench, system_clock).work("bench", 1)
    result = bench.found.result
    if result is None:
        return f"refused: {bench.found.mistakes}"
    return ", ".join(f"{result.count(outcome):,} {outcome.value}" for outcome in Outcome)


def _scan(folder: Path) -> str:
    import duckdb

    duckdb.connect(config={"memory_limit": f"{MEMORY_MB}MB", "threads": 1}).execute(
        _SCAN.format(folder=folder)
    ).fetchall()
    return ""


MEASURED = {"compare": _compare, "scan": _scan}


def _measured(what: str, folder: Path) -> tuple[float, int, str]:
    """Seconds, peak MB, and what it came to, of one measurement in a process of its own."""
    command = [sys.executable, "-m", "infra.bench.reconciliation", what, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, peak_mb, said = done.stdout.rstrip("\n").split("\t")
    return float(seconds), int(peak_mb), said


def main() -> None:
    if len(sys.argv) == 3:
        began = time.perf_counter()
        said = MEASURED[sys.argv[1]](Path(sys.argv[2]))
        seconds = time.perf_counter() - began
        print(f"{seconds:.1f}\t{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}\t{said}")
        return
    import duckdb

    lines = int(sys.argv[1]) if len(sys.argv) == 2 else LINES
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        duckdb.execute(_MAKE_OURS.replace("{lines}", str(lines)).replace("{folder}", str(folder)))
        duckdb.execute(_MAKE_THEIRS.format(folder=folder))
        table = Table(title=f"{lines:,} lines of a partner's file against {lines:,} of ours")
        for name in ("what", "seconds", f"peak MB of {LAMBDA_MB:,}", "result"):
            table.add_column(name)
        scan, compare = _measured("scan", folder), _measured("compare", folder)
        for what, (seconds, peak_mb, said) in (("bare DuckDB scan", scan), ("reconciliation", compare)):
            table.add_row(what, f"{seconds:.1f}", f"{peak_mb:,}", said)
        console.print(table)
        console.print(f"{compare[0] / scan[0]:.1f} times a bare scan of the same files")


if __name__ == "__main__":
    main()
