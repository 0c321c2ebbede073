"""Does what an account keeps in mind follow from entry to entry? Pure, and apart from the rules that decide entries.

Quantities are `audit.History`'s; here it is which hold, which waiting points and which undone entry they belong to,
which keys and receipts are remembered, and where each operation may move anything.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from shared.kernel.clock import month_number
from shared.ledger.counterparts import counterpart_of, entry_named
from shared.ledger.fingerprints import fingerprint, remember
from shared.ledger.lots import total
from shared.ledger.model import Account, Entry, Hold, Lot, Op, Pending, Place, Undone, entry_id

_Waiting = tuple[str | None, int, int, str, str, int]
"""Pending points or cashback: owner, purchase, when they mature, issuer, unit, expiry month."""
_Kind = tuple[str, str, int]
_Undone = tuple[str | None, int]
_Way = tuple[Place, Place]
_Key = tuple[bytes, str]
"""A key, and the member of whom it was asked if that is another one: two members may use the same."""

_TIME = {(Place.HELD, Place.ACTIVE), (Place.PENDING, Place.ACTIVE), (Place.ACTIVE, Place.BREAKAGE)}
_TAKEN = {(Place.ACTIVE, Place.ACCEPTOR)}
_LINKED = {
    *((place, Place.TRANSFER) for place in (Place.ACTIVE, Place.PENDING, Place.DEBT)),
    *((Place.TRANSFER, place) for place in (Place.ACTIVE, Place.PENDING, Place.DEBT)),
}
_WAYS: dict[Op, set[_Way]] = {
    Op.ENROL: set(),
    Op.EARN: {(Place.ISSUER, place) for place in (Place.DEBT, Place.PENDING, Place.ACTIVE)},
    Op.REDEEM: _TAKEN,
    Op.RESERVE: {(Place.ACTIVE, Place.HELD)},
    Op.CAPTURE: {(Place.HELD, Place.ACCEPTOR)},
    Op.VOID: set(),
    Op.RETURN: {(place, Place.ISSUER) for place in (Place.DEBT, Place.PENDING, Place.ACTIVE, Place.ADJUSTMENT)},
    Op.CANCEL: {(Place.ACCEPTOR, Place.ACTIVE), (Place.ACCEPTOR, Place.BREAKAGE)},
    Op.ADJUST: {
        *((Place.ADJUSTMENT, place) for place in (Place.ACTIVE, Place.ISSUER)),
        *((Place.ACTIVE, place) for place in (Place.ADJUSTMENT, Place.ISSUER)),
        *((Place.ISSUER, place) for place in (Place.ACTIVE, Place.DEBT)),
        (Place.DEBT, Place.ISSUER),
    },
    Op.LAPSE: set(),
    Op.SPEND: _TAKEN,
    Op.PAYOUT: _TAKEN,
    Op.TRANSFER: {(Place.ACTIVE, Place.TRANSFER), (Place.TRANSFER, Place.ACTIVE)},
    Op.JOIN: _LINKED,
    Op.LEAVE: _LINKED,
    Op.MERGE: _LINKED,
    Op.UNMERGE: _LINKED,
    Op.CLOSE: {(Place.PENDING, Place.BREAKAGE), (Place.ADJUSTMENT, Place.DEBT)},
}
_REDEMPTIONS = (Op.REDEEM, Op.CAPTURE, Op.SPEND, Op.PAYOUT)
_UNDOES: dict[Op, tuple[Op, ...]] = {Op.RETURN: (Op.EARN,), Op.CANCEL: _REDEMPTIONS, Op.ADJUST: (Op.ADJUST,)}


class Remembered:
    """One member's entries as they come, oldest first, each after `audit.History` found its links and moves right.

    It keeps the last account, the keys that this one remembers, and of every purchase, redemption and adjustment its
    partner, its time, and how much of it can be undone. What stands in another account's history is not seen: of an
    entry undone here that a follower made, only that the sum grows by what is undone.
    """

    def __init__(self) -> None:
        self._account: Account | None = None
        self._keys: tuple[_Key, ...] = ()
        self._undoable: dict[int, tuple[Op, str, int, int]] = {}
        self._brought: Counter[_Waiting] = Counter()

    def contradiction(self, entry: Entry) -> str | None:
        """What of `entry` does not follow, or None; then it is the last one from now on."""
        keys = (*self._keys, (entry.key_hash, self._asked_there(entry)))[-len(entry.account.recent) :]
        wrong = next(self._faults(entry, keys), None)
        if wrong is not None:
            return wrong
        if entry.account.follows is not None and self._account is not None:
            self._brought = _waiting(_still_pending(self._account, entry.recorded_at_ms))
        limit = _limit(entry)
        if limit:
            self._undoable[entry.seq] = (entry.op, entry.partner, limit, entry.recorded_at_ms)
        self._account, self._keys = entry.account, keys
        return None

    def _asked_there(self, entry: Entry) -> str:
        """The member of whom was asked what made `entry`, if that is its counterpart's: giver, or follower."""
        other = counterpart_of(entry)
        follows = entry.account.follows is not None or (self._account is not None and self._account.follows is not None)
        gives = entry.op is Op.TRANSFER and bool(entry.lots_to(Place.TRANSFER))
        return "" if other is None or follows or gives else other[0]

    def _faults(self, entry: Entry, keys: tuple[_Key, ...]) -> Iterator[str]:
        after, before = entry.account, self._account
        if any((move.source, move.target) not in _TIME | _WAYS[entry.op] for move in entry.moves):
            yield "it moves something where its operation moves nothing"
        month = month_number(entry.recorded_at_ms)
        if entry.op is not Op.CLOSE and any(lot.expiry_month >= month for lot in entry.lots_to(Place.BREAKAGE)):
            yield "something expires before its time"
        known = () if before is None else before.recent
        if after.recent != remember(known, fingerprint(entry, entry.recorded_at_ms)):
            yield "the requests it remembers are not those before and itself"
        if len(set(keys)) < len(keys):
            yield "its key took effect before"
        if before is None:
            if after.holds or after.pending or after.undone:
                yield "an account begins with something pending, held or undone"
            return
        if after.card_issue != before.card_issue:
            yield "it changes the issue of the card"
        yield from self._about_holds(before, entry)
        yield from self._about_pending(before, entry)
        yield from self._about_undone(before, entry)

    def _about_holds(self, before: Account, entry: Entry) -> Iterator[str]:
        holds = tuple(hold for hold in before.holds if hold.deadline_ms > entry.recorded_at_ms)
        if entry.op in (Op.CAPTURE, Op.VOID):
            ended = [hold for hold in holds if _ends(entry, hold)]
            if not ended:
                yield "the hold that it ends is not open"
                return
            holds = tuple(hold for hold in holds if hold not in ended)
        if entry.op is Op.RESERVE:
            made = entry.account.holds[-1:]
            if not all(_made_by(entry, hold) for hold in made) or not made:
                yield "it makes another hold than it says"
                return
            holds += made
        if holds != entry.account.holds:
            yield "its holds are not those that were open before"

    def _about_pending(self, before: Account, entry: Entry) -> Iterator[str]:
        due = (one.lot for one in before.pending if one.matures_at_ms <= entry.recorded_at_ms)
        matured = (move.lot for move in entry.moves if (move.source, move.target) == (Place.PENDING, Place.ACTIVE))
        if _by_kind(matured) != _by_kind(due):
            yield "what matures in it is not what was due"
        after = _waiting(entry.account.pending)
        expected = _waiting(_still_pending(before, entry.recorded_at_ms))
        other = (counterpart_of(entry) or ("",))[0]
        if entry.account.follows is not None or entry.op is Op.CLOSE:
            expected = Counter()
        elif before.follows is not None:
            # What it gets back it brought; some may have matured or been returned meanwhile.
            expected = after & self._brought
        elif entry.op is Op.EARN:
            expected += Counter({what: number for what, number in after.items() if what[:2] == (None, entry.seq)})
        elif entry.op is Op.RETURN:
            _without(expected, entry)
        elif entry.op in (Op.JOIN, Op.MERGE):
            expected += Counter({what: number for what, number in after.items() if what[0] == other})
        elif entry.op in (Op.LEAVE, Op.UNMERGE):
            expected = Counter({what: number for what, number in expected.items() if what[0] != other})
        if after != expected:
            yield "what is pending in it is not what was before and what it adds"

    def _about_undone(self, before: Account, entry: Entry) -> Iterator[str]:
        after = _undone(entry.account.undone)
        expected = _undone(before.undone)
        other = (counterpart_of(entry) or ("",))[0]
        if before.follows is not None:
            # The other account undid for it, too.
            expected = expected | Counter({what: number for what, number in after.items() if what[0] is None})
        elif entry.op in _UNDOES and (entry.op is not Op.ADJUST or entry.refers_to is not None):
            undoes, quantity = _reference(entry), _quantity(entry)
            if not self._may_undo(before, entry, undoes) or quantity <= 0:
                yield "what it undoes is no such entry"
                return
            expected[undoes] += quantity
        elif entry.op in (Op.JOIN, Op.MERGE) and entry.account.follows is None:
            expected.update({what: number for what, number in after.items() if what[0] == other})
        elif entry.op in (Op.LEAVE, Op.UNMERGE):
            expected = Counter({what: number for what, number in expected.items() if what[0] != other})
        if after != expected or len(entry.account.undone) != len(after):
            yield "what was undone is not what was before and what it undoes"
        for (owner, seq), quantity in after.items():
            if owner is None and quantity > self._undoable.get(seq, (entry.op, "", 0, 0))[2]:
                yield f"more of {entry_id(entry.member, seq)} is undone than there was"

    def _may_undo(self, before: Account, entry: Entry, undoes: _Undone) -> bool:
        owner, seq = undoes
        if owner is not None:
            return owner in {one.member for one in before.followers}
        op, partner, _, at_ms = self._undoable.get(seq, (entry.op, "", 0, 0))
        return op in _UNDOES[entry.op] and partner == entry.partner and entry.undone_at_ms in (None, at_ms)


def _still_pending(account: Account, at_ms: int) -> tuple[Pending, ...]:
    return tuple(one for one in account.pending if one.matures_at_ms > at_ms)


def _waiting(pending: Collection[Pending]) -> Counter[_Waiting]:
    waiting: Counter[_Waiting] = Counter()
    for one in pending:
        waiting[one.owner, one.purchase_seq, one.matures_at_ms, *_kind(one.lot)] += one.lot.quantity
    return waiting


def _without(waiting: Counter[_Waiting], entry: Entry) -> None:
    """Take what `entry` took back of its purchase before it had matured."""
    taken = _by_kind(move.lot for move in entry.moves if (move.source, move.target) == (Place.PENDING, Place.ISSUER))
    for what in list(waiting):
        if what[:2] == _reference(entry):
            waiting[what] -= taken[what[3:]]


def _undone(undone: Collection[Undone]) -> Counter[_Undone]:
    return Counter({(one.owner, one.seq): one.quantity for one in undone})


def _by_kind(lots: Iterable[Lot]) -> Counter[_Kind]:
    quantities: Counter[_Kind] = Counter()
    for lot in lots:
        quantities[_kind(lot)] += lot.quantity
    return quantities


def _kind(lot: Lot) -> _Kind:
    return lot.issuer, lot.unit, lot.expiry_month


def _reference(entry: Entry) -> _Undone:
    """What `entry` refers to, as the account after it names it; number 0 if that can be no entry."""
    named = entry_named(entry.refers_to)
    if named is None:
        return None, 0
    member, seq = named
    return None if member == entry.member else member, seq


def _quantity(entry: Entry) -> int:
    """How much `entry` undoes: cents of a purchase, points of an adjustment, points or cents of a redemption."""
    if entry.op is Op.RETURN:
        return entry.amount_cents or 0
    if entry.op is Op.ADJUST:
        return -entry.points
    return total(entry.lots_from(Place.ACCEPTOR))


def _limit(entry: Entry) -> int:
    """How much of `entry` can be undone."""
    if entry.op is Op.EARN:
        return entry.amount_cents or 0
    if entry.op is Op.ADJUST:
        return max(0, entry.points) if entry.rates is not None else 0
    return total(entry.lots_to(Place.ACCEPTOR)) if entry.op in _REDEMPTIONS else 0


def _ends(entry: Entry, hold: Hold) -> bool:
    """Whether `entry` may end `hold`: its own partner, at the rates that it promised."""
    promised = entry.op is Op.VOID or entry.rates == hold.rates
    named = entry.refers_to == entry_id(entry.member, hold.seq)
    return named and promised and (entry.partner, entry.currency) == (hold.partner, hold.currency)


def _made_by(entry: Entry, hold: Hold) -> bool:
    made = (entry.seq, entry.partner, entry.currency, entry.rates, entry.lots_to(Place.HELD))
    return (hold.seq, hold.partner, hold.currency, hold.rates, hold.lots) == made
