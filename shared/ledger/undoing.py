"""Taking back what a purchase earned, giving back what a redemption took. History stays; these are new entries."""

from dataclasses import replace

from shared.kernel.clock import month_number
from shared.kernel.money import micros_to_cents_floor
from shared.ledger import lots as spending
from shared.ledger.commands import Cancel, Return
from shared.ledger.effects import Context, Effect, Outcome, moved, owe
from shared.ledger.errors import (
    CancelExceedsRedemptionError,
    NotAPurchaseError,
    NotARedemptionError,
    ReturnExceedsPurchaseError,
)
from shared.ledger.model import Account, Lot, Op, Pending, Place, Undone


def take_back(account: Account, command: Return, _context: Context) -> Outcome:
    """Take back what the returned part of a purchase earned.

    The points to take are those that the purchase earned up to now less those that the rest of its amount
    earns by the same rule, so any number of partial returns takes exactly what one whole return would.
    They come from this purchase's pending points, then from the lot it went to, then from the issuer's
    newest lots; what is not there any more becomes a debt to the issuer.
    """
    purchase = command.purchase
    if purchase.op is not Op.EARN or purchase.partner != command.partner or purchase.amount_cents is None:
        return NotAPurchaseError(purchase.entry_id)
    left_cents = purchase.amount_cents - account.undone_of(purchase.seq)
    cents = left_cents if command.amount_cents is None else command.amount_cents
    if not 0 < cents <= left_cents:
        return ReturnExceedsPurchaseError(purchase.entry_id, cents, left_cents)
    points = command.points_for(left_cents) - command.points_for(left_cents - cents)
    account = _undo(account, purchase.seq, cents)
    month = purchase.lots_from(Place.ISSUER)[0].expiry_month if points else 0
    account, from_pending = _from_pending(account, purchase.seq, points)
    wanted = points - spending.total(from_pending)
    from_active, left = spending.take_back(account.lots, purchase.partner, month, wanted)
    owed = wanted - spending.total(from_active)
    account = owe(replace(account, lots=left), purchase.partner, owed)
    in_debt = (Lot(purchase.partner, month, owed),) if owed else ()
    return Effect(
        op=Op.RETURN,
        account=account,
        moves=(
            *moved(Place.PENDING, Place.ISSUER, from_pending),
            *moved(Place.ACTIVE, Place.ISSUER, from_active),
            *moved(Place.DEBT, Place.ISSUER, in_debt),
        ),
        points=points,
        currency=purchase.currency,
        amount_cents=cents,
        rates=purchase.rates,
        refers_to=purchase.seq,
    )


def give_back(account: Account, command: Cancel, context: Context) -> Outcome:
    """Give back points of a redemption to the lots they came from; what has expired since stays expired.

    Of a part, the points that were taken last come back first, as if fewer had been redeemed.
    """
    redemption = command.redemption
    if redemption.op not in (Op.REDEEM, Op.CAPTURE) or redemption.partner != command.partner:
        return NotARedemptionError(redemption.entry_id)
    left_points = redemption.points - account.undone_of(redemption.seq)
    points = left_points if command.points is None else command.points
    if not 0 < points <= left_points:
        return CancelExceedsRedemptionError(redemption.entry_id, points, left_points)
    still_taken, _ = spending.take(redemption.lots_to(Place.ACCEPTOR), left_points)
    _, back = spending.take(still_taken, left_points - points)
    lapsed, valid = spending.expire(back, month_number(context.at_ms))
    account = replace(_undo(account, redemption.seq, points), lots=spending.restore(account.lots, valid))
    price = redemption.rates.redeem_price_micros if redemption.rates else 0
    return Effect(
        op=Op.CANCEL,
        account=account,
        moves=(*moved(Place.ACCEPTOR, Place.ACTIVE, valid), *moved(Place.ACCEPTOR, Place.BREAKAGE, lapsed)),
        points=points,
        currency=redemption.currency,
        value_cents=micros_to_cents_floor(left_points * price) - micros_to_cents_floor((left_points - points) * price),
        rates=redemption.rates,
        refers_to=redemption.seq,
    )


def _undo(account: Account, seq: int, quantity: int) -> Account:
    others = tuple(undone for undone in account.undone if undone.seq != seq)
    return replace(account, undone=(*others, Undone(seq, account.undone_of(seq) + quantity)))


def _from_pending(account: Account, purchase_seq: int, points: int) -> tuple[Account, tuple[Lot, ...]]:
    taken: list[Lot] = []
    waiting: list[Pending] = []
    for pending in account.pending:
        if pending.purchase_seq != purchase_seq:
            waiting.append(pending)
            continue
        took, left = spending.take_up_to((pending.lot,), points - spending.total(tuple(taken)))
        taken += took
        waiting += [replace(pending, lot=lot) for lot in left]
    return replace(account, pending=tuple(waiting)), tuple(taken)
