"""Zips of the same files are the same bytes."""

import os
import zipfile
from pathlib import Path

import pytest

from infra.archive import append_to_archive, write_archive


def folder_with(folder: Path, names: list[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def test_order_and_time_of_the_files_do_not_matter(tmp_path: Path) -> None:
    one = folder_with(tmp_path / "one", ["a.py", "b/c.py"])
    other = folder_with(tmp_path / "other", ["b/c.py", "a.py"])
    os.utime(other / "a.py", (0, 0))
    write_archive(tmp_path / "one.zip", one)
    write_archive(tmp_path / "other.zip", other)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_compiled_files_are_left_out(tmp_path: Path) -> None:
    write_archive(tmp_path / "x.zip", folder_with(tmp_path / "x", ["a.py", "__pycache__/a.cpython-311.pyc"]))
    assert zipfile.ZipFile(tmp_path / "x.zip").namelist() == ["a.py"]


def test_a_second_file_of_one_name_is_refused(tmp_path: Path) -> None:
    write_archive(tmp_path / "x.zip", folder_with(tmp_path / "x", ["a.py"]))
    with pytest.raises(ValueError, match=r"a\.py"):
        append_to_archive(tmp_path / "x.zip", {"a.py": b""})
