"""The operator's command as `make setup` installs it, run where nothing of the work tree is near."""

import subprocess
import sys
from pathlib import Path

import pytest

TESSERA = Path(sys.executable).with_name("tessera")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--help"], 0, "usage: tessera [-h] COMMAND"),
        (["ledger", "show", "--help"], 0, "usage: tessera ledger show"),
        (["ledger", "show", "9770000000000000", "--endpoint", "127.0.0.1:1"], 2, "That did not work."),
    ],
)
def test_the_installed_command_runs_from_any_folder(tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    done = subprocess.run([str(TESSERA), *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert says in done.stdout


def test_the_command_makes_no_more_importable_than_it_needs(tmp_path: Path) -> None:
    found = "import importlib.util as u; print(*[n for n in {names} if u.find_spec(n)])"
    names = ["app", "chalicelib", "functions", "infra", "partners", "shared", "tests"]
    done = subprocess.run(
        [sys.executable, "-c", found.format(names=names)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["chalicelib", "infra", "partners", "shared"]
