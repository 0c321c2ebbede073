"""Stripe: the only file that imports its SDK, when a call is first made.

Whatever is created is looked for first, and created under a key derived from what it is; so any of these calls
may be repeated. Keys are per hour: Stripe repeats a 500 to the same key for a day.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

from partners.billing.outbox import Answer, Message
from partners.billing.stripe_errors import StripeRefusedError, StripeUnavailableError, UnverifiedWebhookError
from partners.billing.stripe_prices import plan_key, visit_price
from partners.contracts.plan import Plan
from shared.kernel.clock import Clock

if TYPE_CHECKING:
    from stripe import HTTPClient, Invoice, StripeClient
    from stripe.params import (
        CreditNoteCreateParams,
        InvoiceItemCreateParams,
        PriceCreateParams,
        SubscriptionItemUpdateParams,
    )

METER = "tessera_visits"
TIMEOUT_SECONDS = 20
RETRIES = 2
DAYS_UNTIL_DUE = 14
_PAGE = 100
_METER_ERRORS = ["v1.billing.meter.error_report_triggered", "v1.billing.meter.no_meter_found"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Ids of a plan's meter and prices at Stripe."""

    meter_id: str
    location_price_id: str
    visit_price_id: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Ids of a subscription and its item of locations."""

    subscription_id: str
    location_item_id: str


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
    auto_advance: bool
    period_start: int
    period_end: int
    total_cents: int
    metadata: dict[str, str]
    subscription_id: str | None


class StripeGateway:
    """`key` is read when it is first needed. Every method but `verify` may raise StripeUnavailableError (nothing
    is known of the outcome; call again) and StripeRefusedError.

    `base_url` and `http_client` lead it elsewhere than to Stripe, for tests and the demo.
    """

    def __init__(
        self,
        key: Callable[[], str],
        clock: Clock,
        *,
        base_url: Callable[[], str | None] = lambda: None,
        http_client: "HTTPClient | None" = None,
    ) -> None:
        self._key = key
        self._clock = clock
        self._base_url = base_url
        self._http_client = http_client

    # ---- what is sold

    def ensure_catalogue(self, plan: Plan, currency: str) -> Catalogue:
        """The meter and prices of a plan, created unless they are there."""
        meter = self.ensure_meter()
        key = plan_key(plan, currency)
        product = self._ensure_product()
        recurring_month: Literal["month"] = "month"
        location: PriceCreateParams = {
            "currency": currency.lower(),
            "product": product,
            "unit_amount": plan.location_fee_cents,
            "recurring": {"interval": recurring_month, "usage_type": "licensed"},
            "nickname": "Locations",
        }
        rated = visit_price(plan)
        visits: PriceCreateParams = {
            "currency": currency.lower(),
            "product": product,
            "billing_scheme": "tiered",
            "tiers_mode": "graduated" if rated.tiers_mode == "graduated" else "volume",
            "tiers": [
                {
                    "up_to": "inf" if tier.up_to is None else tier.up_to,
                    "unit_amount_decimal": cast(Any, tier.unit_cents),
                    "flat_amount": tier.flat_cents,
                }
                for tier in rated.tiers
            ],
            "recurring": {"interval": recurring_month, "usage_type": "metered", "meter": meter},
            "nickname": "Loyalty visits",
        }
        return Catalogue(
            meter, self._ensure_price(f"v1:locations:{key}", location), self._ensure_price(f"v1:visits:{key}", visits)
        )

    def ensure_meter(self) -> str:
        """The id of the meter of visits."""
        with self._calling():
            meters = self._client.v1.billing.meters
            for meter in meters.list({"status": "active", "limit": _PAGE}).auto_paging_iter():
                if meter.event_name == METER:
                    return meter.id
            created = meters.create(
                {"event_name": METER, "display_name": "Loyalty visits", "default_aggregation": {"formula": "sum"}},
                {"idempotency_key": self._hourly(f"v1:meter:{METER}")},
            )
            return created.id

    def _ensure_product(self) -> str:
        import stripe

        with self._calling():
            try:
                return self._client.v1.products.retrieve("tessera_visits").id
            except stripe.InvalidRequestError as error:
                if error.code != "resource_missing":
                    raise
            key = self._hourly("v1:product:tessera_visits")
            return self._client.v1.products.create(
                {"id": "tessera_visits", "name": "Loyalty visits and locations"}, {"idempotency_key": key}
            ).id

    def _ensure_price(self, lookup_key: str, price: "PriceCreateParams") -> str:
        with self._calling():
            for found in self._client.v1.prices.list({"lookup_keys": [lookup_key], "active": True}).data:
                return found.id
            wanted: PriceCreateParams = {**price, "lookup_key": lookup_key}
            return self._client.v1.prices.create(wanted, {"idempotency_key": self._hourly(lookup_key)}).id

    # ---- who buys

    def create_customer(self, partner_id: str, name: str) -> str:
        """The customer of a partner; its id must be kept, for nothing is looked for here."""
        with self._calling():
            created = self._client.v1.customers.create(
                {"name": name, "metadata": {"partner": partner_id}}, {"idempotency_key": f"v1:customer:{partner_id}"}
            )
            return created.id

    def ensure_subscription(
        self, customer_id: str, catalogue: Catalogue, location_count: int, begins_at: int
    ) -> Subscribed:
        """A subscription that bills from `begins_at` (epoch seconds) on, and nothing before."""
        with self._calling():
            running = self._client.v1.subscriptions.list({"customer": customer_id, "price": catalogue.visit_price_id})
            subscription = next(iter(running.data), None) or self._client.v1.subscriptions.create(
                {
                    "customer": customer_id,
                    "items": [
                        {"price": catalogue.location_price_id, "quantity": location_count},
                        {"price": catalogue.visit_price_id},
                    ],
                    "billing_cycle_anchor": begins_at,
                    "proration_behavior": "none",
                    "collection_method": "send_invoice",
                    "days_until_due": DAYS_UNTIL_DUE,
                },
                {"idempotency_key": self._hourly(f"v1:subscription:{customer_id}:{catalogue.visit_price_id}")},
            )
            items = subscription["items"]["data"]
            location_item = next(item for item in items if item["price"]["id"] == catalogue.location_price_id)
            return Subscribed(subscription.id, location_item["id"])

    def set_location_count(self, item_id: str, count: int, from_s: int | None, key: str) -> None:
        """Bill `count` locations from `from_s` (epoch seconds, within the running period) on; None: from the next."""
        wanted: SubscriptionItemUpdateParams = {"quantity": count, "proration_behavior": "none"}
        if from_s is not None:
            wanted |= {"proration_behavior": "create_prorations", "proration_date": from_s}
        with self._calling():
            self._client.v1.subscription_items.update(item_id, wanted, {"idempotency_key": self._hourly(key)})

    def end_with_period(self, subscription_id: str) -> None:
        """Bill the running period when it ends, and no further one."""
        with self._calling():
            self._client.v1.subscriptions.update(subscription_id, {"cancel_at_period_end": True})

    def cancel(self, subscription_id: str) -> None:
        """End a subscription now, billing what was used in the running period. One that has ended stays so."""
        with self._calling():
            if self._client.v1.subscriptions.retrieve(subscription_id).status != "canceled":
                self._client.v1.subscriptions.cancel(subscription_id, {"invoice_now": True, "prorate": True})

    # ---- what was used

    def send(self, message: Message) -> tuple[Answer, str | None]:
        """Tell of visits, once, without retries; never raises what Stripe may do."""
        import stripe

        intent = message.intent
        try:
            self._client_without_retries.v1.billing.meter_events.create(
                {
                    "event_name": METER,
                    "identifier": intent.identifier,
                    "timestamp": intent.timestamp,
                    "payload": {"stripe_customer_id": intent.customer_id, "value": str(intent.quantity)},
                },
                {"idempotency_key": message.idempotency_key},
            )
        except stripe.APIConnectionError:
            return Answer.LOST, "no answer"
        except stripe.RateLimitError:
            return Answer.BUSY, "busy"
        except stripe.InvalidRequestError as error:
            text = str(error.user_message)
            if "already exists with identifier" in text:
                return Answer.DUPLICATE, None
            return Answer.REFUSED, text[:200]
        except (stripe.IdempotencyError, stripe.AuthenticationError, stripe.PermissionError) as error:
            return Answer.REFUSED, type(error).__name__
        except stripe.StripeError as error:
            return Answer.FAILED, f"status {error.http_status}"
        return Answer.TAKEN, None

    def usage_by_hour(self, customer_id: str, first_hour: int, end_hour: int) -> dict[int, int]:
        """What Stripe counts by now in each hour (since 1970) from the first to before the end."""
        span = {"customer": customer_id, "start_time": first_hour * 3_600, "end_time": end_hour * 3_600}
        with self._calling():
            summaries = self._client.v1.billing.meters.event_summaries.list(
                self._meter_id, cast(Any, {**span, "value_grouping_window": "hour", "limit": _PAGE})
            )
            return {one.start_time // 3_600: int(one.aggregated_value) for one in summaries.auto_paging_iter()}

    # ---- invoices

    def invoices(self, customer_id: str, since_s: int) -> list[InvoiceView]:
        """The customer's invoices created since then, newest first."""
        with self._calling():
            found = self._client.v1.invoices.list(
                {"customer": customer_id, "created": {"gte": since_s}, "limit": _PAGE}
            )
            return [_view(one) for one in found.auto_paging_iter()]

    def lines(self, invoice_id: str) -> list[InvoiceLine]:
        with self._calling():
            found = self._client.v1.invoices.line_items.list(invoice_id, {"limit": _PAGE})
            return [_line(one) for one in found.auto_paging_iter()]

    def hold(self, invoice_id: str) -> None:
        """Keep a draft from being finalised by itself."""
        with self._calling():
            self._client.v1.invoices.update(invoice_id, {"auto_advance": False})

    def ensure_invoice(self, customer_id: str, currency: str, month: str, since_s: int) -> InvoiceView:
        """The draft for the items of a month that we rate ourselves, held; or what has become of it."""
        for found in self.invoices(customer_id, since_s):
            if found.metadata.get("month") == month:
                return found
        with self._calling():
            created = self._client.v1.invoices.create(
                {
                    "customer": customer_id,
                    "currency": currency.lower(),
                    "auto_advance": False,
                    "collection_method": "send_invoice",
                    "days_until_due": DAYS_UNTIL_DUE,
                    "pending_invoice_items_behavior": "include",
                    "metadata": {"month": month},
                },
                {"idempotency_key": self._hourly(f"v1:invoice:{customer_id}:{month}")},
            )
            return _view(created)

    def ensure_item(
        self,
        customer_id: str,
        key: str,
        amount_cents: int,
        currency: str,
        description: str,
        period: tuple[int, int],
        invoice_id: str | None = None,
    ) -> None:
        """An amount on a draft, or on the customer's next invoice; once for each `key`, for ever."""
        wanted: InvoiceItemCreateParams = {
            "customer": customer_id,
            "amount": amount_cents,
            "currency": currency.lower(),
            "description": description[:500],
            "period": {"start": period[0], "end": period[1]},
            "metadata": {"key": key},
        }
        if invoice_id is not None:
            wanted["invoice"] = invoice_id
        with self._calling():
            items = self._client.v1.invoice_items.list({"customer": customer_id, "limit": _PAGE})
            if all(_metadata(item).get("key") != key for item in items.auto_paging_iter()):
                self._client.v1.invoice_items.create(wanted, {"idempotency_key": self._hourly(key)})

    def finalise(self, invoice_id: str) -> None:
        """Make a draft due. One that is no draft any more stays as it is."""
        with self._calling():
            if self._client.v1.invoices.retrieve(invoice_id).status == "draft":
                self._client.v1.invoices.finalize_invoice(invoice_id, {"auto_advance": True})

    def preview(self, subscription_id: str) -> tuple[int, list[InvoiceLine]]:
        """Total in cents and lines of the subscription's next invoice as things stand."""
        with self._calling():
            found = self._client.v1.invoices.create_preview({"subscription": subscription_id})
            return found.total, [_line(one) for one in found.lines.data]

    def credit(self, invoice_id: str, amount_cents: int, memo: str, key: str) -> str:
        """Take back a part of a finalised invoice: from what is due, or to the balance if it is paid."""
        with self._calling():
            notes = self._client.v1.credit_notes.list({"invoice": invoice_id, "limit": _PAGE})
            for note in notes.auto_paging_iter():
                if _metadata(note).get("key") == key:
                    return note.id
            paid = self._client.v1.invoices.retrieve(invoice_id).status == "paid"
            wanted: CreditNoteCreateParams = {
                "invoice": invoice_id,
                "amount": amount_cents,
                "memo": memo[:500],
                "metadata": {"key": key},
            }
            if paid:
                wanted["credit_amount"] = amount_cents
            return self._client.v1.credit_notes.create(wanted, {"idempotency_key": self._hourly(key)}).id

    # ---- webhooks

    def verify(self, body: bytes, signature: str, secret: str) -> dict[str, Any]:
        """The event of a webhook. Raises UnverifiedWebhookError; a signature older than 5 minutes is one."""
        import stripe

        try:
            stripe.WebhookSignature.verify_header(body.decode(), signature, secret, tolerance=300)
            event: dict[str, Any] = json.loads(body)
        except (stripe.SignatureVerificationError, ValueError) as error:
            raise UnverifiedWebhookError from error
        return event

    def thin_event(self, event_id: str) -> dict[str, Any]:
        """A thin event whole, fetched from Stripe."""
        with self._calling():
            return dict(self._client.v2.core.events.retrieve(event_id).to_dict())

    def events_since(self, since_s: int) -> Iterator[dict[str, Any]]:
        """What happened since then, thin events whole among them; each kind newest first."""
        from shared.kernel.clock import to_rfc3339

        with self._calling():
            created = {"gte": to_rfc3339(since_s * 1_000)}
            thin = self._client.v2.core.events.list(cast(Any, {"types": _METER_ERRORS, "created": created}))
            for event in thin.auto_paging_iter():
                yield self.thin_event(event.id)
            for one in self._client.v1.events.list({"created": {"gte": since_s}, "limit": _PAGE}).auto_paging_iter():
                yield dict(one.to_dict())

    @cached_property
    def _client(self) -> "StripeClient":
        return self._build(RETRIES)

    @cached_property
    def _client_without_retries(self) -> "StripeClient":
        return self._build(0)

    @cached_property
    def _meter_id(self) -> str:
        return self.ensure_meter()

    def _build(self, retries: int) -> "StripeClient":
        import stripe

        http_client = self._http_client or stripe.RequestsClient(timeout=TIMEOUT_SECONDS)
        base_url = self._base_url()
        elsewhere = {"base_addresses": {"api": base_url}} if base_url else {}
        return stripe.StripeClient(
            self._key(), http_client=http_client, max_network_retries=retries, **cast(Any, elsewhere)
        )

    def _hourly(self, key: str) -> str:
        return f"{key}:{self._clock() // 3_600_000}"

    @contextmanager
    def _calling(self) -> Iterator[None]:
        import stripe

        try:
            yield
        except (stripe.APIConnectionError, stripe.RateLimitError) as error:
            raise StripeUnavailableError(type(error).__name__) from error
        except stripe.StripeError as error:
            if error.http_status is None or error.http_status >= 500:
                raise StripeUnavailableError(f"status {error.http_status}") from error
            raise StripeRefusedError(str(error.user_message)[:300], code=error.code) from error


def _view(invoice: "Invoice") -> InvoiceView:
    parent = invoice.parent
    details = parent.subscription_details if parent else None
    return InvoiceView(
        invoice_id=str(invoice.id),
        status=str(invoice.status),
        auto_advance=bool(invoice.auto_advance),
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        total_cents=invoice.total,
        metadata=_metadata(invoice),
        subscription_id=str(details.subscription) if details else None,
    )


def _metadata(thing: Any) -> dict[str, str]:
    return dict(thing.metadata.to_dict()) if thing.metadata else {}


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
