"""Months billed through Stripe: subscriptions, the drafts of finished months, and what is invoiced later.

Our own bill decides. Stripe's invoice of a month is finalised only when it says the same to the cent; else it is
held, and a person looks.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol

from partners.billing.metering import Metering
from partners.billing.model import Bill, LineKind, Month, month_before, month_of, next_month
from partners.billing.periods import begin_of, terms_of_month
from partners.billing.service import Billing
from partners.billing.stripe_errors import ConcurrentRunError, StripeRefusedError
from partners.billing.stripe_gateway import InvoiceLine, InvoiceView, StripeGateway
from partners.billing.stripe_model import (
    SETTLED_AFTER_MS,
    Closing,
    ClosingState,
    StripeAccount,
    subscription_plan,
)
from partners.billing.usage import days_of_locations
from partners.contracts.errors import NoTermsInForceError
from partners.contracts.service import Contracts
from shared.kernel.clock import DAY_MS, Clock, days_between, from_datetime, utc_day

UNKNOWN = -1
"""No number of locations: what Stripe has is set again."""


class StripeBook(Protocol):
    """What invoicing needs of its store; see `partners.billing.stripe_store.StripeStore`."""

    def accounts(self) -> list[StripeAccount]: ...

    def account(self, partner_id: str) -> StripeAccount | None: ...

    def put_account(self, before: StripeAccount | None, after: StripeAccount) -> bool: ...

    def closing(self, partner_id: str, month: str) -> Closing: ...

    def put_closing(self, closing: Closing) -> bool: ...


class Invoicing:
    """Use cases of billing through Stripe. Every method may raise StoreUnavailableError, StripeUnavailableError and
    StripeRefusedError; any may be repeated after that.
    """

    def __init__(
        self,
        book: StripeBook,
        stripe: StripeGateway,
        metering: Metering,
        billing: Billing,
        contracts: Contracts,
        clock: Clock,
    ) -> None:
        self._book = book
        self._stripe = stripe
        self._metering = metering
        self._billing = billing
        self._contracts = contracts
        self._clock = clock

    def open_account(self, partner_id: str) -> StripeAccount:
        """Bill a partner through Stripe from this month on; one that is billed so stays as it is.

        Raises UnknownPartnerError.
        """
        known = self._book.account(partner_id)
        if known is not None:
            return known
        partner = self._contracts.partner(partner_id)
        customer_id = self._stripe.create_customer(partner_id, partner.name)
        account = StripeAccount(partner_id, customer_id, closed_through=month_before(self._this_month()).name)
        self._book.put_account(None, account)
        return self._book.account(partner_id) or account

    def accounts(self) -> list[StripeAccount]:
        return self._book.accounts()

    def work(self, account: StripeAccount) -> list[str]:
        """All that is due for a partner now. Returns what people must look at.

        Visits are told first, then months that are over are closed, then the subscription follows the contract.
        Raises ConcurrentRunError too.
        """
        this = self._this_month()
        unclosed = self._months_since(account.closed_through)
        troubles = []
        for month in unclosed:
            if account.subscribed_in(month.name):
                troubles += self._metering.seal(account, month) + self._metering.send(account, month)
        for month in unclosed[:-1]:
            closed, found = self._close(account, month)
            troubles += found
            if not closed:
                break
            account = self._put(account, replace(account, closed_through=month.name))
        troubles += self._look_again(account, month_of(account.closed_through))
        if self._has_terms(account.partner_id, next_month(this)):
            account = self._follow_plan(account, this)
            self._follow_locations(account, this)
        return troubles

    def end_account(self, partner_id: str) -> bool:
        """End the subscription of a partner that leaves. Its last visits are invoiced when the month is closed.

        False if there is none to end. Raises ConcurrentRunError too.
        """
        account = self._book.account(partner_id)
        if account is None or account.subscription_id is None or account.ends_after is not None:
            return False
        this = self._this_month()
        self._metering.seal(account, this)
        self._metering.send(account, this)
        self._stripe.cancel(account.subscription_id)
        for draft in self._cycle_drafts(account, this):
            self._stripe.hold(draft.invoice_id)
        self._put(account, replace(account, ends_after=this.name))
        return True

    def credit(self, partner_id: str, month: str, amount_cents: int, reason: str, key: str) -> str:
        """Take back a part of a finalised month; once for each `key`. Returns the credit note's id.

        Raises StripeRefusedError if the month has no finalised invoice, or the amount exceeds it.
        """
        closing = self._book.closing(partner_id, month)
        if closing.invoice_id is None or closing.state is not ClosingState.FINALISED:
            raise StripeRefusedError("There is no finalised invoice of this month.", month=month)
        return self._stripe.credit(closing.invoice_id, amount_cents, reason, f"v1:credit:{partner_id}:{key}")

    def accept(self, partner_id: str, month: str) -> bool:
        """A person's decision on a held month whose invoice Stripe has finalised: let it stand as it is.

        What our bill has more goes on the next invoice; what it has less stays a trouble, for a credit note. False
        if the month is not held, or its invoice is still a draft. Raises UnknownPartnerError.
        """
        account = self._book.account(partner_id)
        closing = self._book.closing(partner_id, month)
        if account is None or closing.state is not ClosingState.HELD or closing.invoice_id is None:
            return False
        over = month_of(month)
        if any(one.status == "draft" for one in self._cycle_invoices(account, over)):
            return False
        billed_cents = sum(line.amount_cents for line in self._billed(account, over))
        self._put_closing(closing, state=ClosingState.FINALISED, billed_cents=billed_cents, troubles=())
        return True

    # ---- subscriptions

    def _follow_plan(self, account: StripeAccount, this: Month) -> StripeAccount:
        """Subscribe from next month on, or let the subscription end with this month if its plan does."""
        following = next_month(this)
        terms = terms_of_month(account.partner_id, self._contracts.terms(account.partner_id), following)
        wanted = subscription_plan(terms)
        if account.subscription_id is not None and account.ends_after is None and account.plan != wanted:
            if account.subscribed_in(this.name) and self._clock() < following.begins_at_ms - DAY_MS:
                return account
            self._stripe.end_with_period(account.subscription_id)
            return self._put(account, replace(account, ends_after=this.name))
        over = account.ends_after is not None and account.ends_after <= account.closed_through
        if wanted is None or not (account.subscription_id is None or over):
            return account
        (count,) = self._location_counts(account.partner_id, [utc_day(self._clock())]).values()
        catalogue = self._stripe.ensure_catalogue(terms.plan, terms.currency)
        begins_at = following.begins_at_ms // 1_000
        subscribed = self._stripe.ensure_subscription(account.customer_id, catalogue, count, begins_at)
        return self._put(
            account,
            replace(
                account,
                subscription_id=subscribed.subscription_id,
                location_item_id=subscribed.location_item_id,
                visit_price_id=catalogue.visit_price_id,
                plan=wanted,
                billed_from=following.name,
                ends_after=None,
                location_count=UNKNOWN,
                counted_day=utc_day(self._clock()),
            ),
        )

    def _follow_locations(self, account: StripeAccount, this: Month) -> None:
        """Tell each day's number of locations, with the midnight (UTC) from which on it counts.

        The day last told is counted again: a location that opened since counts from that midnight on.
        """
        if account.location_item_id is None or account.ends_after is not None:
            return
        today = utc_day(self._clock())
        begun = account.subscribed_in(this.name)
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
                account = self._put(account, replace(account, location_count=count, counted_day=day))

    def _location_counts(self, partner_id: str, days: list[str]) -> dict[str, int]:
        """How many locations are open on each day, in the order of the days."""
        since_ms = begin_of(self._contracts.terms(partner_id))
        locations = self._contracts.locations(partner_id)
        labels = [(day, date.fromisoformat(day)) for day in days]
        return {day: len(days_of_locations(locations, label, label, since_ms)) for day, label in labels}

    # ---- finished months

    def _close(self, account: StripeAccount, month: Month) -> tuple[bool, list[str]]:
        """Invoice a month that is over, unless something stands against it; whether it is done with, and what does."""
        closing = self._book.closing(account.partner_id, month.name)
        if closing.state is ClosingState.FINALISED or not self._has_terms(account.partner_id, month):
            return True, []
        drafts = self._cycle_drafts(account, month)
        for draft in drafts:
            if draft.auto_advance:
                self._stripe.hold(draft.invoice_id)
        if self._clock() < month.ends_at_ms + SETTLED_AFTER_MS:
            return False, []
        bill = self._billing.bill(account.partner_id, month.name)
        check = self._check_cycle if account.subscribed_in(month.name) else self._rate_here
        invoice_id, troubles = check(account, month, bill)
        if troubles:
            self._put_closing(closing, state=ClosingState.HELD, invoice_id=invoice_id, troubles=tuple(troubles))
            return False, troubles
        for name in {invoice_id, *(draft.invoice_id for draft in drafts)} - {None}:
            self._stripe.finalise(str(name))
        done = {"state": ClosingState.FINALISED, "invoice_id": invoice_id, "billed_cents": bill.total_cents}
        self._put_closing(closing, **done, troubles=(), checked_day=utc_day(self._clock()))
        return True, []

    def _cycle_drafts(self, account: StripeAccount, month: Month) -> list[InvoiceView]:
        return [one for one in self._cycle_invoices(account, month) if one.status == "draft"]

    def _cycle_invoices(self, account: StripeAccount, month: Month) -> list[InvoiceView]:
        """Those of the subscription whose period ends in this month or with it."""
        if account.subscription_id is None:
            return []
        begin, end = month.begins_at_ms // 1_000, month.ends_at_ms // 1_000
        found = self._stripe.invoices(account.customer_id, begin - 3_600)
        return [one for one in found if one.subscription_id is not None and begin < one.period_end <= end]

    def _check_cycle(self, account: StripeAccount, month: Month, bill: Bill) -> tuple[str | None, list[str]]:
        """Compare a subscription's invoice with our own count, hour by hour, and with our own bill.

        Visits must agree to the cent. Location-days that Stripe rounds otherwise, or was told of too late, become
        an item of the same draft; if it bills more for them than rounding explains, the draft is held.
        """
        invoice = next(iter(self._cycle_invoices(account, month)), None)
        if invoice is None:
            return None, [f"Stripe has no invoice of {month.name}"]
        differences = self._metering.compare(account, month)
        troubles = self._metering.troubles(account.partner_id, month)
        for one in differences:
            troubles.append(f"hour {one.hour}: {one.counted} visits here, {one.at_stripe} at Stripe")
        lines = self._billed(account, month)
        visits_cents = sum(line.amount_cents for line in lines if line.price_id == account.visit_price_id)
        our_visits_cents = sum(line.amount_cents for line in bill.lines if line.kind is LineKind.VISITS)
        if visits_cents != our_visits_cents:
            troubles.append(f"visits are {our_visits_cents} cents here, {visits_cents} at Stripe")
        rest = bill.total_cents - sum(line.amount_cents for line in lines)
        if not troubles and rest and invoice.status == "draft" and rest >= -sum(line.prorated for line in lines):
            self._stripe.ensure_item(
                account.customer_id,
                f"v1:rest:{account.partner_id}:{month.name}:{rest}",
                rest,
                bill.currency,
                f"{month.name}: location-days, difference to what is billed",
                (month.begins_at_ms // 1_000, month.ends_at_ms // 1_000 - 1),
                invoice.invoice_id,
            )
            rest = bill.total_cents - sum(line.amount_cents for line in self._billed(account, month))
        if rest:
            troubles.append(f"our bill is {bill.total_cents} cents, Stripe's {bill.total_cents - rest}")
        return invoice.invoice_id, troubles

    def _billed(self, account: StripeAccount, month: Month) -> list[InvoiceLine]:
        """What Stripe bills for a month, on whichever invoice: locations are paid ahead, visits afterwards."""
        begin, end = month.begins_at_ms // 1_000, month.ends_at_ms // 1_000
        invoices = [*self._cycle_invoices(account, month_before(month)), *self._cycle_invoices(account, month)]
        lines = [line for one in invoices for line in self._stripe.lines(one.invoice_id)]
        return [line for line in lines if begin <= line.period_start < end]

    def _rate_here(self, account: StripeAccount, month: Month, bill: Bill) -> tuple[str | None, list[str]]:
        """An invoice of our own lines, for plans that Stripe can't price and months without a subscription."""
        if bill.total_cents <= 0:
            return None, []
        since_s = month.ends_at_ms // 1_000
        invoice = self._stripe.ensure_invoice(account.customer_id, bill.currency, month.name, since_s)
        if invoice.status == "draft":
            period = (month.begins_at_ms // 1_000, month.ends_at_ms // 1_000 - 1)
            for number, line in enumerate(bill.lines):
                if line.amount_cents:
                    key = f"v1:line:{account.partner_id}:{month.name}:{number}"
                    self._stripe.ensure_item(
                        account.customer_id,
                        key,
                        line.amount_cents,
                        bill.currency,
                        line.explanation,
                        period,
                        invoice.invoice_id,
                    )
        lines = self._stripe.lines(invoice.invoice_id)
        total = sum(one.amount_cents for one in lines if one.period_start == month.begins_at_ms // 1_000)
        if total != bill.total_cents:
            return invoice.invoice_id, [f"our bill is {bill.total_cents} cents, the invoice says {total}"]
        return invoice.invoice_id, []

    # ---- after the invoice

    def _look_again(self, account: StripeAccount, month: Month) -> list[str]:
        """Once a day: what became known of a month after its invoice goes on the next one. It never gets less."""
        closing = self._book.closing(account.partner_id, month.name)
        if closing.state is not ClosingState.FINALISED:
            return []
        if closing.owed_cents:
            closing = self._add_late_item(account, month, closing)
        today = utc_day(self._clock())
        if closing.checked_day == today:
            return list(closing.troubles)
        bill = self._billing.bill(account.partner_id, month.name)
        more = bill.total_cents - closing.billed_cents
        troubles = (f"{month.name} was billed {-more} cents too much",) if more < 0 else ()
        closing = self._put_closing(closing, checked_day=today, owed_cents=max(more, 0), troubles=troubles)
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
        return self._put_closing(closing, billed_cents=total, owed_cents=0)

    # ---- helpers

    def _this_month(self) -> Month:
        return month_of(utc_day(self._clock())[:7])

    def _months_since(self, closed_through: str) -> list[Month]:
        """The months after that one, up to the current one."""
        months, this = [next_month(month_of(closed_through))], self._this_month()
        while months[-1].name < this.name:
            months.append(next_month(months[-1]))
        return months

    def _has_terms(self, partner_id: str, month: Month) -> bool:
        try:
            terms_of_month(partner_id, self._contracts.terms(partner_id), month)
        except NoTermsInForceError:
            return False
        return True

    def _put(self, before: StripeAccount, after: StripeAccount) -> StripeAccount:
        """Raises ConcurrentRunError if another run changed the account meanwhile."""
        after = replace(after, version=before.version + 1)
        if not self._book.put_account(before, after):
            raise ConcurrentRunError(before.partner_id)
        return after

    def _put_closing(self, closing: Closing, **changes: Any) -> Closing:
        after = replace(closing, **changes, version=closing.version + 1)
        if replace(after, version=closing.version) == closing:
            return closing
        if not self._book.put_closing(after):
            raise ConcurrentRunError(closing.partner_id)
        return after
