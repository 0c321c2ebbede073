"""Lots in spending order: earliest expiry first, then order of issue. Pure functions on tuples."""

from shared.ledger.model import Lot

Lots = tuple[Lot, ...]


def grant(lots: Lots, new: Lot) -> Lots:
    """`lots` with `new` added: merged into the lot of its issuer and month, else last of its month."""
    for place, lot in enumerate(lots):
        if lot.issuer == new.issuer and lot.expiry_month == new.expiry_month:
            merged = Lot(lot.issuer, lot.expiry_month, lot.points + new.points)
            return (*lots[:place], merged, *lots[place + 1 :])
    place = sum(lot.expiry_month <= new.expiry_month for lot in lots)
    return (*lots[:place], new, *lots[place:])


def take(lots: Lots, points: int) -> tuple[Lots, Lots]:
    """Take `points` in spending order: (what was taken, what is left).

    The caller has checked that there are enough: raises ValueError if not.
    """
    taken: list[Lot] = []
    wanted = points
    for place, lot in enumerate(lots):
        if lot.points > wanted:
            left = Lot(lot.issuer, lot.expiry_month, lot.points - wanted)
            if wanted:
                taken.append(Lot(lot.issuer, lot.expiry_month, wanted))
            return tuple(taken), (left, *lots[place + 1 :])
        taken.append(lot)
        wanted -= lot.points
    if wanted:
        raise ValueError(f"{points} points asked of lots that hold {points - wanted}")
    return tuple(taken), ()


def expire(lots: Lots, current_month: int) -> tuple[Lots, Lots]:
    """Split into (lots whose month is over by `current_month`, lots still valid)."""
    expired = tuple(lot for lot in lots if lot.expiry_month < current_month)
    return expired, lots[len(expired) :]
