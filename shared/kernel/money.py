"""Money in integers: minor units (cents) for amounts, micros (1/1,000,000 of a unit) for prices a point."""

from collections.abc import Mapping
from dataclasses import dataclass

MICROS_PER_CENT = 10_000


@dataclass(frozen=True, slots=True)
class Money:
    """`amount_cents` minor units of `currency` (ISO 4217, upper case)."""

    amount_cents: int
    currency: str


def in_words(money: Money) -> str:
    """`12.34 USD`; not for negative amounts."""
    units, cents = divmod(money.amount_cents, 100)
    return f"{units}.{cents:02d} {money.currency}"


def micros_to_cents_floor(micros: int) -> int:
    """Whole cents in `micros`, towards minus infinity: what a till may take off a receipt."""
    return micros // MICROS_PER_CENT


def round_zero_sum(micros_by_party: Mapping[str, int]) -> dict[str, int]:
    """Round exact micros to cents so that the sum stays zero, by the largest-remainder method.

    Every party first gets its floor; the cents still missing go, one each, to the largest remainders,
    ties to the party whose id sorts first. No party is off by a cent or more.

    Raises ValueError if the micros do not sum to zero.
    """
    total = sum(micros_by_party.values())
    if total != 0:
        raise ValueError(f"positions must sum to zero before rounding, not to {total} micros")
    cents = {party: micros // MICROS_PER_CENT for party, micros in micros_by_party.items()}
    missing = -sum(cents.values())
    by_remainder = sorted(micros_by_party, key=lambda party: (-(micros_by_party[party] % MICROS_PER_CENT), party))
    for party in by_remainder[:missing]:
        cents[party] += 1
    return cents
