"""After a month's invoice: what became known of it later goes on the next one."""

from datetime import datetime

from partners.billing.model import Month, month_of
from partners.billing.service import Billing
from partners.billing.stripe_book import StripeBook, change_closing
from partners.billing.stripe_gateway import StripeGateway
from partners.billing.stripe_items import Item
from partners.billing.stripe_model import Closing, Invoicer, StripeAccount
from shared.kernel.clock import DAY_MS, Clock, from_datetime, utc_day

STILL_FOLLOWS_MS = 3_600_000
"""So long before its end the last month's invoice surely still takes an item that waits for it."""


class LateVisits:
    """Every method may raise StoreUnavailableError, StripeUnavailableError, StripeRefusedError, ConcurrentRunError."""

    def __init__(self, book: StripeBook, stripe: StripeGateway, billing: Billing, clock: Clock) -> None:
        self._book = book
        self._stripe = stripe
        self._billing = billing
        self._clock = clock

    def look_again(
        self, account: StripeAccount, closing: Closing, by_hand: int = 0, *, sendable: bool = True
    ) -> list[str]:
        """Once a day: what became known of a month after its invoice goes on the next one. By itself it gets no less.

        But a month that the operator invoiced gets less too, as by the operator's own next invoice. Who has left Stripe
        gets an invoice for it alone, as soon as one is `sendable`. It is kept that `by_hand` lines of the month were
        posted by hand by now. Returns what stands against the month, at every call until it is resolved.
        """
        month = month_of(closing.month)
        if closing.owed_cents:
            closing = self._bill_difference(account, month, closing, sendable)
        today = utc_day(self._clock())
        if closing.owed_cents or closing.checked_day == today:
            return list(closing.troubles)
        bill = self._billing.bill(account.partner_id, month.name)
        more = bill.total_cents - closing.billed_cents - closing.written_off_cents
        troubles = self._troubles(account, closing, more)
        owed_cents = 0 if troubles else more
        found = {"owed_cents": owed_cents, "troubles": troubles, "by_hand": by_hand}
        closing = change_closing(self._book, closing, checked_day=today, **found)
        if closing.owed_cents:
            self._bill_difference(account, month, closing, sendable)
        return list(troubles)

    def _bill_difference(self, account: StripeAccount, month: Month, closing: Closing, sendable: bool) -> Closing:
        if not self._next_invoice_follows(account) and not sendable:
            return closing
        total = closing.billed_cents + closing.owed_cents
        key = f"v1:late:{account.partner_id}:{month.name}:{total}"
        if closing.invoicer is Invoicer.OPERATOR:
            # What goes up and down may come to the same total twice.
            key += f":{closing.version}"
        currency = self._billing.bill(account.partner_id, month.name).currency
        invoice_id = None
        if not self._next_invoice_follows(account):
            since_s = month.ends_at_ms // 1_000
            invoice = self._stripe.ensure_invoice(account.customer_id, currency, key, since_s)
            invoice_id = invoice.invoice_id
        if invoice_id is None or self._stripe.is_draft(invoice_id):
            item = Item(key, closing.owed_cents, f"{month.name}: what became known after its invoice")
            period = (month.begins_at_ms // 1_000 + 1, month.ends_at_ms // 1_000 - 1)
            since_s = _before(closing.checked_day)
            self._stripe.ensure_item(account.customer_id, item, currency, period, on=invoice_id, since_s=since_s)
        if invoice_id is not None:
            self._stripe.finalise(invoice_id)
        return change_closing(self._book, closing, billed_cents=total, owed_cents=0)

    def _next_invoice_follows(self, account: StripeAccount) -> bool:
        if account.last_month is None:
            return True
        if account.parting is not None:
            return False
        return self._clock() < month_of(account.last_month).ends_at_ms - STILL_FOLLOWS_MS

    def _troubles(self, account: StripeAccount, closing: Closing, more_cents: int) -> tuple[str, ...]:
        """What people must look at: what Stripe invoiced is not taken back by itself, nor anything of who has left."""
        adjusts = closing.invoicer is Invoicer.OPERATOR and self._next_invoice_follows(account)
        if more_cents >= 0 or adjusts:
            return ()
        return (f"{closing.month} was billed {-more_cents} cents too much",)


def _before(day: str) -> int:
    """A moment (epoch seconds) before anything that was first asked for on a day, whatever clocks differ by."""
    midnight_ms = from_datetime(datetime.fromisoformat(f"{day}T00:00:00Z")) if day else 0
    return max(midnight_ms - DAY_MS, 0) // 1_000
