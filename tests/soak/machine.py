"""The stateful machine of the ledger with more that can go wrong, and counters of what did."""

import random
from collections import Counter
from collections.abc import Callable

from shared.kernel.errors import StoreUnavailableError
from shared.ledger.errors import LostRaceError
from shared.ledger.model import Applied, Entry
from shared.ledger.service import Ledger
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.machine import step
from tests.unit.ledger.test_book_property import LedgerAgainstReference

COUNTED: Counter[str] = Counter()


class CountedJournal(FakeJournal):
    """Counts the faults that took effect. The next appends meet what stands in `fates`."""

    def __init__(self) -> None:
        super().__init__()
        self.fates: list[str] = []

    def head(self, member: str, *, consistent: bool) -> Entry | None:
        before = self.stale_reads
        head = super().head(member, consistent=consistent)
        COUNTED["stale reads"] += before - self.stale_reads
        return head

    def append(self, entry: Entry) -> None:
        self._commit(lambda: super(CountedJournal, self).append(entry))

    def append_both(self, first: Entry, second: Entry) -> None:
        self._commit(lambda: super(CountedJournal, self).append_both(first, second))

    def _commit(self, commit: Callable[[], None]) -> None:
        fate = self.fates.pop(0) if self.fates else ""
        if fate:
            COUNTED[fate] += 1
        if fate == "outages before the commit":
            raise StoreUnavailableError("injected")
        before = self.lose_replies
        try:
            commit()
        except LostRaceError:
            COUNTED["replies lost, found by the SDK's retry"] += before - self.lose_replies
            raise
        if fate == "replies lost after the commit":
            raise StoreUnavailableError("injected")


class InsistingLedger(Ledger):
    """A client that sends the same again after an outage, through whatever server."""

    def apply(self, command, commit=None, head=None) -> Applied:
        return self._insist(lambda: super(InsistingLedger, self).apply(command, commit, head))

    def apply_pair(self, command) -> Applied:
        return self._insist(lambda: super(InsistingLedger, self).apply_pair(command))

    def _insist(self, ask: Callable[[], Applied]) -> Applied:
        while True:
            try:
                return ask()
            except StoreUnavailableError:
                COUNTED["requests sent again"] += 1


class SoakedLedger(LedgerAgainstReference):
    """Every rule of the test in `make test`, with outages at commits besides."""

    def __init__(self) -> None:
        super().__init__()
        COUNTED["examples"] += 1
        COUNTED["steps"] -= 1  # invariants are checked once before the first step
        journal = CountedJournal()
        journal.items = self.journal.items
        self.journal = journal
        self.ledger = InsistingLedger(journal, self.clock, sleep=lambda _: None)

    @step
    def the_next_commits_meet_outages(self, luck: random.Random) -> None:
        self.journal.fates = luck.choices(("outages before the commit", "replies lost after the commit"), k=2)

    def check_invariants(self, *arguments, **named) -> None:
        COUNTED["steps"] += 1
        super().check_invariants(*arguments, **named)
