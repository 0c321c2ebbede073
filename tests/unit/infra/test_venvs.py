"""Environments are built again when the contents of their requirements change, and only then."""

import os
from pathlib import Path

from infra.venvs import fingerprint


def test_touching_a_file_changes_nothing_and_editing_it_does(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("a==1\n")
    before = fingerprint(["3.11"], [file])
    os.utime(file, (0, 0))
    assert fingerprint(["3.11"], [file]) == before
    file.write_text("a==2\n")
    assert fingerprint(["3.11"], [file]) != before


def test_another_python_is_another_environment(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("")
    assert fingerprint(["3.11"], [file]) != fingerprint(["3.12"], [file])
