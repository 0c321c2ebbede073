"""Applying commands to accounts, exactly once, whoever races and whatever is lost on the way."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from shared.kernel.clock import Clock
from shared.ledger.commands import Command, Leave, PairCommand, Transfer, Unmerge
from shared.ledger.decide import Redirect, Refusal, Replay, check_card, decide, decide_pair, known_request
from shared.ledger.errors import AccountBusyError, BrokenJournalError, LostRaceError, UnknownCardError
from shared.ledger.fingerprints import same_request_or_receipt, suspects
from shared.ledger.model import Account, Applied, Debt, Entry, Place
from shared.ledger.pairs import debts_left

MAX_ATTEMPTS = 10
FIRST_WAIT_SECONDS = 0.01
LONGEST_WAIT_SECONDS = 0.25


class Journal(Protocol):
    """What the ledger needs of its store; see `shared.ledger.store.JournalStore`."""

    def head(self, member: str, *, consistent: bool) -> Entry | None: ...

    def entry(self, member: str, seq: int, *, consistent: bool) -> Entry | None: ...

    def head_and(self, member: str, seq: int) -> tuple[Entry | None, Entry | None]: ...

    def newest_together(self, heads: Sequence[Entry]) -> bool: ...

    def append(self, entry: Entry) -> None: ...

    def newest_first(self, member: str, *, before_seq: int | None, limit: int) -> list[Entry]: ...

    def append_both(self, first: Entry, second: Entry) -> None: ...

    def oldest_first(self, member: str) -> Iterator[Entry]: ...


Attempt = Entry | Replay | Refusal
"""What one try came to: a committed entry, an earlier one, or a refusal."""


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

    def apply(
        self, command: Command, commit: Callable[[Entry], None] | None = None, head: Entry | None = None
    ) -> Applied:
        """Apply `command` once, however often and by however many servers it is tried.

        The ordinary case is one eventual read and one conditional write. A lost race, or a refusal that a
        stale read could have caused, reads again strongly consistent and decides again. Where another
        member's account answers for this one, the entry is made there, for one read more.

        `commit` writes the entry in place of the journal's own append, together with what else must stand or
        fall with it; it raises LostRaceError where append does. `head` is the member's last entry if the caller
        has just read it: the first attempt need not then.

        Raises the refusal's own error (`shared.ledger.errors`), AccountBusyError after MAX_ATTEMPTS lost
        races, StoreUnavailableError if DynamoDB does not answer; in every case sending the same request
        again is safe.
        """
        write = commit or self._journal.append

        def attempt(consistent: bool) -> Attempt:
            seen = None if consistent else head
            outcome = self._decide(
                command, seen or self._journal.head(command.member, consistent=consistent), consistent
            )
            if isinstance(outcome, Entry):
                write(outcome)
            return outcome

        return self._persist(attempt)

    def apply_pair(self, command: PairCommand) -> Applied:
        """Apply `command` to two accounts at once: both entries are written, or none. Answers the member's entry.

        Raises as `apply`.
        """

        def attempt(consistent: bool) -> Attempt:
            outcome = self._decide_pair(command, consistent)
            if not isinstance(outcome, tuple):
                return outcome
            self._journal.append_both(*outcome)
            return outcome[0]

        return self._persist(attempt)

    def recall(self, request: Command, *, any_age: bool = False) -> Applied | None:
        """What this very request did before, or None if it is new; strongly consistent.

        For a caller that is about to refuse by a rule of its own: what took effect once keeps its answer, whatever
        the rules say now. `request` need only bear what every command does. Requests of `any_age`, or
        whose key never expires, are looked for in all of the history. Raises IdempotencyKeyReusedError if the key
        was used for another request, StoreUnavailableError.
        """
        head = self._journal.head(request.member, consistent=True)
        verdict = known_request(request, self._earlier(head, request))
        if head is not None and head.account.follows is not None and not isinstance(verdict, Replay):
            leader = self._journal.head(head.account.follows, consistent=True)
            verdict = known_request(request, self._earlier(leader, request)) or verdict
        if head is not None and (any_age or request.key_never_expires) and not isinstance(verdict, Replay):
            verdict = known_request(request, self._ever(head.member, request)) or verdict
        if isinstance(verdict, Refusal):
            raise verdict.error
        return Applied(verdict.entry, replayed=True) if verdict is not None else None

    def _persist(self, attempt: Callable[[bool], "Attempt"]) -> Applied:
        consistent = False
        for tries in range(MAX_ATTEMPTS):
            try:
                outcome = attempt(consistent)
            except LostRaceError:
                consistent = True
                self._sleep(self._wait_seconds(tries))
                continue
            if isinstance(outcome, Replay):
                return Applied(outcome.entry, replayed=True)
            if isinstance(outcome, Entry):
                return Applied(outcome, replayed=False)
            if consistent:
                raise outcome.error
            consistent = True
        raise AccountBusyError(MAX_ATTEMPTS)

    def _decide(self, command: Command, head: Entry | None, consistent: bool) -> "Attempt":
        earlier = self._earlier(head, command)
        outcome = decide(head.account if head else None, command, self._clock(), earlier)
        if isinstance(outcome, Redirect) and head is not None:
            leader = self._answering(head, consistent)
            there = replace(command, member=leader.member, card_issue=None)
            outcome = decide(leader.account, there, self._clock(), earlier + self._earlier(leader, there))
        if isinstance(outcome, Redirect):
            raise LostRaceError(f"{command.member} is answered for by an account that follows {outcome.leader}")
        return outcome

    def _decide_pair(self, command: PairCommand, consistent: bool) -> tuple[Entry, Entry] | Replay | Refusal:
        first = self._journal.head(command.member, consistent=consistent)
        second = self._journal.head(command.other, consistent=consistent)
        earlier = self._earlier(first, command)
        verdict = known_request(command, earlier)
        leader = first
        if first is not None and first.account.follows is not None and not isinstance(verdict, Replay):
            leader = self._answering(first, consistent, second)
            earlier += self._earlier(leader, command)
            verdict = known_request(command, earlier)
        if verdict is not None:
            return verdict
        read = [first, second]
        if isinstance(command, Transfer) and first and leader and second:
            # Each card is checked against its own account, then the account that answers for it takes part.
            refusal = check_card(first.account, command.card_issue)
            refusal = refusal or check_card(second.account, command.other_card_issue)
            if refusal is not None:
                return Refusal(refusal)
            first, second = leader, self._answering(second, consistent, leader)
            command = replace(command, member=first.member, card_issue=None, other=second.member, other_card_issue=None)
            read += [first, second]
        left = self._debts_left(first, second) if isinstance(command, Leave | Unmerge) else ()
        outcome = decide_pair(first, second, command, self._clock(), earlier, left)
        heads = [head for head in read if head is not None]
        if consistent and isinstance(outcome, Refusal) and heads and not self._journal.newest_together(heads):
            # Read one after the other, the accounts may show half of what happened to both in between.
            raise LostRaceError(f"{command.member} and {command.other} were read at different times")
        return outcome

    def _debts_left(self, follower: Entry | None, leader: Entry | None) -> tuple[Debt, ...]:
        """What is left of the debts that a follower brought; the leader's history is read if there were any."""
        if follower is None or leader is None or follower.account.follows != leader.member:
            return ()
        if not follower.lots_from(Place.TRANSFER):
            return ()
        history = (entry for entry in self._journal.oldest_first(leader.member) if entry.seq <= leader.seq)
        return debts_left(follower, (entry for entry in history if _knows(entry, follower)))

    def _answering(self, head: Entry, consistent: bool, other: Entry | None = None) -> Entry:
        """The last entry of the account that answers for the one whose last entry is `head`: `other`, or read now.

        Raises LostRaceError if that account does not know of it: the two were read at different times.
        """
        follows = head.account.follows
        if follows is None:
            return head
        known_already = other is not None and other.member == follows
        leader = other if known_already else self._journal.head(follows, consistent=consistent)
        known = () if leader is None else leader.account.followers
        if leader is None or all((one.member, one.seq) != (head.member, head.seq) for one in known):
            raise LostRaceError(f"{follows} does not answer for {head.entry_id}")
        return leader

    def account(self, member: str, card_issue: int | None = None, *, consistent: bool = False) -> Account:
        """The account that answers for the member, by eventual reads unless `consistent`.

        Raises UnknownCardError if there is none, CardReplacedError if `card_issue` is given and not the
        member's current one, AccountClosedError.
        """
        head = self._journal.head(member, consistent=consistent) or self._journal.head(member, consistent=True)
        if head is None:
            raise UnknownCardError
        refusal = check_card(head.account, card_issue)
        if refusal is not None:
            raise refusal
        if head.account.follows is None:
            return head.account
        return self.account(head.account.follows, consistent=consistent)

    def answers_for(self, member: str) -> str:
        """The account whose entries the member's requests become: another's after a merge or in a household."""
        head = self._journal.head(member, consistent=True)
        return member if head is None else head.account.follows or member

    def entry(self, member: str, seq: int) -> Entry | None:
        """Entry `seq` of the member, or None if there is none."""
        return self._journal.entry(member, seq, consistent=False) or self._journal.entry(member, seq, consistent=True)

    def entry_and_head(self, member: str, seq: int) -> tuple[Entry | None, Entry | None]:
        """Entry `seq` of the member, or None if there is none; and the member's last entry, if it was read too."""
        head, entry = self._journal.head_and(member, seq)
        return entry or self.entry(member, seq), head

    def counterpart(self, entry: Entry) -> Entry:
        """The entry that was written together with `entry` in another account.

        Raises BrokenJournalError if there is none.
        """
        member, _, seq = (entry.counterpart or "").partition("-")
        other = self.entry(member, int(seq)) if member else None
        if other is None:
            raise BrokenJournalError(f"{entry.entry_id} has no counterpart")
        return other

    def newest_first(self, member: str, *, before_seq: int | None, limit: int) -> list[Entry]:
        """Up to `limit` of the member's entries numbered below `before_seq` (None: all), newest first."""
        return self._journal.newest_first(member, before_seq=before_seq, limit=limit)

    def made_ever(self, request: Command) -> list[Entry]:
        """The entries of any age that were made under the request's key, or have its receipt, strongly consistent.

        As `recall`, `request` need only bear what every command does; and this reads all of the histories in which
        the member's cards may have made entries.
        """
        return self._ever(request.member, request)

    def history(self, member: str) -> Iterator[Entry]:
        """All of the member's entries in order, strongly consistent."""
        return self._journal.oldest_first(member)

    def _earlier(self, head: Entry | None, command: Command) -> list[Entry]:
        """The entries that may be of this very request or its receipt, wherever it may have been made."""
        if head is None:
            return []
        account = head.account
        found = [self._must_read(account, seq) for seq in suspects(account, command)]
        for former in account.former:
            if former.until_ms > self._clock():
                there = self._journal.head(former.leader, consistent=True)
                if there is not None:
                    found += [self._must_read(there.account, seq) for seq in suspects(there.account, command)]
        if command.key_never_expires and not isinstance(known_request(command, found), Replay):
            return self._ever(head.member, command)
        return found

    def _ever(self, member: str, command: Command) -> list[Entry]:
        """The same of any age, from all histories in which the member's cards may have made entries."""
        history = list(self.history(member))
        leaders = {entry.account.follows for entry in history if entry.account.follows}
        others = [entry for leader in sorted(leaders) for entry in self.history(leader)]
        return [entry for entry in (*history, *others) if same_request_or_receipt(entry, command)]

    def _must_read(self, account: Account, seq: int) -> Entry:
        """An entry that the account's state proves to exist; an eventual read may not show it yet."""
        entry = self.entry(account.member, seq)
        if entry is None:
            raise BrokenJournalError(f"{account.member}-{seq} is missing below entry {account.seq}")
        return entry

    def _wait_seconds(self, attempt: int) -> float:
        return self._jitter() * min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0**attempt)


def _knows(entry: Entry, follower: Entry) -> bool:
    """Whether the account after `entry` answers for the one whose last entry is `follower`."""
    return any((one.member, one.seq) == (follower.member, follower.seq) for one in entry.account.followers)
