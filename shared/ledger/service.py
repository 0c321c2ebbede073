"""Applying commands to accounts, exactly once, whoever races and whatever is lost on the way."""

import random
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from shared.kernel.clock import Clock
from shared.ledger.commands import Command
from shared.ledger.decide import Refusal, Replay, decide
from shared.ledger.errors import AccountBusyError, BrokenJournalError, LostRaceError, UnknownCardError
from shared.ledger.fingerprints import suspects
from shared.ledger.model import Account, Applied, Entry

MAX_ATTEMPTS = 10
FIRST_WAIT_SECONDS = 0.01
LONGEST_WAIT_SECONDS = 0.25


class Journal(Protocol):
    """What the ledger needs of its store; see `shared.ledger.store.JournalStore`."""

    def head(self, member: str, *, consistent: bool) -> Entry | None: ...

    def entry(self, member: str, seq: int, *, consistent: bool) -> Entry | None: ...

    def append(self, entry: Entry) -> None: ...

    def newest_first(self, member: str, *, before_seq: int | None, limit: int) -> list[Entry]: ...

    def oldest_first(self, member: str) -> Iterator[Entry]: ...


class Ledger:
    """The use cases of the journal."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter

    def apply(self, command: Command) -> Applied:
        """Apply `command` once, however often and by however many servers it is tried.

        The ordinary case is one eventual read and one conditional write. A lost race, or a refusal that a
        stale read could have caused, reads again strongly consistent and decides again.

        Raises the refusal's own error (`shared.ledger.errors`), AccountBusyError after MAX_ATTEMPTS lost
        races, StoreUnavailableError if DynamoDB does not answer; in every case sending the same request
        again is safe.
        """
        consistent = False
        for attempt in range(MAX_ATTEMPTS):
            head = self._journal.head(command.member, consistent=consistent)
            account = head.account if head else None
            outcome = decide(account, command, self._clock(), self._earlier(account, command))
            if isinstance(outcome, Replay):
                return Applied(outcome.entry, replayed=True)
            if isinstance(outcome, Refusal):
                if consistent:
                    raise outcome.error
                consistent = True
                continue
            try:
                self._journal.append(outcome)
            except LostRaceError:
                consistent = True
                self._sleep(self._wait_seconds(attempt))
            else:
                return Applied(outcome, replayed=False)
        raise AccountBusyError(MAX_ATTEMPTS)

    def account(self, member: str) -> Account:
        """The member's state, by an eventual read. Raises UnknownCardError if there is none."""
        head = self._journal.head(member, consistent=False) or self._journal.head(member, consistent=True)
        if head is None:
            raise UnknownCardError
        return head.account

    def entry(self, member: str, seq: int) -> Entry | None:
        """Entry `seq` of the member, or None if there is none."""
        return self._journal.entry(member, seq, consistent=False) or self._journal.entry(member, seq, consistent=True)

    def newest_first(self, member: str, *, before_seq: int | None, limit: int) -> list[Entry]:
        """Up to `limit` of the member's entries numbered below `before_seq` (None: all), newest first."""
        return self._journal.newest_first(member, before_seq=before_seq, limit=limit)

    def history(self, member: str) -> Iterator[Entry]:
        """All of the member's entries in order, strongly consistent."""
        return self._journal.oldest_first(member)

    def _earlier(self, account: Account | None, command: Command) -> list[Entry]:
        return [] if account is None else [self._must_read(account, seq) for seq in suspects(account, command)]

    def _must_read(self, account: Account, seq: int) -> Entry:
        """An entry that the account's state proves to exist; an eventual read may not show it yet."""
        entry = self.entry(account.member, seq)
        if entry is None:
            raise BrokenJournalError(f"{account.member}-{seq} is missing below entry {account.seq}")
        return entry

    def _wait_seconds(self, attempt: int) -> float:
        return self._jitter() * min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0**attempt)
