"""The one decision: what a command does to an account. Pure: no clock, no store, no randomness."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from shared.kernel.clock import DAY_MS
from shared.kernel.errors import TesseraError
from shared.ledger import effects, undoing
from shared.ledger.balances import is_full
from shared.ledger.codec import seal
from shared.ledger.commands import (
    Adjust,
    Cancel,
    Capture,
    Close,
    Command,
    Earn,
    Enrol,
    PairCommand,
    PassTime,
    Payout,
    Redeem,
    Reserve,
    Return,
    Spend,
    Void,
)
from shared.ledger.effects import Context, Effect, Outcome
from shared.ledger.errors import (
    AccountClosedError,
    AccountExistsError,
    AccountFullError,
    AccountFullTodayError,
    AccountLinkedError,
    CardReplacedError,
    IdempotencyKeyReusedError,
    NothingDueError,
    OccurredInFutureError,
    OccurredTooLongAgoError,
    ReceiptAlreadyRecordedError,
    SameAccountError,
    UnknownCardError,
)
from shared.ledger.fingerprints import counterpart_key, fingerprint, remember, same_receipt
from shared.ledger.limits import CLOCK_SKEW_MS, LATE_LIMIT_MS
from shared.ledger.model import POINTS, Account, Debt, Entry, Move, Op, Place, entry_id
from shared.ledger.pairs import PAIR_RULES, PairContext
from shared.ledger.passing_time import expire, pass_time

GENESIS = bytes(32)
ENTRIES_A_DAY = 500
"""More no family needs. With `balances.is_full` it bounds an entry's size: 31 days of fingerprints and all else
that an account keeps in mind stay below DynamoDB's 400 KB, so that nobody can fill a card up until it takes no
entry at all."""

_OF_THE_ACCOUNT_ITSELF = (Enrol, Close, Capture, Void)
"""Never decided by the account that answers for this one: a hold, too, belongs to the account that made it."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The command took effect before, with this entry."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Redirect:
    """Another member's account answers for this one: the command is to be decided there."""

    leader: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The command has no effect, and why."""

    error: TesseraError


def decide(
    account: Account | None, command: Command, now_ms: int, earlier: Sequence[Entry] = ()
) -> Entry | Replay | Refusal | Redirect:
    """Decide `command` on `account`, the state after the member's last entry (None: no entry yet).

    `earlier` holds the entries that `fingerprints.suspects` named. Time never runs backwards within an
    account: an entry is recorded at `now_ms` or at its predecessor's time, whichever is later, and what
    has expired by then leaves the account in the same entry, also what the command itself made active.

    Returns the next entry, sealed into the chain but not stored; a Replay of the entry that this very
    request made before; a Refusal; or a Redirect to the account that answers for this one. A Refusal is final
    only if `account` was read strongly consistent.
    """
    verdict = known_request(command, earlier)
    follows = None if account is None or isinstance(command, _OF_THE_ACCOUNT_ITSELF) else account.follows
    if account is not None and follows is not None and not isinstance(verdict, Replay):
        # Only with what the other account remembers can be said whether the request is new, in time, or refused.
        refusal = check_card(account, command.card_issue)
        return Redirect(follows) if refusal is None else Refusal(refusal)
    if verdict is not None:
        return verdict
    if account is None:
        return _first_entry(command, now_ms) if isinstance(command, Enrol) else Refusal(UnknownCardError())
    if isinstance(command, Enrol):
        return Refusal(AccountExistsError())
    recorded_at_ms = max(now_ms, account.at_ms)
    refusal = _check_account(account, command) or _refuse(account, command, recorded_at_ms, earlier)
    if refusal is not None:
        return Refusal(refusal)
    current, time_moves = pass_time(account, recorded_at_ms)
    if isinstance(command, PassTime) and not time_moves:
        return Refusal(NothingDueError())
    effect = _effect(current, command, Context(account.seq + 1, recorded_at_ms))
    if isinstance(effect, TesseraError):
        return Refusal(effect)
    effect = _settled(effect, time_moves, recorded_at_ms)
    if is_full(effect.account):
        return Refusal(AccountFullError())
    return _next_entry(account, command, recorded_at_ms, effect, visit=_is_visit(command, earlier))


def decide_pair(
    first: Entry | None,
    second: Entry | None,
    command: PairCommand,
    now_ms: int,
    earlier: Sequence[Entry] = (),
    debts_left: tuple[Debt, ...] = (),
) -> tuple[Entry, Entry] | Replay | Refusal:
    """Decide `command` on two accounts: that of `first`, the last entry of the member, and of `second`, the other's.

    As `decide`; both entries are recorded at one time and belong into the journal together. A Replay has the
    first member's entry. `debts_left` is what a member that parts takes back of the debts it brought.
    """
    verdict = known_request(command, earlier)
    if verdict is not None:
        return verdict
    if first is None or second is None:
        return Refusal(UnknownCardError())
    one, other = first.account, second.account
    if one.member == other.member:
        return Refusal(SameAccountError())
    at_ms = max(now_ms, one.at_ms, other.at_ms)
    refusal = (
        check_card(one, command.card_issue)
        or check_card(other, command.other_card_issue)
        or _refuse(one, command, at_ms, earlier)
        or _refuse(other, command, at_ms, ())
    )
    if refusal is not None:
        return Refusal(refusal)
    (one, one_moves), (other, other_moves) = pass_time(one, at_ms), pass_time(other, at_ms)
    effects = PAIR_RULES[type(command)](one, other, command, PairContext(at_ms, first, debts_left))
    if isinstance(effects, TesseraError):
        return Refusal(effects)
    on_one, on_other = _settled(effects[0], one_moves, at_ms), _settled(effects[1], other_moves, at_ms)
    # The key is the member's: the other account does not know it, so it answers no request with its own entry.
    there = replace(command, member=other.member, receipt=None, key_hash=counterpart_key(command.key_hash))
    return (
        _next_entry(first.account, command, at_ms, on_one, counterpart=entry_id(other.member, second.seq + 1)),
        _next_entry(second.account, there, at_ms, on_other, counterpart=entry_id(one.member, first.seq + 1)),
    )


def _settled(effect: Effect, time_moves: tuple[Move, ...], at_ms: int) -> Effect:
    """Points may come back, or come late, after the end of their month: they go as they come."""
    after, expired = expire(effect.account, at_ms)
    return replace(effect, account=after, moves=time_moves + effect.moves + expired)


def known_request(command: Command, earlier: Iterable[Entry]) -> Replay | Refusal | None:
    """What is to be answered to a request whose key is known, or None.

    Over a whole history a key may stand for more than one request: it is forgotten after a time and free again.
    """
    of_the_key = [entry for entry in earlier if entry.key_hash == command.key_hash]
    for entry in of_the_key:
        if entry.body_hash == command.body_hash:
            return Replay(entry)
    return Refusal(IdempotencyKeyReusedError(of_the_key[0].entry_id)) if of_the_key else None


def check_card(account: Account, card_issue: int | None) -> TesseraError | None:
    """Refuse a card that is not the account's current one (None: none was shown), and a closed account."""
    if card_issue not in (None, account.card_issue):
        return CardReplacedError()
    return AccountClosedError() if account.closed else None


def _check_account(account: Account, command: Command) -> TesseraError | None:
    """As `check_card`; but a payout that the bank returns comes back to a closed account, and can be made again."""
    comes_back = isinstance(command, Cancel) and command.redemption.op is Op.PAYOUT
    paid_again = isinstance(command, Payout) and bool(account.cash)
    return check_card(replace(account, closed=False) if comes_back or paid_again else account, command.card_issue)


def _refuse(account: Account, command: Command, now_ms: int, earlier: Iterable[Entry]) -> TesseraError | None:
    late_limit_ms = _late_limit_ms(command, now_ms)
    is_purchase = isinstance(command, Earn)
    out_of_time = check_occurred_at(command.occurred_at_ms, now_ms, late_limit_ms, is_purchase=is_purchase)
    if out_of_time is not None:
        return out_of_time
    today = now_ms // DAY_MS
    if sum(known.day == today for known in account.recent) >= ENTRIES_A_DAY:
        return AccountFullTodayError(ENTRIES_A_DAY)
    if isinstance(command, Close) and account.follows is not None:
        return AccountLinkedError("Another account answers for this card. Leave or unmerge it first.")
    if isinstance(command, Earn):
        for entry in earlier:
            if entry.op is Op.EARN and same_receipt(entry, command):
                return ReceiptAlreadyRecordedError(entry.entry_id)
    return None


def _late_limit_ms(command: Command, now_ms: int) -> int:
    if isinstance(command, Earn | Return) and command.imported:
        return now_ms
    if not isinstance(command, Earn):
        return LATE_LIMIT_MS
    return LATE_LIMIT_MS if command.late_limit_ms is None else min(command.late_limit_ms, LATE_LIMIT_MS)


def check_occurred_at(
    occurred_at_ms: int, now_ms: int, late_limit_ms: int = LATE_LIMIT_MS, *, is_purchase: bool = False
) -> TesseraError | None:
    """Refuse what happened more than `late_limit_ms` ago, or has not happened yet."""
    if occurred_at_ms < now_ms - late_limit_ms:
        return OccurredTooLongAgoError(occurred_at_ms, now_ms - late_limit_ms, is_purchase=is_purchase)
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
    Adjust: undoing.adjust,
    PassTime: effects.let_time_pass,
    Spend: effects.spend,
    Payout: effects.pay_out,
    Close: effects.close,
}


def _effect(account: Account, command: Command, context: Context) -> Outcome:
    return _RULES[type(command)](account, command, context)


def _first_entry(command: Enrol, now_ms: int) -> Entry | Refusal:
    refusal = check_occurred_at(command.occurred_at_ms, now_ms)
    if refusal is not None:
        return Refusal(refusal)
    before = Account(command.member, 0, now_ms, command.card_issue, (), (), GENESIS)
    return _next_entry(before, command, now_ms, Effect(op=Op.ENROL, account=before), visit=True)


def _next_entry(
    before: Account,
    command: Command,
    at_ms: int,
    effect: Effect,
    *,
    visit: bool = False,
    counterpart: str | None = None,
) -> Entry:
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
        reason=command.reason,
        cashback_cents=effect.cashback_cents,
        counterpart=counterpart,
        undone_at_ms=effect.undone_at_ms,
        lapses_by_month=any(one.target is Place.BREAKAGE and one.lot.unit == POINTS for one in effect.moves),
    )
    return seal(entry, before.chain)


def _is_visit(command: Command, earlier: Iterable[Entry]) -> bool:
    earns = isinstance(command, Earn) and command.points > 0
    return (earns or isinstance(command, Redeem | Capture | Spend)) and not any(
        entry.member == command.member and entry.visit and same_receipt(entry, command) for entry in earlier
    )
