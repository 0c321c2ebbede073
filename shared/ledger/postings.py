"""Double entry: the postings of a journal entry, a pure function of it.

Points of one issuer are a unit of their own, so the book balances per issuer, not only in sum.
"""

from dataclasses import dataclass

from shared.ledger.model import Entry, Lot, Op


@dataclass(frozen=True, slots=True)
class Posting:
    """Add `points` of issuer `issuer` to `account` (negative: take away).

    Accounts are `issuer:<partner>`, `member:<member>`, `acceptor:<partner>` and `breakage:<partner>`.
    """

    account: str
    issuer: str
    points: int


def postings(entry: Entry) -> tuple[Posting, ...]:
    """The legs of `entry`; they sum to zero for every issuer."""
    member = f"member:{entry.member}"
    legs: list[Posting] = []
    for lot in entry.lots_expired:
        legs += _move(lot, member, f"breakage:{lot.issuer}")
    for lot in entry.lots_moved:
        match entry.op:
            case Op.EARN:
                legs += _move(lot, f"issuer:{lot.issuer}", member)
            case Op.REDEEM:
                legs += _move(lot, member, f"acceptor:{entry.partner}")
            case Op.ENROL:
                raise ValueError(f"{entry.entry_id}: an enrolment moves no points")
    return tuple(legs)


def _move(lot: Lot, source: str, target: str) -> tuple[Posting, Posting]:
    return Posting(source, lot.issuer, -lot.points), Posting(target, lot.issuer, lot.points)
