"""Invoices at Stripe: drafts, their lines and items, and what is taken back from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from partners.billing.invoice import DAYS_UNTIL_DUE
from partners.billing.stripe_connection import PAGE, StripeConnection, metadata_of
from partners.billing.stripe_errors import StripeRefusedError
from partners.billing.stripe_items import LONGEST_DESCRIPTION, Item
from partners.settlement.payments.stripe_legs import LEG

if TYPE_CHECKING:
    from stripe import CreditNote, Invoice, InvoiceItem, RequestOptions
    from stripe.params import (
        CreditNoteCreateParams,
        InvoiceCreateParams,
        InvoiceItemCreateParams,
        InvoiceItemListParams,
    )


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """`period_*` in epoch seconds, the end excluded; `price_id` is None for an amount of our own."""

    amount_cents: int
    price_id: str | None
    period_start: int
    period_end: int
    prorated: bool
    description: str


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice at Stripe as far as billing looks at it. Times in epoch seconds."""

    invoice_id: str
    status: str
    currency: str
    auto_advance: bool
    period_start: int
    period_end: int
    total_cents: int
    metadata: dict[str, str]
    subscription_id: str | None


class InvoiceGateway(StripeConnection):
    def invoices(self, customer_id: str, since_s: int) -> list[InvoiceView]:
        """The customer's invoices created since then, newest first; those of settlements are none of billing's."""
        with self.calling():
            found = self.client.v1.invoices.list({"customer": customer_id, "created": {"gte": since_s}, "limit": PAGE})
            return [_view(one) for one in found.auto_paging_iter() if LEG not in metadata_of(one)]

    def lines(self, invoice_id: str) -> list[InvoiceLine]:
        with self.calling():
            found = self.client.v1.invoices.line_items.list(invoice_id, {"limit": PAGE})
            return [_line(one) for one in found.auto_paging_iter()]

    def hold(self, invoice_id: str) -> None:
        """Keep a draft from being finalised by itself."""
        with self.calling():
            self.client.v1.invoices.update(invoice_id, {"auto_advance": False})

    def ensure_invoice(self, customer_id: str, currency: str, month: str, since_s: int) -> InvoiceView:
        """The draft for the items of a month that we rate ourselves, held; or what has become of it."""
        wanted: InvoiceCreateParams = {
            "customer": customer_id,
            "currency": currency.lower(),
            "auto_advance": False,
            "collection_method": "send_invoice",
            "days_until_due": DAYS_UNTIL_DUE,
            "pending_invoice_items_behavior": "include",
            "metadata": {"month": month},
        }

        def look() -> InvoiceView | None:
            found = self.invoices(customer_id, since_s)
            return next((one for one in found if one.metadata.get("month") == month), None)

        return self.create_once(
            f"v1:invoice:{customer_id}:{month}",
            look,
            lambda options: _view(self.client_without_retries.v1.invoices.create(wanted, options)),
        )

    def ensure_item(
        self,
        customer_id: str,
        item: Item,
        currency: str,
        period: tuple[int, int],
        *,
        on: str | None = None,
        since_s: int = 0,
        looked: bool = False,
    ) -> None:
        """An amount `on` a draft, or on the customer's next invoice; once for each key.

        It is looked for on that draft alone, else among what was created for the customer since `since_s`, which is to
        lie before it was first asked for; and not at first if the caller has just `looked`.
        """
        wanted: InvoiceItemCreateParams = {
            "customer": customer_id,
            "amount": item.amount_cents,
            "currency": currency.lower(),
            "description": item.description[:LONGEST_DESCRIPTION],
            "period": {"start": period[0], "end": period[1]},
            "metadata": {"key": item.key},
        }
        if on is not None:
            wanted["invoice"] = on

        def look() -> "InvoiceItem | None":
            found = self._items(customer_id, on, since_s)
            return next((one for one in found if metadata_of(one).get("key") == item.key), None)

        items = self.client_without_retries.v1.invoice_items
        self.create_once(item.key, look, lambda options: items.create(wanted, options), looked=looked)

    def item_keys(self, customer_id: str, invoice_id: str) -> list[str]:
        """The key of each item on an invoice, "" of one that is not by `ensure_item`."""
        with self.calling():
            return [metadata_of(one).get("key", "") for one in self._items(customer_id, invoice_id, 0)]

    def _items(self, customer_id: str, invoice_id: str | None, since_s: int) -> "Iterator[InvoiceItem]":
        where: InvoiceItemListParams = {"customer": customer_id, "limit": PAGE}
        if invoice_id is None:
            where["created"] = {"gte": since_s}
        else:
            where["invoice"] = invoice_id
        return self.client.v1.invoice_items.list(where).auto_paging_iter()

    def has_pending_item(self, customer_id: str, naming: str = "") -> bool:
        """Whether an amount of `ensure_item`, with this in its key, waits for the customer's next invoice."""
        with self.calling():
            items = self.client.v1.invoice_items.list({"customer": customer_id, "pending": True, "limit": PAGE})
            keys = (metadata_of(item).get("key") for item in items.auto_paging_iter())
            return any(key is not None and naming in key for key in keys)

    def status(self, invoice_id: str) -> str | None:
        """How an invoice stands; None if it is gone: a person has deleted its draft."""
        try:
            with self.calling():
                return self.client.v1.invoices.retrieve(invoice_id).status
        except StripeRefusedError as error:
            if error.data.get("code") != "resource_missing":
                raise
            return None

    def is_draft(self, invoice_id: str) -> bool:
        return self.status(invoice_id) == "draft"

    def finalise(self, invoice_id: str) -> None:
        """Make a draft due. One that is no draft any more stays as it is."""
        with self.calling():
            if self.client.v1.invoices.retrieve(invoice_id).status == "draft":
                self.client.v1.invoices.finalize_invoice(invoice_id, {"auto_advance": True})

    def go_on_collecting(self, customer_id: str) -> None:
        """Have Stripe go on asking for what is due. It stops that for all invoices when a subscription ends."""
        with self.calling():
            found = self.client.v1.invoices.list({"customer": customer_id, "status": "open", "limit": PAGE})
            for one in found.auto_paging_iter():
                if not one.auto_advance and LEG not in metadata_of(one):
                    self.client.v1.invoices.update(str(one.id), {"auto_advance": True})

    def preview(self, subscription_id: str) -> tuple[int, list[InvoiceLine]]:
        """Total in cents and lines of the subscription's next invoice as things stand."""
        with self.calling():
            found = self.client.v1.invoices.create_preview({"subscription": subscription_id})
            return found.total, [_line(one) for one in found.lines.data]

    def credit(self, invoice_id: str, amount_cents: int, memo: str, key: str) -> str:
        """Take back a part of a finalised invoice: from what is due, or to the balance if it is paid."""

        def look() -> "CreditNote | None":
            notes = self.client.v1.credit_notes.list({"invoice": invoice_id, "limit": PAGE})
            return next((one for one in notes.auto_paging_iter() if metadata_of(one).get("key") == key), None)

        def create(options: "RequestOptions") -> "CreditNote":
            wanted: CreditNoteCreateParams = {
                "invoice": invoice_id,
                "amount": amount_cents,
                "memo": memo[:500],
                "metadata": {"key": key},
            }
            if self.client.v1.invoices.retrieve(invoice_id).status == "paid":
                wanted["credit_amount"] = amount_cents
            return self.client_without_retries.v1.credit_notes.create(wanted, options)

        return self.create_once(key, look, create).id


def _view(invoice: "Invoice") -> InvoiceView:
    parent = invoice.parent
    details = parent.subscription_details if parent else None
    return InvoiceView(
        invoice_id=str(invoice.id),
        status=str(invoice.status),
        currency=invoice.currency,
        auto_advance=bool(invoice.auto_advance),
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        total_cents=invoice.total,
        metadata=metadata_of(invoice),
        subscription_id=str(details.subscription) if details else None,
    )


def _line(line: Any) -> InvoiceLine:
    parent = line.parent
    details = (parent.invoice_item_details or parent.subscription_item_details) if parent else None
    return InvoiceLine(
        amount_cents=line.amount,
        price_id=line.pricing.price_details.price if line.pricing else None,
        period_start=line.period.start,
        period_end=line.period.end,
        prorated=bool(details and details.proration),
        description=line.description or "",
    )
