"""Where an entry's cashback went. Pure."""

import re
from collections import Counter
from collections.abc import Mapping

from partners.contracts.model import NETWORK
from partners.visits.model import CashMove, MoveKind
from shared.kernel.clock import last_day_of_month
from shared.ledger.errors import MalformedEntryError
from shared.ledger.model import POINTS, Entry, Lot, Op, Place
from shared.ledger.postings import MEMBERS_OWN

CURRENCY = re.compile(r"[A-Z]{3}")
_ASKED = frozenset({Op.EARN, Op.RETURN, Op.SPEND, Op.PAYOUT, Op.CANCEL})
_WITHIN = MEMBERS_OWN | {Place.TRANSFER}
"""Cashback that goes from one of these to another is still with members."""

_ISSUED, _OWED = MoveKind.CASHBACK_ISSUED, MoveKind.CASHBACK_OWED
_REDEEMED, _PAID_OUT = MoveKind.CASHBACK_REDEEMED, MoveKind.CASHBACK_PAID_OUT
_FORFEITED = MoveKind.CASHBACK_FORFEITED
_TAKEN_OVER = (Place.ADJUSTMENT, Place.ISSUER)
"""Given back to its issuer after it was spent: from then on the network has granted it."""
_WAYS: Mapping[tuple[Place, Place], tuple[MoveKind, int]] = {
    (Place.ISSUER, Place.ACTIVE): (_ISSUED, 1),
    (Place.ISSUER, Place.PENDING): (_ISSUED, 1),
    (Place.ACTIVE, Place.ISSUER): (_ISSUED, -1),
    (Place.PENDING, Place.ISSUER): (_ISSUED, -1),
    (Place.DEBT, Place.ISSUER): (_OWED, 1),
    (Place.ISSUER, Place.DEBT): (_OWED, -1),
    (Place.ACTIVE, Place.ACCEPTOR): (_REDEEMED, 1),
    (Place.ACCEPTOR, Place.ACTIVE): (_REDEEMED, -1),
    (Place.ADJUSTMENT, Place.DEBT): (MoveKind.CASHBACK_WRITTEN_OFF, 1),
}
_LOST_FROM = frozenset({Place.ACTIVE, Place.PENDING, Place.ACCEPTOR})
"""From where cashback runs out or is given up; from an acceptor what is called off too late."""

_Key = tuple[MoveKind, str, str, str | None]


def cash_moves(entry: Entry) -> tuple[CashMove, ...]:
    """Raises MalformedEntryError if cashback goes a way that nobody would account for, or in no currency."""
    cents: Counter[_Key] = Counter()
    for move in entry.moves:
        if move.lot.unit == POINTS:
            continue
        if not CURRENCY.fullmatch(move.lot.unit):
            raise MalformedEntryError(f"{entry.entry_id}: {move.lot.unit[:80]!r} is no currency")
        if (move.source, move.target) == _TAKEN_OVER:
            cents[_ISSUED, move.lot.issuer, move.lot.unit, None] -= move.lot.quantity
            cents[MoveKind.CASHBACK_ADJUSTED, move.lot.issuer, move.lot.unit, None] += move.lot.quantity
        elif move.target is Place.BREAKAGE and move.source in _LOST_FROM:
            kind, terms_day = _lost(entry, move.lot)
            cents[kind, move.lot.issuer, move.lot.unit, terms_day] += move.lot.quantity
            if move.source is Place.ACCEPTOR:
                back, sign = _way(entry, move.source, Place.ACTIVE)
                cents[back, move.lot.issuer, move.lot.unit, None] += sign * move.lot.quantity
        elif move.source not in _WITHIN or move.target not in _WITHIN:
            kind, sign = _way(entry, move.source, move.target)
            cents[kind, move.lot.issuer, move.lot.unit, None] += sign * move.lot.quantity
    _check(entry, cents)
    return tuple(
        CashMove(kind, issuer, currency, cents[kind, issuer, currency, terms_day], terms_day)
        for kind, issuer, currency, terms_day in sorted(cents, key=_place)
        if cents[kind, issuer, currency, terms_day]
    )


def _place(key: _Key) -> tuple[str, ...]:
    return tuple(part or "" for part in key)


def _lost(entry: Entry, lot: Lot) -> tuple[MoveKind, str | None]:
    """What has run out, with the last day of its month; what is given up has that to come, or never ends."""
    if entry.had_run_out(lot):
        return MoveKind.CASHBACK_EXPIRED, last_day_of_month(lot.expiry_month)
    return _FORFEITED, None


def _way(entry: Entry, source: Place, target: Place) -> tuple[MoveKind, int]:
    if (source, target) not in _WAYS:
        raise MalformedEntryError(f"{entry.entry_id}: cashback goes from {source} to {target}")
    kind, sign = _WAYS[source, target]
    return (_PAID_OUT if kind is _REDEEMED and entry.partner == NETWORK else kind), sign


def _check(entry: Entry, cents: Mapping[_Key, int]) -> None:
    asked = 0
    for (kind, issuer, currency, _), quantity in cents.items():
        if kind not in (_ISSUED, _OWED, _REDEEMED, _PAID_OUT):
            continue
        if entry.op not in _ASKED or currency != entry.currency:
            raise MalformedEntryError(f"{entry.entry_id}: moves cashback that it was not asked for")
        if kind in (_ISSUED, _OWED) and issuer != entry.partner:
            raise MalformedEntryError(f"{entry.entry_id}: grants cashback of another issuer")
        asked += -quantity if kind is _OWED else quantity
    if abs(asked) != (entry.cashback_cents or 0):
        raise MalformedEntryError(f"{entry.entry_id}: its lots do not sum to {entry.cashback_cents} cents of cashback")
