"""Taking back what a purchase earned or a case granted, giving back what a redemption took. History stays.

Each is a new entry that names the one it undoes.
"""

from dataclasses import replace

from shared.kernel.clock import month_number
from shared.kernel.errors import TesseraError
from shared.kernel.money import micros_to_cents_floor
from shared.ledger import balances, effects
from shared.ledger import lots as spending
from shared.ledger.balances import moved
from shared.ledger.commands import Adjust, Cancel, Return
from shared.ledger.effects import Context, Effect, Outcome
from shared.ledger.errors import (
    CancelExceedsRedemptionError,
    HoldsOpenError,
    NotAPurchaseError,
    NotARedemptionError,
    PointsRunOutError,
    ReturnExceedsPurchaseError,
    UndoExceedsAdjustmentError,
)
from shared.ledger.model import NEVER, POINTS, Account, Entry, Lot, Move, Op, Pending, Place, Undone

_REDEMPTIONS = (Op.REDEEM, Op.CAPTURE, Op.SPEND, Op.PAYOUT)


def take_back(account: Account, command: Return, context: Context) -> Outcome:
    """Take back what the returned part of a purchase earned.

    The points to take are those that the purchase earned up to now less those that the rest of its amount
    earns by the same rule, so any number of partial returns takes exactly what one whole return would.
    They come from this purchase's pending points, then from the lot it went to, then from the issuer's
    newest lots; what is not there any more becomes a debt to the issuer. If the network bears that, only what repaid a
    debt becomes one again: it was never charged, so nothing of it is paid back, and nobody had it to spend. Of a part,
    what repaid comes last, as if less had been bought. Cashback likewise.
    """
    purchase = command.purchase
    if purchase.op is not Op.EARN or purchase.partner != command.partner or purchase.amount_cents is None:
        return NotAPurchaseError(purchase.entry_id)
    left_cents = purchase.amount_cents - account.undone_of(purchase)
    cents = left_cents if command.amount_cents is None else command.amount_cents
    if not 0 < cents <= left_cents:
        return ReturnExceedsPurchaseError(purchase.entry_id, cents, left_cents)
    refusal = _not_to_be_borne(account, purchase, context) if command.network_bears else None
    if refusal is not None:
        return refusal
    account = _undo(account, purchase, cents)
    moves: list[Move] = []
    quantities = []
    for unit, earned_by in ((POINTS, command.points_for), (purchase.currency or "", command.cashback_for)):
        before, after = earned_by(left_cents), earned_by(left_cents - cents)
        quantity = before - after
        quantities.append(quantity)
        if quantity:
            granted = spending.of_unit(purchase.lots_from(Place.ISSUER), unit)[0]
            repaid = spending.total(spending.of_unit(purchase.lots_to(Place.DEBT), unit))
            may_owe = min(repaid, before) - min(repaid, after) if command.network_bears else quantity
            account, taken = _taken_back(account, purchase, replace(granted, quantity=quantity), may_owe)
            moves += taken
    points, cashback_cents = quantities
    return Effect(
        op=Op.RETURN,
        account=account,
        moves=tuple(moves),
        points=points,
        currency=purchase.currency,
        amount_cents=cents,
        rates=purchase.rates,
        refers_to=purchase.entry_id,
        cashback_cents=cashback_cents or None,
    )


def adjust(account: Account, command: Adjust, context: Context) -> Outcome:
    """As `effects.adjust`; or take back points that an adjustment at its issuer's price has granted, each once.

    They come as from a return that the network bears. The caller has checked that it is such an adjustment of the
    partner's: raises ValueError if not.
    """
    granted = command.undoes
    if granted is None:
        return effects.adjust(account, command, context)
    if granted.op is not Op.ADJUST or granted.partner != command.partner or granted.rates is None:
        raise ValueError(f"{granted.entry_id} granted nothing at a price of {command.partner}")
    points, left = -command.points, max(0, granted.points - account.undone_of(granted))
    if not 0 < points <= left:
        return UndoExceedsAdjustmentError(granted.entry_id, points, left)
    refusal = _not_to_be_borne(account, granted, context)
    if refusal is not None:
        return refusal
    wanted = replace(granted.lots_from(Place.ISSUER)[0], quantity=points)
    repaid = spending.total(granted.lots_to(Place.DEBT))
    may_owe = min(repaid, left) - min(repaid, left - points)
    account, moves = _taken_back(_undo(account, granted, points), granted, wanted, may_owe)
    return Effect(
        op=Op.ADJUST,
        account=account,
        moves=moves,
        points=command.points,
        currency=granted.currency,
        rates=granted.rates,
        refers_to=granted.entry_id,
    )


def may_have_run_out(granted: Entry, month: int) -> bool:
    """Whether anything that it granted expires before a month: then a share may have been paid to its issuer."""
    return any(lot.expiry_month < month for lot in granted.lots_from(Place.ISSUER))


def _not_to_be_borne(account: Account, granted: Entry, context: Context) -> TesseraError | None:
    """Why the network can't bear what is missing of it, or None: what has run out or is set aside was not spent."""
    if may_have_run_out(granted, month_number(context.at_ms)):
        return PointsRunOutError(granted.entry_id)
    if any(lot.issuer == granted.partner for hold in account.holds for lot in hold.lots):
        return HoldsOpenError(account.member)
    return None


def _taken_back(account: Account, granted: Entry, wanted: Lot, may_owe: int) -> tuple[Account, tuple[Move, ...]]:
    account, from_pending = _from_pending(account, granted, wanted)
    wanted = replace(wanted, quantity=wanted.quantity - spending.total(from_pending))
    account, from_active, spent = balances.take_back(account, wanted)
    owed, borne = spending.take_up_to(spent, may_owe)
    if owed:
        account = balances.owe(account, wanted.issuer, wanted.unit, spending.total(owed))
    return account, (
        *moved(Place.PENDING, Place.ISSUER, from_pending),
        *moved(Place.ACTIVE, Place.ISSUER, from_active),
        *moved(Place.DEBT, Place.ISSUER, owed),
        *moved(Place.ADJUSTMENT, Place.ISSUER, borne),
    )


def give_back(account: Account, command: Cancel, context: Context) -> Outcome:
    """Give back points or cashback to the lots they came from; what has expired since stays expired.

    Of a part, what was taken last comes back first, as if less had been redeemed. What was paid out was asked for in
    time, and nobody was paid it: it comes back as what never expires, or money that is owed would be lost on its way.
    """
    redemption = command.redemption
    if redemption.op not in _REDEMPTIONS or redemption.partner != command.partner:
        return NotARedemptionError(redemption.entry_id)
    in_cents = redemption.op in (Op.SPEND, Op.PAYOUT)
    left = spending.total(redemption.lots_to(Place.ACCEPTOR)) - account.undone_of(redemption)
    quantity = left if command.quantity is None else command.quantity
    if not 0 < quantity <= left:
        return CancelExceedsRedemptionError(redemption.entry_id, quantity, left, in_cents=in_cents)
    still_taken, _ = spending.take(redemption.lots_to(Place.ACCEPTOR), left)
    _, back = spending.take(still_taken, left - quantity)
    if redemption.op is Op.PAYOUT:
        back = tuple(replace(lot, expiry_month=NEVER) for lot in back)
    lapsed, valid = spending.expire(back, month_number(context.at_ms))
    price = redemption.rates.redeem_price_micros if redemption.rates else 0
    worth_cents = micros_to_cents_floor(left * price) - micros_to_cents_floor((left - quantity) * price)
    return Effect(
        op=Op.CANCEL,
        account=balances.restore(_undo(account, redemption, quantity), valid),
        moves=(*moved(Place.ACCEPTOR, Place.ACTIVE, valid), *moved(Place.ACCEPTOR, Place.BREAKAGE, lapsed)),
        points=0 if in_cents else quantity,
        currency=redemption.currency,
        value_cents=quantity if in_cents else worth_cents,
        rates=redemption.rates,
        refers_to=redemption.entry_id,
        cashback_cents=quantity if in_cents else None,
        undone_at_ms=redemption.recorded_at_ms,
    )


def _undo(account: Account, entry: Entry, quantity: int) -> Account:
    owner = account.owner_of(entry)
    others = tuple(one for one in account.undone if (one.owner, one.seq) != (owner, entry.seq))
    undone = Undone(entry.seq, account.undone_of(entry) + quantity, owner)
    return replace(account, undone=(*others, undone))


def _from_pending(account: Account, purchase: Entry, wanted: Lot) -> tuple[Account, tuple[Lot, ...]]:
    where = (account.owner_of(purchase), purchase.seq, wanted.unit)
    taken: list[Lot] = []
    waiting: list[Pending] = []
    for pending in account.pending:
        if (pending.owner, pending.purchase_seq, pending.lot.unit) != where:
            waiting.append(pending)
            continue
        took, left = spending.take_up_to((pending.lot,), wanted.quantity - spending.total(tuple(taken)))
        taken += took
        waiting += [replace(pending, lot=lot) for lot in left]
    return replace(account, pending=tuple(waiting)), tuple(taken)
