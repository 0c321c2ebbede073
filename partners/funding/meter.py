"""What a partner owes for all it ever granted and honoured, kept up with its pages by reading each of them once.

A day's pages form one chain without gaps per stream shard, so a mark per shard says what has been read. The sum and
the marks are one row, written on condition that nobody else wrote it: whoever dies or comes second changes nothing.
Pages posted by hand stand in no chain. They are listed by day, and a list only grows: of a day that is over they are
read again when more are listed than before.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

from partners.funding.exposure import owed_micros
from partners.funding.model import ByHand, DayMeter, Sealed
from partners.visits.lines import added
from partners.visits.model import REDRIVEN, START, PagePart, Totals
from shared.kernel.clock import Clock, days_between, utc_day

OPEN_DAYS = 16
"""The stream posts a page at most a day late; from the queue one is posted within the 14 days that it is kept there."""
SEALED_AT_ONCE = 31
"""Days that are added to the sum of what is over with one write, so that whoever dies has not read for nothing."""
AGAIN_MS = 3_600_000
"""Days before yesterday are read again so often."""


class MeterBook(Protocol):
    """What the meter needs of its store; see `partners.funding.store.FundingStore`."""

    def sealed(self, partner_id: str) -> Sealed | None: ...

    def seal(self, new: Sealed) -> bool: ...

    def days(self, partner_id: str, first: str) -> dict[str, DayMeter]: ...

    def put_day(self, meter: DayMeter) -> bool: ...


class PageParts(Protocol):
    """What the meter reads of pages; see `partners.visits.store.PageStore`."""

    def parts(self, partner_id: str, day: str, marks: Mapping[str, str]) -> Iterator[PagePart]: ...

    def by_hand(self, partner_id: str) -> dict[str, frozenset[str]]: ...

    def redriven(self, partner_id: str, day: str) -> Iterator[Totals]: ...


class Meter:
    """Measures partners. Every method may raise StoreUnavailableError; what was read until then is kept."""

    def __init__(self, book: MeterBook, pages: PageParts, clock: Clock) -> None:
        self._book = book
        self._pages = pages
        self._clock = clock

    def owed_micros(self, partner_id: str, since_ms: int) -> int:
        """What the partner owes by all pages posted by now; it has none from before `since_ms`."""
        now_ms = self._clock()
        today = date.fromisoformat(utc_day(now_ms))
        yesterday = (today - timedelta(days=1)).isoformat()
        before = (today - timedelta(days=OPEN_DAYS)).isoformat()
        sealed = self._with_late(self._sealed(partner_id, utc_day(since_ms), before))
        known = self._book.days(partner_id, sealed.before)
        owed = sealed.total_micros
        for day in days_between(date.fromisoformat(sealed.before), today):
            meter = known.get(day)
            if meter is None or day >= yesterday or now_ms >= meter.read_at_ms + AGAIN_MS:
                meter = self._read_on(meter or DayMeter(partner_id=partner_id, day=day), now_ms)
            owed += meter.total_micros
        return owed

    def _sealed(self, partner_id: str, since: str, before: str) -> Sealed:
        """Move what is over into the sum of what chains can't change any more; each day is read to its end first."""
        known: Mapping[str, DayMeter] | None = None
        while True:
            sealed = self._book.sealed(partner_id) or Sealed(partner_id=partner_id, before=since)
            if sealed.before >= before:
                return sealed
            known = self._book.days(partner_id, sealed.before) if known is None else known
            first = date.fromisoformat(sealed.before)
            until = min((first + timedelta(days=SEALED_AT_ONCE)).isoformat(), before)
            owed, by_hand = sealed.owed_micros, dict(sealed.by_hand)
            for day in days_between(first, date.fromisoformat(until) - timedelta(days=1)):
                counted = self._counted(known.get(day) or DayMeter(partner_id=partner_id, day=day))
                owed += counted.owed_micros
                if counted.redriven_micros:
                    by_hand[day] = ByHand(0, counted.redriven_micros)
            self._book.seal(
                replace(sealed, before=until, owed_micros=owed, by_hand=by_hand, version=sealed.version + 1)
            )

    def _with_late(self, sealed: Sealed) -> Sealed:
        """With what has been posted by hand, of days that are over, since it was last looked."""
        by_hand = dict(sealed.by_hand)
        for day, keys in self._pages.by_hand(sealed.partner_id).items():
            known = by_hand.get(day)
            if day < sealed.before and (known is None or known.listed != len(keys)):
                by_hand[day] = ByHand(len(keys), _owed(sealed.partner_id, self._pages.redriven(sealed.partner_id, day)))
        if by_hand == sealed.by_hand:
            return sealed
        # Whoever was faster has written the same or more; what this one has read is true all the same.
        found = replace(sealed, by_hand=by_hand, version=sealed.version + 1)
        self._book.seal(found)
        return found

    def _read_on(self, meter: DayMeter, now_ms: int) -> DayMeter:
        counted = self._counted(meter)
        unchanged = (counted.marks, counted.redriven_micros) == (meter.marks, meter.redriven_micros)
        if unchanged and now_ms < meter.read_at_ms + AGAIN_MS:
            return meter
        # Whoever was faster has written the same or more; what this one has read is true all the same.
        read = replace(counted, read_at_ms=now_ms, version=meter.version + 1)
        self._book.put_day(read)
        return read

    def _counted(self, meter: DayMeter) -> DayMeter:
        """The day with what has been posted since its marks."""
        marks = dict(meter.marks)
        chained, redriven = [], []
        for part in self._pages.parts(meter.partner_id, meter.day, marks):
            if part.shard == REDRIVEN:
                redriven.append(part.totals)
            elif part.after == marks.get(part.shard, START):
                marks[part.shard] = part.upto
                chained.append(part.totals)
        return replace(
            meter,
            owed_micros=meter.owed_micros + _owed(meter.partner_id, chained),
            redriven_micros=_owed(meter.partner_id, redriven),
            marks=marks,
        )


def _owed(partner_id: str, totals: Iterable[Totals]) -> int:
    return owed_micros(partner_id, added(totals))
