"""The breakage triangle: how far each cohort was redeemed at each age, and what that says of the rest. Pure.

The estimate is the chain ladder (T. Mack, ASTIN Bulletin 23, 1993), version 1: of what a cohort redeems up to its
next month of age, the cohorts that have lived through that month say how much more it is than up to this one. What a
cohort will never redeem is its breakage. It follows from the ages of an issuer's cohorts and from nothing else, and
these stand beside it in the books; books keep the version that they were closed with.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from partners.books.rolling import Roll
from shared.ledger.model import NEVER

VERSION = 1
"""Of the estimate in books that are closed from now on."""


@dataclass(frozen=True, slots=True)
class Age:
    """What of a cohort had been granted, redeemed and lost by expiry up to a month, undone subtracted."""

    granted: int
    redeemed: int
    expired: int


@dataclass(frozen=True, slots=True)
class Development:
    """A cohort month by month since it first had something: each month of its life is one of `ages`.

    `estimated_breakage` is what will have expired of it in the end, rounded down to a whole unit. It is None for as
    long as no cohort of this issuer has come to its end, so that nothing is known of the last months; and of what never
    expires, which has no end to come to and says nothing of what has.
    """

    issuer: str
    unit: str
    expiry_month: int
    first_month: int
    ages: tuple[Age, ...]
    ended: bool
    estimated_breakage: int | None

    @property
    def lived(self) -> bool:
        """Whether any of its life is in the books. The month after the last one is: what expires is recorded in it."""
        return self.first_month <= self.expiry_month + 1


def triangle(
    rolls_by_month: Mapping[int, Iterable[Roll]], now_month: int, version: int = VERSION
) -> tuple[Development, ...]:
    """Every cohort in the books of consecutive months up to `now_month`, by issuer, unit and expiry month.

    Months are numbered as in `shared.kernel.clock.month_number`. Debts are no cohort. Raises ValueError for a version
    that there is not.
    """
    return estimated(_cohorts(rolls_by_month, now_month), version)


def estimated(cohorts: Iterable[Development], version: int) -> tuple[Development, ...]:
    """Cohorts with what their ages say of their breakage, whatever was said of it before.

    Raises ValueError for a version that there is not.
    """
    _, estimate = _version(version)
    alike: dict[tuple[str, str], list[Development]] = {}
    known = list(cohorts)
    for one in known:
        if one.expiry_month != NEVER:
            alike.setdefault((one.issuer, one.unit), []).append(one)
    return tuple(
        replace(
            one,
            estimated_breakage=None if one.expiry_month == NEVER else estimate(one, alike[one.issuer, one.unit]),
        )
        for one in known
    )


def method_of(version: int) -> str:
    """What the method of a version is called. Raises ValueError for one that there is not."""
    return _version(version)[0]


def _version(version: int) -> tuple[str, "_Estimate"]:
    if version not in _VERSIONS:
        raise ValueError(f"there is no version {version} of the estimate of breakage")
    return _VERSIONS[version]


def _cohorts(rolls_by_month: Mapping[int, Iterable[Roll]], now_month: int) -> list[Development]:
    by_cohort: dict[tuple[str, str, int], dict[int, Roll]] = {}
    for month, rolls in sorted(rolls_by_month.items()):
        for roll in rolls:
            if roll.expiry_month:
                by_cohort.setdefault((roll.issuer, roll.unit, roll.expiry_month), {})[month] = roll
    found = []
    for (issuer, unit, expiry_month), rolls_of in sorted(by_cohort.items()):
        first = min(rolls_of)
        granted = redeemed = expired = 0
        ages = []
        # What was granted late, after it had run out, has the one age at which it came.
        for month in range(first, max(first, min(now_month, expiry_month + 1)) + 1):
            if month in rolls_of:
                roll = rolls_of[month]
                granted += roll.issued + roll.taken_back + roll.adjusted + (roll.opening if month == first else 0)
                redeemed -= roll.redeemed + roll.given_back
                expired -= roll.expired
            ages.append(Age(granted, redeemed, expired))
        found.append(Development(issuer, unit, expiry_month, first, tuple(ages), now_month > expiry_month, None))
    return found


def _chain_ladder(cohort: Development, alike: Sequence[Development]) -> int | None:
    now = cohort.ages[-1]
    if cohort.ended:
        return now.granted - now.redeemed
    lifetime = max((len(one.ages) for one in alike if one.ended and one.lived), default=0)
    ultimate = Fraction(now.redeemed)
    for age in range(len(cohort.ages), lifetime):
        seen = [one.ages for one in alike if len(one.ages) > age]
        up_to_now = sum(ages[age - 1].redeemed for ages in seen)
        if up_to_now <= 0:
            return None
        ultimate *= Fraction(sum(ages[age].redeemed for ages in seen), up_to_now)
    if lifetime < len(cohort.ages):
        return None
    return max(now.expired, int(now.granted - min(ultimate, Fraction(now.granted))))


_Estimate = Callable[[Development, Sequence[Development]], int | None]
_VERSIONS: dict[int, tuple[str, _Estimate]] = {1: ("chain-ladder", _chain_ladder)}
"""By version, which stays for ever: books that were closed with it are checked by it."""
