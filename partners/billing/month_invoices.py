"""What Stripe's invoices bill of a month, what is added to their drafts and taken off them, and which there are."""

from partners.billing.model import Bill, Month, next_month
from partners.billing.stripe_errors import DecisionNotPossibleError
from partners.billing.stripe_gateway import StripeGateway
from partners.billing.stripe_invoice_gateway import InvoiceLine, InvoiceView
from partners.billing.stripe_items import Item, items_of
from partners.billing.stripe_model import StripeAccount


class MonthInvoices:
    """Of a customer of Stripe. Every method may raise StripeUnavailableError, StripeRefusedError."""

    def __init__(self, stripe: StripeGateway) -> None:
        self._stripe = stripe

    def hold(self, account: StripeAccount, month: Month) -> list[InvoiceView]:
        """Keep a month's drafts from being finalised by Stripe itself; returns them."""
        drafts = self.drafts(account, month)
        for draft in drafts:
            if draft.auto_advance:
                self._stripe.hold(draft.invoice_id)
        return drafts

    def has_draft(self, account: StripeAccount, month: Month, invoice_id: str | None) -> bool:
        """Whether the invoice kept for a month, or one of the subscription's, can still change."""
        return bool(self.drafts(account, month)) or (invoice_id is not None and self._stripe.is_draft(invoice_id))

    def finalise_as_it_is(self, account: StripeAccount, month: Month, invoice_id: str | None) -> tuple[str | None, int]:
        """Make a held month's invoices due in spite of what differs; its own, and the cents that all bill of the month.

        None instead of one whose draft a person has deleted. Raises DecisionNotPossibleError if items of that wait for
        the next invoice, which would bill them in spite of any decision.
        """
        kept = None if invoice_id is None or self._stripe.status(invoice_id) is None else invoice_id
        if kept != invoice_id and self._stripe.has_pending_item(
            account.customer_id, f":{account.partner_id}:{month.name}:"
        ):
            raise DecisionNotPossibleError(
                "Items of its deleted draft wait at Stripe for the next invoice: delete them there first.",
                month=month.name,
            )
        drafts = {one.invoice_id for one in self.drafts(account, month)}
        for name in sorted(drafts if kept is None else drafts | {kept}):
            self._stripe.finalise(name)
        return kept, self.billed_cents(account, month)

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

    def invoice_of(self, account: StripeAccount, month: Month, bill: Bill) -> InvoiceView | None:
        """The subscription's invoice of a month, or the draft of our own lines: if anything is due or waits for one."""
        if account.subscribed_in(month.name):
            return next(iter(self.invoices(account, month)), None)
        if bill.total_cents <= 0 and not self._stripe.has_pending_item(account.customer_id):
            return None
        since_s = month.begins_at_ms // 1_000
        return self._stripe.ensure_invoice(account.customer_id, bill.currency, month.name, since_s)

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

    def billed_cents(self, account: StripeAccount, month: Month) -> int:
        return sum(line.amount_cents for line in self.billed(account, month))

    def take_back_visits(self, account: StripeAccount, month: Month) -> None:
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

    def take_back_ahead(self, account: StripeAccount, month: Month) -> None:
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

    def take_up_pending(self, account: StripeAccount, month: Month, bill: Bill) -> None:
        """Invoice what still waits for the next invoice of a partner that has left, and gets no other."""
        if self._stripe.has_pending_item(account.customer_id):
            name, since_s = f"{month.name} pending", month.begins_at_ms // 1_000
            self._stripe.finalise(
                self._stripe.ensure_invoice(account.customer_id, bill.currency, name, since_s).invoice_id
            )

    def take_off_billed(self, account: StripeAccount, month: Month, bill: Bill, invoice: InvoiceView) -> None:
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

    def add_lines(self, account: StripeAccount, month: Month, bill: Bill, invoice: InvoiceView) -> None:
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

    def add_rest(
        self, account: StripeAccount, month: Month, bill: Bill, rest_cents: int, invoice_id: str, what: str
    ) -> None:
        key = f"v1:rest:{account.partner_id}:{month.name}:{bill.total_cents}:{rest_cents}"
        period = (month.begins_at_ms // 1_000, month.ends_at_ms // 1_000 - 1)
        item = Item(key, rest_cents, f"{month.name}: {what}")
        self._stripe.ensure_item(account.customer_id, item, bill.currency, period, on=invoice_id)
