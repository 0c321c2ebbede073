"""The two kinds of work of an audit, in bounded steps: a segment of the journal, a month of pages."""

import json
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from partners.audit.agreed import Agreed
from partners.audit.comparing import MOST_LINES_NAMED, PartnerDayCheck, named_differences
from partners.audit.merging import merged, part_of
from partners.audit.model import Part, PartnerDay, Tallies, Tally
from partners.audit.walking import Walk
from partners.runs.segments import Journal, Segment
from partners.visits.model import Line
from shared.ledger.codec import Item
from shared.ledger.model import Entry


class Tables(Journal, Protocol):
    """What is audited; see `partners.audit.journal_gateway.AuditedTables`."""

    def items_before(self, item: Item) -> Iterator[Item]: ...

    def entries(self, names: Collection[tuple[str, int]]) -> Iterable[Item]: ...

    def pages(self, partner: str, day: str) -> Iterator[Item]: ...


class Entries(Protocol):
    """Single entries; see `shared.ledger.store.JournalStore`."""

    def entry(self, member: str, seq: int, *, consistent: bool) -> Entry | None: ...


class SegmentWork:
    """Segment `number` of `segments` of the journal, scan by scan."""

    def __init__(
        self, tables: Tables, agreed: Agreed, number: int, segments: int, settled_before_ms: int, cursor: str | None
    ) -> None:
        self._segment = Segment(tables, number, segments, json.loads(cursor) if cursor else None)
        self._walk = Walk(tables, agreed, settled_before_ms)
        self.cursor = cursor
        self.finished = False

    def step(self) -> int:
        items = self._segment.read()
        for item in items:
            self._walk.take(item)
        self.finished = self._segment.finished
        if not self.finished:
            self.cursor = json.dumps(self._segment.after)
        return len(items)

    def cut(self) -> tuple[Part, Tallies]:
        return self._walk.cut()


class PagesWork:
    """The pages of `partner_days`, one after the other, against the journal's `tallies`."""

    def __init__(
        self,
        tables: Tables,
        entries: Entries,
        partner_days: Iterable[PartnerDay],
        tallies: Tallies,
        settled_before_ms: int,
        cursor: str | None,
    ) -> None:
        self._tables = tables
        self._entries = entries
        self._tallies = tallies
        self._settled_before_ms = settled_before_ms
        done = tuple(json.loads(cursor)) if cursor else ("", "")
        ahead = sorted((day, partner) for partner, day in partner_days)
        self._ahead = deque(where for where in ahead if where > done)
        self._parts: list[Part] = []
        self.cursor = cursor
        self.finished = not self._ahead

    def step(self) -> int:
        if self._ahead:
            day, partner = self._ahead.popleft()
            self._parts.append(self._compare(partner, day))
            self.cursor = json.dumps([day, partner])
        self.finished = not self._ahead
        return 1

    def cut(self) -> tuple[Part, Tallies]:
        parts, self._parts = self._parts, []
        return merged(parts), {}

    def _compare(self, partner: str, day: str) -> Part:
        check = PartnerDayCheck(partner, day, self._settled_before_ms)
        lines: list[Line] | None = []
        for item in self._tables.pages(partner, day):
            settled = check.take(item)
            if lines is not None:
                lines += settled
                lines = lines if len(lines) <= MOST_LINES_NAMED else None
        journal = self._tallies.get((partner, day), Tally())
        part, agree = check.result(journal)
        if agree or lines is None:
            return part
        return merged([part, part_of(named_differences(partner, day, journal, lines, self._entry))])

    def _entry(self, member: str, seq: int) -> Entry | None:
        return self._entries.entry(member, seq, consistent=True)
