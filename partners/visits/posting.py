"""Posting: from batches of the journal's stream to pages, each entry in exactly one page.

Why exactly once. A stream delivers a shard's records in order, each at least once, in batches cut anywhere;
records it has delivered successfully may come again. Per (partner, day, shard) the pages form a list
without gaps, and adding a page is conditional on the end of that list. So at any time an entry at or below
the list's end has been decided, for good; an entry beyond it has not been written, and every worker that
holds a batch holds all entries between the list's end and any later one in it. A worker whose view of the
end is old collides, reads again, and goes on with what is left. What can't be read is set aside before any
page beyond it is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from partners.visits.errors import BrokenPageError, PageTakenError, RedriveTooEarlyError
from partners.visits.lines import delivered as line_delivered
from partners.visits.model import FROM_JOURNAL, SEQUENCE_DIGITS, Chain, Delivered, Page
from partners.visits.paging import by_chain, next_pages, page_of, redriven_page
from partners.visits.stream import Batch, StreamRecord, padded
from shared.kernel.clock import DAY_MS, Clock
from shared.kernel.errors import StoreUnavailableError
from shared.ledger.codec import entry_from_item, item_from_stream
from shared.ledger.errors import MalformedEntryError
from shared.ledger.model import Entry

STREAM_KEEPS_MS = DAY_MS
DECIDED_AFTER_MS = STREAM_KEEPS_MS + 3_600_000
"""A stream keeps records for a day; an hour more, and no worker can still be busy with one."""


class PageBook(Protocol):
    """What posting needs of its store; see `partners.visits.store.PageStore`."""

    def covered(self, chain: Chain) -> str: ...

    def covering(self, chain: Chain, sequence: str) -> Page | None: ...

    def add(self, page: Page) -> None: ...


class DeadLetters(Protocol):
    """See `partners.visits.dead_letter_gateway.DeadLetterGateway`."""

    def set_aside(self, shard: str, record: StreamRecord, reason: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a batch: entries put into pages now, pages added, records set aside.

    `first_failed` is the first sequence number (as delivered) that may not be covered because a store did
    not answer, None if all is done. What remains of the batch's entries had been posted before.
    """

    entries: int
    pages: int
    set_aside: int
    first_failed: str | None


class Posting:
    """The use cases of posting."""

    def __init__(self, pages: PageBook, dead_letters: DeadLetters, clock: Clock) -> None:
        self._pages = pages
        self._dead_letters = dead_letters
        self._clock = clock

    def post(self, batch: Batch) -> Posted:
        """Put the batch's entries into pages, those that are in one already excepted.

        An outage of one chain does not keep the others from being written. Whatever the outcome, and even
        if this call dies, delivering from `first_failed` (or from the start) again completes it.
        """
        readable, unreadable = _read(batch)
        try:
            for record, reason in unreadable:
                self._dead_letters.set_aside(batch.shard, record, reason)
        except StoreUnavailableError:
            return Posted(0, 0, 0, batch.records[0].number)
        written: list[Page] = []
        failed: list[str] = []
        for chain, delivered in by_chain(readable).items():
            try:
                self._extend(chain, delivered, written)
            except StoreUnavailableError:
                failed.append(delivered[0].sequence)
        entries = sum(len(page.lines) for page in written)
        first_failed = next((record.number for record in batch.records if record.sequence in failed), None)
        return Posted(entries, len(written), len(unreadable), first_failed)

    def post_redriven(self, shard: str, sequence_number: str, entry: Entry) -> bool:
        """Post an entry that had been set aside, once; False if it is in a page already.

        Once the chain's pages cover its place they either hold it, or never will: then it gets a page of
        its own, whose key is the entry's. Before that it may only be posted when nothing ahead of it can still be
        on its way; then a page without lines decides its place first.
        Raises RedriveTooEarlyError, MalformedEntryError, MalformedEventError, StoreUnavailableError.
        """
        item = line_delivered(shard, padded(sequence_number), entry)
        end = self._pages.covered(item.chain)
        while end < item.sequence:
            self._check_decided(entry)
            decided = page_of(item.chain, end, item.sequence, [])
            end = item.sequence if self._added(decided) else self._end_beyond(item.chain, end)
        page = self._pages.covering(item.chain, item.sequence)
        if page is None:
            raise BrokenPageError(f"{item.chain} reaches {end}, but no page of it covers {item.sequence}")
        if any(line.entry_id == entry.entry_id for line in page.lines):
            return False
        return self._added(redriven_page(item))

    def post_from_journal(self, entry: Entry) -> bool:
        """Post an entry that the caller has found in no page of its partner and day; False if it was posted by hand.

        Only when no worker can have it any more, so that those pages are as they will be, but for entries posted by
        hand, whose pages have the same key. Raises RedriveTooEarlyError, MalformedEntryError, StoreUnavailableError.
        """
        self._check_decided(entry)
        return self._added(redriven_page(line_delivered(FROM_JOURNAL, f"{entry.seq:0{SEQUENCE_DIGITS}d}", entry)))

    def _check_decided(self, entry: Entry) -> None:
        if self._clock() < entry.recorded_at_ms + DECIDED_AFTER_MS:
            raise RedriveTooEarlyError(entry.entry_id)

    def _extend(self, chain: Chain, delivered: Sequence[Delivered], written: list[Page]) -> None:
        """Add pages until the chain covers all that was delivered."""
        end = self._pages.covered(chain)
        while pages := next_pages(chain, end, delivered):
            for page in pages:
                if not self._added(page):
                    end = self._end_beyond(chain, page.after)
                    break
                written.append(page)
            else:
                return

    def _end_beyond(self, chain: Chain, lost_at: str) -> str:
        """Where the chain ends after a race lost at `lost_at`: further on, so whoever lost comes to an end."""
        end = self._pages.covered(chain)
        if end <= lost_at:
            raise BrokenPageError(f"{chain} ends at {end}, yet a page begins at {lost_at}")
        return end

    def _added(self, page: Page) -> bool:
        try:
            self._pages.add(page)
        except PageTakenError:
            return False
        return True


def _read(batch: Batch) -> tuple[list[Delivered], list[tuple[StreamRecord, str]]]:
    readable: list[Delivered] = []
    unreadable: list[tuple[StreamRecord, str]] = []
    for record in batch.records:
        try:
            readable.append(_delivered(batch.shard, record))
        except MalformedEntryError as error:
            unreadable.append((record, str(error)))
    return readable, unreadable


def _delivered(shard: str, record: StreamRecord) -> Delivered:
    if record.event_name != "INSERT":
        raise MalformedEntryError(f"{record.event_name}: a journal is only ever added to")
    return line_delivered(shard, record.sequence, entry_from_item(item_from_stream(dict(record.image))))
