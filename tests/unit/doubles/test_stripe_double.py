"""The double is as strict as Stripe's description, has a clock of its own, and fails as told.

What it promises of Stripe itself is asked of both in `tests/live`.
"""

from typing import Any

import pytest
import stripe

from tests.doubles.stripe.double import KEY, StripeDouble
from tests.doubles.stripe.faults import Fault
from tests.doubles.stripe.happenings import signed
from tests.doubles.stripe.http_client import DoubleClient
from tests.fakes.clock import FakeClock

HOUR_MS = 3_600_000
EVENTS = "/v1/billing/meter_events"


class Shop:
    """A customer, a meter, a monthly fee of 10.00 a location and tiers of visits."""

    def __init__(self) -> None:
        self.clock = FakeClock()  # the 15th of November 2026, noon
        self.double = StripeDouble(self.clock)
        self.v1 = stripe.StripeClient(KEY, http_client=DoubleClient(self.double), max_network_retries=0).v1
        self.customer = self.v1.customers.create({"name": "Alpha", "metadata": {"partner": "alpha"}}).id
        self.meter = self.v1.billing.meters.create(
            {"event_name": "visits", "display_name": "Visits", "default_aggregation": {"formula": "sum"}}
        ).id
        product = self.v1.products.create({"name": "Visits"}).id
        self.fee = self.v1.prices.create(
            {"product": product, "currency": "usd", "unit_amount": 1_000, "recurring": {"interval": "month"}}
        ).id
        self.visits = self.v1.prices.create(
            {
                "product": product,
                "currency": "usd",
                "billing_scheme": "tiered",
                "tiers_mode": "graduated",
                "tiers": [
                    {"up_to": 500, "unit_amount_decimal": "5"},
                    {"up_to": "inf", "unit_amount_decimal": "2.5", "flat_amount": 100},
                ],
                "recurring": {"interval": "month", "usage_type": "metered", "meter": self.meter},
                "lookup_key": "visits-v1",
            }
        ).id

    def use(self, value: int, identifier: str = "one", **more: Any) -> Any:
        payload = {"stripe_customer_id": self.customer, "value": str(value)}
        timestamp = more.pop("timestamp", self.clock() // 1_000)
        return self.v1.billing.meter_events.create(
            {"event_name": "visits", "payload": payload, "identifier": identifier, "timestamp": timestamp}, more
        )

    def subscribe(self, **more: Any) -> Any:
        items = [{"price": self.fee, "quantity": 2}, {"price": self.visits}]
        return self.v1.subscriptions.create({"customer": self.customer, "items": items, **more})

    def counted(self) -> float:
        now = self.clock() // HOUR_MS * 3_600
        span = {"customer": self.customer, "start_time": now - 40 * 86_400, "end_time": now + 3_600}
        return sum(one.aggregated_value for one in self.v1.billing.meters.event_summaries.list(self.meter, span))  # type: ignore[arg-type]


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "usd", "product": "p", "recurring": {"interval": "fortnight"}, "unit_amount": 1},
        {"currency": "usd", "product": "p", "unit_amount": "one"},
        {"product": "p", "unit_amount": 1},
        {"currency": "usd", "product": "p", "recurring": {"interval": "month", "colour": "red"}},
    ],
)
def test_a_value_that_stripes_description_forbids_is_refused(shop: Shop, wrong: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.prices.create(wrong)


def test_another_key_is_refused(shop: Shop) -> None:
    other = stripe.StripeClient("sk_test_other", http_client=DoubleClient(shop.double))
    with pytest.raises(stripe.AuthenticationError):
        other.v1.customers.create({})


def test_an_idempotency_key_gives_the_same_answer_and_refuses_other_parameters(shop: Shop) -> None:
    first = shop.v1.customers.create({"name": "B"}, {"idempotency_key": "k"})
    again = shop.v1.customers.create({"name": "B"}, {"idempotency_key": "k"})
    assert again.id == first.id
    with pytest.raises(stripe.IdempotencyError):
        shop.v1.customers.create({"name": "C"}, {"idempotency_key": "k"})
    shop.clock.advance(days=1)
    assert shop.v1.customers.create({"name": "C"}, {"idempotency_key": "k"}).id != first.id


def test_a_used_identifier_is_an_error_for_a_day_and_no_longer(shop: Shop) -> None:
    shop.use(3)
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        shop.use(3)
    shop.clock.advance(days=1)
    shop.use(3)
    assert shop.counted() == 6


def test_summaries_come_late(shop: Shop) -> None:
    shop.double.books.summary_delay_s = 600
    shop.use(7)
    assert shop.counted() == 0
    shop.clock.advance(ms=600_000)
    assert shop.counted() == 7


def test_an_event_can_be_cancelled_for_a_day(shop: Shop) -> None:
    shop.use(7)
    cancel: Any = {"event_name": "visits", "type": "cancel", "cancel": {"identifier": "one"}}
    shop.v1.billing.meter_event_adjustments.create(cancel)
    assert shop.counted() == 0
    shop.use(7, "two")
    shop.clock.advance(days=1, ms=1_000)
    with pytest.raises(stripe.InvalidRequestError, match="24 hours"):
        shop.v1.billing.meter_event_adjustments.create({**cancel, "cancel": {"identifier": "two"}})


@pytest.mark.parametrize(
    ("fault", "error", "counted"),
    [
        (Fault.TIME_OUT_BEFORE, stripe.APIConnectionError, 0),
        (Fault.TIME_OUT_AFTER, stripe.APIConnectionError, 7),
        (Fault.RESET_AFTER, stripe.APIConnectionError, 7),
        (Fault.ERROR_BEFORE, stripe.APIError, 0),
        (Fault.ERROR_AFTER, stripe.APIError, 7),
        (Fault.RATE_LIMITED, stripe.RateLimitError, 0),
    ],
)
def test_a_fault_strikes_before_or_after_the_effect(
    shop: Shop, fault: Fault, error: type[Exception], counted: int
) -> None:
    shop.double.faults.plan(EVENTS, fault)
    with pytest.raises(error):
        shop.use(7)
    assert shop.counted() == counted


def test_a_500_is_given_again_for_the_same_key(shop: Shop) -> None:
    shop.double.faults.plan(EVENTS, Fault.ERROR_BEFORE)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            shop.use(7, idempotency_key="k")
    assert shop.use(7, idempotency_key="another").identifier == "one"


def test_an_event_of_nobody_is_accepted_and_reported_later_by_a_thin_event(shop: Shop) -> None:
    shop.customer = "cus_nobody"
    shop.use(7)
    (notification,) = [one for one in shop.double.books.happened if one["object"] == "v2.core.event"]
    assert "data" not in notification
    client = stripe.StripeClient(KEY, http_client=DoubleClient(shop.double))
    body, header = signed(notification, "whsec_1")
    event: Any = client.parse_event_notification(body.decode(), header, "whsec_1").fetch_event()
    assert event.data.reason.error_types[0].sample_errors[0].request.identifier == "one"
    (listed,) = client.v2.core.events.list({"types": ["v1.billing.meter.error_report_triggered"]}).data
    assert listed.id == event.id


def test_a_webhook_signed_with_another_secret_does_not_verify(shop: Shop) -> None:
    body, header = signed(shop.double.books.happened[0], "whsec_1")
    assert stripe.Webhook.construct_event(body, header, "whsec_1").type == "customer.created"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, header, "whsec_2")


def test_a_cycle_bills_usage_by_tiers_and_the_next_months_licences(shop: Shop) -> None:
    anchor = shop.clock() // 1_000 + 15 * 86_400 + 43_200  # the 1st of December, midnight
    shop.subscribe(billing_cycle_anchor=anchor, proration_behavior="none")
    shop.use(1_000)
    preview = shop.v1.invoices.create_preview({"subscription": shop.v1.subscriptions.list().data[0].id})
    assert preview.total == 500 * 5 + 500 * 2.5 + 100 + 2_000
    shop.clock.now_ms = anchor * 1_000
    (draft,) = shop.v1.invoices.list({"status": "draft"}).data
    shop.use(2, "late", timestamp=anchor - 1)
    assert shop.v1.invoices.retrieve(draft.id).total == preview.total + 5
    shop.clock.advance(ms=HOUR_MS)
    assert shop.v1.invoices.retrieve(draft.id).status == "paid"


def test_a_new_quantity_is_prorated_to_the_day_it_names(shop: Shop) -> None:
    anchor = shop.clock() // 1_000 + 15 * 86_400 + 43_200
    subscription = shop.subscribe(billing_cycle_anchor=anchor, proration_behavior="none")
    item = subscription["items"].data[0].id
    at = anchor - 15 * 86_400  # half of November's 30 days
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.subscription_items.update(item, {"quantity": 3, "proration_date": anchor})
    shop.clock.now_ms = at * 1_000
    shop.v1.subscription_items.update(item, {"quantity": 3, "proration_date": at})
    pending = shop.v1.invoice_items.list({"customer": shop.customer, "pending": True}).data
    assert sorted(one.amount for one in pending) == [-1_000, 1_500]


@pytest.mark.parametrize(("prorate", "billed"), [(False, [-1_000, 1_500]), (True, [-1_500])])
def test_cancelling_with_an_invoice_takes_up_prorations_that_wait_and_nothing_else(
    shop: Shop, prorate: bool, billed: list[int]
) -> None:
    subscription = shop.subscribe()
    shop.clock.advance(days=15)
    at = shop.clock() // 1_000
    shop.v1.subscription_items.update(subscription["items"].data[0].id, {"quantity": 3, "proration_date": at})
    shop.v1.invoice_items.create({"customer": shop.customer, "amount": 700, "currency": "usd"})
    shop.v1.subscriptions.cancel(subscription.id, {"invoice_now": True, "prorate": prorate})
    (last,) = shop.v1.invoices.list({"status": "draft"}).data
    assert sorted(line.amount for line in shop.v1.invoices.line_items.list(last.id).data if line.amount) == billed
    assert [one["amount"] for one in shop.double.books.some("invoiceitem", invoice=None)] == [700]


def test_a_failed_payment_is_tried_again_and_told(shop: Shop) -> None:
    shop.double.books.declining.add(shop.customer)
    invoice = shop.v1.invoices.create({"customer": shop.customer, "auto_advance": True}).id
    shop.v1.invoice_items.create({"customer": shop.customer, "amount": 500, "currency": "usd", "invoice": invoice})
    assert shop.v1.invoices.finalize_invoice(invoice).status == "open"
    shop.clock.advance(days=3)
    shop.double.books.declining.clear()
    shop.clock.advance(days=5)
    assert shop.v1.invoices.retrieve(invoice).attempt_count == 2
    kinds = [one["type"] for one in shop.double.books.happened if one["type"].startswith("invoice.pa")]
    assert kinds == ["invoice.payment_failed", "invoice.paid"]


def test_lists_come_page_by_page(shop: Shop) -> None:
    for _ in range(25):
        shop.v1.customers.create({})
    assert len(list(shop.v1.customers.list({"limit": 10}).auto_paging_iter())) == 26
