"""What time alone does to an account, in the order in which it happens.

Running it late, early and often gives the same account, because every command runs it first: nothing can
happen between a due moment and the run that sees it.
"""

from dataclasses import replace

from shared.kernel.clock import month_number
from shared.ledger import lots as spending
from shared.ledger.balances import grant, moved, restore
from shared.ledger.model import Account, Hold, Lot, Move, Pending, Place


def pass_time(account: Account, now_ms: int) -> tuple[Account, tuple[Move, ...]]:
    """The account at `now_ms` and the moves that led there.

    A hold ends at its deadline, pending points mature at their time, and then whatever expired before the
    current month leaves.
    """
    moves: list[Move] = []
    for due in _due(account, now_ms):
        if isinstance(due, Hold):
            account = release(account, due, due.lots)
            moves += [Move(Place.HELD, Place.ACTIVE, lot) for lot in due.lots]
        else:
            waiting = tuple(other for other in account.pending if other is not due)
            account = grant(replace(account, pending=waiting), due.lot)
            moves.append(Move(Place.PENDING, Place.ACTIVE, due.lot))
    account, expired = expire(account, now_ms)
    return account, (*moves, *expired)


def expire(account: Account, now_ms: int) -> tuple[Account, tuple[Move, ...]]:
    """The account without active lots whose month was over before the month of `now_ms`, and their moves."""
    month = month_number(now_ms)
    points_expired, points_valid = spending.expire(account.lots, month)
    cash_expired, cash_valid = spending.expire(account.cash, month)
    account = replace(account, lots=points_valid, cash=cash_valid)
    return account, moved(Place.ACTIVE, Place.BREAKAGE, points_expired + cash_expired)


def release(account: Account, hold: Hold, lots: tuple[Lot, ...]) -> Account:
    """The account with `hold` ended and `lots` of it active again."""
    others = tuple(other for other in account.holds if other is not hold)
    return restore(replace(account, holds=others), lots)


def _due(account: Account, now_ms: int) -> list[Hold | Pending]:
    holds = [(hold.deadline_ms, hold.seq, hold) for hold in account.holds if hold.deadline_ms <= now_ms]
    matured = [
        (waiting.matures_at_ms, waiting.purchase_seq, waiting)
        for waiting in account.pending
        if waiting.matures_at_ms <= now_ms
    ]
    due: list[tuple[int, int, Hold | Pending]] = [*holds, *matured]
    return [what for _, _, what in sorted(due, key=lambda moment: moment[:2])]
