"""Idle accounts on which something is due, others on which nothing is, and sweeps of them."""

from collections import Counter
from typing import Any

from partners.sweep.model import Run, Swept
from partners.sweep.service import Sweep
from shared.kernel.clock import DAY_MS, month_number
from shared.ledger.audit import check_history
from shared.ledger.codec import entry_from_item
from shared.ledger.model import Entry, Op
from shared.ledger.service import Ledger
from tests.fakes.clock import TickingClock
from tests.fakes.journal import FakeJournal
from tests.fakes.runs import FakeJournalScan, FakeRunBook
from tests.unit.ledger.commands import earn, enrol, redeem, reserve

FAR_MS = 10**12
MATURED, EXPIRED, TIMED_OUT, WAITING, SPENT, NEW = (f"{number:010d}" for number in range(101, 107))
DUE = {MATURED, EXPIRED, TIMED_OUT}
ALL_DUE = Swept(members=6, entries=15, accounts=3, points_released=30, points_matured=40, points_expired=50)
"""What a sweep of the world comes to."""


class World:
    def __init__(self) -> None:
        self.clock = TickingClock()
        self.journal = FakeJournal()
        self.ledger = Ledger(self.journal, self.clock, sleep=lambda _: None)
        self.live()

    def live(self) -> None:
        """By now 40 points of one member have matured, 50 of another expired, a hold on 30 of a third timed out."""
        now_ms = self.clock()
        for member in (MATURED, EXPIRED, TIMED_OUT, WAITING, SPENT, NEW):
            self.apply(enrol(f"join-{member}", self.clock(), member=member))
        self.apply(earn("m", now_ms, 40, member=MATURED, matures_at_ms=now_ms + 14 * DAY_MS))
        self.apply(earn("w", now_ms, 70, member=WAITING, matures_at_ms=now_ms + 60 * DAY_MS))
        self.apply(earn("x", now_ms, 50, member=EXPIRED, expiry_month=month_number(now_ms)))
        self.apply(earn("x2", now_ms, 5, member=EXPIRED))
        self.apply(earn("t", now_ms, 45, member=TIMED_OUT))
        self.apply(reserve("t2", now_ms, 30, member=TIMED_OUT))
        self.apply(earn("s", now_ms, 80, member=SPENT, expiry_month=month_number(now_ms)))
        self.apply(redeem("s2", now_ms, 80, member=SPENT))
        self.clock.advance(days=30)
        self.apply(earn("w3", self.clock(), 20, member=WAITING))

    def apply(self, command: Any) -> Entry:
        return self.ledger.apply(command).entry

    def sweep(self, book: FakeRunBook[Run, Swept] | None = None, **scan: Any) -> Sweep:
        return Sweep(FakeJournalScan(self.journal, **scan), self.ledger, book or new_book(), self.clock)

    def history(self, member: str) -> list[Entry]:
        return [entry_from_item(item) for item in self.journal.items[member]]

    def lapsed(self) -> Counter[str]:
        """How many entries time alone has made, by member."""
        for member in self.journal.items:
            check_history(self.history(member))
        return Counter(
            member for member in self.journal.items for entry in self.history(member) if entry.op is Op.LAPSE
        )


def new_book() -> FakeRunBook[Run, Swept]:
    return FakeRunBook(ended=lambda run: run.outcome is not None)


def done(sweep: Sweep, run: Run) -> Swept:
    """What `run` comes to when it is worked on to its end."""
    run = sweep.work(run, for_ms=FAR_MS)
    assert run.outcome is not None
    return run.outcome.total
