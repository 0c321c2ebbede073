"""Double entry: the postings of a journal entry, a pure function of it.

Points of one issuer are a unit of their own, so the book balances per issuer, not only in sum.
"""

from dataclasses import dataclass

from shared.ledger.model import Entry, Lot, Place

MEMBERS_OWN = frozenset({Place.ACTIVE, Place.PENDING, Place.HELD, Place.DEBT})


@dataclass(frozen=True, slots=True)
class Posting:
    """Add `points` of issuer `issuer` to `account` (negative: take away).

    Accounts are `<place>:<owner>`: active, pending, held and debt belong to a member, acceptor to the
    partner that honoured the points, issuer, breakage and adjustment to the points' issuer.
    """

    account: str
    issuer: str
    points: int


def postings(entry: Entry) -> tuple[Posting, ...]:
    """The legs of `entry`; they sum to zero for every issuer."""
    legs: list[Posting] = []
    for move in entry.moves:
        legs.append(Posting(_account(entry, move.source, move.lot), move.lot.issuer, -move.lot.points))
        legs.append(Posting(_account(entry, move.target, move.lot), move.lot.issuer, move.lot.points))
    return tuple(legs)


def _account(entry: Entry, place: Place, lot: Lot) -> str:
    if place in MEMBERS_OWN:
        return f"{place}:{entry.member}"
    return f"{place}:{entry.partner if place is Place.ACCEPTOR else lot.issuer}"
