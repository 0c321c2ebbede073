"""Receivables as of now, from settlements, windows and what was heard of invoices."""

from collections.abc import Sequence
from functools import cache
from typing import Protocol

from partners.billing.dunning import InvoiceRecord
from partners.books.receivables import Aged, Receivable, SettledDebts, aged, of_invoices
from partners.contracts.model import Partner
from partners.settlement.model import Carried
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.window import Window
from shared.kernel.clock import Clock


class PaidSettlements(Protocol):
    """See `partners.settlement.payments.store.PaymentStore`."""

    def all(self) -> list[PaidSettlement]: ...


class WindowBook(Protocol):
    """See `partners.settlement.window_store.WindowStore`."""

    def windows(self) -> list[Window]: ...

    def carried(self, number: int) -> list[Carried]: ...


class InvoicesHeard(Protocol):
    """See `partners.billing.webhook_store.WebhookStore`."""

    def invoices(self, partner_id: str) -> list[InvoiceRecord]: ...


class Partners(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partners(self) -> list[Partner]: ...


class Receivables:
    """Use case of receivables."""

    def __init__(
        self, payments: PaidSettlements, windows: WindowBook, invoices: InvoicesHeard, partners: Partners, clock: Clock
    ) -> None:
        self._payments = payments
        self._windows = windows
        self._invoices = invoices
        self._partners = partners
        self._clock = clock

    def aged(self) -> tuple[int, tuple[Aged, ...]]:
        """Now, and what every partner owes now, by partner and currency. Raises StoreUnavailableError."""
        now_ms = self._clock()
        return now_ms, aged(self._owed(), now_ms)

    def _owed(self) -> list[Receivable]:
        # Windows first: a settlement that is calculated meanwhile takes over what was carried into its window.
        numbers = [window.number for window in self._windows.windows()]

        @cache
        def carried(number: int) -> Sequence[Carried]:
            return self._windows.carried(number)

        found = SettledDebts(self._payments.all(), numbers, carried).receivables()
        for partner in self._partners.partners():
            found += of_invoices(partner.partner_id, partner.currency, self._invoices.invoices(partner.partner_id))
        return found
