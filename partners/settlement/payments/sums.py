"""What a settlement comes to for who need not see its payments: a few figures of it, and by party what moved. Pure.

They follow from the settlement alone. Of one that is finished they are kept beside it, so that nobody has to read all
payments that there ever were to know what is there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from partners.settlement.payments.funds import spare_cents
from partners.settlement.payments.legs import CAME_BACK, UNDECIDED, Direction, LegState
from partners.settlement.payments.model import NO_PARTNERS, PaidSettlement
from partners.settlement.payments.standing import balances_cents
from partners.settlement.payments.vouching import unseen_by
from partners.settlement.statements.model import CameAs
from partners.settlement.statements.paid import moved_in
from shared.kernel.clock import midnight_ms

RULES = 2
"""By which sums and moves are made of a settlement: whoever changes what they come to counts it up. What was made by
other rules counts for nothing, and settlements are read whole until they are summed up anew.
"""


@dataclass(frozen=True, slots=True)
class Sums:
    """A settlement in one of its versions: what it has to spare, what of that nobody but somebody has `unseen` said is
    there, and when the first and the last was done about it, or booked by the bank.
    """

    window: int
    currency: str
    version: int
    first_ms: int
    last_ms: int
    spare_cents: int
    unseen: Mapping[str, int] = field(default_factory=dict)

    @property
    def settlement_id(self) -> str:
        return f"{self.window}-{self.currency}"


@dataclass(frozen=True, slots=True)
class Moves:
    """By party, what moved in a settlement: as what, cents that it brought and cents that went the other way.

    Of its deposits: what is used of each partner's, collateral too, on whose word so much of it rests, and who has
    defaulted.
    """

    settlement_id: str
    moved: tuple[tuple[str, CameAs, int, int], ...] = ()
    used_cents: Mapping[str, int] = field(default_factory=dict)
    rests_on: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    defaults: tuple[str, ...] = ()

    @property
    def currency(self) -> str:
        return self.settlement_id.partition("-")[2]


@dataclass(frozen=True, slots=True)
class Known:
    """All settlements there are, by window and currency: the unfinished ones whole, and what all come to."""

    unfinished: tuple[PaidSettlement, ...]
    finished: tuple[Sums, ...] = ()

    @property
    def sums(self) -> list[Sums]:
        both = (*self.finished, *map(sums_of, self.unfinished))
        return sorted(both, key=lambda one: (one.window, one.currency))

    @property
    def windows(self) -> set[int]:
        """Those of which there is a settlement."""
        return {one.window for one in self.finished} | {one.window for one in self.unfinished}


def sums_of(one: PaidSettlement) -> Sums:
    own = [step.at_ms for step in one.history]
    last_ms = max((step.at_ms for leg in one.legs for step in leg.history), default=0)
    days = (of.on for leg in one.legs for of in leg.bookings if of.on)
    booked_ms = max((midnight_ms(date.fromisoformat(day)) for day in days), default=0)
    unseen = dict(sorted(unseen_by(one).items()))
    return Sums(
        one.window, one.currency, one.version, min(own), max(*own, last_ms, booked_ms), spare_cents(one), unseen
    )


def moves_of(one: PaidSettlement) -> Moves:
    """A deposit is used as long as it is not put back, collateral from when a default is decided."""
    brought: Counter[tuple[str, CameAs]] = Counter()
    went: Counter[tuple[str, CameAs]] = Counter()
    for party, came_as, cents in _moved(one):
        (brought if cents > 0 else went)[party, came_as] += abs(cents)
    used_cents: Counter[str] = Counter()
    rests_on: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for leg in one.legs:
        if leg.direction is Direction.DEPOSIT and leg.state is LegState.SUCCEEDED:
            used_cents[leg.party] += leg.amount_cents
            rests_on[leg.party].update(dict(leg.rests_on))
    for default in one.defaults:
        used_cents[default.party] += default.collateral_cents
    return Moves(
        one.settlement_id,
        tuple((*of, brought[of], went[of]) for of in sorted({*brought, *went})),
        dict(used_cents),
        {party: dict(of) for party, of in rests_on.items()},
        tuple(sorted(one.defaulting)),
    )


def is_open(one: PaidSettlement) -> bool:
    """Whether anything of it is undecided, or a partner still owes or is owed something of it."""
    if any(leg.state in UNDECIDED for leg in one.legs):
        return True
    return any(cents for party, cents in balances_cents(one).items() if party not in NO_PARTNERS)


def _moved(one: PaidSettlement) -> Iterator[tuple[str, CameAs, int]]:
    for moved in moved_in(one):
        yield moved.partner_id, moved.payment.came_as, moved.payment.cents
    for leg in one.legs:
        for step in leg.moves if leg.party in NO_PARTNERS else ():
            inwards = (leg.direction is Direction.IN) is not (step.state in CAME_BACK)
            yield leg.party, CameAs.MONEY, leg.amount_cents if inwards else -leg.amount_cents
