"""What the double promises of subscriptions, proration and their end, asked of both."""

from dataclasses import replace
from typing import Any

import pytest

from partners.billing.model import month_of, next_month
from partners.billing.stripe_errors import StripeRefusedError
from partners.billing.stripe_items import Item
from partners.contracts.plan import Band
from shared.kernel.clock import utc_day
from tests.live.conftest import PLAN, Stripe


def next_month_s(stripe: Stripe) -> int:
    return next_month(month_of(utc_day(stripe.clock())[:7])).begins_at_ms // 1_000


def running(stripe: Stripe, customer: str) -> Any:
    """A subscription of two locations whose first period has begun."""
    catalogue = stripe.gateway.ensure_catalogue(PLAN, "USD")
    items = [{"price": catalogue.location_price_id, "quantity": 2}, {"price": catalogue.visit_price_id}]
    sending = {"collection_method": "send_invoice", "days_until_due": 14}
    return stripe.v1.subscriptions.create({"customer": customer, "items": items, **sending})


def location_item(stripe: Stripe, subscription: Any) -> str:
    price = stripe.gateway.ensure_catalogue(PLAN, "USD").location_price_id
    return str(next(item["id"] for item in subscription["items"]["data"] if item["price"]["id"] == price))


def test_no_subscription_sends_invoices_to_a_customer_without_an_address(stripe: Stripe) -> None:
    catalogue = stripe.gateway.ensure_catalogue(PLAN, "USD")
    with pytest.raises(StripeRefusedError, match="Missing email"):
        stripe.gateway.ensure_subscription(stripe.customer(), catalogue, 2, next_month_s(stripe))


def test_a_subscription_is_made_once_and_bills_nothing_before_its_first_month(stripe: Stripe) -> None:
    catalogue, customer = stripe.gateway.ensure_catalogue(PLAN, "USD"), stripe.recipient()
    begins_at = next_month_s(stripe)
    first = stripe.gateway.ensure_subscription(customer, catalogue, 2, begins_at)
    assert stripe.gateway.ensure_subscription(customer, catalogue, 3, begins_at) == first
    _, lines = stripe.gateway.preview(first.subscription_id)
    assert [line.amount_cents for line in lines if line.price_id == catalogue.location_price_id] == [2_000]
    stripe.gateway.cancel(first.subscription_id)
    stripe.gateway.cancel(first.subscription_id)
    assert [one for one in stripe.gateway.invoices(customer, stripe.now_s - 3_600) if one.total_cents] == []


def test_a_subscription_of_another_plan_is_another(stripe: Stripe) -> None:
    customer, begins_at = stripe.recipient(), next_month_s(stripe)
    dearer = replace(PLAN, bands=(Band(None, visit_fee_micros=60_000),))
    catalogues = [stripe.gateway.ensure_catalogue(plan, "USD") for plan in (PLAN, dearer)]
    both = [stripe.gateway.ensure_subscription(customer, one, 2, begins_at).subscription_id for one in catalogues]
    assert len(set(both)) == 2
    for one in both:
        stripe.gateway.cancel(one)


def test_the_days_before_a_subscription_s_first_period_are_charged_the_flat_fee_of_no_visits(stripe: Stripe) -> None:
    plan = replace(PLAN, bands=(Band(10, visit_fee_micros=55_000, flat_fee_cents=4_500), PLAN.bands[1]))
    catalogue = stripe.gateway.ensure_catalogue(plan, "USD")
    customer = stripe.recipient()
    subscription = stripe.gateway.ensure_subscription(customer, catalogue, 2, next_month_s(stripe))
    _, lines = stripe.gateway.preview(subscription.subscription_id)
    charged = [line.amount_cents for line in lines if line.price_id == catalogue.visit_price_id]
    stripe.gateway.cancel(subscription.subscription_id)
    assert sum(charged) == 4_500
    assert [one for one in stripe.gateway.invoices(customer, stripe.now_s - 3_600) if one.total_cents] == []


def test_another_number_of_locations_is_prorated_from_the_moment_it_names_and_once(stripe: Stripe) -> None:
    customer = stripe.recipient()
    subscription = running(stripe, customer)
    item = location_item(stripe, subscription)
    for _ in range(2):
        stripe.gateway.set_location_count(item, 3, stripe.now_s, f"v1:locations:{customer}:3")
    pending = stripe.v1.invoice_items.list({"customer": customer, "pending": True}).data
    amounts = sorted(one.amount for one in pending)
    assert len(amounts) == 2
    assert abs(amounts[0] + 2_000) <= 1
    assert abs(amounts[1] - 3_000) <= 1
    after = subscription["items"]["data"][0]["current_period_end"]
    with pytest.raises(StripeRefusedError):
        stripe.gateway.set_location_count(item, 4, after + 60, f"v1:locations:{customer}:4")
    stripe.v1.subscriptions.cancel(subscription.id)


def test_a_number_from_the_next_period_on_makes_no_items(stripe: Stripe) -> None:
    customer = stripe.recipient()
    subscription = running(stripe, customer)
    stripe.gateway.set_location_count(location_item(stripe, subscription), 5, None, f"v1:locations:{customer}:5")
    assert stripe.v1.invoice_items.list({"customer": customer, "pending": True}).data == []
    stripe.v1.subscriptions.cancel(subscription.id)


def test_a_subscription_ends_at_a_moment_that_is_named_and_not_at_one_that_has_passed(stripe: Stripe) -> None:
    subscription = running(stripe, stripe.recipient())
    ends_at = subscription["items"]["data"][0]["current_period_end"]
    for _ in range(2):
        stripe.gateway.end_at(subscription.id, ends_at)
    assert stripe.v1.subscriptions.retrieve(subscription.id).cancel_at == ends_at
    with pytest.raises(StripeRefusedError):
        stripe.gateway.end_at(subscription.id, stripe.now_s - 60)
    stripe.v1.subscriptions.cancel(subscription.id)
    stripe.gateway.end_at(subscription.id, ends_at)


@pytest.mark.parametrize(("now", "billed_cents"), [(True, 39), (False, 0)])
def test_cancelling_bills_what_is_counted_by_then_and_only_with_invoice_now(
    stripe: Stripe, now: bool, billed_cents: int
) -> None:
    customer = stripe.recipient()
    subscription = running(stripe, customer)
    stripe.pause()
    first, at_s = stripe.now_s // 3_600 - 1, stripe.now_s - 1
    stripe.tell(customer, 7, stripe.partner(), at_s)
    wanted = {at_s // 3_600: 7}
    counted = stripe.eventually(lambda: stripe.gateway.usage_by_hour(customer, first, first + 3), wanted)
    assert counted == wanted
    ended_at = stripe.gateway.cancel(subscription.id, invoice=now)
    assert stripe.gateway.cancel(subscription.id, invoice=now) == ended_at
    stripe.tell(customer, 5, stripe.partner(), at_s)
    wanted = {at_s // 3_600: 12}
    assert stripe.eventually(lambda: stripe.gateway.usage_by_hour(customer, first, first + 3), wanted) == wanted
    price = stripe.gateway.ensure_catalogue(PLAN, "USD").visit_price_id
    invoices = stripe.gateway.invoices(customer, stripe.now_s - 7_200)
    lines = [line for one in invoices for line in stripe.gateway.lines(one.invoice_id)]
    assert sum(line.amount_cents for line in lines if line.price_id == price) == billed_cents


def test_a_subscription_that_ends_stops_all_collection_until_it_is_told_to_go_on(stripe: Stripe) -> None:
    customer = stripe.recipient()
    invoice = stripe.gateway.ensure_invoice(customer, "USD", "2026-11", stripe.now_s - 3_600).invoice_id
    item, period = Item(f"v1:line:{customer}:0", 700, "x"), (stripe.now_s - 60, stripe.now_s)
    stripe.gateway.ensure_item(customer, item, "USD", period, on=invoice)
    stripe.gateway.finalise(invoice)
    subscription = running(stripe, customer)
    assert stripe.v1.invoices.retrieve(invoice).auto_advance
    stripe.gateway.cancel(subscription.id)
    assert stripe.eventually(lambda: stripe.v1.invoices.retrieve(invoice).auto_advance, False) is False
    for _ in range(2):
        stripe.gateway.go_on_collecting(customer)
        assert stripe.v1.invoices.retrieve(invoice).auto_advance
