"""What follows from a settlement for windows, funding and members' cashback, once each, whoever does it."""

from dataclasses import replace

from partners.settlement.model import Carried
from partners.settlement.payments.consequences import carries, funding_changes, to_give_back
from partners.settlement.payments.errors import UnknownSettlementError
from partners.settlement.payments.model import PaidSettlement, Stage
from partners.settlement.payments.needs import Cashback, Funding, PaymentBook, Windows
from partners.settlement.window import WindowState

CARRIED_AT_ONCE = 500
"""By one request: some seconds. The schedule does the rest."""


class Following:
    """Every method may raise StoreUnavailableError; asking again goes on. What is done is noted in the settlement."""

    def __init__(self, payments: PaymentBook, windows: Windows, funding: Funding, cashback: Cashback) -> None:
        self._payments = payments
        self._windows = windows
        self._funding = funding
        self._cashback = cashback

    def followed_up(self, one: PaidSettlement) -> PaidSettlement:
        """Carry what is to be carried, but no more than an answer can wait for; record what was paid, give cashback
        back, and let the window stand as its settlements do.
        """
        to_carry = _to_carry(one)[:CARRIED_AT_ONCE]
        self._windows.carry(to_carry)
        carried = {*one.carried, *(other.reference for other in to_carry)}
        funded = set(one.funded)
        for change in funding_changes(one):
            if change.reference not in funded:
                self._funding.settle(change)
        unpaid = [leg for leg in to_give_back(one) if leg.key not in one.given_back]
        given_back = [leg.key for leg in unpaid if self._cashback.give_back(leg.payout, f"{leg.key}:given_back")]
        all_noted = _noted(one)
        noted = replace(
            all_noted,
            carried=tuple(reference for reference in all_noted.carried if reference in carried),
            given_back=(*one.given_back, *given_back),
        )
        if noted != one:
            # If somebody has changed it since, whoever did follows up in turn, and no reference counts twice.
            noted = replace(noted, version=one.version + 1)
            one = noted if self._payments.replace(one, noted) else self._again(one)
        self.stand(one.window)
        return one

    def followed_through(self, one: PaidSettlement) -> PaidSettlement:
        """The same, until nothing is to be carried any more."""
        while _to_carry(one := self.followed_up(one)):
            pass
        return one

    def is_complete(self, one: PaidSettlement) -> bool:
        given_back = {leg.key for leg in to_give_back(one)} <= set(one.given_back)
        noted = _noted(one) == one and given_back
        return noted and self._windows.window(one.window).state is self._state(one.window)

    def stand(self, window: int) -> None:
        """Let a window stand as its settlements do."""
        self._windows.stand(window, self._state(window))

    def _again(self, one: PaidSettlement) -> PaidSettlement:
        found = self._payments.get(one.window, one.currency)
        if found is None:
            raise UnknownSettlementError(one.settlement_id)
        return found

    def _state(self, window: int) -> WindowState:
        stages = {one.stage for one in self._payments.of_window(window)}
        if stages - {Stage.SETTLED, Stage.ABORTED}:
            return WindowState.SETTLING
        return WindowState.ABORTED if stages == {Stage.ABORTED} else WindowState.SETTLED


def _noted(one: PaidSettlement) -> PaidSettlement:
    carried = tuple(other.reference for other in carries(one))
    return replace(one, carried=carried, funded=tuple(change.reference for change in funding_changes(one)))


def _to_carry(one: PaidSettlement) -> list[Carried]:
    """What is not known to be in a window yet."""
    known = set(one.carried)
    return [other for other in carries(one) if other.reference not in known]
