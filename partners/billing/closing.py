"""Months that are over: Stripe's invoice says what our bill says, or is held.

What Stripe can price is compared, hour by hour and line by line; of all else the invoice has our own lines. Either
way all that any invoice bills for the month must come to our bill.
"""

from partners.billing.metering import Metering
from partners.billing.model import Bill, LineKind, Month
from partners.billing.month_invoices import MonthInvoices
from partners.billing.service import Billing
from partners.billing.stripe_book import StripeBook, change_closing
from partners.billing.stripe_errors import StripeRefusedError
from partners.billing.stripe_gateway import StripeGateway
from partners.billing.stripe_invoice_gateway import InvoiceView
from partners.billing.stripe_model import SETTLED_AFTER_MS, ClosingState, Invoicer, StripeAccount
from shared.kernel.clock import Clock, utc_day


class Closings:
    """Every method may raise StoreUnavailableError, StripeUnavailableError, StripeRefusedError, ConcurrentRunError."""

    def __init__(
        self,
        book: StripeBook,
        stripe: StripeGateway,
        invoices: MonthInvoices,
        metering: Metering,
        billing: Billing,
        clock: Clock,
    ) -> None:
        self._book = book
        self._stripe = stripe
        self._invoices = invoices
        self._metering = metering
        self._billing = billing
        self._clock = clock

    def close(self, account: StripeAccount, month: Month) -> tuple[bool, list[str]]:
        """Invoice a month that is over, unless something stands against it; whether it is done with, and what does.

        So does what Stripe refuses of it. A month in which the partner has left at once is over for it.
        """
        closing = self._book.closing(account.partner_id, month.name)
        if closing.state is ClosingState.FINALISED:
            return True, []
        drafts = self._invoices.hold(account, month)
        parted = account.parted_in(month.name)
        if not parted and self._clock() < month.ends_at_ms + SETTLED_AFTER_MS:
            return False, []
        if self._book.claim(account.partner_id, month.name, Invoicer.STRIPE) is not Invoicer.STRIPE:
            troubles = [f"the operator has invoiced {month.name} itself"]
            change_closing(self._book, closing, state=ClosingState.HELD, troubles=tuple(troubles))
            return False, troubles
        bill, billed_cents = self._billing.bill(account.partner_id, month.name), 0
        invoice_id, troubles = closing.invoice_id, []
        try:
            self._invoices.take_back_ahead(account, month)
            invoice = self._invoices.invoice_of(account, month, bill)
            invoice_id = invoice.invoice_id if invoice is not None else None
            check = self._check_cycle if account.subscribed_in(month.name) else self._rate_here
            troubles = check(account, month, bill, invoice)
            if not troubles:
                self._finalise_all(account, month, bill, {invoice_id, *(draft.invoice_id for draft in drafts)})
                billed_cents = self._invoices.billed_cents(account, month) if parted else bill.total_cents
        except StripeRefusedError as error:
            troubles = [error.in_words()]
        if troubles:
            held = {"state": ClosingState.HELD, "invoice_id": invoice_id, "troubles": tuple(troubles)}
            change_closing(self._book, closing, **held)
            return False, troubles
        done = {"state": ClosingState.FINALISED, "invoice_id": invoice_id, "billed_cents": billed_cents}
        change_closing(self._book, closing, **done, troubles=(), checked_day=utc_day(self._clock()))
        return True, []

    def _finalise_all(self, account: StripeAccount, month: Month, bill: Bill, names: set[str | None]) -> None:
        if account.parted_in(month.name):
            self._invoices.take_up_pending(account, month, bill)
        for name in names - {None}:
            self._stripe.finalise(str(name))

    def put_off(self, account: StripeAccount, month: Month, troubles: list[str]) -> tuple[bool, list[str]]:
        """Hold a month for what stands against any invoice of this partner, as is said elsewhere; as `close`."""
        closing = self._book.closing(account.partner_id, month.name)
        if closing.state is ClosingState.FINALISED:
            return True, []
        self._invoices.hold(account, month)
        if self._clock() >= month.ends_at_ms + SETTLED_AFTER_MS:
            change_closing(self._book, closing, state=ClosingState.HELD, troubles=tuple(troubles))
        return False, []

    def close_without_terms(self, account: StripeAccount, month: Month) -> tuple[bool, list[str]]:
        """As `close`, of a month that costs nothing because no terms were in force in it."""
        closing = self._book.closing(account.partner_id, month.name)
        if closing.state is ClosingState.FINALISED:
            return True, []
        drafts = self._invoices.hold(account, month)
        if self._clock() < month.ends_at_ms + SETTLED_AFTER_MS:
            return False, []
        self._invoices.take_back_ahead(account, month)
        self._invoices.take_back_visits(account, month)
        billed_cents = self._invoices.billed_cents(account, month)
        if billed_cents:
            troubles = (f"no terms were in force in {month.name}, all its invoices say {billed_cents} cents",)
            held = {"state": ClosingState.HELD, "invoice_id": drafts[0].invoice_id if drafts else None}
            change_closing(self._book, closing, **held, troubles=troubles)
            return False, list(troubles)
        for draft in drafts:
            self._stripe.finalise(draft.invoice_id)
        if closing.state is ClosingState.HELD:
            change_closing(self._book, closing, state=ClosingState.FINALISED, troubles=())
        return True, []

    def _check_cycle(self, account: StripeAccount, month: Month, bill: Bill, invoice: InvoiceView | None) -> list[str]:
        """Compare a subscription's invoice with our own count, hour by hour, and with our own bill.

        Visits must agree to the cent. Location-days that Stripe rounds otherwise, or was told of too late, become
        an item of the same draft; if it bills more for them than rounding explains, the draft is held. Who has left at
        once is billed by Stripe what it was told; the rest is an item too, or later gets an invoice of its own.
        """
        if invoice is None:
            return [f"Stripe has no invoice of {month.name}"]
        parted = account.parted_in(month.name)
        our_visits_cents = sum(line.amount_cents for line in bill.lines if line.kind is LineKind.VISITS)
        if parted:
            told, differences = self._metering.compare_told(account, month)
            our_visits_cents = self._billing.visits_cents(account.partner_id, bill, told)
        else:
            differences = self._metering.compare(account, month)
        troubles = self._metering.troubles(account.partner_id, month)
        unused = not bill.usage.locations
        if unused and not differences and not troubles:
            self._invoices.take_back_visits(account, month)
        troubles += [one.in_words() for one in differences]
        lines = self._invoices.billed(account, month)
        visits_cents = sum(line.amount_cents for line in lines if line.price_id == account.visit_price_id)
        if visits_cents != our_visits_cents and not unused:
            troubles.append(f"visits are {our_visits_cents} cents here, {visits_cents} at Stripe")
        rest = bill.total_cents - sum(line.amount_cents for line in lines)
        if not troubles and rest and invoice.status == "draft" and rest >= -sum(line.prorated for line in lines):
            what = "location-days, difference to what is billed"
            self._invoices.add_rest(account, month, bill, rest, invoice.invoice_id, what)
            rest = bill.total_cents - sum(line.amount_cents for line in self._invoices.billed(account, month))
        if rest < 0 or (rest and not parted):
            troubles.append(f"our bill is {bill.total_cents} cents, Stripe's {bill.total_cents - rest}")
        return troubles

    def _rate_here(self, account: StripeAccount, month: Month, bill: Bill, invoice: InvoiceView | None) -> list[str]:
        """Have our own lines on an invoice, for plans that Stripe can't price and months without a subscription."""
        self._invoices.take_back_visits(account, month)
        if invoice is not None:
            self._invoices.add_lines(account, month, bill, invoice)
            self._invoices.take_off_billed(account, month, bill, invoice)
        total = self._invoices.billed_cents(account, month)
        if invoice is not None and total < bill.total_cents and invoice.status == "draft":
            rest = bill.total_cents - total
            self._invoices.add_rest(
                account, month, bill, rest, invoice.invoice_id, "what became known while it was a draft"
            )
            total = self._invoices.billed_cents(account, month)
        if total != bill.total_cents:
            return [f"our bill is {bill.total_cents} cents, all invoices of the month say {total}"]
        return []
