"""Enrolling a customer exactly once, under one contact."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.kernel.clock import Clock
from shared.kernel.secret import derive
from shared.ledger.commands import Enrol
from shared.ledger.decide import Refusal, Replay, decide, known_request
from shared.ledger.errors import AccountExistsError
from shared.ledger.model import Applied, Entry
from shared.members.card import FIRST_ISSUE, MEMBER_DIGITS, Card, read_card
from shared.members.card import card_number as format_card_number
from shared.members.contact import Contact, read_contact
from shared.members.errors import AlreadyEnrolledError, EnrolmentBusyError, EnrolmentLostError

MAX_ATTEMPTS = 12
LONGEST_WAIT_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A customer's wish to join: `contact` is an e-mail address or phone number as given.

    `key_hash` is 16 bytes that identify (partner, idempotency key); `body` is everything asked for, in
    canonical form, and is stored only as a keyed hash.
    """

    contact: str
    partner: str
    location: str
    receipt: str | None
    occurred_at_ms: int
    key_hash: bytes
    body: bytes


class FirstEntries(Protocol):
    """Reads a member's entries; see `shared.ledger.store.JournalStore`."""

    def entry(self, member: str, seq: int, *, consistent: bool) -> Entry | None: ...


class Profiles(Protocol):
    """Writes members; see `shared.members.store.MemberStore`."""

    def enrol(self, first_entry: Entry, contact: Contact, contact_hash: str) -> None: ...

    def member_of(self, contact_hash: str) -> str | None: ...

    def erase_with(self, entry: Entry, members: Sequence[str]) -> None: ...


class Members:
    """The use cases of members and cards. `pepper` is asked for on the first enrolment only."""

    def __init__(
        self,
        profiles: Profiles,
        journal: FirstEntries,
        clock: Clock,
        pepper: Callable[[], bytes],
        card_prefix: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._profiles = profiles
        self._journal = journal
        self._clock = clock
        self._pepper = pepper
        self._card_prefix = card_prefix
        self._sleep = sleep
        self._jitter = jitter

    def card(self, card_number: str) -> Card:
        """The member and issue that a card number names. Raises InvalidCardNumberError."""
        return read_card(self._card_prefix, card_number)

    def card_number(self, entry: Entry) -> str:
        """The number of the card in force after `entry`."""
        return format_card_number(self._card_prefix, Card(entry.member, entry.account.card_issue))

    def enrol(self, request: Enrolment) -> Applied:
        """Open an account for the customer, or find the one that this very request opened before.

        The member number follows from the idempotency key under the network's pepper, so a retry finds
        its own account without any table of keys; a number that is taken makes way for the next one.

        Raises InvalidContactError, AlreadyEnrolledError, IdempotencyKeyReusedError, the errors of
        `check_occurred_at`, EnrolmentBusyError, StoreUnavailableError. Nothing is half-written.
        """
        contact = read_contact(request.contact)
        pepper = self._pepper()
        contact_hash = derive(pepper, "contact", contact.value.encode()).hex()[:32]
        probe = 0
        for attempt in range(MAX_ATTEMPTS):
            command = self._command(request, pepper, probe)
            first = decide(None, command, self._clock())
            if isinstance(first, Entry) and self._opened(first, contact, contact_hash):
                return Applied(first, replayed=False)
            standing = self._journal.entry(command.member, 1, consistent=True)
            if standing is None:
                if isinstance(first, Refusal):
                    raise first.error
                self._refuse_known_contact(contact_hash, command.member)
                self._sleep(self._jitter() * min(LONGEST_WAIT_SECONDS, 0.01 * 2.0**attempt))
                continue
            outcome = decide(standing.account, command, self._clock(), [standing])
            if isinstance(outcome, Replay):
                return Applied(outcome.entry, replayed=True)
            if isinstance(outcome, Refusal) and not isinstance(outcome.error, AccountExistsError):
                raise outcome.error
            probe += 1
        raise EnrolmentBusyError(MAX_ATTEMPTS)

    def recall(self, request: Enrolment) -> Applied | None:
        """What this very request did before, or None if it is new. Raises IdempotencyKeyReusedError."""
        pepper = self._pepper()
        for probe in range(MAX_ATTEMPTS):
            command = self._command(request, pepper, probe)
            standing = self._journal.entry(command.member, 1, consistent=True)
            verdict = standing and known_request(command, [standing])
            if isinstance(verdict, Refusal):
                raise verdict.error
            if standing is None or verdict is not None:
                return Applied(verdict.entry, replayed=True) if verdict else None
        return None

    def close(self, entry: Entry) -> None:
        """Commit the entry that closes an account, and erase what is known of its member and of those merged into it.

        Together or not at all. Raises LostRaceError if something else was written meanwhile, StoreUnavailableError.
        """
        merged = (follower.member for follower in entry.account.followers)
        self._profiles.erase_with(entry, (entry.member, *merged))

    def _opened(self, first: Entry, contact: Contact, contact_hash: str) -> bool:
        try:
            self._profiles.enrol(first, contact, contact_hash)
        except EnrolmentLostError:
            return False
        return True

    def _refuse_known_contact(self, contact_hash: str, member: str) -> None:
        owner = self._profiles.member_of(contact_hash)
        if owner is not None and owner != member:
            raise AlreadyEnrolledError

    def _command(self, request: Enrolment, pepper: bytes, probe: int) -> Enrol:
        number = int.from_bytes(derive(pepper, "member", request.key_hash + bytes([probe])), "big")
        return Enrol(
            member=str(number % 10**MEMBER_DIGITS).zfill(MEMBER_DIGITS),
            card_issue=FIRST_ISSUE,
            partner=request.partner,
            location=request.location,
            receipt=request.receipt,
            occurred_at_ms=request.occurred_at_ms,
            key_hash=request.key_hash,
            body_hash=derive(pepper, "body", request.body)[:16],
        )
