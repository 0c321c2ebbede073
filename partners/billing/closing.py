"""Months that are over: Stripe's invoice says what our bill says, or is held.

What Stripe can price is compared, hour by hour and line by line; of all else the invoice has our own lines. Either
way all that any invoice bills for the month must come to our bill.
"""

from partners.billing.metering import Metering
from partners.billing.model import Bill, LineKind, Month, next_month
from partners.billing.service import Billing
from partners.billing.stripe_book import StripeBook, change_closing
from partners.billing.stripe_errors import StripeRefusedError
from partners.billing.stripe_gateway import StripeGateway
from partners.billing.stripe_invoice_gateway import InvoiceLine, InvoiceView
from partners.billing.stripe_items import Item, items_of
from partners.billing.stripe_model import SETTLED_AFTER_MS, ClosingState, Invoicer, StripeAccount
from shared.kernel.clock import Clock, utc_day


class Closings:
    """Every method may raise StoreUnavailableError, StripeUnavailableError, StripeRefusedError, ConcurrentRunError."""

    def __init__(
        self, book: StripeBook, stripe: StripeGateway, metering: Metering, billing: Billing, clock: Clock
    ) -> None:
        self._book = book
        self._stripe = stripe
        self._metering = metering
        self._billing = billing
        self._clock = clock

    def hold(self, account: StripeAccount, month: Month) -> list[InvoiceView]:
        """Keep a month's drafts from being finalised by Stripe itself; returns them."""
        drafts = self.drafts(account, month)
        for draft in drafts:
            if draft.auto_advance:
                self._stripe.hold(draft.invoice_id)
        return drafts

    def close(self, account: StripeAccount, month: Month) -> tuple[bool, list[str]]:
        """Invoice a month that is over, unless something stands against it; whether it is done with, and what does.

        So does what Stripe refuses of it. A month in which the partner has left at once is over for it.
        """
        closing = self._book.closing(account.partner_id, month.name)
        if closing.state is ClosingState.FINALISED:
            return True, []
        drafts = self.hold(account, month)
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
            self._take_back_ahead(account, month)
            invoice = self._invoice_of(account, month, bill)
            invoice_id = invoice.invoice_id if invoice is not None else None
            check = self._check_cycle if account.subscribed_in(month.name) else self._rate_here
            troubles = check(account, month, bill, invoice)
            if not troubles:
                self._finalise_all(account, month, bill, {invoice_id, *(draft.invoice_id for draft in drafts)})
                billed_cents = self._billed_cents(account, month) if parted else bill.total_cents
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
            self._take_up_pending(account, month, bill)
        for name in names - {None}:
            self._stripe.finalise(str(name))

    def put_off(self, account: StripeAccount, month: Month, troubles: list[str]) -> tuple[bool, list[str]]:
        """Hold a month for what stands against any invoice of this partner, as is said elsewhere; as `close`."""
        closing = self._book.closing(account.partner_id, month.name)
        if closing.state is ClosingState.FINALISED:
            return True, []
        self.hold(account, month)
        if self._clock() >= month.ends_at_ms + SETTLED_AFTER_MS:
            change_closing(self._book, closing, state=ClosingState.HELD, troubles=tuple(troubles))
        return False, []

    def close_without_terms(self, account: StripeAccount, month: Month) -> tuple[bool, list[str]]:
        """As `close`, of a month that costs nothing because no terms were in force in it."""
        closing = self._book.closing(account.partner_id, month.name)
        if closing.state is ClosingState.FINALISED:
            return True, []
        drafts = self.hold(account, month)
        if self._clock() < month.ends_at_ms + SETTLED_AFTER_MS:
            return False, []
        self._take_back_ahead(account, month)
        self._take_back_visits(account, month)
        billed_cents = self._billed_cents(account, month)
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

    def has_draft(self, account: StripeAccount, month: Month, invoice_id: str | None) -> bool:
        """Whether the invoice kept for a month, or one of the subscription's, can still change."""
        return bool(self.drafts(account, month)) or (invoice_id is not None and self._stripe.is_draft(invoice_id))

    def finalise_as_it_is(self, account: StripeAccount, month: Month, invoice_id: str | None) -> int:
        """Make a held month's invoices due in spite of what differs; the cents that are billed of the month."""
        drafts = {one.invoice_id for one in self.drafts(account, month)}
        for name in sorted(drafts if invoice_id is None else drafts | {invoice_id}):
            self._stripe.finalise(name)
        return self._billed_cents(account, month)

    def drafts(self, account: StripeAccount, month: Month) -> list[InvoiceView]:
        """As `invoices`, those that are not final."""
        return [one for one in self.invoices(account, month) if one.status == "draft"]

    def invoices(self, account: StripeAccount, month: Month) -> list[InvoiceView]:
        """Those of the subscription whose period ends in this month or with it."""
        if account.subscription_id is None:
            return []
        begin, end = month.begins_at_ms // 1_000, month.ends_at_ms // 1_000
        found = self._stripe.invoices(account.customer_id, begin - 3_600)
        return [one for one in found if one.subscription_id is not None and begin < one.period_end <= end]

    def _invoice_of(self, account: StripeAccount, month: Month, bill: Bill) -> InvoiceView | None:
        """The subscription's invoice of a month, or the draft of our own lines: if anything is due or waits for one."""
        if account.subscribed_in(month.name):
            return next(iter(self.invoices(account, month)), None)
        if bill.total_cents <= 0 and not self._stripe.has_pending_item(account.customer_id):
            return None
        since_s = month.begins_at_ms // 1_000
        return self._stripe.ensure_invoice(account.customer_id, bill.currency, month.name, since_s)

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
            self._take_back_visits(account, month)
        troubles += [one.in_words() for one in differences]
        lines = self.billed(account, month)
        visits_cents = sum(line.amount_cents for line in lines if line.price_id == account.visit_price_id)
        if visits_cents != our_visits_cents and not unused:
            troubles.append(f"visits are {our_visits_cents} cents here, {visits_cents} at Stripe")
        rest = bill.total_cents - sum(line.amount_cents for line in lines)
        if not troubles and rest and invoice.status == "draft" and rest >= -sum(line.prorated for line in lines):
            what = "location-days, difference to what is billed"
            self._add_rest(account, month, bill, rest, invoice.invoice_id, what)
            rest = bill.total_cents - sum(line.amount_cents for line in self.billed(account, month))
        if rest < 0 or (rest and not parted):
            troubles.append(f"our bill is {bill.total_cents} cents, Stripe's {bill.total_cents - rest}")
        return troubles

    def billed(self, account: StripeAccount, month: Month, own: str | None = None) -> list[InvoiceLine]:
        """What Stripe bills for a month, on whichever invoice: locations are paid ahead, visits after.

        Of our `own` invoice only what a subscription left for it to take up.
        """
        begin, end = month.begins_at_ms // 1_000, month.ends_at_ms // 1_000
        invoices = [one for one in self._stripe.invoices(account.customer_id, begin - 3_600) if one.status != "void"]
        lines = [
            line
            for one in invoices
            for line in self._stripe.lines(one.invoice_id)
            if one.invoice_id != own or line.price_id is not None
        ]
        return [line for line in lines if begin <= line.period_start < end]

    def _billed_cents(self, account: StripeAccount, month: Month) -> int:
        return sum(line.amount_cents for line in self.billed(account, month))

    def _take_back_visits(self, account: StripeAccount, month: Month) -> None:
        """Take from drafts what Stripe charges for visits of a month in which the subscription is owed none.

        Of no visits it charges the first band's flat fee: also of the days between a subscription's creation and its
        first whole month, and of a month without a location.
        """
        begin, end = month.begins_at_ms // 1_000, month.ends_at_ms // 1_000
        for draft in self.drafts(account, month):
            lines = [one for one in self._stripe.lines(draft.invoice_id) if begin <= one.period_start < end]
            cents = sum(line.amount_cents for line in lines if line.price_id == account.visit_price_id)
            if cents:
                key = f"v1:unused:{account.partner_id}:{month.name}:{draft.invoice_id}"
                what = f"{month.name}: nothing is due for visits by the subscription"
                period = (begin, end - 1)
                item = Item(key, -cents, what)
                self._stripe.ensure_item(account.customer_id, item, draft.currency, period, on=draft.invoice_id)

    def _take_back_ahead(self, account: StripeAccount, month: Month) -> None:
        """Take from drafts the locations of a next month that the subscription, ended since, is not to bill."""
        following = next_month(month)
        if account.subscribed_in(following.name):
            return
        begin, end = following.begins_at_ms // 1_000, following.ends_at_ms // 1_000
        for draft in self.drafts(account, month):
            lines = [one for one in self._stripe.lines(draft.invoice_id) if begin <= one.period_start < end]
            cents = sum(line.amount_cents for line in lines if line.price_id is not None)
            if cents:
                key = f"v1:ahead:{account.partner_id}:{following.name}:{draft.invoice_id}"
                what = f"{following.name}: the subscription ended before it"
                period = (begin, end - 1)
                item = Item(key, -cents, what)
                self._stripe.ensure_item(account.customer_id, item, draft.currency, period, on=draft.invoice_id)

    def billed_after(self, account: StripeAccount, last: Month) -> list[str]:
        """What a subscription billed for time after the last month that is Stripe's, which should be nothing.

        Its drafts are held. It stands until they are gone or void.
        """
        since_s = last.ends_at_ms // 1_000
        cents = 0
        for one in self._stripe.invoices(account.customer_id, since_s - 3_600):
            if one.subscription_id is None or one.status == "void":
                continue
            ahead = sum(
                line.amount_cents for line in self._stripe.lines(one.invoice_id) if line.period_start >= since_s
            )
            if ahead and one.status == "draft" and one.auto_advance:
                self._stripe.hold(one.invoice_id)
            cents += ahead
        return (
            [f"Stripe bills {cents} cents for time after {last.name}, the last month that is its own"] if cents else []
        )

    def _rate_here(self, account: StripeAccount, month: Month, bill: Bill, invoice: InvoiceView | None) -> list[str]:
        """Have our own lines on an invoice, for plans that Stripe can't price and months without a subscription."""
        self._take_back_visits(account, month)
        if invoice is not None:
            self._add_lines(account, month, bill, invoice)
            self._take_off_billed(account, month, bill, invoice)
        total = self._billed_cents(account, month)
        if invoice is not None and total < bill.total_cents and invoice.status == "draft":
            rest = bill.total_cents - total
            self._add_rest(account, month, bill, rest, invoice.invoice_id, "what became known while it was a draft")
            total = self._billed_cents(account, month)
        if total != bill.total_cents:
            return [f"our bill is {bill.total_cents} cents, all invoices of the month say {total}"]
        return []

    def _take_up_pending(self, account: StripeAccount, month: Month, bill: Bill) -> None:
        """Invoice what still waits for the next invoice of a partner that has left, and gets no other."""
        if self._stripe.has_pending_item(account.customer_id):
            name, since_s = f"{month.name} pending", month.begins_at_ms // 1_000
            self._stripe.finalise(
                self._stripe.ensure_invoice(account.customer_id, bill.currency, name, since_s).invoice_id
            )

    def _take_off_billed(self, account: StripeAccount, month: Month, bill: Bill, invoice: InvoiceView) -> None:
        """Bill on our own invoice no more than what a subscription that ended in the month has not billed of it.

        There was none yet in the month of entry.
        """
        if month.name == account.first_month:
            return
        cents = sum(line.amount_cents for line in self.billed(account, month, own=invoice.invoice_id))
        cents = min(cents, bill.total_cents)
        if invoice.status == "draft" and cents > 0:
            key = f"v1:billed:{account.partner_id}:{month.name}:{cents}"
            what = f"{month.name}: billed on another invoice"
            period = (month.begins_at_ms // 1_000, month.ends_at_ms // 1_000 - 1)
            item = Item(key, -cents, what)
            self._stripe.ensure_item(account.customer_id, item, bill.currency, period, on=invoice.invoice_id)

    def _add_lines(self, account: StripeAccount, month: Month, bill: Bill, invoice: InvoiceView) -> None:
        """Have the bill on its draft, which took what else waited for the customer's next invoice."""
        if invoice.status != "draft":
            return
        period = (month.begins_at_ms // 1_000, month.ends_at_ms // 1_000 - 1)
        present = self._stripe.item_keys(account.customer_id, invoice.invoice_id)
        for item in items_of(bill, present):
            if item.key not in present:
                self._stripe.ensure_item(
                    account.customer_id, item, bill.currency, period, on=invoice.invoice_id, looked=True
                )

    def _add_rest(
        self, account: StripeAccount, month: Month, bill: Bill, rest_cents: int, invoice_id: str, what: str
    ) -> None:
        key = f"v1:rest:{account.partner_id}:{month.name}:{bill.total_cents}:{rest_cents}"
        period = (month.begins_at_ms // 1_000, month.ends_at_ms // 1_000 - 1)
        item = Item(key, rest_cents, f"{month.name}: {what}")
        self._stripe.ensure_item(account.customer_id, item, bill.currency, period, on=invoice_id)
