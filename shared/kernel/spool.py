"""Bytes by key that need not be in memory: beyond some megabytes they are in files that are gone with the block."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

IN_MEMORY_BYTES = 8_000_000

Key = tuple[str, ...]


class Spool:
    """What is added under a key follows what was added under it before. Use it in a `with` block."""

    def __init__(self, in_memory_bytes: int = IN_MEMORY_BYTES) -> None:
        self._limit = in_memory_bytes
        self._size = 0
        self._waiting: dict[Key, bytearray] = {}
        self._files: dict[Key, Path] = {}
        self._folder = tempfile.TemporaryDirectory()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def add(self, key: Key, content: bytes) -> None:
        self._waiting.setdefault(key, bytearray()).extend(content)
        self._size += len(content)
        if self._size > self._limit:
            self._spill()

    def get(self, key: Key) -> bytes:
        """All that was added under a key; empty if nothing was."""
        file = self._files.get(key)
        return (file.read_bytes() if file is not None else b"") + bytes(self._waiting.get(key, b""))

    def __iter__(self) -> Iterator[Key]:
        """Every key, in no order."""
        yield from self._files.keys() | self._waiting.keys()

    def _spill(self) -> None:
        for key, content in self._waiting.items():
            file = self._files.setdefault(key, Path(self._folder.name) / str(len(self._files)))
            with file.open("ab") as out:
                out.write(content)
        self._waiting.clear()
        self._size = 0
