"""Positions of a period: gross lines, who honoured whose points, and what each party nets to.

The network stands between all partners: a partner pays it the issue price for every point it grants and
is paid the redeem price for every point it honours, whoever granted it. Of cashback it pays every cent that it
grants and is paid every cent that it honours. The network pays members what is paid out to them in money, and
carries what is outstanding. Amounts are seen from the party: positive is what it is owed, negative what it owes.
"""

from dataclasses import dataclass
from enum import StrEnum

from partners.visits.model import PAR_MICROS

WHOLE_BPS = 10_000


class LineKind(StrEnum):
    """What a gross line is of. The first five bear the names of what moved, see `partners.visits.model.MoveKind`.

    `commission` is the network's part of what points pay who honours them, `breakage_share` the issuer's part of
    what points that ran out would have paid, `cashback_breakage_share` its part of cashback that did. `carried` is
    brought forward from an earlier settlement.
    """

    ISSUED = "issued"
    REDEEMED = "redeemed"
    CASHBACK_ISSUED = "cashback_issued"
    CASHBACK_REDEEMED = "cashback_redeemed"
    CASHBACK_PAID_OUT = "cashback_paid_out"
    COMMISSION = "commission"
    BREAKAGE_SHARE = "breakage_share"
    CASHBACK_BREAKAGE_SHARE = "cashback_breakage_share"
    CARRIED = "carried"


FEES = frozenset({LineKind.COMMISSION, LineKind.BREAKAGE_SHARE, LineKind.CASHBACK_BREAKAGE_SHARE})
"""What follows from rates besides prices."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a day of a partner's pages adds to a line. UTC day of recording.

    `terms_day` is by which day's terms, where not its own: that of the redemptions which were undone, or the last
    day of the month with which points or cashback ran out.
    """

    partner_id: str
    day: str
    quantity: int
    terms_day: str | None = None


@dataclass(frozen=True, slots=True)
class GrossLine:
    """All that moved one way at one price: `quantity` x `price_micros` is `amount_micros`, with its sign.

    `quantity` is in points, or cents of cashback at par, as `kind` says; `acceptor` is who took them, None for
    what was issued. Of a commission or breakage share the amount is `rate_bps` hundredths of a percent of that,
    rounded towards zero to a whole micro. `sources` sum to `quantity`. `reference` names what is carried.
    """

    kind: LineKind
    issuer: str
    acceptor: str | None
    price_micros: int
    quantity: int
    amount_micros: int
    rate_bps: int | None = None
    sources: tuple[Source, ...] = ()
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class PartnerPosition:
    """A party (partner, members, or the network), its gross lines, their exact sum, and that sum in whole cents."""

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
class Bilateral:
    """What `payer` owes `payee` before netting: what it receives of them less what it pays is a party's position.

    An issuer owes who honours its points and cashback what they are paid; the network, what it was charged for
    granting beyond that.
    """

    payer: str
    payee: str
    amount_micros: int


@dataclass(frozen=True, slots=True)
class CurrencySettlement:
    """All positions in one currency: partners by id, then members, the network last.

    They sum to zero, in micros and cents. The matrix is of points alone; `bilateral` of everything.
    """

    currency: str
    positions: tuple[PartnerPosition, ...]
    matrix: tuple[MatrixCell, ...]
    bilateral: tuple[Bilateral, ...] = ()


@dataclass(frozen=True, slots=True)
class PointsFlow:
    """What became of one issuer's points in the period, anywhere in the network, undone ones subtracted.

    `owed` is by how much members' debts to the issuer grew: points it took back that they had spent.
    `written_off` is what accounts owed it when they were closed.
    """

    issuer: str
    issued: int
    redeemed: int
    expired: int
    adjusted: int = 0
    owed: int = 0
    written_off: int = 0


@dataclass(frozen=True, slots=True)
class CashbackFlow:
    """What became of one issuer's cashback in one currency in the period, in cents, undone subtracted.

    Members hold issued + adjusted - redeemed - paid_out - forfeited - expired more than before. They owe the issuer
    `owed` - `written_off` more: what it took back after it was spent. `adjusted` is what the network bears instead.
    """

    issuer: str
    currency: str
    issued: int
    redeemed: int
    paid_out: int
    forfeited: int
    owed: int
    written_off: int
    adjusted: int = 0
    expired: int = 0


@dataclass(frozen=True, slots=True)
class Carried:
    """An amount brought into a window, positive if owed to the party. `reference` is unique and says why."""

    reference: str
    party: str
    currency: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Net:
    """What a party's position comes to, without its lines.

    `carried_micros` of it were brought forward, `fees_micros` are commission and breakage share.
    """

    party: str
    net_micros: int
    net_cents: int
    carried_micros: int
    fees_micros: int

    @property
    def new_cents(self) -> int:
        """What is new in it: what is carried was in the position that it comes from."""
        return self.net_cents - self.carried_micros // PAR_MICROS


@dataclass(frozen=True, slots=True)
class CurrencyNets:
    """What all positions in a currency come to, in their order."""

    currency: str
    nets: tuple[Net, ...]


def net_of(position: PartnerPosition) -> Net:
    """Of a position with its lines."""
    carried = sum(line.amount_micros for line in position.lines if line.kind is LineKind.CARRIED)
    fees = sum(line.amount_micros for line in position.lines if line.kind in FEES)
    return Net(position.party, position.net_micros, position.net_cents, carried, fees)


@dataclass(frozen=True, slots=True)
class Book:
    """Positions of entries, and what became of points and cashback in them."""

    currencies: tuple[CurrencySettlement, ...]
    flows: tuple[PointsFlow, ...]
    cashback_flows: tuple[CashbackFlow, ...]
