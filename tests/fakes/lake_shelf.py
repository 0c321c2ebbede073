"""The lake's bucket in memory, that can die before or after any write."""

from pathlib import Path

from partners.lake.model import Part


class DeathError(Exception):
    """The process is gone."""


class FakeLakeShelf:
    """Objects by key, each written once. With `dies_at` n, the n-th write kills: before it is done, or `after`."""

    def __init__(self, dies_at: int = 0, *, after: bool = False) -> None:
        self.objects: dict[str, object] = {}
        self.writes = 0
        self.parts_read = 0
        self._dies_at = dies_at
        self._after = after

    def part(self, window: int, partner: str, number: int) -> Part | None:
        self.parts_read += 1
        return self.objects.get(f"parts/{window}/{partner}/{number}")

    def add_part(self, window: int, partner: str, part: Part) -> None:
        self._add(f"parts/{window}/{partner}/{part.number}", part)

    def add_file(self, key: str, file: Path) -> bool:
        return self._add(key, file.read_bytes())

    def fetch(self, key: str, file: Path) -> None:
        file.write_bytes(self.objects[key])

    def is_whole(self, window: int) -> bool:
        return f"windows/{window}" in self.objects

    def set_whole(self, window: int, partners: list[str]) -> None:
        self._add(f"windows/{window}", partners)

    def _add(self, key: str, content: object) -> bool:
        self.writes += 1
        if self.writes == self._dies_at and not self._after:
            raise DeathError
        new = key not in self.objects
        self.objects.setdefault(key, content)
        if self.writes == self._dies_at:
            raise DeathError
        return new
