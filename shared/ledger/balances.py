"""What an account holds, changed by one lot or debt at a time. Points and cashback follow the same rules."""

from dataclasses import replace

from shared.ledger import lots as spending
from shared.ledger.model import POINTS, Account, Debt, Lot, Move, Place

Lots = tuple[Lot, ...]

MOST_PENDING = 2_000
MOST_UNDONE = 2_000
MOST_HOLDS = 200


def is_full(account: Account) -> bool:
    """Whether the account keeps more in mind than it may, which no customer's comes near."""
    return len(account.pending) > MOST_PENDING or len(account.undone) > MOST_UNDONE or len(account.holds) > MOST_HOLDS


def held(account: Account, unit: str) -> Lots:
    """What may be spent of `unit`, in spending order."""
    return account.lots if unit == POINTS else spending.of_unit(account.cash, unit)


def grant(account: Account, new: Lot) -> Account:
    """The account with `new` active."""
    if new.unit == POINTS:
        return replace(account, lots=spending.grant(account.lots, new))
    return replace(account, cash=spending.grant(account.cash, new))


def restore(account: Account, lots: Lots) -> Account:
    """The account with `lots`, all of one unit, active again where they were spent from."""
    if any(lot.unit != POINTS for lot in lots):
        return replace(account, cash=spending.restore(account.cash, lots))
    return replace(account, lots=spending.restore(account.lots, lots))


def remove(account: Account, lots: Lots) -> Account:
    """The account without `lots`. Raises ValueError if it does not hold them."""
    return replace(
        account,
        lots=spending.without(account.lots, tuple(lot for lot in lots if lot.unit == POINTS)),
        cash=spending.without(account.cash, tuple(lot for lot in lots if lot.unit != POINTS)),
    )


def take(account: Account, unit: str, quantity: int) -> tuple[Account, Lots]:
    """The account less `quantity` of `unit`, and what was taken, in spending order.

    The caller has checked that there is enough: raises ValueError if not.
    """
    taken, _ = spending.take(held(account, unit), quantity)
    return remove(account, taken), taken


def take_back(account: Account, wanted: Lot) -> tuple[Account, Lots, Lots]:
    """The account less what it holds of `wanted`, what was taken, and what of it was spent.

    It comes from the lot of its month first, then from its issuer's newest lots.
    """
    taken, _ = spending.take_back(held(account, wanted.unit), wanted)
    spent = replace(wanted, quantity=wanted.quantity - spending.total(taken))
    return remove(account, taken), taken, (spent,) if spent.quantity else ()


def owed_to(account: Account, issuer: str, unit: str) -> int:
    """The member's debt to `issuer` in `unit`."""
    return sum(debt.quantity for debt in account.debts if (debt.issuer, debt.unit) == (issuer, unit))


def owe(account: Account, issuer: str, unit: str, quantity: int) -> Account:
    """The account with its debt to `issuer` in `unit` changed by `quantity`."""
    owed = quantity + owed_to(account, issuer, unit)
    others = tuple(debt for debt in account.debts if (debt.issuer, debt.unit) != (issuer, unit))
    return replace(account, debts=(*others, Debt(issuer, owed, unit)) if owed else others)


def moved(source: Place, target: Place, lots: Lots) -> tuple[Move, ...]:
    return tuple(Move(source, target, lot) for lot in lots)
