"""Letting a debtor default: use cases of the two people who agree on it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from partners.settlement.payments import defaults
from partners.settlement.payments.advances import Action
from partners.settlement.payments.model import Default, PaidSettlement
from partners.settlement.payments.needs import Deposits
from shared.kernel.clock import Clock

Change = Callable[[PaidSettlement], PaidSettlement]
Draws = Callable[[PaidSettlement, PaidSettlement], Sequence[Action]]


class Payments(Protocol):
    """See `partners.settlement.payments.service.SettlementPayments`."""

    def change(self, window: int, currency: str, change: Change, draws: Draws = ...) -> PaidSettlement: ...


class Collateral(Protocol):
    """See `partners.settlement.payments.collateral.Collaterals`."""

    def taking(self, partner_id: str, settlement: str, currency: str, cents: int) -> Sequence[Action]: ...


class Defaults:
    """Use cases of defaults. Every method may raise StoreUnavailableError, UnknownSettlementError and
    SettlementBusyError; `by` identifies the operator who acts.
    """

    def __init__(self, payments: Payments, collateral: Collateral, deposits: Deposits, clock: Clock) -> None:
        self._payments = payments
        self._collateral = collateral
        self._deposits = deposits
        self._clock = clock

    def propose(self, window: int, currency: str, wanted: Default, reason: str) -> PaidSettlement:
        """Propose to go on without a debtor that does not pay, as the one who wants it says.

        Raises what `defaults.proposed` raises, CollateralTooLargeError also of more than is held.
        """

        def proposed(one: PaidSettlement) -> PaidSettlement:
            after = defaults.proposed(one, wanted, reason, self._clock())
            if after.proposals != one.proposals:
                # It is taken with the approval; what is not there is refused to who asks for it.
                self._collateral.taking(wanted.party, one.settlement_id, currency, wanted.collateral_cents)
            return after

        return self._payments.change(window, currency, proposed)

    def approve(self, window: int, currency: str, party: str, number: int, reason: str, by: str) -> PaidSettlement:
        """Go on without the debtor, as another operator has proposed. The collateral is taken in one transaction with
        that, and whoever reads deposits meanwhile reads them again. Raises what `defaults.approved` raises,
        CollateralTooLargeError also if two people agreed on less by now, CollateralNotPaidInError if it is not in the
        debtor's deposit, as a guarantee that nobody has called.
        """

        def taken(before: PaidSettlement, after: PaidSettlement) -> Sequence[Action]:
            drawing = self._deposits.drawing(currency)
            new = after.defaults[len(before.defaults) :]
            for one in new:
                if one.collateral_cents:
                    drawing.check_there(one.party, one.collateral_cents)
            actions = [
                action
                for one in new
                for action in self._collateral.taking(one.party, after.settlement_id, currency, one.collateral_cents)
            ]
            return [*actions, *drawing.actions(before, after)]

        return self._payments.change(
            window, currency, lambda one: defaults.approved(one, party, number, by, reason, self._clock()), taken
        )

    def decline(self, window: int, currency: str, party: str, number: int, reason: str, by: str) -> PaidSettlement:
        """Withdraw one's own proposal, or reject another's. Raises what `defaults.declined` raises."""
        return self._payments.change(
            window, currency, lambda one: defaults.declined(one, party, number, by, reason, self._clock())
        )
