"""After a month's invoice: what became known of it later goes on the next one."""

from partners.billing.model import Month, month_of
from partners.billing.service import Billing
from partners.billing.stripe_book import StripeBook, change_closing
from partners.billing.stripe_gateway import StripeGateway
from partners.billing.stripe_model import Closing, StripeAccount
from shared.kernel.clock import Clock, utc_day


class LateVisits:
    """Every method may raise StoreUnavailableError, StripeUnavailableError, StripeRefusedError, ConcurrentRunError."""

    def __init__(self, book: StripeBook, stripe: StripeGateway, billing: Billing, clock: Clock) -> None:
        self._book = book
        self._stripe = stripe
        self._billing = billing
        self._clock = clock

    def look_again(self, account: StripeAccount, closing: Closing) -> list[str]:
        """Once a day: what became known of a month after its invoice goes on the next one. It never gets less.

        Returns what stands against the month, at every call until it is resolved.
        """
        month = month_of(closing.month)
        if closing.owed_cents:
            closing = self._add_late_item(account, month, closing)
        today = utc_day(self._clock())
        if closing.checked_day == today:
            return list(closing.troubles)
        bill = self._billing.bill(account.partner_id, month.name)
        more = bill.total_cents - closing.billed_cents - closing.written_off_cents
        troubles = _troubles(account, month, more)
        if troubles:
            more = 0
        closing = change_closing(self._book, closing, checked_day=today, owed_cents=max(more, 0), troubles=troubles)
        if closing.owed_cents:
            self._add_late_item(account, month, closing)
        return list(troubles)

    def _add_late_item(self, account: StripeAccount, month: Month, closing: Closing) -> Closing:
        total = closing.billed_cents + closing.owed_cents
        currency = self._billing.bill(account.partner_id, month.name).currency
        self._stripe.ensure_item(
            account.customer_id,
            f"v1:late:{account.partner_id}:{month.name}:{total}",
            closing.owed_cents,
            currency,
            f"{month.name}: visits that became known after its invoice",
            (month.begins_at_ms // 1_000 + 1, month.ends_at_ms // 1_000 - 1),
        )
        return change_closing(self._book, closing, billed_cents=total, owed_cents=0)


def _troubles(account: StripeAccount, month: Month, more_cents: int) -> tuple[str, ...]:
    """What people must look at: nothing is taken back by itself, and who has left gets no next invoice."""
    if more_cents < 0:
        return (f"{month.name} was billed {-more_cents} cents too much",)
    if more_cents > 0 and account.last_month is not None:
        return (f"{month.name} was billed {more_cents} cents too little, and no invoice follows",)
    return ()
