"""What a partner owes for all it ever granted and honoured, kept up with its pages by reading each of them once.

A day's pages form one chain without gaps per stream shard, so a mark per shard says what has been read. The sum and
the marks are one row, written on condition that nobody else wrote it: whoever dies or comes second changes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

from partners.funding.exposure import owed_micros
from partners.funding.model import DayMeter, Sealed
from partners.visits.lines import added
from partners.visits.model import REDRIVEN, START, PagePart
from shared.kernel.clock import Clock, days_between, utc_day

OPEN_DAYS = 16
"""A page is posted at most a day late by the stream, or by hand within the 14 days that the queue keeps it."""
AGAIN_MS = 3_600_000
"""Days before yesterday are read again so often."""


class MeterBook(Protocol):
    """What the meter needs of its store; see `partners.funding.store.FundingStore`."""

    def sealed(self, partner_id: str) -> Sealed | None: ...

    def seal(self, new: Sealed, expected: Sealed | None) -> bool: ...

    def days(self, partner_id: str, first: str) -> dict[str, DayMeter]: ...

    def put_day(self, meter: DayMeter) -> bool: ...


class PageParts(Protocol):
    """What the meter reads of pages; see `partners.visits.store.PageStore`."""

    def parts(self, partner_id: str, day: str, marks: Mapping[str, str]) -> Iterator[PagePart]: ...


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
        sealed = self._sealed(partner_id, utc_day(since_ms), (today - timedelta(days=OPEN_DAYS)).isoformat())
        known = self._book.days(partner_id, sealed.before)
        owed = sealed.owed_micros
        for day in days_between(date.fromisoformat(sealed.before), today):
            meter = known.get(day)
            if meter is None or day >= yesterday or now_ms >= meter.read_at_ms + AGAIN_MS:
                meter = self._read_on(meter or DayMeter(partner_id=partner_id, day=day), now_ms)
            owed += meter.total_micros
        return owed

    def _sealed(self, partner_id: str, since: str, before: str) -> Sealed:
        """Move what is over into the sum of what can't change any more; each day is read to its end first."""
        while True:
            expected = self._book.sealed(partner_id)
            sealed = expected or Sealed(partner_id=partner_id, before=since)
            if sealed.before >= before:
                return sealed
            known = self._book.days(partner_id, sealed.before)
            owed = sealed.owed_micros
            last = date.fromisoformat(before) - timedelta(days=1)
            for day in days_between(date.fromisoformat(sealed.before), last):
                owed += self._counted(known.get(day) or DayMeter(partner_id=partner_id, day=day)).total_micros
            new = Sealed(partner_id=partner_id, before=before, owed_micros=owed)
            if self._book.seal(new, expected):
                return new

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
            owed_micros=meter.owed_micros + owed_micros(meter.partner_id, added(chained)),
            redriven_micros=owed_micros(meter.partner_id, added(redriven)),
            marks=marks,
        )
