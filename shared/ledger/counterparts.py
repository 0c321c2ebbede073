"""Do two accounts agree on what was written in both at once, and on who answers for whom? Pure.

Two rules, each over what stands at one place, are enough for all. `links_agree`, over one account's history: its links
change only by an entry with a counterpart, and only as that entry says. `disagreement`, over such an entry and its
counterpart: each names the other, and what one gives the other takes. So whoever follows an account is known to it, at
every moment, without a look at both heads at one time.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from shared.ledger.model import Account, Entry, Follower, Former, Lot, Op, Place

Name = tuple[str, int]
"""An entry's, as member and number."""

_BEGINNING, _ENDING = {Op.JOIN: False, Op.MERGE: True}, {Op.LEAVE: False, Op.UNMERGE: True}
"""Whether what begins or ends is a merge."""
LINKING = {*_BEGINNING, *_ENDING}
_ENTRY_ID = re.compile(r"([0-9]{1,20})-([1-9][0-9]{0,7})")

_Carried = Counter[tuple[Place, str, int, str]]
"""What goes to another account, by where it is there and here: what waits or is owed goes on doing so."""

_THE_SAME = {
    "op": "operation",
    "partner": "partner",
    "location": "location",
    "occurred_at_ms": "when it occurred",
    "recorded_at_ms": "when it was recorded",
    "points": "points",
    "reason": "reason",
    "body_hash": "request",
}


@dataclass(frozen=True, slots=True)
class Links:
    """What an account says of others: whom it follows, who follows it, and whom it followed until lately."""

    follows: str | None = None
    followers: tuple[Follower, ...] = ()
    former: tuple[Former, ...] = ()

    @classmethod
    def of(cls, account: Account) -> "Links":
        return cls(account.follows, account.followers, account.former)


def counterpart_of(entry: Entry) -> Name | None:
    """Member and number of the entry's counterpart; None if it has none, or names what can be no entry."""
    return entry_named(entry.counterpart)


def entry_named(entry_id: str | None) -> Name | None:
    """Member and number of the entry of that id; None if it can be no entry."""
    named = _ENTRY_ID.fullmatch(entry_id or "")
    return None if named is None else (named[1], int(named[2]))


def links_agree(before: Links, entry: Entry) -> bool:
    """Whether `entry` leaves its account's links as they were `before`, or changes them as its operation does.

    An account that follows another one has no entry more until it parts from that one, which it then remembers.
    """
    after = Links.of(entry.account)
    if entry.op not in LINKING:
        return after == before and before.follows is None
    other = counterpart_of(entry)
    if other is None:
        return False
    if entry.op in _BEGINNING:
        return before.follows is None and (
            _follows_now(before, after, other) or _leads_now(before, after, other, entry)
        )
    return _parted(before, after, other, entry) if before.follows is not None else _let_go(before, after, other, entry)


def _follows_now(before: Links, after: Links, other: Name) -> bool:
    return not before.followers and after == replace(before, follows=other[0])


def _leads_now(before: Links, after: Links, other: Name, entry: Entry) -> bool:
    follower = Follower(*other, _BEGINNING[entry.op])
    known = {one.member for one in before.followers}
    return follower.member not in known and after == replace(before, followers=(*before.followers, follower))


def _parted(before: Links, after: Links, other: Name, entry: Entry) -> bool:
    at_ms, leader = entry.recorded_at_ms, other[0]
    kept = tuple(one for one in before.former if one.until_ms > at_ms and one.leader != leader)
    return before.follows == leader and any(
        one.leader == leader and one.until_ms > at_ms and after == Links(None, before.followers, (*kept, one))
        for one in after.former[-1:]
    )


def _let_go(before: Links, after: Links, other: Name, entry: Entry) -> bool:
    rest = tuple(one for one in before.followers if (one.member, one.merged) != (other[0], _ENDING[entry.op]))
    return rest != before.followers and after == replace(before, followers=rest)


def disagreement(entry: Entry, counterpart: Entry) -> str | None:
    """What is wrong between an entry and the one that it names as its counterpart, or None.

    Where each names the other, what is wrong is told of the one with the smaller name, once.
    """
    if counterpart.counterpart != entry.entry_id:
        return f"its counterpart {counterpart.entry_id} names {counterpart.counterpart or 'no entry'} instead"
    if (entry.member, entry.seq) > (counterpart.member, counterpart.seq):
        return None
    differs = [what for name, what in _THE_SAME.items() if getattr(entry, name) != getattr(counterpart, name)]
    if _given(entry) != _taken(counterpart) or _taken(entry) != _given(counterpart):
        differs.append("what one gives and the other takes")
    if entry.op in _BEGINNING and _follows(entry) == _follows(counterpart):
        differs.append("who answers for whom")
    return f"it and its counterpart {counterpart.entry_id} differ: {', '.join(differs)}" if differs else None


def _follows(entry: Entry) -> bool:
    return entry.account.follows is not None


def _given(entry: Entry) -> _Carried:
    return _counted((move.source, move.lot) for move in entry.moves if move.target is Place.TRANSFER)


def _taken(entry: Entry) -> _Carried:
    return _counted((move.target, move.lot) for move in entry.moves if move.source is Place.TRANSFER)


def _counted(lots: Iterable[tuple[Place, Lot]]) -> _Carried:
    counted: _Carried = Counter()
    for place, lot in lots:
        counted[place, lot.issuer, lot.expiry_month, lot.unit] += lot.quantity
    return counted
