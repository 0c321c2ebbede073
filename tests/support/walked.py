"""What the audit finds in a journal in memory, without its pages and terms."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from partners.audit.conservation import book_findings
from partners.audit.walking import Walk
from shared.ledger.codec import Item
from shared.ledger.model import Entry

FAR_MS = 10**15


class _Items:
    def __init__(self, items: Mapping[str, Sequence[Item]]) -> None:
        self._items = items

    def items_before(self, item: Item) -> Iterable[Item]:
        raise AssertionError("a walk from the beginning reads nothing again")

    def entries(self, names: Collection[tuple[str, int]]) -> Iterable[Item]:
        return [self._items[member][seq - 1] for member, seq in names if seq <= len(self._items.get(member, ()))]


class _NoTerms:
    def breach(self, _entry: Entry) -> str | None:
        return None


def audit_findings(items: Mapping[str, Sequence[Item]]) -> list[tuple[str, str]]:
    """(subject, contradiction) of every finding in the members' items, each member's in order."""
    walk = Walk(_Items(items), _NoTerms(), FAR_MS)
    for history in items.values():
        for item in history:
            walk.take(item)
    part, _ = walk.cut()
    return [(one.subject, one.contradiction) for one in (*part.findings, *book_findings(part))]
