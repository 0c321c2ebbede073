"""How what is owed to members rolled forward over a month, by issuer and cohort. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from partners.books.model import Cohort, Count
from shared.ledger.model import Place
from shared.ledger.postings import MEMBERS_OWN

_OUTSIDE = {
    (Place.ISSUER, True): "issued",
    (Place.ISSUER, False): "taken_back",
    (Place.ACCEPTOR, False): "redeemed",
    (Place.ACCEPTOR, True): "given_back",
    (Place.BREAKAGE, False): "expired",
    (Place.BREAKAGE, True): "expired",
    (Place.ADJUSTMENT, True): "adjusted",
    (Place.ADJUSTMENT, False): "adjusted",
    (Place.TRANSFER, True): "moved",
    (Place.TRANSFER, False): "moved",
}
"""In which column it counts when something comes from a place outside of members' accounts (True), or goes there."""


@dataclass(frozen=True, slots=True)
class Roll:
    """A cohort over a month, in points or in cents of cashback, each column with its sign.

    `opening` + `issued` + `taken_back` + `redeemed` + `given_back` + `expired` + `adjusted` + `moved` = `closing`.
    What came by returns is `taken_back`, by cancelled redemptions `given_back`. `moved` from one account to another
    is zero over all accounts. Month 0 is what members owe, which is negative.
    """

    issuer: str
    unit: str
    expiry_month: int
    opening: int = 0
    issued: int = 0
    taken_back: int = 0
    redeemed: int = 0
    given_back: int = 0
    expired: int = 0
    adjusted: int = 0
    moved: int = 0

    @property
    def closing(self) -> int:
        return sum(getattr(self, name) for name in COLUMNS)


COLUMNS = tuple(field.name for field in fields(Roll))[3:]


def roll_forward(count: Count) -> tuple[Roll, ...]:
    """Every cohort that had something in the month or at its beginning; by issuer, unit and expiry month."""
    cohorts: defaultdict[Cohort, Counter[str]] = defaultdict(Counter)
    for (issuer, unit, month, source, target), quantity in count.before.items():
        sign = (target in MEMBERS_OWN) - (source in MEMBERS_OWN)
        cohorts[issuer, unit, month]["opening"] += sign * quantity
    for (issuer, unit, month, source, target), quantity in count.within.items():
        comes, leaves = target in MEMBERS_OWN, source in MEMBERS_OWN
        if comes == leaves:
            continue
        column = _OUTSIDE[source if comes else target, comes]
        cohorts[issuer, unit, month][column] += quantity if comes else -quantity
    rolls = (_roll(cohort, columns) for cohort, columns in sorted(cohorts.items()))
    return tuple(roll for roll in rolls if any(getattr(roll, name) for name in COLUMNS))


def summed(rolls: Iterable[Roll]) -> tuple[Roll, ...]:
    """One row for each issuer and unit, as if all its cohorts were one."""
    sums: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for roll in rolls:
        sums[roll.issuer, roll.unit].update({name: getattr(roll, name) for name in COLUMNS})
    return tuple(_roll((issuer, unit, 0), columns) for (issuer, unit), columns in sorted(sums.items()))


def held_by_states(count: Count) -> Mapping[Cohort, int]:
    """What members hold less what they owe at the end, by the accounts' own word."""
    held: Counter[Cohort] = Counter()
    for (issuer, unit, month, _), quantity in count.states.items():
        held[issuer, unit, month] += quantity
    return held


def _roll(cohort: Cohort, columns: Mapping[str, int]) -> Roll:
    issuer, unit, expiry_month = cohort
    return Roll(issuer, unit, expiry_month, **columns)
