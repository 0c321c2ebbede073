"""How a partner pays for what it grants: in advance or afterwards, up to what limit, and by what means."""

from dataclasses import dataclass
from enum import StrEnum

from partners.contracts.errors import BankFileCurrencyError, InvalidTermsError


class PaymentMethod(StrEnum):
    """How positions are paid: by files for the bank, through Stripe, or by whatever the operator does and records."""

    BANK_FILE = "bank_file"
    STRIPE = "stripe"
    BY_HAND = "by_hand"


BANK_FILE_CURRENCIES = frozenset({"EUR"})
"""The files are of SEPA, which moves euros and nothing else."""


def usual_method(currency: str) -> PaymentMethod:
    """How positions in a currency are paid where nothing else is agreed."""
    return PaymentMethod.BANK_FILE if currency in BANK_FILE_CURRENCIES else PaymentMethod.BY_HAND


def check_method(method: PaymentMethod, currency: str) -> None:
    """Raises BankFileCurrencyError if no bank file can be of this currency."""
    if method is PaymentMethod.BANK_FILE and currency not in BANK_FILE_CURRENCIES:
        raise BankFileCurrencyError(currency)


class FundingKind(StrEnum):
    """`postpaid`: what is granted is settled afterwards. `prepaid`: it comes out of what was paid in before."""

    POSTPAID = "postpaid"
    PREPAID = "prepaid"


@dataclass(frozen=True, slots=True)
class Funding:
    """How far a partner may go in granting points and cashback.

    `net_debit_cap_cents` is the most that a postpaid partner may owe the network at any time; None is no limit. A
    prepaid one has no cap: its limit is what it has paid in. Raises InvalidTermsError.
    """

    kind: FundingKind = FundingKind.POSTPAID
    net_debit_cap_cents: int | None = None

    def __post_init__(self) -> None:
        cap = self.net_debit_cap_cents
        if cap is not None and self.kind is FundingKind.PREPAID:
            raise InvalidTermsError("Prepaid terms have no net debit cap: the limit is what was paid in.")
        if cap is not None and cap < 1:
            raise InvalidTermsError("A net debit cap is at least one cent.")

    @property
    def limited(self) -> bool:
        """Whether there is anything to check when points are granted."""
        return self.kind is FundingKind.PREPAID or self.net_debit_cap_cents is not None


WITHOUT_LIMIT = Funding()
