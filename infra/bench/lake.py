"""`python -m infra.bench.lake [LINES]`: statements and reconciliation of a million lines, CPU and memory a step."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.bench.imports import NotTimedError
from infra.bench.lake_work import STEPS
from infra.paths import ROOT

LINES = 1_000_000


@dataclass(frozen=True, slots=True)
class LakeScale:
    """CPU seconds by what was done, the peak of memory by step, and the size of the files."""

    lines: int
    seconds: Mapping[str, float]
    peak_mb: Mapping[str, float]
    file_bytes: int


def measure_lake(count: int = LINES) -> LakeScale:
    """Raises NotTimedError."""
    seconds: dict[str, float] = {}
    peak_mb: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for step in STEPS:
            told, peak_mb[step] = _step(step, folder, count)
            seconds |= told
        sizes = [file.stat().st_size for file in Path(folder).rglob("*.parquet")]
    return LakeScale(count, seconds, peak_mb, sum(sizes))


def main() -> None:
    from rich.console import Console

    from infra.bench.tables import lake_table

    Console(highlight=False).print(lake_table(measure_lake(*(int(one) for one in sys.argv[1:]))))


def _step(name: str, folder: str, count: int) -> tuple[dict[str, float], float]:
    command = [sys.executable, "-m", "infra.bench.lake_work", name, folder, str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotTimedError(done.stderr)
    told = json.loads(done.stdout)
    return told["seconds"], told["peak_mb"]


if __name__ == "__main__":
    main()
