"""Lots in spending order: earliest expiry first, then order of issue. Pure functions on tuples."""

from collections import Counter

from shared.ledger.model import Lot

Lots = tuple[Lot, ...]


def grant(lots: Lots, new: Lot) -> Lots:
    """`lots` with `new` added: merged into the lot of its issuer, month and unit, else last of its month."""
    return _merged(lots, new) or _inserted(lots, new, sum(lot.expiry_month <= new.expiry_month for lot in lots))


def restore(lots: Lots, taken: Lots) -> Lots:
    """`lots` with `taken` put back: merged into its lot, else first of its month, where it was spent from."""
    for old in reversed(taken):
        place = sum(lot.expiry_month < old.expiry_month for lot in lots)
        lots = _merged(lots, old) or _inserted(lots, old, place)
    return lots


def take(lots: Lots, quantity: int) -> tuple[Lots, Lots]:
    """Take `quantity` in spending order: (what was taken, what is left).

    The caller has checked that there are enough: raises ValueError if not.
    """
    taken: list[Lot] = []
    wanted = quantity
    for place, lot in enumerate(lots):
        if lot.quantity > wanted:
            left = _of(lot, lot.quantity - wanted)
            if wanted:
                taken.append(_of(lot, wanted))
            return tuple(taken), (left, *lots[place + 1 :])
        taken.append(lot)
        wanted -= lot.quantity
    if wanted:
        raise ValueError(f"{quantity} asked of lots that hold {quantity - wanted}")
    return tuple(taken), ()


def take_up_to(lots: Lots, quantity: int) -> tuple[Lots, Lots]:
    """As `take`, but no more than there is."""
    return take(lots, min(quantity, total(lots)))


def take_back(lots: Lots, own: Lot) -> tuple[Lots, Lots]:
    """Take up to `own.quantity` of its issuer and unit, from the lot of its month first, then from the newest.

    Returns (what was taken, what is left).
    """
    order = sorted(
        (lot for lot in lots if (lot.issuer, lot.unit) == (own.issuer, own.unit)),
        key=lambda lot: (lot.expiry_month != own.expiry_month, -lot.expiry_month),
    )
    taken, _ = take_up_to(tuple(order), own.quantity)
    return taken, without(lots, taken)


def of_unit(lots: Lots, unit: str) -> Lots:
    """Those of `lots` that are in `unit`."""
    return tuple(lot for lot in lots if lot.unit == unit)


def without(lots: Lots, gone: Lots) -> Lots:
    """`lots` less what is in `gone`, wherever it stands. Raises ValueError if it is not there."""
    missing: Counter[tuple[str, str, int]] = Counter()
    for lot in gone:
        missing[lot_key(lot)] += lot.quantity
    left = []
    for lot in lots:
        minus = min(missing[lot_key(lot)], lot.quantity)
        missing[lot_key(lot)] -= minus
        if lot.quantity > minus:
            left.append(_of(lot, lot.quantity - minus))
    if any(missing.values()):
        raise ValueError("more is to be taken from a lot than it holds")
    return tuple(left)


def lot_key(lot: Lot) -> tuple[str, str, int]:
    """What tells a lot from others: unit, issuer, expiry month."""
    return lot.unit, lot.issuer, lot.expiry_month


def expire(lots: Lots, current_month: int) -> tuple[Lots, Lots]:
    """Split into (lots whose month is over by `current_month`, lots still valid)."""
    expired = tuple(lot for lot in lots if lot.expiry_month < current_month)
    return expired, lots[len(expired) :]


def total(lots: Lots) -> int:
    return sum(lot.quantity for lot in lots)


def _of(lot: Lot, quantity: int) -> Lot:
    return Lot(lot.issuer, lot.expiry_month, quantity, lot.unit)


def _merged(lots: Lots, new: Lot) -> Lots | None:
    for place, lot in enumerate(lots):
        if lot_key(lot) == lot_key(new):
            merged = _of(lot, lot.quantity + new.quantity)
            return (*lots[:place], merged, *lots[place + 1 :])
    return None


def _inserted(lots: Lots, new: Lot, place: int) -> Lots:
    return (*lots[:place], new, *lots[place:])
