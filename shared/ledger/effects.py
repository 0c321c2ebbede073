"""What each command does to an account whose time has been brought up to date. Pure, one function a command.

Every function returns an Effect or the error that refuses the command.
"""

from dataclasses import dataclass, replace

from shared.kernel.errors import TesseraError
from shared.kernel.money import micros_to_cents_floor
from shared.ledger import balances
from shared.ledger import lots as spending
from shared.ledger.balances import moved
from shared.ledger.commands import (
    Adjust,
    Capture,
    Close,
    Earn,
    PassTime,
    Payout,
    Redeem,
    Reserve,
    Spend,
    Void,
)
from shared.ledger.errors import (
    AccountNotEmptyError,
    CashbackOwedError,
    HoldNotOpenError,
    HoldsOpenError,
    HouseholdNotEmptyError,
    InsufficientCashbackError,
    InsufficientPointsError,
    PayoutBelowMinimumError,
    RedemptionTooSmallError,
)
from shared.ledger.model import NEVER, POINTS, Account, Hold, Lot, Move, Op, Pending, Place, Rates, entry_id
from shared.ledger.passing_time import release


@dataclass(frozen=True, slots=True)
class Context:
    """What an effect may know besides account and command: the number and time of the entry it makes."""

    seq: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a command did: the state after it and the particulars that the entry records."""

    op: Op
    account: Account
    moves: tuple[Move, ...] = ()
    points: int = 0
    currency: str | None = None
    amount_cents: int | None = None
    value_cents: int | None = None
    rates: Rates | None = None
    refers_to: str | None = None
    cashback_cents: int | None = None
    undone_at_ms: int | None = None


Outcome = Effect | TesseraError


def earn(account: Account, command: Earn, context: Context) -> Outcome:
    """Repay the debt to this issuer first; the rest becomes active, or pending until it matures."""
    points = Lot(command.partner, command.expiry_month, command.points)
    cashback = Lot(command.partner, command.cashback_expiry_month, command.cashback_cents, command.currency)
    moves: list[Move] = []
    for lot in (points, cashback):
        account, granted = _granted(account, lot, command.matures_at_ms, context)
        moves += granted
    return Effect(
        op=Op.EARN,
        account=account,
        moves=tuple(moves),
        points=command.points,
        currency=command.currency,
        amount_cents=command.amount_cents,
        rates=command.rates,
        cashback_cents=command.cashback_cents or None,
    )


def _granted(account: Account, lot: Lot, matures_at_ms: int | None, context: Context) -> tuple[Account, list[Move]]:
    repaid = min(balances.owed_to(account, lot.issuer, lot.unit), lot.quantity)
    moves: list[Move] = []
    if repaid:
        account = balances.owe(account, lot.issuer, lot.unit, -repaid)
        moves.append(Move(Place.ISSUER, Place.DEBT, replace(lot, quantity=repaid)))
    new = replace(lot, quantity=lot.quantity - repaid)
    if new.quantity and matures_at_ms is not None and matures_at_ms > context.at_ms:
        account = replace(account, pending=(*account.pending, Pending(context.seq, matures_at_ms, new)))
        moves.append(Move(Place.ISSUER, Place.PENDING, new))
    elif new.quantity:
        account = balances.grant(account, new)
        moves.append(Move(Place.ISSUER, Place.ACTIVE, new))
    return account, moves


def redeem(account: Account, command: Redeem, _context: Context) -> Outcome:
    """Take active points in spending order."""
    if command.points > account.points_active:
        return InsufficientPointsError(command.points, account.points_active)
    account, taken = balances.take(account, POINTS, command.points)
    return Effect(
        op=Op.REDEEM,
        account=account,
        moves=moved(Place.ACTIVE, Place.ACCEPTOR, taken),
        points=command.points,
        currency=command.currency,
        value_cents=command.value_cents,
        rates=command.rates,
    )


def reserve(account: Account, command: Reserve, context: Context) -> Outcome:
    """Set active points aside, in spending order."""
    if command.points > account.points_active:
        return InsufficientPointsError(command.points, account.points_active)
    account, taken = balances.take(account, POINTS, command.points)
    hold = Hold(
        seq=context.seq,
        deadline_ms=context.at_ms + command.ttl_ms,
        partner=command.partner,
        currency=command.currency,
        rates=command.rates,
        lots=taken,
    )
    return Effect(
        op=Op.RESERVE,
        account=replace(account, holds=(*account.holds, hold)),
        moves=moved(Place.ACTIVE, Place.HELD, taken),
        points=command.points,
        currency=command.currency,
        value_cents=command.value_cents,
        rates=command.rates,
    )


def capture(account: Account, command: Capture, _context: Context) -> Outcome:
    """Take points of a hold in spending order at the price promised; the rest becomes active again."""
    hold = _open_hold(account, command.hold_seq, command.partner)
    if hold is None:
        return HoldNotOpenError(entry_id(account.member, command.hold_seq))
    points = hold.points if command.points is None else command.points
    if points > hold.points:
        return InsufficientPointsError(points, hold.points)
    value_cents = micros_to_cents_floor(points * hold.rates.redeem_price_micros)
    if value_cents == 0:
        return RedemptionTooSmallError(points)
    taken, rest = spending.take(hold.lots, points)
    return Effect(
        op=Op.CAPTURE,
        account=release(account, hold, rest),
        moves=moved(Place.HELD, Place.ACCEPTOR, taken) + moved(Place.HELD, Place.ACTIVE, rest),
        points=points,
        currency=hold.currency,
        value_cents=value_cents,
        rates=hold.rates,
        refers_to=entry_id(account.member, hold.seq),
    )


def void(account: Account, command: Void, _context: Context) -> Outcome:
    """End a hold; all its points become active again."""
    hold = _open_hold(account, command.hold_seq, command.partner)
    if hold is None:
        return HoldNotOpenError(entry_id(account.member, command.hold_seq))
    return Effect(
        op=Op.VOID,
        account=release(account, hold, hold.lots),
        moves=moved(Place.HELD, Place.ACTIVE, hold.lots),
        points=hold.points,
        currency=hold.currency,
        refers_to=entry_id(account.member, hold.seq),
    )


def adjust(account: Account, command: Adjust, context: Context) -> Outcome:
    """Grant or take points by the operator's decision, against the adjustment account; grant an issuer's at its price.

    The caller has checked that there is something to move: raises ValueError for 0 points, and for points to take at a
    price, which `undoing.adjust` does.
    """
    if command.points == 0 or (command.rates is not None and command.points < 0):
        raise ValueError("an adjustment moves at least one point, and takes none at a price")
    if command.rates is not None:
        return _adjust_issued(account, command, context)
    if command.points >= 0:
        lot = Lot(command.issuer, command.expiry_month, command.points)
        account = balances.grant(account, lot)
        moves = moved(Place.ADJUSTMENT, Place.ACTIVE, (lot,))
    else:
        if -command.points > account.points_active:
            return InsufficientPointsError(-command.points, account.points_active)
        account, taken = balances.take(account, POINTS, -command.points)
        moves = moved(Place.ACTIVE, Place.ADJUSTMENT, taken)
    return Effect(
        op=Op.ADJUST,
        account=account,
        moves=moves,
        points=command.points,
    )


def _adjust_issued(account: Account, command: Adjust, context: Context) -> Outcome:
    account, moves = _granted(account, Lot(command.issuer, command.expiry_month, command.points), None, context)
    return Effect(
        op=Op.ADJUST,
        account=account,
        moves=tuple(moves),
        points=command.points,
        currency=command.currency,
        rates=command.rates,
    )


def spend(account: Account, command: Spend, _context: Context) -> Outcome:
    """Take cashback at a till, in spending order, in the currency of the till."""
    return _cash_taken(account, command, Op.SPEND, command.rates)


def pay_out(account: Account, command: Payout, _context: Context) -> Outcome:
    """Take cashback that the network pays out in money. What a closed account got back may be any amount.

    What the member owes of cashback stays: what comes back to an account, a payout or what was spent, lies beside a
    debt until the next purchase, and money that has left can repay nothing.
    """
    if command.cashback_cents < command.minimum_cents and not account.closed:
        return PayoutBelowMinimumError(command.cashback_cents, command.minimum_cents, command.currency)
    available, owed = account.cash_active(command.currency), account.cash_owed(command.currency)
    if available - owed < command.cashback_cents <= available:
        return CashbackOwedError(command.cashback_cents, available, owed, command.currency)
    return _cash_taken(account, command, Op.PAYOUT, None)


def _cash_taken(account: Account, command: Spend | Payout, op: Op, rates: Rates | None) -> Outcome:
    available = account.cash_active(command.currency)
    if command.cashback_cents > available:
        return InsufficientCashbackError(command.cashback_cents, available, command.currency)
    account, taken = balances.take(account, command.currency, command.cashback_cents)
    return Effect(
        op=op,
        account=account,
        moves=moved(Place.ACTIVE, Place.ACCEPTOR, taken),
        currency=command.currency,
        value_cents=command.cashback_cents,
        rates=rates,
        cashback_cents=command.cashback_cents,
    )


def close(account: Account, command: Close, _context: Context) -> Outcome:
    """End the account. What it holds goes the way of what expires; what it owes is written off.

    What was undone stays known: a payout may still be reversed, once.
    """
    if account.holds:
        return HoldsOpenError(account.member)
    if any(not follower.merged for follower in account.followers):
        return HouseholdNotEmptyError(sum(not follower.merged for follower in account.followers))
    waiting = tuple(one.lot for one in account.pending)
    points = account.points_active + account.points_pending
    if (account.lots or account.cash or waiting) and not command.forfeit:
        return AccountNotEmptyError(points, bool(account.cash))
    owed = tuple(Lot(debt.issuer, NEVER, debt.quantity, debt.unit) for debt in account.debts)
    return Effect(
        op=Op.CLOSE,
        account=replace(account, lots=(), cash=(), pending=(), debts=(), closed=True),
        moves=(
            *moved(Place.ACTIVE, Place.BREAKAGE, account.lots + account.cash),
            *moved(Place.PENDING, Place.BREAKAGE, waiting),
            *moved(Place.ADJUSTMENT, Place.DEBT, owed),
        ),
        points=points,
    )


def let_time_pass(account: Account, _command: PassTime, _context: Context) -> Outcome:
    """Nothing more than what time has done already."""
    return Effect(op=Op.LAPSE, account=account)


def _open_hold(account: Account, seq: int, partner: str) -> Hold | None:
    return next((hold for hold in account.holds if hold.seq == seq and hold.partner == partner), None)
