"""A bucket and a queue for reconciliations, in memory."""

from pathlib import Path

from partners.reconciliation.service import Uploaded


class FakeReconciliationFiles:
    """Objects by key, with every version that was put; a link is the key that it is for."""

    def __init__(self) -> None:
        self.versions: dict[str, list[bytes]] = {}

    def link_to_put(self, key: str, size_bytes: int, seconds: int) -> str:
        return f"put:{key}?size={size_bytes}&seconds={seconds}"

    def link_to_get(self, key: str, name: str, seconds: int) -> str:
        return f"get:{key}?name={name}&seconds={seconds}"

    def uploaded(self, key: str) -> Uploaded | None:
        found = self.versions.get(key)
        return None if not found else Uploaded(len(found[-1]), str(len(found)))

    def fetch(self, key: str, version_id: str, file: Path) -> None:
        file.write_bytes(self.versions[key][int(version_id) - 1])

    def put_file(self, key: str, file: Path) -> None:
        self.put(key, file.read_bytes())

    def put(self, key: str, content: bytes) -> None:
        self.versions.setdefault(key, []).append(content)

    def read(self, key: str) -> bytes:
        return self.versions[key][-1]


class FakeComparisonQueue:
    def __init__(self) -> None:
        self.messages: list[tuple[str, int]] = []

    def put(self, partner_id: str, number: int) -> None:
        self.messages.append((partner_id, number))
