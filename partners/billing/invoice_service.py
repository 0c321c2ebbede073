"""Issuing invoices: a month's bill is frozen once, and what changes later is adjusted by the next."""

from contextlib import suppress
from typing import Protocol

from partners.billing.errors import (
    InvoicedThroughStripeError,
    InvoiceTooEarlyError,
    LaterInvoiceIssuedError,
    NothingToInvoiceError,
    UnknownInvoiceError,
)
from partners.billing.estimate import Estimate
from partners.billing.invoice import ISSUED_AFTER_MS, Invoice, adjustments, months_to_recount
from partners.billing.model import Month, month_before, month_of, next_month
from partners.billing.periods import begin_of, terms_of_month
from partners.billing.service import Billing
from partners.billing.stripe_model import Closing, Invoicer, StripeAccount
from partners.billing.usage import days_of_locations
from partners.contracts.model import Partner
from partners.contracts.plan import Plan
from partners.contracts.service import Contracts
from shared.kernel.clock import Clock, utc_day


class InvoiceBook(Protocol):
    """What invoices need of their store; see `partners.billing.invoice_store.InvoiceStore`."""

    def add(self, invoice: Invoice, newest: str | None) -> bool: ...

    def invoice(self, partner_id: str, month: str) -> Invoice | None: ...

    def invoices(self, partner_id: str) -> list[Invoice]: ...


class Invoicers(Protocol):
    """Who invoices which month; see `partners.billing.stripe_store.StripeStore`."""

    def account(self, partner_id: str) -> StripeAccount | None: ...

    def closing(self, partner_id: str, month: str) -> Closing: ...

    def closings(self, partner_id: str) -> list[Closing]: ...

    def claim(self, partner_id: str, month: str, invoicer: Invoicer) -> Invoicer: ...


class Invoices:
    """Use cases of the operator's own invoices. Every method may raise StoreUnavailableError."""

    def __init__(
        self, book: InvoiceBook, invoicers: Invoicers, billing: Billing, contracts: Contracts, clock: Clock
    ) -> None:
        self._book = book
        self._invoicers = invoicers
        self._billing = billing
        self._contracts = contracts
        self._clock = clock

    def issue(self, partner_id: str, month: str) -> Invoice:
        """Freeze the bill of a month; the same again gives the invoice as first issued.

        The LOOKED_BACK_MONTHS invoices before are counted again, and all of whose months anything was posted by hand;
        what differs is adjusted in this one, but for months that Stripe has taken over, see
        `partners.billing.handover`. Invoices are issued in the order of their months. Raises InvalidMonthError,
        UnknownPartnerError, NoTermsInForceError, InvoiceTooEarlyError until
        ISSUED_AFTER_MS after the month's end, LaterInvoiceIssuedError, InvoicedThroughStripeError, and
        NothingToInvoiceError of a month without a location and a visit, which is done with by that.
        """
        invoice = self._frozen(partner_id, month)
        if invoice.nothing_due:
            raise NothingToInvoiceError(month)
        return invoice

    def _frozen(self, partner_id: str, month: str) -> Invoice:
        earliest_ms = month_of(month).ends_at_ms + ISSUED_AFTER_MS
        if self._clock() < earliest_ms:
            raise InvoiceTooEarlyError(month, earliest_ms)
        partner = self._contracts.partner(partner_id)
        while True:
            issued = self._book.invoices(partner_id)
            for invoice in issued:
                if invoice.bill.month == month:
                    return invoice
                if invoice.bill.month > month:
                    raise LaterInvoiceIssuedError(month, invoice.bill.month)
            invoice = self._drawn_up(partner, month, issued)
            if self._book.add(invoice, issued[-1].bill.month if issued else None):
                return invoice

    def _drawn_up(self, partner: Partner, month: str, issued: list[Invoice]) -> Invoice:
        """The month's invoice after those that are issued; the month is claimed."""
        partner_id = partner.partner_id
        terms_of_month(partner_id, self._contracts.terms(partner_id), month_of(month))
        self._claim(partner_id, month)
        bill = self._billing.bill(partner_id, month)
        recounted = {
            earlier: self._billing.bill(partner_id, earlier)
            for earlier in months_to_recount(issued, self._billing.posted_by_hand(partner_id))
            if not self._invoicers.closing(partner_id, earlier).version
        }
        adjusted = adjustments(issued, recounted)
        nothing_due = not bill.usage.locations and not adjusted
        return Invoice(partner.name, self._clock(), bill, adjusted, nothing_due)

    def issue_due(self, partner_id: str) -> list[Invoice]:
        """Issue the invoices that are due: of each month since the newest invoiced, at first of each under terms.

        Months before the first in which a location was open are left out, but for the last month. Nothing is due
        without terms, of months that Stripe invoices, and of those without a location and a visit. Raises
        UnknownPartnerError.
        """
        last = month_before(month_of(utc_day(self._clock() - ISSUED_AFTER_MS)[:7]))
        issued = self._book.invoices(partner_id)
        month = next_month(month_of(issued[-1].bill.month)) if issued else self._first_month(partner_id, last)
        account = self._invoicers.account(partner_id)
        found = []
        while month.begins_at_ms <= last.begins_at_ms:
            if account is None or not account.invoiced_in(month.name):
                # Its claim may say that it is Stripe's, though its account began anew since.
                with suppress(InvoicedThroughStripeError):
                    found.append(self._frozen(partner_id, month.name))
            month = next_month(month)
        return [one for one in found if not one.nothing_due]

    def uninvoiced(self, partner_id: str) -> list[tuple[str, int]]:
        """The months until now that are not invoiced, or at Stripe not done with, and what each lacks in cents.

        Negative is a credit. Months invoiced by the operator are compared by their location-days of now, which is what
        may change once a partner trades no more, and those of which anything was posted by hand are counted again.
        Raises UnknownPartnerError.
        """
        issued = self._book.invoices(partner_id)
        closings = {one.month: one for one in self._invoicers.closings(partner_id)}
        bills, by_hand = {one.bill.month: one.bill for one in issued}, self._billing.posted_by_hand(partner_id)
        count, count_days = self._billing.bill, self._billing.billed_again
        again = {
            month: count(partner_id, month) if month in by_hand else count_days(bills[month])
            for month in months_to_recount(issued, by_hand)
            if month not in closings
        }
        lacking = {one.month: one.amount_cents for one in adjustments(issued, again)}
        running = month_of(utc_day(self._clock())[:7])
        month = next_month(month_of(issued[-1].bill.month)) if issued else self._first_month(partner_id, running)
        while month.begins_at_ms <= running.begins_at_ms:
            if month.name not in closings:
                lacking[month.name] = self._billing.bill(partner_id, month.name).total_cents
            month = next_month(month)
        found = [(name, cents) for name, cents in lacking.items() if cents]
        for closing in closings.values():
            if closing.unfinished:
                total_cents = self._billing.bill(partner_id, closing.month).total_cents
                found.append((closing.month, total_cents - closing.billed_cents))
        return sorted(found)

    def customer_at_stripe(self, partner_id: str) -> str | None:
        """As whom the partner is billed through Stripe; None if it never was, or its last month there is closed."""
        account = self._invoicers.account(partner_id)
        return None if account is None or account.has_left else account.customer_id

    def _first_month(self, partner_id: str, last: Month) -> Month:
        """The first month to invoice, not after `last` but for a partner whose terms begin later, or has none."""
        terms = self._contracts.terms(partner_id)
        if not terms:
            return next_month(last)
        locations, since_ms = self._contracts.locations(partner_id), begin_of(terms)
        month = month_of(utc_day(since_ms)[:7])
        while month.begins_at_ms < last.begins_at_ms:
            if days_of_locations(locations, month.first_day, month.last_day, since_ms):
                break
            month = next_month(month)
        return month

    def _claim(self, partner_id: str, month: str) -> None:
        """From here on the month is invoiced by the operator, or else it never is."""
        account = self._invoicers.account(partner_id)
        elsewhere = account is not None and account.invoiced_in(month)
        if elsewhere or self._invoicers.claim(partner_id, month, Invoicer.OPERATOR) is not Invoicer.OPERATOR:
            raise InvoicedThroughStripeError(month)

    def invoice(self, partner_id: str, month: str) -> Invoice:
        """The partner's invoice of a month. Raises InvalidMonthError, UnknownInvoiceError."""
        invoice = self.issued(partner_id, month)
        if invoice is None or invoice.nothing_due:
            raise UnknownInvoiceError(month)
        return invoice

    def issued(self, partner_id: str, month: str) -> Invoice | None:
        """As `invoice`, None if there is none; also one that says that nothing is due."""
        return self._book.invoice(partner_id, month_of(month).name)

    def standing(self, partner_id: str, month: str) -> tuple[Estimate, Invoice | None, Closing | None]:
        """What a month costs: as invoiced, with the operator's invoice; or else as counted now, with how it stands at
        Stripe if that invoices it.

        Raises what `Billing.estimate` raises.
        """
        invoice = self.issued(partner_id, month)
        if invoice is not None:
            return Estimate(invoice.bill, None, None), invoice, None
        return self._billing.estimate(partner_id, month), None, self._at_stripe(partner_id, month)

    def what_if(
        self, partner_id: str, month: str, plan: Plan
    ) -> tuple[tuple[Estimate, Invoice | None, Closing | None], Estimate]:
        """A month as it stands, see `standing`, and what it were by another plan, from the same count.

        Raises what `Billing.what_if` raises.
        """
        invoice = self.issued(partner_id, month)
        actual, tried = self._billing.what_if(partner_id, month, plan, None if invoice is None else invoice.bill)
        return (actual, invoice, self._at_stripe(partner_id, month) if invoice is None else None), tried

    def _at_stripe(self, partner_id: str, month: str) -> Closing | None:
        """How the month stands at Stripe, None if that does not invoice it."""
        closing = self._invoicers.closing(partner_id, month_of(month).name)
        account = None if closing.version else self._invoicers.account(partner_id)
        at_stripe = closing.version > 0 or (account is not None and account.invoiced_in(month))
        return closing if at_stripe else None

    def invoices(self, partner_id: str) -> list[Invoice]:
        """The partner's invoices, newest first. Raises UnknownPartnerError."""
        self._contracts.partner(partner_id)
        return [one for one in reversed(self._book.invoices(partner_id)) if not one.nothing_due]
