"""When a partner comes to Stripe: what becomes known later of the months that the operator invoiced before."""

from collections.abc import Container
from typing import Protocol

from partners.billing.invoice import Invoice, charged_cents, months_to_recount
from partners.billing.model import month_before, month_of
from partners.billing.stripe_book import StripeBook, change_closing
from partners.billing.stripe_model import ClosingState, Invoicer, StripeAccount


class OwnInvoices(Protocol):
    """The operator's invoices; see `partners.billing.invoice_store.InvoiceStore`."""

    def invoice(self, partner_id: str, month: str) -> Invoice | None: ...

    def invoices(self, partner_id: str) -> list[Invoice]: ...


class Handover:
    """Every method may raise StoreUnavailableError, ConcurrentRunError."""

    def __init__(self, book: StripeBook, own: OwnInvoices) -> None:
        self._book = book
        self._own = own

    def take_over(self, account: StripeAccount, by_hand: Container[str]) -> None:
        """Keep how much was invoiced of each of the operator's last months, so that from now on these are looked at,
        and of older ones as soon as anything is posted `by_hand` of them.

        Not before the month before Stripe's first is invoiced: that invoice still adjusts the others, and none of the
        operator's follows it while the account goes on. What is taken over stays so: the operator's later invoices
        leave it out.
        """
        last = month_before(month_of(account.first_month)).name
        taken_over = self._book.closing(account.partner_id, last).version > 0
        if (taken_over and not by_hand) or not (taken_over or self._own.invoice(account.partner_id, last)):
            return
        issued = self._own.invoices(account.partner_id)
        until_last = [one for one in issued if one.bill.month <= last]
        for month in months_to_recount(until_last, by_hand):
            closing = self._book.closing(account.partner_id, month)
            if not closing.version:
                kept = {"state": ClosingState.FINALISED, "invoicer": Invoicer.OPERATOR}
                change_closing(self._book, closing, **kept, billed_cents=charged_cents(issued, month))
