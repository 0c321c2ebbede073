"""Journal entries in words. Pure."""

from shared.kernel.clock import last_day_of_month, to_rfc3339
from shared.ledger.model import NEVER, POINTS, Account, Debt, Entry, Lot, Move, Op, Place

_PLACES = {
    Place.ISSUER: "issuer",
    Place.ACTIVE: "balance",
    Place.PENDING: "pending",
    Place.HELD: "held",
    Place.DEBT: "debt",
    Place.ACCEPTOR: "till",
    Place.BREAKAGE: "expired",
    Place.ADJUSTMENT: "operator",
    Place.TRANSFER: "transfer",
}

_BETWEEN_ACCOUNTS = {
    Op.JOIN: "joined as a household",
    Op.LEAVE: "parted from the household",
    Op.MERGE: "merged two accounts of one customer",
    Op.UNMERGE: "undid the merge",
}
_ONE_WORD = {Op.ENROL: "joined", Op.LAPSE: "time passed", Op.CLOSE: "closed the account"}


def when(epoch_ms: int) -> str:
    """`2026-11-21 09:30:00`, UTC."""
    return to_rfc3339(epoch_ms)[:19].replace("T", " ")


def money(cents: int | None, currency: str | None) -> str:
    """`12.34 USD`, exact."""
    whole, rest = divmod(abs(cents or 0), 100)
    return f"{'-' if (cents or 0) < 0 else ''}{whole:,}.{rest:02d} {currency or ''}".rstrip()


def where(entry: Entry) -> str:
    """Partner, location and receipt."""
    receipt = f", receipt {entry.receipt}" if entry.receipt else ""
    return f"{entry.partner} {entry.location}{receipt}"


def what(entry: Entry) -> str:
    """One sentence: what the entry did."""
    points, value = f"{abs(entry.points):,}", money(entry.value_cents, entry.currency)
    match entry.op:
        case Op.EARN:
            amount = money(entry.amount_cents, entry.currency)
            return f"bought for {amount}: {points} points{_rate(entry)}{_and_cashback(entry)}"
        case Op.REDEEM:
            return f"spent {points} points for {value} off"
        case Op.RESERVE:
            return f"set {points} points aside, worth {value} off{_until(entry)}"
        case Op.CAPTURE:
            return f"spent {points} of the points that entry {_referred(entry)} set aside, for {value} off"
        case Op.VOID:
            return f"let go of the {points} points that entry {_referred(entry)} set aside"
        case Op.RETURN:
            amount = money(entry.amount_cents, entry.currency)
            return f"returned {amount} of purchase {_referred(entry)}: {points} points{_and_cashback(entry)} taken back"
        case Op.CANCEL:
            quantity = f"{points} points" if entry.cashback_cents is None else "cashback"
            return f"called off {quantity} of redemption {_referred(entry)}, {value}"
        case Op.ADJUST:
            sign = "-" if entry.points < 0 else "+"
            return f"adjusted by the operator, {sign}{points} points: {entry.reason}"
        case Op.SPEND | Op.PAYOUT:
            return f"{'spent' if entry.op is Op.SPEND else 'was paid out'} {value} of cashback"
        case Op.TRANSFER:
            gave = "gave" if entry.lots_to(Place.TRANSFER) else "was given"
            return f"{gave} {points} points, see {entry.counterpart}"
        case Op.JOIN | Op.LEAVE | Op.MERGE | Op.UNMERGE:
            return f"{_BETWEEN_ACCOUNTS[entry.op]}, {points} points, see {entry.counterpart}{_because(entry)}"
        case Op.ENROL | Op.LAPSE | Op.CLOSE:
            return f"{_ONE_WORD[entry.op]}{_because(entry)}"


def moved(move: Move) -> str:
    """Points on their way: `300 issuer > balance, harvest until 2028-11-30`."""
    lot = move.lot
    until = "" if Place.DEBT in (move.source, move.target) or not last_day(lot) else f" until {last_day(lot)}"
    return f"{quantity(lot)} {place(move.source)} > {place(move.target)}, {lot.issuer}{until}"


def last_day(lot: Lot) -> str:
    """On which it can be spent; empty if it never expires."""
    return "" if lot.expiry_month == NEVER else last_day_of_month(lot.expiry_month)


def quantity(of: Lot | Debt) -> str:
    """Points, or the money that cashback is."""
    return f"{of.quantity:,}" if of.unit == POINTS else money(of.quantity, of.unit)


def place(of: Place) -> str:
    return _PLACES.get(of, of.value)


def state(account: Account) -> str:
    """The balance, and below it what is not zero of pending, held and owed points, and of cashback likewise."""
    others = {"pending": account.points_pending, "held": account.points_held, "owed": account.points_owed}
    lines = [f"{account.points_active:,}", *(f"{points:,} {name}" for name, points in others.items() if points)]
    for currency in account.currencies:
        kinds = {
            "": account.cash_active(currency),
            " pending": account.cash_pending(currency),
            " owed": account.cash_owed(currency),
        }
        lines += [f"{money(cents, currency)}{name}" for name, cents in kinds.items() if cents]
    return "\n".join(lines)


def _referred(entry: Entry) -> str:
    """The entry referred to: its number, or its whole name if it stands in another account."""
    return (entry.refers_to or "").removeprefix(f"{entry.member}-")


def _because(entry: Entry) -> str:
    return f": {entry.reason}" if entry.reason else ""


def _and_cashback(entry: Entry) -> str:
    return f" and {money(entry.cashback_cents, entry.currency)} of cashback" if entry.cashback_cents else ""


def _rate(entry: Entry) -> str:
    if entry.rates is None:
        return ""
    return f" ({entry.rates.earn_points} per {money(entry.rates.earn_per_cents, None)})"


def _until(entry: Entry) -> str:
    deadlines = [hold.deadline_ms for hold in entry.account.holds if hold.seq == entry.seq]
    return f" until {when(deadlines[0])}" if deadlines else ""
