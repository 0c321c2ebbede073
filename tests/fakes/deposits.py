"""Partners that have paid nothing in."""

from collections.abc import Callable, Sequence
from typing import Any

from partners.settlement.payments.model import PaidSettlement
from partners.settlement.statements.model import PaidIn


class NothingPaidIn:
    """As all deposits, and as what is drawn from them."""

    def drawing(self, currency: str) -> "NothingPaidIn":
        del currency
        return self

    def at_rest(self, read: Callable[[], Any]) -> Any:
        return read()

    def paid_in(self, partner_ids: Sequence[str]) -> dict[str, tuple[PaidIn, ...]]:
        del partner_ids
        return {}

    def begin(self) -> None:
        return

    def cents(self, partner_id: str) -> int:
        del partner_id
        return 0

    def check_there(self, partner_id: str, cents: int) -> None:
        """Collateral, of which the tests with this say themselves how much there is."""

    def vouched(self, before: PaidSettlement, after: PaidSettlement) -> PaidSettlement:
        del before
        return after

    def actions(self, before: PaidSettlement, after: PaidSettlement) -> tuple[()]:
        del before, after
        return ()

    def held_cents(self, partner_id: str) -> int:
        del partner_id
        return 0

    def declining(self, partner_id: str, currency: str, cents: int) -> tuple[()]:
        del partner_id, currency, cents
        return ()

    def giving_back(self, partner_id: str, currency: str, cents: int) -> tuple[()]:
        del partner_id, currency, cents
        return ()
