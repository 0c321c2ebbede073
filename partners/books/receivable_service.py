"""Receivables as of now or of an earlier day, from settlements, windows and all invoices."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Protocol

from partners.billing.dunning import InvoiceRecord
from partners.billing.invoice import Invoice
from partners.billing.invoice_payment import InvoicePayment
from partners.books.errors import DayToComeError
from partners.books.past import carried_at, settlements_at
from partners.books.receivables import (
    Aged,
    CarriedInto,
    Receivable,
    SettledDebts,
    aged,
    of_own_invoices,
    of_stripe,
)
from partners.contracts.model import Partner
from partners.settlement.model import Carried
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.window import Window
from shared.kernel.clock import DAY_MS, Clock


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
        at_ms = now_ms
        if day is not None:
            begins_at_ms = (day - date(1970, 1, 1)).days * DAY_MS
            if begins_at_ms > now_ms:
                raise DayToComeError(day.isoformat())
            at_ms = min(begins_at_ms + DAY_MS - 1, now_ms)
        return at_ms, aged(self._owed(at_ms, now_ms), at_ms)

    def _owed(self, at_ms: int, now_ms: int) -> list[Receivable]:
        # Windows first: a settlement that is calculated meanwhile takes over what was carried into its window.
        numbers = [window.number for window in self._windows.windows()]

        @cache
        def carried(number: int) -> Sequence[Carried]:
            return self._windows.carried(number)

        settlements: Sequence[PaidSettlement] = self._payments.all()
        brought: CarriedInto = carried
        if at_ms < now_ms:
            settlements = settlements_at(settlements, at_ms)
            brought = carried_at(carried, settlements)
        found = SettledDebts(settlements, numbers, brought).receivables()
        for partner in self._partners.partners():
            partner_id = partner.partner_id
            heard = self._heard.invoices(partner_id)
            found += of_stripe(partner_id, partner.currency, heard, at_ms if at_ms < now_ms else None)
            found += of_own_invoices(self._own.invoices(partner_id), self._paid.payments(partner_id), at_ms)
        return found
