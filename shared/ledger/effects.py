"""What each command does to an account whose time has been brought up to date. Pure, one function a command.

Every function returns an Effect or the error that refuses the command.
"""

from dataclasses import dataclass, replace

from shared.kernel.errors import TesseraError
from shared.kernel.money import micros_to_cents_floor
from shared.ledger import lots as spending
from shared.ledger.commands import Adjust, Capture, Earn, PassTime, Redeem, Reserve, Void
from shared.ledger.errors import HoldNotOpenError, InsufficientPointsError
from shared.ledger.model import Account, Debt, Hold, Lot, Move, Op, Pending, Place, Rates
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
    refers_to: int | None = None
    reason: str | None = None


Outcome = Effect | TesseraError


def earn(account: Account, command: Earn, context: Context) -> Outcome:
    """Repay the debt to this issuer first; the rest becomes active, or pending until it matures."""
    owed = sum(debt.points for debt in account.debts if debt.issuer == command.partner)
    repaid = min(owed, command.points)
    granted = command.points - repaid
    moves: list[Move] = []
    if repaid:
        account = owe(account, command.partner, -repaid)
        moves.append(Move(Place.ISSUER, Place.DEBT, Lot(command.partner, command.expiry_month, repaid)))
    if granted:
        lot = Lot(command.partner, command.expiry_month, granted)
        if command.matures_at_ms is not None and command.matures_at_ms > context.at_ms:
            waiting = Pending(context.seq, command.matures_at_ms, lot)
            account = replace(account, pending=(*account.pending, waiting))
            moves.append(Move(Place.ISSUER, Place.PENDING, lot))
        else:
            account = replace(account, lots=spending.grant(account.lots, lot))
            moves.append(Move(Place.ISSUER, Place.ACTIVE, lot))
    return Effect(
        op=Op.EARN,
        account=account,
        moves=tuple(moves),
        points=command.points,
        currency=command.currency,
        amount_cents=command.amount_cents,
        rates=command.rates,
    )


def redeem(account: Account, command: Redeem, _context: Context) -> Outcome:
    """Take active points in spending order."""
    if command.points > account.points_active:
        return InsufficientPointsError(command.points, account.points_active)
    taken, left = spending.take(account.lots, command.points)
    return Effect(
        op=Op.REDEEM,
        account=replace(account, lots=left),
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
    taken, left = spending.take(account.lots, command.points)
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
        account=replace(account, lots=left, holds=(*account.holds, hold)),
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
        return HoldNotOpenError(f"{account.member}-{command.hold_seq}")
    points = hold.points if command.points is None else command.points
    if points > hold.points:
        return InsufficientPointsError(points, hold.points)
    taken, rest = spending.take(hold.lots, points)
    return Effect(
        op=Op.CAPTURE,
        account=release(account, hold, rest),
        moves=moved(Place.HELD, Place.ACCEPTOR, taken) + moved(Place.HELD, Place.ACTIVE, rest),
        points=points,
        currency=hold.currency,
        value_cents=micros_to_cents_floor(points * hold.rates.redeem_price_micros),
        rates=hold.rates,
        refers_to=hold.seq,
    )


def void(account: Account, command: Void, _context: Context) -> Outcome:
    """End a hold; all its points become active again."""
    hold = _open_hold(account, command.hold_seq, command.partner)
    if hold is None:
        return HoldNotOpenError(f"{account.member}-{command.hold_seq}")
    return Effect(
        op=Op.VOID,
        account=release(account, hold, hold.lots),
        moves=moved(Place.HELD, Place.ACTIVE, hold.lots),
        points=hold.points,
        currency=hold.currency,
        refers_to=hold.seq,
    )


def adjust(account: Account, command: Adjust, _context: Context) -> Outcome:
    """Grant or take points by the operator's decision, against the adjustment account.

    The caller has checked that there is something to move: raises ValueError for 0 points.
    """
    if command.points == 0:
        raise ValueError("an adjustment moves at least one point")
    if command.points >= 0:
        lot = Lot(command.issuer, command.expiry_month, command.points)
        lots = spending.grant(account.lots, lot)
        moves = moved(Place.ADJUSTMENT, Place.ACTIVE, (lot,))
    else:
        if -command.points > account.points_active:
            return InsufficientPointsError(-command.points, account.points_active)
        taken, lots = spending.take(account.lots, -command.points)
        moves = moved(Place.ACTIVE, Place.ADJUSTMENT, taken)
    return Effect(
        op=Op.ADJUST,
        account=replace(account, lots=lots),
        moves=moves,
        points=command.points,
        reason=command.reason,
    )


def let_time_pass(account: Account, _command: PassTime, _context: Context) -> Outcome:
    """Nothing more than what time has done already."""
    return Effect(op=Op.LAPSE, account=account)


def owe(account: Account, issuer: str, points: int) -> Account:
    """The account with its debt to `issuer` changed by `points`."""
    owed = points + sum(debt.points for debt in account.debts if debt.issuer == issuer)
    others = tuple(debt for debt in account.debts if debt.issuer != issuer)
    return replace(account, debts=(*others, Debt(issuer, owed)) if owed else others)


def _open_hold(account: Account, seq: int, partner: str) -> Hold | None:
    return next((hold for hold in account.holds if hold.seq == seq and hold.partner == partner), None)


def moved(source: Place, target: Place, lots: tuple[Lot, ...]) -> tuple[Move, ...]:
    return tuple(Move(source, target, lot) for lot in lots)
