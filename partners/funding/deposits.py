"""What partners have paid in: how much of it is held, and what settlements and operators may take of it.

A deposit is what operators recorded of a partner, less what settlements took of it, as deposit or as collateral. What
it pays for was granted before, so nothing of a partner's exposure changes when a settlement takes it:

    what is held  =  what the partner is ahead  +  what it owes for all that was granted, honoured and charged
                                                   and is neither collected nor paid
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from partners.contracts.payment import FundingKind
from partners.contracts.service import Contracts
from partners.funding.errors import DepositTooSmallError
from partners.funding.model import Payment, by_hand
from partners.settlement.payments.advances import Action
from partners.settlement.payments.consequences import funding_changes
from partners.settlement.payments.legs import Direction, LegState
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.statements.model import PaidIn


class Guard(Protocol):
    """See `partners.funding.deposit_store.DepositStore`."""

    def version(self, currency: str) -> int: ...

    def action(self, currency: str, read: int) -> Action: ...


class PaymentBook(Protocol):
    """See `partners.funding.store.FundingStore`."""

    def payments(self, partner_id: str) -> list[Payment]: ...


class Settlements(Protocol):
    """See `partners.settlement.payments.store.PaymentStore`."""

    def of_currency(self, currency: str) -> list[PaidSettlement]: ...


class Collateral(Protocol):
    """See `partners.settlement.payments.collateral.Collaterals`."""

    def left_cents(self, partner_id: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Deposit:
    """What a partner has paid in by all that operators recorded, and what settlements have taken of it."""

    paid_in_cents: int
    used_cents: int

    @property
    def held_cents(self) -> int:
        return self.paid_in_cents - self.used_cents


class Deposits:
    """Use cases of deposits. Every method may raise StoreUnavailableError and UnknownPartnerError."""

    def __init__(
        self,
        guard: Guard,
        settlements: Settlements,
        book: PaymentBook,
        contracts: Contracts,
        collateral: Collateral,
    ) -> None:
        self._guard = guard
        self._settlements = settlements
        self._book = book
        self._contracts = contracts
        self._collateral = collateral

    def held_cents(self, partner_id: str) -> int:
        """What is held of a partner's deposit."""
        currency = self._contracts.partner(partner_id).currency
        return self.deposit(partner_id, self._settlements.of_currency(currency)).held_cents

    def deposit(self, partner_id: str, settlements: Iterable[PaidSettlement]) -> Deposit:
        """A partner's, by all `settlements` of its currency."""
        settlements = list(settlements)
        changes = (change for one in settlements for change in funding_changes(one))
        settled = [change.reference for change in changes if change.partner_id == partner_id]
        paid_in = by_hand(partner_id, self._book.payments(partner_id), settled)
        used_cents = sum(used_of(one, partner_id) for one in settlements)
        return Deposit(sum(one.amount_cents for one in paid_in), used_cents)

    def paid_in(
        self, partner_ids: Sequence[str], settlements: Sequence[PaidSettlement]
    ) -> dict[str, tuple[PaidIn, ...]]:
        """What operators recorded of each partner, in no order; `settlements` are all there are."""
        settled: defaultdict[str, list[str]] = defaultdict(list)
        for change in (change for one in settlements for change in funding_changes(one)):
            settled[change.partner_id].append(change.reference)
        recorded = {one: by_hand(one, self._book.payments(one), settled[one]) for one in partner_ids}
        return {
            partner_id: tuple(PaidIn(one.payment_id, one.amount_cents, one.at_ms) for one in payments)
            for partner_id, payments in recorded.items()
            if payments
        }

    def drawing(self, currency: str) -> "Drawing":
        """For a settlement in a currency, which takes from the deposits of its debtors."""
        return Drawing(self, self._guard, self._settlements, currency)

    def drawable_cents(self, partner_id: str, settlements: Sequence[PaidSettlement]) -> int:
        """What a settlement may take of a partner's deposit: nothing if its terms in force are not prepaid, and
        nothing of what two people agreed is held as collateral.
        """
        if not self._is_prepaid(partner_id):
            return 0
        held_cents = self.deposit(partner_id, settlements).held_cents
        return max(0, held_cents - self._collateral.left_cents(partner_id)) if held_cents > 0 else 0

    def giving_back(self, partner_id: str, currency: str, cents: int) -> Sequence[Action]:
        """What is written with a payment of `cents` to a partner.

        Raises DepositTooSmallError if a prepaid partner's deposit, or one that settlements took of, is less.
        """
        read = self._guard.version(currency)
        deposit = self.deposit(partner_id, self._settlements.of_currency(currency))
        if deposit.held_cents < cents and (deposit.used_cents or self._is_prepaid(partner_id)):
            raise DepositTooSmallError(partner_id, max(0, deposit.held_cents))
        return [self._guard.action(currency, read)]

    def _is_prepaid(self, partner_id: str) -> bool:
        terms = self._contracts.terms_view(partner_id).in_force
        return terms is not None and terms.funding.kind is FundingKind.PREPAID


class Drawing:
    """What one settlement takes from deposits, all of it or nothing.

    Of two that draw on the same deposit at once, or a settlement and an operator who gives it back, one finds it
    changed and begins again.
    """

    def __init__(self, deposits: Deposits, guard: Guard, settlements: Settlements, currency: str) -> None:
        self._deposits = deposits
        self._guard = guard
        self._book = settlements
        self._currency = currency
        self._read: tuple[int, list[PaidSettlement]] | None = None

    def begin(self) -> None:
        """Forget what was read."""
        self._read = None

    def cents(self, partner_id: str) -> int:
        """What may be taken of a partner's deposit, never negative."""
        if self._read is None:
            # The guard before all others: whoever draws after they were read has changed it.
            self._read = self._guard.version(self._currency), self._book.of_currency(self._currency)
        return self._deposits.drawable_cents(partner_id, self._read[1])

    def actions(self, before: PaidSettlement, after: PaidSettlement) -> Sequence[Action]:
        """What is written with the settlement: nothing if it takes from no deposit."""
        if self._read is None or _taken(before) == _taken(after):
            return ()
        return [self._guard.action(self._currency, self._read[0])]


def used_of(one: PaidSettlement, partner_id: str) -> int:
    """What a settlement takes of a partner's deposit: as long as it is not taken back, and for a default from when
    that is decided.
    """
    legs = [leg for leg in one.legs if (leg.party, leg.direction) == (partner_id, Direction.DEPOSIT)]
    collateral = (other.collateral_cents for other in one.defaults if other.party == partner_id)
    return sum(leg.amount_cents for leg in legs if leg.state is LegState.SUCCEEDED) + sum(collateral)


def _taken(one: PaidSettlement) -> list[str]:
    return [leg.key for leg in one.legs if leg.direction is Direction.DEPOSIT]
