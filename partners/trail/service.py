"""Adding to the trail, listing it, and checking that nothing was changed or taken out."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

from partners.trail.errors import InvalidTrailRangeError
from partners.trail.model import MOST_DAYS, Act, Check, Phase, Record, TrailPage, beginning_of, hash_of
from shared.kernel.clock import Clock, days_between, utc_day
from shared.kernel.errors import StoreUnavailableError

ATTEMPTS = 60
ATTEMPTS_FOR_A_PARTNER = 8
"""To begin an act of a partner. All write to one chain: who crowds it gives way, before anything is done."""
LONGEST_PAUSE_SECONDS = 0.1
AT_ONCE = 100
A_QUERY_COUNTS_AS = 10
"""Records, at least: days on which nothing was changed are not read for nothing."""
MOST_READ_FOR_A_PAGE = 2_000
MOST_READ_FOR_A_PARTNER = 300
"""For a page of one who may ask fifty times a second, in the partition that every change is first written to."""


class TrailBook(Protocol):
    """What the trail needs of its store; see `partners.trail.store.TrailStore`."""

    def add(self, record: Record) -> bool: ...

    def get(self, day: str, number: int) -> Record | None: ...

    def last(self, day: str) -> Record | None: ...

    def after(self, day: str, number: int, limit: int, *, newest: bool = True) -> list[Record]: ...


class Trail:
    """Use cases of the trail. All may raise StoreUnavailableError."""

    def __init__(self, book: TrailBook, clock: Clock, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._book = book
        self._clock = clock
        self._sleep = sleep
        self._known: Record | None = None

    def begin(self, act: Act, *, attempts: int = ATTEMPTS) -> Record:
        """Record what is about to be done. If this fails, it must not be done.

        `attempts` is how often it is tried while others write to the chain.
        """
        return self._append(act, Phase.BEGUN, attempts=attempts)

    def end(self, begun: Record, phase: Phase, outcome: str | None, before: Any = None, after: Any = None) -> Record:
        """Record what came of it: the code of a refusal in `outcome`, or the state before and after."""
        act = replace(begun.act, asked=None)
        return self._append(act, phase, of=begun.record_id, outcome=outcome, before=before, after=after)

    def records(
        self,
        first_day: date,
        last_day: date,
        *,
        wanted: Callable[[Record], bool],
        after: tuple[str, int] | None,
        limit: int,
        for_partner: bool = False,
    ) -> TrailPage:
        """Records of these UTC days, oldest first. A page may be short before the last.

        `for_partner` reads less for a page and at half the price, so that who asks often slows down nobody who
        changes something; what was changed in the last second may be missing.

        Raises InvalidTrailRangeError.
        """
        days = days_between(first_day, last_day)
        if not 1 <= len(days) <= MOST_DAYS:
            raise InvalidTrailRangeError(MOST_DAYS)
        found: list[Record] = []
        read, page_ends = 0, None
        most = MOST_READ_FOR_A_PARTNER if for_partner else MOST_READ_FOR_A_PAGE
        from_day, number = after or (days[0], 0)
        for day in (one for one in days if one >= from_day):
            place = number if day == from_day else 0
            day_goes_on = True
            while day_goes_on:
                if read >= most:
                    return TrailPage(found, (day, place))
                batch = self._book.after(day, place, AT_ONCE, newest=not for_partner)
                read += max(len(batch), A_QUERY_COUNTS_AS)
                for record in batch:
                    if not wanted(record):
                        continue
                    if page_ends is not None:
                        return TrailPage(found, page_ends)
                    found.append(record)
                    if len(found) == limit:
                        page_ends = (day, record.number)
                place = batch[-1].number if batch else place
                day_goes_on = len(batch) == AT_ONCE
        return TrailPage(found, None)

    def check(self, day: date) -> Check:
        """Go through a day's chain. What was cut off its end can't be told; keep the last hash elsewhere for that."""
        name = day.isoformat()
        number, previous = 0, beginning_of(name)
        while batch := self._book.after(name, number, AT_ONCE):
            for record in batch:
                if (record.number, record.previous, record.hash) != (number + 1, previous, hash_of(record)):
                    return Check(name, number, number + 1)
                number, previous = record.number, record.hash
        return Check(name, number, None)

    def _append(
        self,
        act: Act,
        phase: Phase,
        *,
        of: str | None = None,
        outcome: str | None = None,
        before: Any = None,
        after: Any = None,
        attempts: int = ATTEMPTS,
    ) -> Record:
        """The next record of the day. Whoever comes second in a race takes the number after."""
        now_ms = self._clock()
        day = utc_day(now_ms)
        last = self._known if self._known is not None and self._known.day == day else self._book.last(day)
        for attempt in range(attempts):
            record = Record(
                day=day,
                number=1 if last is None else last.number + 1,
                at_ms=now_ms,
                phase=phase,
                of=of,
                act=act,
                outcome=outcome,
                before=before,
                after=after,
                previous=beginning_of(day) if last is None else last.hash,
            )
            record = replace(record, hash=hash_of(record))
            # A put that the SDK repeated after a lost reply finds itself.
            if self._book.add(record) or self._book.get(day, record.number) == record:
                self._known = record
                return record
            if attempt:
                self._sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311 (a pause, no secret)
            last = self._book.last(day)
        raise StoreUnavailableError("contention")
