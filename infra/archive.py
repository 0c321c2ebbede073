"""Zip files that come out byte for byte the same from the same files."""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
_READABLE_BY_ALL = 0o644


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """(name relative to the folder, file) of every file that may be shipped, sorted by name."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    for path in sorted(found, key=lambda path: path.relative_to(folder).as_posix()):
        yield path.relative_to(folder).as_posix(), path


def write_archive(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive, "w") as out:
        for name, path in files_below(folder):
            _add(out, name, path.read_bytes())


def append_to_archive(archive: Path, contents: Mapping[str, bytes]) -> None:
    """Adds entries in the order of their names. Raises ValueError if one is there already."""
    with zipfile.ZipFile(archive, "a") as out:
        present = set(out.namelist()) & contents.keys()
        if present:
            raise ValueError(f"the package would hold two files of one name: {', '.join(sorted(present))}")
        for name in sorted(contents):
            _add(out, name, contents[name])


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = _READABLE_BY_ALL << 16
    archive.writestr(entry, content)
