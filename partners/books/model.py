"""What a count of the journal comes to, in parts that add up. Pure.

A cohort is what one issuer granted and runs out together: the lots' expiry month, as `shared.ledger.model.Lot` has it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.kernel.clock import last_day_of_month
from shared.ledger.model import NEVER, Place

Cohort = tuple[str, str, int]
"""Issuer, unit (points, or the currency of cashback in cents) and expiry month; 0 for debts, which have none."""
Flow = tuple[str, str, int, Place, Place]
"""A cohort's issuer, unit and expiry month, from which place to which its points or cents went."""
Holding = tuple[str, str, int, Place]
"""A cohort's issuer, unit and expiry month, and where members hold it."""
Honour = tuple[str, str, str]
"""Issuer, unit, and who honoured it; the network is who paid cashback out."""
Paid = tuple[str, str, str, str, int]
"""Issuer, unit, who honoured it, in which currency and for how many micros each that is paid."""


@dataclass(frozen=True, slots=True)
class Count:
    """What a part of the journal comes to. `before` the month and `within` it, what went where in how many points or
    cents; `honoured_before` and `honoured` of that, by who honoured it, and `paid` within the month at what price;
    `states` what accounts hold by their own word at the month's end. Entries of later months are not counted, and what
    did not read is in `faults`, in words.
    """

    members: int = 0
    entries: int = 0
    before: Mapping[Flow, int] = field(default_factory=dict)
    within: Mapping[Flow, int] = field(default_factory=dict)
    honoured_before: Mapping[Honour, int] = field(default_factory=dict)
    honoured: Mapping[Honour, int] = field(default_factory=dict)
    states: Mapping[Holding, int] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)
    paid: Mapping[Paid, int] = field(default_factory=dict)


def cohort_in_words(expiry_month: int) -> str:
    """The day on which a cohort runs out; `never`, and `owed` for debts."""
    if not expiry_month:
        return "owed"
    return "never" if expiry_month == NEVER else last_day_of_month(expiry_month)


def added(counts: Iterable[Count]) -> Count:
    """The sum of parts, in whatever order; what is zero is left out."""
    members = entries = 0
    maps: dict[str, Counter[object]] = {name: Counter() for name in _MAPS}
    for count in counts:
        members, entries = members + count.members, entries + count.entries
        for name, summed in maps.items():
            summed.update(getattr(count, name))
    found = {name: {key: number for key, number in summed.items() if number} for name, summed in maps.items()}
    return Count(members, entries, **found)  # type: ignore[arg-type]


_MAPS = ("before", "within", "honoured_before", "honoured", "states", "faults", "paid")
