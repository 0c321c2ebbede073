"""A stretch of the journal, item by item: everything is checked, what was scanned is counted. No store.

Items of a member stand together and in order. Where a stretch begins within a member, because an earlier
one ended there, the items before it are read again to know the state; they were checked and counted by
whoever scanned them. So every item counts once, and every fault is found once, wherever the cuts are.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from partners.audit.conservation import flows_of
from partners.audit.merging import merged, part_of
from partners.audit.model import Check, Finding, IssuerPlace, Part, Tallies
from partners.audit.tallying import Tallying
from partners.audit.visit_marks import VisitMarks
from partners.visits.lines import delivered
from partners.visits.model import Delivered
from shared.ledger.audit import History, holdings
from shared.ledger.codec import Item, entry_from_item, key_of
from shared.ledger.errors import BrokenJournalError, MalformedEntryError
from shared.ledger.model import Entry
from shared.ledger.postings import postings

FIRST_KEY = key_of("", 1)["sk"]["S"]
LONGEST_TEXT = 200

ItemsBefore = Callable[[Item], Iterable[Item]]
"""The items of the same member that stand before an item, oldest first."""


class Walk:
    """Takes items one by one; `cut` gives what they came to since the last cut, at any place.

    Entries recorded before `settled_before_ms` are tallied by the partner and day of their page. Of younger ones the
    counterpart in another account may have been written where the walk had been before.
    """

    def __init__(self, items_before: ItemsBefore, settled_before_ms: int) -> None:
        self._items_before = items_before
        self._settled_before_ms = settled_before_ms
        self._member = _Member("")
        self._counts = _Counts()
        self._tallying = Tallying()

    def take(self, item: Item) -> None:
        if item["pk"]["S"] != self._member.key:
            self._count_state()
            self._open(item)
        read = _read(item)
        self._counts.entries += 1
        self._counts.findings += self._member.add(read)
        if isinstance(read, _Readable):
            self._count(read)

    def cut(self) -> tuple[Part, Tallies]:
        self._count_state()
        counts, self._counts = self._counts, _Counts()
        return counts.part(), self._tallying.take()

    def _open(self, item: Item) -> None:
        self._member = _Member(item["pk"]["S"])
        before = 0
        if item["sk"]["S"] != FIRST_KEY:
            for earlier in self._items_before(item):
                self._member.add(_read(earlier))
                before += 1
        self._member.counted = self._member.state()
        self._counts.members += before == 0

    def _count(self, read: "_Readable") -> None:
        entry, posted = read.entry, read.posted
        settled = entry.recorded_at_ms < self._settled_before_ms
        self._counts.visits += entry.visit
        for place, quantity in flows_of(postings(entry), settled=settled):
            self._counts.flows[place] += quantity
        if posted is not None and settled:
            self._tallying.add(posted.chain.partner, posted.chain.day, posted.line)

    def _count_state(self) -> None:
        """The state of the open member, in place of what was counted of it before."""
        state = self._member.state()
        self._counts.states.update(state)
        self._counts.states.subtract(self._member.counted)
        self._member.counted = state


@dataclass(slots=True)
class _Counts:
    members: int = 0
    entries: int = 0
    visits: int = 0
    flows: Counter[IssuerPlace] = field(default_factory=Counter)
    states: Counter[IssuerPlace] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def part(self) -> Part:
        counted = Part(self.members, self.entries, self.visits, flows=self.flows, states=self.states)
        return merged([counted, part_of(self.findings)])


@dataclass(frozen=True, slots=True)
class _Readable:
    """An entry, and how posting takes it; if that can't be, why."""

    entry: Entry
    posted: Delivered | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class _Unreadable:
    subject: str
    why: str


def _read(item: Item) -> _Readable | _Unreadable:
    try:
        entry = entry_from_item(item)
    except MalformedEntryError as error:
        key = f"{item['pk']['S'].removeprefix('M#')}-{item['sk']['S'].removeprefix('E#').lstrip('0')}"
        return _Unreadable(key[:LONGEST_TEXT], f"it does not read: {error}"[:LONGEST_TEXT])
    try:
        return _Readable(entry, delivered("audit", "", entry))
    except MalformedEntryError as error:
        return _Readable(entry, None, _without_id(entry, error))


@dataclass(slots=True)
class _Member:
    """A member while it is walked. After its first fault only its numbers are taken.

    `counted` is how much of the state of its last entry has been counted.
    """

    key: str
    history: History = field(default_factory=History)
    marks: VisitMarks = field(default_factory=VisitMarks)
    broken: bool = False
    last: Entry | None = None
    counted: Counter[IssuerPlace] = field(default_factory=Counter)

    def add(self, read: _Readable | _Unreadable) -> list[Finding]:
        if isinstance(read, _Readable):
            self.last = read.entry
        if self.broken:
            return []
        found = list(self._faults(read))
        self.broken = any(finding.check is not Check.VISIT for finding in found)
        return found

    def _faults(self, read: _Readable | _Unreadable) -> Iterator[Finding]:
        if isinstance(read, _Unreadable):
            yield Finding(read.subject, Check.ENTRY, read.why)
            return
        if read.posted is None:
            yield Finding(read.entry.entry_id, Check.ENTRY, read.why_not)
            return
        try:
            self.history.add(read.entry)
        except BrokenJournalError as error:
            yield Finding(read.entry.entry_id, Check.HISTORY, _without_id(read.entry, error))
            return
        wrong_mark = self.marks.add(read.entry)
        if wrong_mark is not None:
            yield Finding(read.entry.entry_id, Check.VISIT, wrong_mark)

    def state(self) -> Counter[IssuerPlace]:
        """What the account holds by issuer, unit and place, as the last entry has it."""
        state: Counter[IssuerPlace] = Counter()
        if self.last is not None:
            for (place, issuer, unit, _), quantity in holdings(self.last.account).items():
                state[issuer, unit, place.value] += quantity
        return state


def _without_id(entry: Entry, error: Exception) -> str:
    return str(error).removeprefix(f"{entry.entry_id}: ")[:LONGEST_TEXT]
