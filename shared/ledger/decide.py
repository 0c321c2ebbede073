"""The one decision: what a command does to an account. Pure: no clock, no store, no randomness."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.kernel.clock import month_number
from shared.kernel.errors import TesseraError
from shared.ledger import lots as spending
from shared.ledger.codec import seal
from shared.ledger.errors import (
    AccountExistsError,
    CardReplacedError,
    IdempotencyKeyReusedError,
    InsufficientPointsError,
    OccurredInFutureError,
    OccurredTooLongAgoError,
    ReceiptAlreadyRecordedError,
    UnknownCardError,
)
from shared.ledger.fingerprints import CLOCK_SKEW_MS, LATE_LIMIT_MS, fingerprint, remember
from shared.ledger.model import Account, Command, Earn, Enrol, Entry, Lot, Op, Rates, Redeem

GENESIS = bytes(32)


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
    has expired by then leaves the account in the same entry.

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
    expired, valid = spending.expire(account.lots, month_number(recorded_at_ms))
    effect = _effect(valid, command)
    if isinstance(effect, TesseraError):
        return Refusal(effect)
    return _next_entry(account, command, recorded_at_ms, effect, expired, _is_visit(command, earlier))


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
    if command.card_issue != account.card_issue:
        return CardReplacedError()
    out_of_time = check_occurred_at(command.occurred_at_ms, now_ms)
    if out_of_time is not None:
        return out_of_time
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


@dataclass(frozen=True, slots=True)
class _Effect:
    op: Op
    lots: tuple[Lot, ...] = ()
    moved: tuple[Lot, ...] = ()
    points: int = 0
    currency: str | None = None
    amount_cents: int | None = None
    value_cents: int | None = None
    rates: Rates | None = None


def _effect(valid: tuple[Lot, ...], command: Command) -> _Effect | TesseraError:
    match command:
        case Earn():
            granted = Lot(command.partner, command.expiry_month, command.points)
            return _Effect(
                op=Op.EARN,
                lots=spending.grant(valid, granted) if command.points else valid,
                moved=(granted,) if command.points else (),
                points=command.points,
                currency=command.currency,
                amount_cents=command.amount_cents,
                rates=command.rates,
            )
        case Redeem():
            available = sum(lot.points for lot in valid)
            if command.points > available:
                return InsufficientPointsError(command.points, available)
            taken, left = spending.take(valid, command.points)
            return _Effect(
                op=Op.REDEEM,
                lots=left,
                moved=taken,
                points=command.points,
                currency=command.currency,
                value_cents=command.value_cents,
                rates=command.rates,
            )
        case _:
            raise TypeError(f"{type(command).__name__} is not a command for an open account")


def _first_entry(command: Enrol, now_ms: int) -> Entry | Refusal:
    refusal = check_occurred_at(command.occurred_at_ms, now_ms)
    if refusal is not None:
        return Refusal(refusal)
    before = Account(command.member, 0, now_ms, command.card_issue, (), (), GENESIS)
    return _next_entry(before, command, now_ms, _Effect(op=Op.ENROL), (), visit=True)


def _next_entry(
    before: Account, command: Command, at_ms: int, effect: _Effect, expired: tuple[Lot, ...], visit: bool
) -> Entry:
    after = Account(
        member=before.member,
        seq=before.seq + 1,
        at_ms=at_ms,
        card_issue=before.card_issue,
        lots=effect.lots,
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
        lots_moved=effect.moved,
        lots_expired=expired,
        rates=effect.rates,
        visit=visit,
        key_hash=command.key_hash,
        body_hash=command.body_hash,
        account=after,
    )
    return seal(entry, before.chain)


def _same_receipt(command: Command, entry: Entry) -> bool:
    return command.receipt is not None and (command.partner, command.location, command.receipt) == (
        entry.partner,
        entry.location,
        entry.receipt,
    )


def _is_visit(command: Command, earlier: Iterable[Entry]) -> bool:
    counts = isinstance(command, Redeem) or (isinstance(command, Earn) and command.points > 0)
    return counts and not any(entry.visit and _same_receipt(command, entry) for entry in earlier)
