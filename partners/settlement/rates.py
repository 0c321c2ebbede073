"""What contracts say of commission and breakage, as positions need it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DayRates:
    """A partner's rates on a UTC day: those in force when it begins, or later, if its first terms began on it.

    Prices in micros of its currency.
    """

    currency: str
    redeem_price_micros: int
    commission_bps: int = 0
    breakage_share_bps: int = 0


class Rates(Protocol):
    """Where rates come from."""

    def on(self, partner_id: str, day: str) -> DayRates | None:
        """None of who has no terms on that day."""
        ...


class _NoRates:
    def on(self, partner_id: str, day: str) -> DayRates | None:  # noqa: ARG002
        return None


NO_RATES: Rates = _NoRates()
"""Neither commission nor breakage share."""
