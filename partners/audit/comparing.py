"""A partner's day: do its pages hold what the journal has? Pure."""

from collections.abc import Callable, Iterable
from dataclasses import fields

from partners.audit.merging import part_of
from partners.audit.model import Check, Finding, Part, Tally
from partners.audit.tallying import Tallying, entry_id_of, number_of
from partners.visits.codec import totals_from_text, unpack_lines
from partners.visits.errors import BrokenPageError
from partners.visits.lines import delivered, recount
from partners.visits.model import REDRIVEN, START, Line, Totals
from shared.ledger.codec import Item
from shared.ledger.errors import MalformedEntryError
from shared.ledger.model import Entry

MOST_LINES_NAMED = 2_000
"""Entries behind a difference are looked for in days with so many lines at most: each takes a read."""

EntryOf = Callable[[str, int], Entry | None]


class PartnerDayCheck:
    """Takes the pages of one partner's day in order of their keys, as items.

    Each must read, its totals must be the recount of its lines, and it must begin where the page before
    it in its shard ends. Lines recorded before `settled_before_ms` are tallied.
    """

    def __init__(self, partner: str, day: str, settled_before_ms: int) -> None:
        self._partner = partner
        self._day = day
        self._settled_before_ms = settled_before_ms
        self._tallying = Tallying()
        self._ends: dict[str, str] = {}
        self._findings: list[Finding] = []
        self._pages = 0

    def take(self, item: Item) -> list[Line]:
        """The page's lines that were recorded before the cut-off."""
        self._pages += 1
        name = item["sk"]["S"]
        try:
            self._check_place(name, item)
            lines = unpack_lines(item["lines"]["B"])
            self._check_totals(name, totals_from_text(item["totals"]["S"]), recount(self._partner, lines))
        except (BrokenPageError, KeyError, ValueError) as error:
            self._find(f"page {name} does not read: {error}")
            return []
        settled = [line for line in lines if line.recorded_at_ms < self._settled_before_ms]
        for line in settled:
            self._tallying.add(self._partner, self._day, line)
        return settled

    def result(self, journal: Tally) -> tuple[Part, bool]:
        """What the pages came to against the journal's tally, and whether they agree."""
        tally = self._tallying.take().get((self._partner, self._day), Tally())
        if tally != journal:
            self._findings.append(Finding(self._subject, Check.POSTING, _difference(journal, tally)))
        found = part_of(self._findings)
        days = 1 if tally.lines or journal.lines or self._pages else 0
        counted = Part(
            partner_days=days,
            pages=self._pages,
            lines=tally.lines,
            findings=found.findings,
            findings_in_all=found.findings_in_all,
        )
        return counted, tally == journal

    @property
    def _subject(self) -> str:
        return f"{self._partner} {self._day}"

    def _check_place(self, name: str, item: Item) -> None:
        shard, after = name.split("#")
        if shard == REDRIVEN:
            return
        end = self._ends.get(shard, START)
        if after > end:
            self._find(f"no page covers shard {shard} from {_short(end)} to {_short(after)}")
        elif after < end:
            self._find(f"page {shard} {_short(after)} begins before the page ahead of it ends")
        self._ends[shard] = item["upto"]["S"]

    def _check_totals(self, name: str, stored: Totals, counted: Totals) -> None:
        wrong = [field.name for field in fields(Totals) if getattr(stored, field.name) != getattr(counted, field.name)]
        for what in wrong:
            there, here = getattr(stored, what), getattr(counted, what)
            numbers = f": {there:,}, its lines {here:,}" if isinstance(there, int) else ""
            self._find(f"page {name} has other totals than its lines in {what}{numbers}")

    def _find(self, what: str) -> None:
        self._findings.append(Finding(self._subject, Check.PAGE, what))


def named_differences(
    partner: str, day: str, journal: Tally, lines: Iterable[Line], entry_of: EntryOf
) -> list[Finding]:
    """The entries behind a difference: lines twice or without their entry, and an entry that alone is missing."""
    found: list[Finding] = []
    seen: set[str] = set()
    rightful = numbers = 0
    for line in lines:
        wrong = "it stands in two lines" if line.entry_id in seen else _wrong_with(partner, day, line, entry_of)
        if wrong is None:
            rightful += 1
            numbers += number_of(line.entry_id)
        else:
            found.append(Finding(line.entry_id, Check.POSTING, f"{wrong} in the pages of {partner} on {day}"))
        seen.add(line.entry_id)
    if journal.lines - rightful == 1:
        missing = entry_id_of(journal.numbers - numbers)
        if missing not in seen:
            found.append(Finding(missing, Check.POSTING, f"it is in no page of {partner} on {day}"))
    return found


def _wrong_with(partner: str, day: str, line: Line, entry_of: EntryOf) -> str | None:
    member, _, seq = line.entry_id.partition("-")
    if number_of(line.entry_id) == 0:
        return "it is no entry's name, yet a line"
    try:
        entry = entry_of(member, int(seq))
        if entry is None:
            return "the journal has no such entry, yet it is a line"
        posted = delivered("audit", "", entry)
    except MalformedEntryError:
        return "the entry does not read, yet it is a line"
    if (posted.chain.partner, posted.chain.day, posted.line) != (partner, day, line):
        return "its line says other things than the entry"
    return None


def _difference(journal: Tally, pages: Tally) -> str:
    if (journal.lines, journal.visits) == (pages.lines, pages.visits):
        return f"the pages have as many lines as the journal has entries, {pages.lines:,}, but other ones"
    return (
        f"the journal has {journal.lines:,} entries and {journal.visits:,} visits, "
        f"the pages {pages.lines:,} and {pages.visits:,}"
    )


def _short(sequence: str) -> str:
    return sequence.lstrip("0") or "0"
