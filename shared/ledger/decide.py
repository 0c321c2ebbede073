"""The one decision: what a command does to an account. Pure: no clock, no store, no randomness."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from shared.kernel.clock import DAY_MS
from shared.kernel.errors import TesseraError
from shared.ledger import effects, undoing
from shared.ledger.codec import seal
from shared.ledger.commands import (
    Adjust,
    Cancel,
    Capture,
    Command,
    Earn,
    Enrol,
    PassTime,
    Redeem,
    Reserve,
    Return,
    Void,
)
from shared.ledger.effects import Context, Effect, Outcome
from shared.ledger.errors import (
    AccountExistsError,
    AccountFullTodayError,
    CardReplacedError,
    IdempotencyKeyReusedError,
    NothingDueError,
    OccurredInFutureError,
    OccurredTooLongAgoError,
    ReceiptAlreadyRecordedError,
    UnknownCardError,
)
from shared.ledger.fingerprints import CLOCK_SKEW_MS, LATE_LIMIT_MS, fingerprint, remember
from shared.ledger.model import Account, Entry, Op
from shared.ledger.passing_time import expire, pass_time

GENESIS = bytes(32)
ENTRIES_A_DAY = 500
"""More no family needs. It bounds an entry's size: 31 days of fingerprints stay below DynamoDB's 400 KB, so
that nobody can fill a card up until it takes no entry at all."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The command took effect before, with this entry."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Refusal:
    """The command has no effect, and why."""

    error: TesseraError


def decide(
    account: Account | None, command: Command, now_ms: int, earlier: Sequence[Entry] = ()
) -> Entry | Replay | Refusal:
    """Decide `command` on `account`, the state after the member's last entry (None: no entry yet).

    `earlier` holds the entries that `fingerprints.suspects` named. Time never runs backwards within an
    account: an entry is recorded at `now_ms` or at its predecessor's time, whichever is later, and what
    has expired by then leaves the account in the same entry, also what the command itself made active.

    Returns the next entry, sealed into the chain but not stored; a Replay of the entry that this very
    request made before; or a Refusal. A Refusal is final only if `account` was read strongly consistent.
    """
    verdict = _known_request(command, earlier)
    if verdict is not None:
        return verdict
    if account is None:
        return _first_entry(command, now_ms) if isinstance(command, Enrol) else Refusal(UnknownCardError())
    recorded_at_ms = max(now_ms, account.at_ms)
    refusal = _refuse(account, command, recorded_at_ms, earlier)
    if refusal is not None:
        return Refusal(refusal)
    current, time_moves = pass_time(account, recorded_at_ms)
    if isinstance(command, PassTime) and not time_moves:
        return Refusal(NothingDueError())
    effect = _effect(current, command, Context(account.seq + 1, recorded_at_ms))
    if isinstance(effect, TesseraError):
        return Refusal(effect)
    # Points may come back, or come late, after the end of their month: they go as they come.
    after, expired = expire(effect.account, recorded_at_ms)
    effect = replace(effect, account=after, moves=time_moves + effect.moves + expired)
    return _next_entry(account, command, recorded_at_ms, effect, _is_visit(command, earlier))


def _known_request(command: Command, earlier: Iterable[Entry]) -> Replay | Refusal | None:
    for entry in earlier:
        if entry.key_hash == command.key_hash:
            if entry.body_hash == command.body_hash:
                return Replay(entry)
            return Refusal(IdempotencyKeyReusedError(entry.entry_id))
    return None


def _refuse(account: Account, command: Command, now_ms: int, earlier: Iterable[Entry]) -> TesseraError | None:
    if isinstance(command, Enrol):
        return AccountExistsError()
    if command.card_issue not in (None, account.card_issue):
        return CardReplacedError()
    out_of_time = check_occurred_at(command.occurred_at_ms, now_ms)
    if out_of_time is not None:
        return out_of_time
    today = now_ms // DAY_MS
    if sum(known.day == today for known in account.recent) >= ENTRIES_A_DAY:
        return AccountFullTodayError(ENTRIES_A_DAY)
    if isinstance(command, Earn):
        for entry in earlier:
            if entry.op is Op.EARN and _same_receipt(command, entry):
                return ReceiptAlreadyRecordedError(entry.entry_id)
    return None


def check_occurred_at(occurred_at_ms: int, now_ms: int) -> TesseraError | None:
    """Refuse what happened before the memory of keys reaches back, or has not happened yet."""
    if occurred_at_ms < now_ms - LATE_LIMIT_MS:
        return OccurredTooLongAgoError(occurred_at_ms, now_ms - LATE_LIMIT_MS)
    if occurred_at_ms > now_ms + CLOCK_SKEW_MS:
        return OccurredInFutureError(occurred_at_ms, now_ms + CLOCK_SKEW_MS)
    return None


_RULES: Mapping[type[Command], Callable[..., Outcome]] = {
    Earn: effects.earn,
    Redeem: effects.redeem,
    Reserve: effects.reserve,
    Capture: effects.capture,
    Void: effects.void,
    Return: undoing.take_back,
    Cancel: undoing.give_back,
    Adjust: effects.adjust,
    PassTime: effects.let_time_pass,
}


def _effect(account: Account, command: Command, context: Context) -> Outcome:
    return _RULES[type(command)](account, command, context)


def _first_entry(command: Enrol, now_ms: int) -> Entry | Refusal:
    refusal = check_occurred_at(command.occurred_at_ms, now_ms)
    if refusal is not None:
        return Refusal(refusal)
    before = Account(command.member, 0, now_ms, command.card_issue, (), (), GENESIS)
    return _next_entry(before, command, now_ms, Effect(op=Op.ENROL, account=before), visit=True)


def _next_entry(before: Account, command: Command, at_ms: int, effect: Effect, visit: bool) -> Entry:
    after = replace(
        effect.account,
        seq=before.seq + 1,
        at_ms=at_ms,
        recent=remember(before.recent, fingerprint(command, at_ms)),
        chain=b"",
    )
    entry = Entry(
        member=before.member,
        seq=after.seq,
        op=effect.op,
        partner=command.partner,
        location=command.location,
        receipt=command.receipt,
        occurred_at_ms=command.occurred_at_ms,
        recorded_at_ms=at_ms,
        currency=effect.currency,
        amount_cents=effect.amount_cents,
        points=effect.points,
        value_cents=effect.value_cents,
        moves=effect.moves,
        rates=effect.rates,
        visit=visit,
        key_hash=command.key_hash,
        body_hash=command.body_hash,
        account=after,
        refers_to=effect.refers_to,
        reason=effect.reason,
    )
    return seal(entry, before.chain)


def _same_receipt(command: Command, entry: Entry) -> bool:
    return command.receipt is not None and (command.partner, command.location, command.receipt) == (
        entry.partner,
        entry.location,
        entry.receipt,
    )


def _is_visit(command: Command, earlier: Iterable[Entry]) -> bool:
    counts = isinstance(command, Redeem | Capture) or (isinstance(command, Earn) and command.points > 0)
    return counts and not any(entry.visit and _same_receipt(command, entry) for entry in earlier)
