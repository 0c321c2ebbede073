"""Lots in spending order: earliest expiry first, then order of issue. Pure functions on tuples."""

from shared.ledger.model import Lot

Lots = tuple[Lot, ...]


def grant(lots: Lots, new: Lot) -> Lots:
    """`lots` with `new` added: merged into the lot of its issuer and month, else last of its month."""
    return _merged(lots, new) or _inserted(lots, new, sum(lot.expiry_month <= new.expiry_month for lot in lots))


def restore(lots: Lots, taken: Lots) -> Lots:
    """`lots` with `taken` put back: merged into its lot, else first of its month, where it was spent from."""
    for old in reversed(taken):
        place = sum(lot.expiry_month < old.expiry_month for lot in lots)
        lots = _merged(lots, old) or _inserted(lots, old, place)
    return lots


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


def take_up_to(lots: Lots, points: int) -> tuple[Lots, Lots]:
    """As `take`, but no more than there is."""
    return take(lots, min(points, sum(lot.points for lot in lots)))


def take_back(lots: Lots, issuer: str, own_month: int, points: int) -> tuple[Lots, Lots]:
    """Take up to `points` of `issuer`, from the lot of `own_month` first, then from its newest lots.

    Returns (what was taken, what is left).
    """
    order = sorted(
        (lot for lot in lots if lot.issuer == issuer),
        key=lambda lot: (lot.expiry_month != own_month, -lot.expiry_month),
    )
    taken, _ = take_up_to(tuple(order), points)
    gone = {lot.expiry_month: lot.points for lot in taken}
    left = []
    for lot in lots:
        minus = gone.get(lot.expiry_month, 0) if lot.issuer == issuer else 0
        if lot.points > minus:
            left.append(Lot(lot.issuer, lot.expiry_month, lot.points - minus))
    return taken, tuple(left)


def expire(lots: Lots, current_month: int) -> tuple[Lots, Lots]:
    """Split into (lots whose month is over by `current_month`, lots still valid)."""
    expired = tuple(lot for lot in lots if lot.expiry_month < current_month)
    return expired, lots[len(expired) :]


def total(lots: Lots) -> int:
    return sum(lot.points for lot in lots)


def _merged(lots: Lots, new: Lot) -> Lots | None:
    for place, lot in enumerate(lots):
        if lot.issuer == new.issuer and lot.expiry_month == new.expiry_month:
            merged = Lot(lot.issuer, lot.expiry_month, lot.points + new.points)
            return (*lots[:place], merged, *lots[place + 1 :])
    return None


def _inserted(lots: Lots, new: Lot, place: int) -> Lots:
    return (*lots[:place], new, *lots[place:])
