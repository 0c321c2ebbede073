"""A journal in memory that keeps the store's promises: conditional appends, and eventual reads that may lag."""

from collections.abc import Iterator, Sequence

from shared.ledger.codec import entry_from_item, entry_to_item
from shared.ledger.errors import LostRaceError
from shared.ledger.model import Entry
from shared.ledger.store import READ_TOGETHER


class FakeJournal:
    """Stores entries as items, so every test also runs the codec.

    `stale_reads`: that many of the next eventual reads of a head show the journal one entry ago.
    `lose_replies`: that many of the next appends commit and then fail like an SDK retry that finds its own item.
    """

    def __init__(self) -> None:
        self.items: dict[str, list[dict[str, object]]] = {}
        self.stale_reads = 0
        self.lose_replies = 0
        self.calls: list[str] = []

    def head(self, member: str, *, consistent: bool) -> Entry | None:
        self.calls.append("head:strong" if consistent else "head:eventual")
        items = self.items.get(member, [])
        if not consistent and self.stale_reads and items:
            self.stale_reads -= 1
            items = items[:-1]
        return entry_from_item(items[-1]) if items else None

    def entry(self, member: str, seq: int, *, consistent: bool) -> Entry | None:
        self.calls.append("entry:strong" if consistent else "entry:eventual")
        items = self.items.get(member, [])
        return entry_from_item(items[seq - 1]) if 0 < seq <= len(items) else None

    def head_and(self, member: str, seq: int) -> tuple[Entry | None, Entry | None]:
        self.calls.append("head and entry:eventual")
        items = self.items.get(member, [])
        if self.stale_reads and items:
            self.stale_reads -= 1
            items = items[:-1]
        newest = [entry_from_item(item) for item in items[-READ_TOGETHER:] if entry_from_item(item).seq >= seq]
        return newest[-1] if newest else None, newest[0] if newest and newest[0].seq == seq else None

    def newest_together(self, heads: Sequence[Entry]) -> bool:
        self.calls.append("newest_together")
        assert heads, "DynamoDB refuses a transaction of nothing"
        return all(head.seq == len(self.items[head.member]) for head in heads)

    def append(self, entry: Entry) -> None:
        self.calls.append("append")
        items = self.items.setdefault(entry.member, [])
        if entry.seq != len(items) + 1:
            assert entry.seq <= len(items), "an entry may never leave a gap"
            raise LostRaceError(entry.entry_id)
        items.append(entry_to_item(entry))
        if self.lose_replies:
            self.lose_replies -= 1
            raise LostRaceError(entry.entry_id)

    def append_both(self, first: Entry, second: Entry) -> None:
        self.calls.append("append_both")
        for entry in (first, second):
            if entry.seq != len(self.items.get(entry.member, [])) + 1:
                raise LostRaceError(entry.entry_id)
        for entry in (first, second):
            self.items.setdefault(entry.member, []).append(entry_to_item(entry))
        if self.lose_replies:
            self.lose_replies -= 1
            raise LostRaceError(first.entry_id)

    def newest_first(self, member: str, *, before_seq: int | None, limit: int) -> list[Entry]:
        items = self.items.get(member, [])
        end = len(items) if before_seq is None else min(before_seq - 1, len(items))
        return [entry_from_item(item) for item in reversed(items[max(0, end - limit) : end])]

    def oldest_first(self, member: str) -> Iterator[Entry]:
        return iter([entry_from_item(item) for item in self.items.get(member, [])])
