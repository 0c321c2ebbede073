"""`python -m infra.bench.lake_work STEP FOLDER LINES`: one step of the lake's benchmark, in a process of its own.

Prints CPU seconds by name, and the peak of memory in MB, as JSON.
"""

import json
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from infra.bench.lake_lines import BEGINS_MS, PARTNER, WINDOW, FolderShelf, lines
from partners.lake.schema import LINES
from partners.lake.service import Lake
from partners.reconciliation.matching import compare, write_table
from partners.reconciliation.model import Format, Outcome, Result
from partners.reconciliation.reading import Reading, read
from partners.settlement.statements import filed
from partners.settlement.window import Window

TURNS = 3
_VALUES = ", ".join(column.name for column in LINES.columns)
SCAN = f"SELECT sum(hash({_VALUES})) FROM lines"  # noqa: S608 (names of the schema)
"""Every value of every row is read, and next to nothing done with it."""
_THEIRS = """
    SELECT kind, location, if(line % 1000 = 1, receipt || 'x', receipt) AS receipt, points,
        if(line % 1000 = 2, amount_cents + 1, amount_cents) AS amount_cents, value_cents, cashback_cents
    FROM (SELECT * REPLACE (coalesce(amount_cents, 0) AS amount_cents) FROM lines) ORDER BY hash(line)
"""
Seconds = dict[str, float]


def write(folder: Path, count: int) -> Seconds:
    """From lines to files; how long it takes to make up lines is measured on a tenth of them, and subtracted."""
    made = 10 * _took(lambda: sum(1 for _ in lines(count // 10)))
    lake = Lake(FolderShelf(folder))
    return {"write": _took(lambda: lake.write(WINDOW, PARTNER, lambda _: lines(count), lambda: True)) - made}


def state(folder: Path, _count: int) -> Seconds:
    """What a statement of these lines needs, in turn with a bare scan of the same files."""
    turns = [_turn(folder) for _ in range(TURNS)]
    return {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}


def _turn(folder: Path) -> Seconds:
    took = {"scan": _took(lambda: _scan(folder))}
    started = time.process_time()
    with Lake(FolderShelf(folder)).opened([(WINDOW, PARTNER)], moves=False) as database:
        took["opened"] = time.process_time() - started
        took["blocks"] = _took(lambda: list(filed.blocks(database)))
        took["json"] = _took(lambda: filed.write_jsonl(database, _dropped))
        took["csv"] = _took(lambda: filed.write_csv(database, _dropped))
    return took


def reconcile(folder: Path, count: int) -> Seconds:
    """A partner's file of as many lines, one in a thousand with another amount and one with another receipt."""
    file = folder / "theirs.csv"
    with duckdb.connect() as bare:
        bare.execute(f"CREATE VIEW lines AS FROM read_parquet('{_files(folder)}')")
        bare.execute(f"COPY ({_THEIRS}) TO '{file}' (FORMAT csv, HEADER)")
    turns = [_reconciled(folder, file, count) for _ in range(TURNS)]
    return {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}


def _reconciled(folder: Path, file: Path, count: int) -> Seconds:
    seconds = {"scan of both": _took(lambda: _scan(folder, file))}
    window = Window(WINDOW, 0, ends_at_ms=BEGINS_MS * 2)
    with Lake(FolderShelf(folder)).opened([(WINDOW, PARTNER)], moves=False) as database:
        upload = database.folder / "upload"
        shutil.copyfile(file, upload)
        readings: list[Reading] = []
        seconds["file read and checked"] = _took(lambda: readings.append(read(database, upload, Format.CSV, window)))
        found: list[Result] = []
        seconds["matched"] = _took(lambda: found.append(compare(database, *readings)))
        seconds["result written"] = _took(lambda: write_table(database, database.folder / "result.csv"))
    planted = {Outcome.AMOUNT_DIFFERS: count // 1_000, Outcome.ONLY_OURS: count // 1_000}
    if {outcome: found[0].count(outcome) for outcome in planted} != planted:
        raise ValueError(f"another result than was planted: {found}")
    return seconds


STEPS = {"write": write, "state": state, "reconcile": reconcile}


def _scan(folder: Path, theirs: Path | None = None) -> None:
    with duckdb.connect(config={"threads": 1}) as bare:
        bare.execute(f"CREATE VIEW lines AS FROM read_parquet('{_files(folder)}')")
        bare.execute(SCAN).fetchall()
        if theirs is not None:
            bare.execute(f"SELECT sum(hash(t)) FROM read_csv('{theirs}') AS t").fetchall()  # noqa: S608 (our own file)


def _files(folder: Path) -> Path:
    return folder / "lake" / "v1" / "lines" / "**" / "*.parquet"


def _dropped(piece: bytes) -> None:
    """As it is handed on to be compressed."""


def _took(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> None:
    step, folder, count = sys.argv[1:]
    seconds = STEPS[step](Path(folder), int(count))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb}))


if __name__ == "__main__":
    main()
