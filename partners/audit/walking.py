"""A stretch of the journal, item by item: everything is checked, what was scanned is counted. No store.

Items of a member stand together and in order. Where a stretch begins within a member, because an earlier
one ended there, the items before it are read again to know the state; they were checked and counted by
whoever scanned them. So every item counts once, and every fault is found once, wherever the cuts are.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from partners.audit.conservation import flows_of
from partners.audit.merging import merged, part_of
from partners.audit.model import Check, Finding, IssuerPlace, Part, Tallies
from partners.audit.tallying import Tallying
from partners.audit.visit_marks import VisitMarks
from partners.visits.lines import delivered
from partners.visits.model import Delivered
from shared.ledger.audit import History, holdings
from shared.ledger.codec import Item, entry_from_item, key_of
from shared.ledger.counterparts import counterpart_of, disagreement
from shared.ledger.errors import BrokenJournalError, MalformedEntryError
from shared.ledger.model import Entry
from shared.ledger.postings import postings

FIRST_KEY = key_of("", 1)["sk"]["S"]
LONGEST_TEXT = 200

PAIRS_READ_AT_ONCE = 100


class Journal(Protocol):
    """What a walk looks up beside what it is given; see `partners.audit.journal_gateway.AuditedTables`."""

    def items_before(self, item: Item) -> Iterable[Item]: ...

    def entries(self, names: Collection[tuple[str, int]]) -> Iterable[Item]: ...


class Agreements(Protocol):
    """What an entry is held to by its terms; see `partners.audit.agreed.Agreed`."""

    def breach(self, entry: Entry) -> str | None: ...


class Walk:
    """Takes items one by one; `cut` gives what they came to since the last cut, at any place.

    Entries recorded before `settled_before_ms` are tallied by the partner and day of their page, and compared with
    their counterparts in other accounts, which were written with them. Those of younger ones may be on their way.
    """

    def __init__(self, journal: Journal, agreed: Agreements, settled_before_ms: int) -> None:
        self._journal = journal
        self._agreed = agreed
        self._settled_before_ms = settled_before_ms
        self._pairs: list[Entry] = []
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
            breach = None if self._member.broken else self._agreed.breach(read.entry)
            if breach is not None:
                self._counts.findings.append(Finding(read.entry.entry_id, Check.TERMS, breach))

    def cut(self) -> tuple[Part, Tallies]:
        self._compare_pairs()
        self._count_state()
        counts, self._counts = self._counts, _Counts()
        return counts.part(), self._tallying.take()

    def _open(self, item: Item) -> None:
        self._member = _Member(item["pk"]["S"])
        before = 0
        if item["sk"]["S"] != FIRST_KEY:
            for earlier in self._journal.items_before(item):
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
        if entry.counterpart is not None and settled and not self._member.broken:
            self._pairs.append(entry)
            if len(self._pairs) == PAIRS_READ_AT_ONCE:
                self._compare_pairs()

    def _compare_pairs(self) -> None:
        pairs, self._pairs = self._pairs, []
        names = {name for name in map(counterpart_of, pairs) if name is not None}
        found = [_read(item) for item in self._journal.entries(names)] if names else []
        there = {read.entry.entry_id: read.entry for read in found if isinstance(read, _Readable)}
        unreadable = {read.subject for read in found if isinstance(read, _Unreadable)}
        for entry in pairs:
            named = entry.counterpart or ""
            # What does not read is a finding of its own, where it stands.
            if named in unreadable:
                continue
            other = there.get(named)
            wrong = f"its counterpart {named} is not there" if other is None else disagreement(entry, other)
            if wrong is not None:
                self._counts.findings.append(Finding(entry.entry_id, Check.PAIR, wrong[:LONGEST_TEXT]))

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
