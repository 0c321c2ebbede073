"""Receivables as of now or of an earlier day, from what is open of settlements, windows and all invoices."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Protocol

from partners.billing.dunning import InvoiceRecord
from partners.billing.invoice import Invoice
from partners.billing.invoice_payment import InvoicePayment
from partners.books.past import carried_at, moment_of
from partners.books.receivables import (
    Aged,
    CarriedInto,
    Receivable,
    SettledDebts,
    aged,
    of_own_invoices,
    of_stripe,
)
from partners.books.settled import PaidSettlements, Settled
from partners.contracts.model import Partner
from partners.settlement.model import Carried
from partners.settlement.window import Window
from shared.kernel.clock import Clock


class WindowBook(Protocol):
    """See `partners.settlement.window_store.WindowStore`."""

    def newest(self) -> Window | None: ...

    def carried(self, number: int) -> list[Carried]: ...


class InvoicesHeard(Protocol):
    """See `partners.billing.webhook_store.WebhookStore`."""

    def invoices(self, partner_id: str) -> list[InvoiceRecord]: ...


class OwnInvoices(Protocol):
    """See `partners.billing.invoice_store.InvoiceStore`."""

    def invoices(self, partner_id: str) -> list[Invoice]: ...


class InvoicePaymentBook(Protocol):
    """See `partners.billing.invoice_payment_store.InvoicePaymentStore`."""

    def payments(self, partner_id: str) -> list[InvoicePayment]: ...


class Partners(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partners(self) -> list[Partner]: ...


class Receivables:
    """Use case of receivables."""

    def __init__(
        self,
        payments: PaidSettlements,
        windows: WindowBook,
        heard: InvoicesHeard,
        own: OwnInvoices,
        paid: InvoicePaymentBook,
        partners: Partners,
        clock: Clock,
    ) -> None:
        self._payments = payments
        self._windows = windows
        self._heard = heard
        self._own = own
        self._paid = paid
        self._partners = partners
        self._clock = clock

    def aged(self, day: date | None = None) -> tuple[int, tuple[Aged, ...]]:
        """A moment, and what every partner owed then, by partner and currency: now, or at the end of an earlier `day`.

        Raises DayToComeError, StoreUnavailableError.
        """
        now_ms = self._clock()
        at_ms = moment_of(day, now_ms)
        return at_ms, aged(self._owed(at_ms, now_ms), at_ms)

    def _owed(self, at_ms: int, now_ms: int) -> list[Receivable]:
        # Windows first: a settlement that is calculated meanwhile takes over what was carried into its window.
        numbers = numbers_of(self._windows)

        @cache
        def carried(number: int) -> Sequence[Carried]:
            return self._windows.carried(number)

        settled = Settled(self._payments, self._payments.known(), at_ms if at_ms < now_ms else None)
        brought: CarriedInto = carried_at(carried, settled.origin) if at_ms < now_ms else carried
        found = SettledDebts(settled.open, settled.windows, numbers, brought, settled.origin).receivables()
        for partner in self._partners.partners():
            partner_id = partner.partner_id
            heard = self._heard.invoices(partner_id)
            found += of_stripe(partner_id, partner.currency, heard, at_ms if at_ms < now_ms else None)
            found += of_own_invoices(self._own.invoices(partner_id), self._paid.payments(partner_id), at_ms)
        return found


def numbers_of(windows: WindowBook) -> range:
    """Those of all windows: 1, 2, and so on up to the open one."""
    newest = windows.newest()
    return range(1, newest.number + 1 if newest else 1)
