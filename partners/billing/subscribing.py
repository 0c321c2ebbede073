"""Subscriptions that follow the contract: its plan month by month, its locations day by day."""

from datetime import date, datetime
from typing import Any

from partners.billing.model import Month, month_before, month_of, next_month
from partners.billing.periods import begin_of, terms_of_month
from partners.billing.stripe_book import StripeBook, change_account
from partners.billing.stripe_gateway import StripeGateway
from partners.billing.stripe_model import HOUR_MS, StripeAccount, subscription_plan
from partners.billing.subscription import UNKNOWN, SubscriptionView, changes_by
from partners.billing.usage import days_of_locations
from partners.contracts.service import Contracts
from shared.kernel.clock import DAY_MS, Clock, days_between, from_datetime, utc_day

LAST_WORD_MS = 2 * HOUR_MS
"""So long before a month's end each change of that day is told at once, for nobody counts it again."""


class Subscribing:
    """Every method may raise StoreUnavailableError, StripeUnavailableError, StripeRefusedError, ConcurrentRunError."""

    def __init__(self, book: StripeBook, stripe: StripeGateway, contracts: Contracts, clock: Clock) -> None:
        self._book = book
        self._stripe = stripe
        self._contracts = contracts
        self._clock = clock

    def follow_stripe(self, account: StripeAccount) -> tuple[StripeAccount, list[str]]:
        """Know what subscriptions there are, whoever made or ended them, and end what is to bill no more.

        Returns also what people must look at: subscriptions beside the account's own.
        """
        found = self._stripe.subscriptions(account.customer_id)
        changes = changes_by(account, found) | self._go_on_collecting(account, found)
        if changes:
            account = change_account(self._book, account, **changes)
        live = [one for one in found if not one.ended]
        own = next((one for one in live if one.subscription_id == account.subscription_id), None)
        last = min(account.ends_after or "9", account.last_month or "9")
        if own is not None and last != "9":
            self._let_end(own, month_of(last))
            if account.ends_after != last:
                account = change_account(self._book, account, ends_after=last)
        others = [one for one in live if one is not own]
        if account.last_month is None:
            return account, [f"Stripe has a second subscription, {one.subscription_id}" for one in others]
        for one in others:
            self._let_end(one, month_of(account.last_month))
        return account, []

    def _go_on_collecting(self, account: StripeAccount, found: list[SubscriptionView]) -> dict[str, Any]:
        """When a subscription ends, Stripe stops collecting all that is due from the customer: have it go on, once."""
        ended_at = max((one.ends_at or 0 for one in found if one.ended), default=0)
        if ended_at <= account.collected_after:
            return {}
        self._stripe.go_on_collecting(account.customer_id)
        return {"collected_after": ended_at}

    def leave_old_plan(self, account: StripeAccount, this: Month) -> StripeAccount:
        """End a subscription now that bills the running month at prices not agreed for it; we rate that month.

        So it is if terms were approved so late that no run came between them and the month.
        """
        if account.subscription_id is None or not account.subscribed_in(this.name):
            return account
        terms = terms_of_month(account.partner_id, self._contracts.terms(account.partner_id), this)
        if subscription_plan(terms) == account.plan:
            return account
        self._stripe.cancel(account.subscription_id)
        return change_account(self._book, account, ends_after=month_before(this).name)

    def _let_end(self, subscription: SubscriptionView, last: Month) -> None:
        """Let a live one bill that month and no further; one that begins later, or is late to end, ends now."""
        ends_at = last.ends_at_ms // 1_000
        if subscription.ends_at is not None and subscription.ends_at <= ends_at:
            return
        if subscription.begins_at < ends_at and self._clock() < last.ends_at_ms:
            self._stripe.end_at(subscription.subscription_id, ends_at)
        else:
            self._stripe.cancel(subscription.subscription_id)

    def follow_plan(self, account: StripeAccount, this: Month) -> StripeAccount:
        """Subscribe from next month on, or let the subscription end with this month if its plan does."""
        following = next_month(this)
        terms = terms_of_month(account.partner_id, self._contracts.terms(account.partner_id), following)
        wanted = subscription_plan(terms)
        if account.subscription_id is not None and account.ends_after is None and account.plan != wanted:
            if account.subscribed_in(this.name) and self._clock() < following.begins_at_ms - DAY_MS:
                return account
            self._stripe.end_at(account.subscription_id, following.begins_at_ms // 1_000)
            return change_account(self._book, account, ends_after=this.name)
        if wanted is None or not account.subscription_over:
            return account
        (count,) = self._location_counts(account.partner_id, [utc_day(self._clock())]).values()
        catalogue = self._stripe.ensure_catalogue(terms.plan, terms.currency)
        begins_at = following.begins_at_ms // 1_000
        subscribed = self._stripe.ensure_subscription(account.customer_id, catalogue, count, begins_at)
        return change_account(
            self._book,
            account,
            subscription_id=subscribed.subscription_id,
            location_item_id=subscribed.location_item_id,
            visit_price_id=catalogue.visit_price_id,
            plan=wanted,
            billed_from=following.name,
            ends_after=None,
            location_count=UNKNOWN,
            counted_day=utc_day(self._clock()),
        )

    def follow_locations(self, account: StripeAccount, this: Month) -> None:
        """Tell each day's number of locations, with the midnight (UTC) from which on it counts.

        The day last told is counted again the day after: a location that opened since counts from that midnight on.
        Each change is two items of an invoice, which takes 250, so a day is told twice at most, but for the last hours.
        """
        begun = account.subscribed_in(this.name)
        if account.parted_in(this.name):
            return
        if account.location_item_id is None or (account.ends_after is not None and not begun):
            return
        today = utc_day(self._clock())
        told = begun and account.counted_day == today and account.location_count != UNKNOWN
        if told and self._clock() < this.ends_at_ms - LAST_WORD_MS:
            return
        first = max(account.counted_day, this.first_day.isoformat()) if begun else today
        counted = self._location_counts(
            account.partner_id, days_between(date.fromisoformat(first), date.fromisoformat(today))
        )
        for day, count in counted.items():
            if count != account.location_count:
                midnight_s = from_datetime(datetime.fromisoformat(f"{day}T00:00:00Z")) // 1_000
                key = f"v1:locations:{account.partner_id}:{day}:{count}:{account.version}"
                self._stripe.set_location_count(account.location_item_id, count, midnight_s if begun else None, key)
            if count != account.location_count or account.counted_day < day == today:
                account = change_account(self._book, account, location_count=count, counted_day=day)

    def _location_counts(self, partner_id: str, days: list[str]) -> dict[str, int]:
        """How many locations are open on each day, in the order of the days."""
        since_ms = begin_of(self._contracts.terms(partner_id))
        locations = self._contracts.locations(partner_id)
        labels = [(day, date.fromisoformat(day)) for day in days]
        return {day: len(days_of_locations(locations, label, label, since_ms)) for day, label in labels}
