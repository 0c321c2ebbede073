"""A partner that has closed its last location leaves Stripe at once: what it used is told, counted, and then invoiced.

Cancelling with `invoice_now` bills what Stripe counts by then; what is told later is billed by nobody. So first all
that the pages hold is told, and Stripe's count of every hour compared; that no more is told is written down before the
subscription is cancelled. What is posted after that is an amount of our own, on the same draft or on another invoice.
"""

from datetime import date

from partners.billing.metering import Metering
from partners.billing.model import Month, month_before
from partners.billing.month_invoices import MonthInvoices
from partners.billing.periods import begin_of
from partners.billing.stripe_book import StripeBook, change_account
from partners.billing.stripe_errors import DecisionNotPossibleError
from partners.billing.stripe_gateway import StripeGateway
from partners.billing.stripe_model import SETTLED_AFTER_MS, Parting, StripeAccount
from partners.billing.usage import days_of_locations
from partners.contracts.service import Contracts
from shared.kernel.clock import DAY_MS, Clock, utc_day

INVOICED_AFTER_S = 3_600
"""Stripe makes the invoice when it cancels; after so long none will come."""


class Partings:
    """Every method may raise StoreUnavailableError, StripeUnavailableError, StripeRefusedError, ConcurrentRunError."""

    def __init__(
        self,
        book: StripeBook,
        stripe: StripeGateway,
        metering: Metering,
        invoices: MonthInvoices,
        contracts: Contracts,
        clock: Clock,
    ) -> None:
        self._book = book
        self._stripe = stripe
        self._metering = metering
        self._invoices = invoices
        self._contracts = contracts
        self._clock = clock

    def check(self, partner_id: str) -> None:
        """Raises DecisionNotPossibleError while a location is open, whose days and visits are this month's."""
        locations, now_ms = self._contracts.locations(partner_id), self._clock()
        still_open = [one for one in locations if one.closed_at_ms is None or one.closed_at_ms > now_ms]
        if still_open:
            raise DecisionNotPossibleError(
                "Close its locations first, or end with the month.", open_locations=len(still_open)
            )

    def follow(self, account: StripeAccount, month: Month) -> tuple[StripeAccount, bool, list[str]]:
        """Go on with the parting of an account; whether the running month, its last, can be closed now, and what people
        must look at. All months before are closed.

        A subscription of which Stripe made no invoice, as when it is cancelled there by hand, is followed by our own.
        """
        if account.parting is None or account.last_month != month.name:
            return account, False, []
        if account.parting is Parting.ASKED:
            complete, troubles = self._is_complete(account, month)
            if not complete:
                return account, False, troubles
            account = change_account(self._book, account, parting=Parting.TOLD)
        if account.subscription_id is None or not account.subscribed_in(month.name):
            return account, True, []
        ended_at = self._stripe.cancel(account.subscription_id, invoice=True)
        if any(one.subscription_id == account.subscription_id for one in self._invoices.invoices(account, month)):
            return account, True, []
        if self._clock() < (ended_at + INVOICED_AFTER_S) * 1_000:
            return account, False, []
        return change_account(self._book, account, ends_after=month_before(month).name), True, []

    def _is_complete(self, account: StripeAccount, month: Month) -> tuple[bool, list[str]]:
        """Whether nothing is to come but what is reported late, and Stripe counts the rest; what differs for good.

        A day without a location must have begun, so that Stripe charges all location-days and no more.
        """
        today = utc_day(self._clock())
        locations, terms = self._contracts.locations(account.partner_id), self._contracts.terms(account.partner_id)
        to_come = days_of_locations(locations, date.fromisoformat(today), month.last_day, begin_of(terms))
        if to_come or self._clock() % DAY_MS < SETTLED_AFTER_MS:
            return False, []
        if not account.subscribed_in(month.name):
            return True, []
        if account.location_count or account.counted_day != today:
            return False, []
        differences = self._metering.compare(account, month)
        too_many = [one for one in differences if one.at_stripe > one.counted]
        return not differences, [one.in_words() for one in too_many]
