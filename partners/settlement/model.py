"""Positions of a period: gross lines, who honoured whose points, and what each party nets to.

The network stands between all partners: a partner pays it the issue price for every point it grants and
is paid the redeem price for every point it honours, whoever granted it. Amounts are seen from the party:
positive is what it is owed, negative what it owes.
"""

from dataclasses import dataclass
from datetime import date

from partners.visits.model import MoveKind


@dataclass(frozen=True, slots=True)
class GrossLine:
    """All `points` moved one way at one price: `points` x `price_micros` is `amount_micros`, with its sign.

    `acceptor` is None for points issued.
    """

    kind: MoveKind
    issuer: str
    acceptor: str | None
    price_micros: int
    points: int
    amount_micros: int


@dataclass(frozen=True, slots=True)
class PartnerPosition:
    """A party (partner, or the network), its gross lines, their exact sum, and that sum in whole cents."""

    party: str
    lines: tuple[GrossLine, ...]
    net_micros: int
    net_cents: int


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Points of `issuer` that `acceptor` honoured, and what the network owes the acceptor for them."""

    issuer: str
    acceptor: str
    points: int
    amount_micros: int


@dataclass(frozen=True, slots=True)
class CurrencySettlement:
    """All positions in one currency: partners by id, the network last. They sum to zero, in micros and cents."""

    currency: str
    positions: tuple[PartnerPosition, ...]
    matrix: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class PointsFlow:
    """What became of one issuer's points in the period, anywhere in the network, undone ones subtracted.

    `owed` is by how much members' debts to the issuer grew: points it took back that they had spent.
    """

    issuer: str
    issued: int
    redeemed: int
    expired: int
    adjusted: int = 0
    owed: int = 0


@dataclass(frozen=True, slots=True)
class Settlement:
    """Positions of all entries recorded from `first` to `last`, UTC days, both included."""

    first: date
    last: date
    currencies: tuple[CurrencySettlement, ...]
    flows: tuple[PointsFlow, ...]
