"""Partners' lives, which end when nothing is owed in any room."""

from functools import cached_property
from typing import TYPE_CHECKING

from partners.bootstrap.books import BooksOfMonths

if TYPE_CHECKING:
    from partners.closure.service import Closure
    from partners.contracts.model import Partner
    from partners.contracts.partner_lives import PartnerLives


class Lives(BooksOfMonths):
    @cached_property
    def lives(self) -> "PartnerLives":
        from partners.contracts.life_store import LifeStore
        from partners.contracts.partner_lives import PartnerLives

        book = LifeStore(self._dynamodb, self.settings.partners_table)
        return PartnerLives(book, self.contracts, self._clock, self._check_settled)

    def _check_settled(self, partner: "Partner") -> None:
        self.closure.check_settled(partner)

    @cached_property
    def closure(self) -> "Closure":
        from partners.closure.service import Closure
        from partners.settlement.payments.store import PaymentStore

        payments = PaymentStore(self._dynamodb, self.settings.settlement_table)
        return Closure(
            self.funding,
            self.deposits,
            self.windows,
            payments,
            self.invoices,
            self.invoice_payments,
            self._heard_of_stripe,
            self.collateral,
            self.cases,
        )
