"""What the unit of one currency is worth in another, where points granted in one are honoured in the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from partners.contracts.currencies import CENT_CURRENCIES
from partners.contracts.errors import InvalidTermsError

NANOS = 1_000_000_000


@dataclass(frozen=True, slots=True, order=True)
class ExchangeRate:
    """One unit of the partner's currency is worth `nanos` billionths of a unit of `currency`.

    Raises InvalidTermsError.
    """

    currency: str
    nanos: int

    def __post_init__(self) -> None:
        if self.currency not in CENT_CURRENCIES:
            raise InvalidTermsError(f"{self.currency[:10]} is no currency that divides into hundredths.")
        if self.nanos < 1:
            raise InvalidTermsError("An exchange rate is at least one billionth.")


def check_rates(rates: Sequence[ExchangeRate]) -> None:
    """Raises InvalidTermsError for two rates of one currency."""
    if len({rate.currency for rate in rates}) < len(rates):
        raise InvalidTermsError("Give one exchange rate for each currency.")
