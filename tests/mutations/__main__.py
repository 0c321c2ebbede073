"""Breaks a copy of the product on purpose, one way at a time, and sees whether the quick tests notice.

`python -m tests.mutations [words]` tries those whose name contains the words. Exit code 1 if one survives.
The test that caught a mutation last time is asked first; CAUGHT_BY remembers it. Nothing else of the work tree is
changed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from infra.paths import ROOT
from tests.mutations.catalogue import MUTATIONS, Mutation

COPIED = ("shared", "partners", "chalicelib", "functions", "infra", "tests", "app.py", "pyproject.toml")
SLOW = "tests/unit/ledger/test_book_property.py"
TESTS = (
    "tests/unit/ledger",
    "tests/unit/members",
    "tests/unit/till",
    "tests/unit/partners/audit",
    "tests/simulation/ledger",
)
PYTEST = ("-x", "-q", "-ra", "--tb=no", "-p", "no:cacheprovider", "-m", "not functional", "--hypothesis-seed=0")
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+::.+?)(?: - .*)?$", re.MULTILINE)
LONGEST_SECONDS = 600
CAUGHT_BY = Path(__file__).parent / "caught_by.txt"
"""A line a mutation: its name, a tab, and the test that caught it when all were asked."""


def main(words: str) -> int:
    chosen = [mutation for mutation in MUTATIONS if words in mutation.name]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutations-") as directory:
        copy = Path(directory)
        _copy_product(copy)
        asked_first = _remembered()
        known = sorted({asked_first[mutation.name] for mutation in chosen if mutation.name in asked_first})
        failing = _run(copy, tuple(known), none_found=True) if known else None
        if failing is not None:
            print(f"{failing} fails on the product as it is, so it can't tell of a mutation.")
            return 1
        caught = [_try(mutation, copy) for mutation in chosen]
    print(f"{sum(caught)} of {len(chosen)} caught in {time.monotonic() - began:.0f} s.")
    return 0 if all(caught) else 1


def _remembered() -> dict[str, str]:
    lines = CAUGHT_BY.read_text().splitlines() if CAUGHT_BY.exists() else []
    return dict(line.split("\t", 1) for line in lines)


def _remember(mutation: Mutation, test: str) -> None:
    caught_by = _remembered() | {mutation.name: test}
    in_order = [one.name for one in MUTATIONS if one.name in caught_by]
    CAUGHT_BY.write_text("".join(f"{name}\t{caught_by[name]}\n" for name in in_order))


def _copy_product(copy: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, copy / name)


def _try(mutation: Mutation, copy: Path) -> bool:
    target = copy / mutation.path
    whole = target.read_text()
    target.write_text(mutation.applied(copy))
    try:
        verdict = _again(copy, _remembered().get(mutation.name)) or _first_failure(copy)
    finally:
        target.write_text(whole)
    print(
        f"{'caught  ' if verdict else 'SURVIVED'}  {mutation.name}\n            {verdict or 'no test failed'}",
        flush=True,
    )
    if verdict is not None:
        _remember(mutation, verdict)
    return verdict is not None


def _again(copy: Path, test: str | None) -> str | None:
    """`test` if it fails again; None if it passes, or has gone."""
    if test is None or not (copy / test.partition("::")[0]).exists():
        return None
    return _run(copy, (test,), none_found=True)


def _first_failure(copy: Path) -> str | None:
    """The first test that fails; None if all pass. The slow ones are asked only if no other noticed."""
    unit = sorted(str(path.relative_to(copy)) for path in (copy / TESTS[0]).glob("test_*.py"))
    quick = [path for path in unit if path != SLOW]
    return _run(copy, (*quick, *TESTS[1:])) or _run(copy, (SLOW,))


def _run(copy: Path, tests: tuple[str, ...], *, none_found: bool = False) -> str | None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *PYTEST, *tests],
        cwd=copy,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if done.returncode == pytest.ExitCode.OK or (none_found and done.returncode == pytest.ExitCode.USAGE_ERROR):
        return None
    failed = FAILED.search(done.stdout)
    if done.returncode != pytest.ExitCode.TESTS_FAILED or failed is None:
        raise RuntimeError(f"pytest did not run:\n{done.stdout}{done.stderr}")
    return failed[1]


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
