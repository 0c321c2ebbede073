"""The trial balance of money of a month's end as it is kept: canonical JSON, apart from the month's document. Pure.

Steps of payments are recorded later than the bank books them, so the journal's document stays the same byte for byte,
and this one may be told from what is derived again: by the payments that were in transit, and by nothing else.
"""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from partners.books.money import BANK, IN_TRANSIT, Account
from partners.books.money_service import MoneyBooked
from partners.books.past import InTransit
from partners.settlement.payments.legs import LegState
from shared.kernel.canonical import canonical_json
from shared.kernel.clock import to_rfc3339, utc_day

FORMAT = "tessera-money/1"
BY_THE_BANKS_DAY = frozenset({BANK, IN_TRANSIT})
"""The accounts of a past day that change by what is recorded later."""


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """An account over a month, in cents. `opening` is what the month before closed with, `recorded_late` by how much
    that is another now, `debits` and `credits` are since the beginning of all, `closing` their difference.

    `opening` + `recorded_late` + `moved` = `closing`.
    """

    currency: str
    account: str
    opening: int
    recorded_late: int
    moved: int
    debits: int
    credits: int
    closing: int


def money_document(month: str, opened: MoneyBooked, closed: MoneyBooked, before: bytes | None) -> bytes:
    """The balance of a month's end. `opened` is that of the month before as it is derived now, `before` as it is kept;
    None where none is, then the derived one opens the month.
    """
    derived, closing = _balances(opened), {(one.currency, one.account): one for one in closed.accounts}
    kept = derived if before is None else {(one.currency, one.account): one.closing for one in money_rows(before)}
    rows = []
    for account in sorted({*derived, *closing, *kept}):
        one, opening, now = closing.get(account), kept.get(account, 0), derived.get(account, 0)
        debits, credits_ = (one.debits, one.credits) if one else (0, 0)
        moved = debits - credits_ - now
        rows.append(MoneyRow(*account, opening, now - opening, moved, debits, credits_, debits - credits_))
    document = {
        "format": FORMAT,
        "month": month,
        "as_of": to_rfc3339(closed.at_ms),
        "accounts": [asdict(row) for row in rows],
        "in_transit": [asdict(one) for one in closed.in_transit],
    }
    return canonical_json(document)


def money_rows(document: bytes) -> tuple[MoneyRow, ...]:
    read: dict[str, Any] = json.loads(document)
    return tuple(MoneyRow(**row) for row in read["accounts"])


def transit_of(document: bytes) -> tuple[InTransit, ...]:
    return in_transit_of(json.loads(document))


def in_transit_of(read: dict[str, Any]) -> tuple[InTransit, ...]:
    """What was in transit at the closing, of a document that is read."""
    return tuple(InTransit(**{**row, "state": LegState(row["state"])}) for row in read["in_transit"])


def bridge_contradictions(document: bytes, before: bytes | None) -> list[str]:
    """In words, where a month does not open with what the one before is kept to have closed with, does not come to its
    closing, or something is recorded late that only `(bank)` and `(in transit)` may have.
    """
    rows, found = money_rows(document), []
    closed = {(one.currency, one.account): one.closing for one in money_rows(before)} if before is not None else {}
    for row in rows:
        of = f"{row.account} in {row.currency}"
        was = closed.pop((row.currency, row.account), row.opening if before is None else 0)
        if was != row.opening:
            found.append(f"{of}: the month before closed with {was:,} cents, this one opens with {row.opening:,}")
        if row.opening + row.recorded_late + row.moved != row.closing or row.debits - row.credits != row.closing:
            found.append(f"{of}: what moved does not come to the closing of {row.closing:,} cents")
        if row.recorded_late and row.account not in BY_THE_BANKS_DAY:
            now = row.opening + row.recorded_late
            found.append(f"{of}: the month before closed with {row.opening:,} cents, and comes to {now:,} now")
    left = ((f"{account} in {currency}", cents) for (currency, account), cents in sorted(closed.items()) if cents)
    found += [f"{of}: the month before closed with {cents:,} cents, this one has none" for of, cents in left]
    return found


def recorded_late(document: bytes, now: MoneyBooked) -> list[str]:
    """In words, by which payments what is kept of `(bank)` is another by now: their steps were recorded since, under a
    day of the bank's until the month's end, or that day was told since.
    """
    kept, found, day = set(transit_of(document)), set(now.in_transit), utc_day(now.at_ms)
    new, gone = sorted(found - kept, key=_order), sorted(kept - found, key=_order)
    return [
        *(f"{_of(one)}: not in the bank of {day} when it was kept" for one in new),
        *(f"{_of(one)}: in transit on {day} when it was kept, and not by now" for one in gone),
    ]


def money_contradictions_since(document: bytes, now: MoneyBooked) -> list[str]:
    """In words, where what is kept is not what is derived now, but for what was recorded late."""
    kept = {(row.currency, row.account): (row.debits, row.credits) for row in money_rows(document)}
    derived = {(one.currency, one.account): (one.debits, one.credits) for one in now.accounts}
    late = Counter[str]()
    for one in now.in_transit:
        late[one.currency] += one.cents
    for one in transit_of(document):
        late[one.currency] -= one.cents
    found = []
    for account in sorted({*kept, *derived}):
        was, is_ = (sides.get(account, (0, 0)) for sides in (kept, derived))
        if account[1] not in BY_THE_BANKS_DAY:
            differs = was != is_
        else:
            of_late = late[account[0]] if account[1] == BANK else -late[account[0]]
            differs = (was[0] - was[1]) + of_late != is_[0] - is_[1]
        if differs:
            found.append(f"{account[1]} in {account[0]} is kept as {_sides(was)}, and comes to {_sides(is_)} now")
    return found


def _balances(booked: MoneyBooked) -> dict[Account, int]:
    return {(one.currency, one.account): one.balance for one in booked.accounts}


def _sides(sides: tuple[int, int]) -> str:
    return f"{sides[0]:,} cents of debits and {sides[1]:,} of credits"


def _of(one: InTransit) -> str:
    booked, recorded = one.on or "with what it follows", utc_day(one.recorded_at_ms)
    return f"{one.cents:,} cents of {one.currency}, {one.leg} {one.state}, booked {booked}, recorded {recorded}"


def _order(one: InTransit) -> tuple[str, str, int]:
    return one.currency, one.leg, one.recorded_at_ms
