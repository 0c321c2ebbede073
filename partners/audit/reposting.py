"""What is in no page is posted from the journal itself: for the partner-days whose pages an audit found to differ."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from partners.audit.comparing import PartnerDayCheck
from partners.audit.model import Check, PartnerDay, Run, Tally, Verdict
from partners.runs.errors import InvalidRunRequestError
from partners.runs.segments import Journal, Segment
from partners.visits.errors import RedriveTooEarlyError
from partners.visits.lines import delivered
from partners.visits.model import FROM_JOURNAL
from shared.ledger.codec import Item, entry_from_item
from shared.ledger.errors import MalformedEntryError
from shared.ledger.model import Entry


class Tables(Journal, Protocol):
    """See `partners.audit.journal_gateway.AuditedTables`."""

    def pages(self, partner: str, day: str) -> Iterator[Item]: ...


class Runs(Protocol):
    """See `partners.audit.store.AuditStore`."""

    def run(self, run_id: str) -> Run | None: ...


class Poster(Protocol):
    """See `partners.visits.posting.Posting`."""

    def post_from_journal(self, entry: Entry) -> bool: ...


_EVER_MS = 1 << 62


@dataclass(slots=True)
class Reposted:
    """How many entries were posted, and how many entries, days and findings had to be left; each is reported."""

    posted: int = 0
    left: int = 0

    def __str__(self) -> str:
        return f"{self.posted} posted, {self.left} left"


def days_that_differ(verdict: Verdict) -> set[PartnerDay]:
    """The partner-days of which the verdict says that their pages do not hold what the journal has."""
    named = (one.subject.partition(" ") for one in verdict.total.findings if one.check is Check.POSTING)
    return {(partner, day) for partner, _, day in named if day}


class Reposting:
    """Posts what an audit found to be in no page. Raises StoreUnavailableError; asking again goes on."""

    def __init__(self, runs: Runs, tables: Tables, poster: Poster) -> None:
        self._runs = runs
        self._tables = tables
        self._poster = poster

    def repost(self, run_id: str, segments: int, report: Callable[[str], None]) -> Reposted:
        """Post what the verdict of a run says is missing. It names its first findings alone: the others are left.

        Raises InvalidRunRequestError if there is no verdict of this run.
        """
        run = self._runs.run(run_id)
        if run is None or run.verdict is None:
            raise InvalidRunRequestError(f"There is no verdict of an audit called {run_id}.")
        reposted = self.of_days(days_that_differ(run.verdict), segments, report)
        if unnamed := run.verdict.total.findings_in_all - len(run.verdict.total.findings):
            reposted.left += unnamed
            report(f"left: {unnamed} findings that the verdict does not name; audit again, and post by that")
        return reposted

    def of_days(self, partner_days: Collection[PartnerDay], segments: int, report: Callable[[str], None]) -> Reposted:
        """Post each entry of these days that is in none of their pages, under its own day, once.

        A day is left if one of its pages does not read, or is missing between others: what that held may be in a
        window. Pages are read before the journal, and an entry posted by hand meanwhile has the same key. May be
        stopped anywhere and run again, also twice at once.
        """
        reposted = Reposted()
        known: dict[PartnerDay, set[str]] = {}
        for partner, day in sorted(partner_days):
            entries = self._in_pages(partner, day, reposted, report)
            if entries is not None:
                known[partner, day] = entries
        for number in range(segments if known else 0):
            segment = Segment(self._tables, number, segments, None)
            while not segment.finished:
                for item in segment.read():
                    self._post(item, known, reposted, report)
        return reposted

    def _in_pages(self, partner: str, day: str, reposted: Reposted, report: Callable[[str], None]) -> set[str] | None:
        check = PartnerDayCheck(partner, day, _EVER_MS)
        entries = {line.entry_id for item in self._tables.pages(partner, day) for line in check.take(item)}
        broken = [one for one in check.result(Tally())[0].findings if one.check is Check.PAGE]
        if not broken:
            return entries
        reposted.left += 1
        report(f"left: {partner} {day}: {broken[0].contradiction}; restore its pages first")
        return None

    def _post(
        self, item: Item, known: Mapping[PartnerDay, set[str]], reposted: Reposted, report: Callable[[str], None]
    ) -> None:
        try:
            entry = entry_from_item(item)
            chain = delivered(FROM_JOURNAL, "", entry).chain
        except MalformedEntryError as error:
            reposted.left += 1
            report(f"left: {item['pk']['S']} {item['sk']['S']} does not read: {error}")
            return
        if entry.entry_id in known.get((chain.partner, chain.day), {entry.entry_id}):
            return
        try:
            added = self._poster.post_from_journal(entry)
        except RedriveTooEarlyError as error:
            reposted.left += 1
            report(f"left: entry {entry.entry_id}: {error.detail}")
        else:
            reposted.posted += added
            report(f"{'posted' if added else 'in a page already'}: entry {entry.entry_id}, {chain.partner} {chain.day}")
