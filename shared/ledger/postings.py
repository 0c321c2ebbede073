"""Double entry: the postings of a journal entry, a pure function of it.

What one issuer granted in one unit balances by itself, so the book does per issuer and unit, not only in sum.
"""

from dataclasses import dataclass

from shared.ledger.model import Entry, Lot, Place

MEMBERS_OWN = frozenset({Place.ACTIVE, Place.PENDING, Place.HELD, Place.DEBT})


@dataclass(frozen=True, slots=True)
class Posting:
    """Add `quantity` of what `issuer` granted in `unit` to `account` (negative: take away).

    Accounts are `<place>:<owner>`: active, pending, held and debt belong to a member, acceptor to the
    partner that honoured the lot (the network, for what it paid out), issuer, breakage, adjustment and
    transfer to the lot's issuer.
    """

    account: str
    issuer: str
    unit: str
    quantity: int


def postings(entry: Entry) -> tuple[Posting, ...]:
    """The legs of `entry`; they sum to zero for every issuer and unit."""
    legs: list[Posting] = []
    for move in entry.moves:
        lot = move.lot
        legs.append(Posting(_account(entry, move.source, lot), lot.issuer, lot.unit, -lot.quantity))
        legs.append(Posting(_account(entry, move.target, lot), lot.issuer, lot.unit, lot.quantity))
    return tuple(legs)


def _account(entry: Entry, place: Place, lot: Lot) -> str:
    if place in MEMBERS_OWN:
        return f"{place}:{entry.member}"
    return f"{place}:{entry.partner if place is Place.ACCEPTOR else lot.issuer}"
