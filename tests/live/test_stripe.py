"""What the double promises, asked of Stripe itself: run only with a test-mode key in TESSERA_STRIPE_TEST_KEY.

Each test runs on the double too, where it takes milliseconds; so a difference between the two is a failure here.
"""

import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from partners.billing.model import month_of, next_month
from partners.billing.outbox import Answer, Intent, Message
from partners.billing.stripe_gateway import StripeGateway
from partners.contracts.plan import Band, Plan, PlanMode
from shared.kernel.clock import system_clock, utc_day
from tests.doubles.stripe.double import KEY, StripeDouble
from tests.doubles.stripe.http_client import DoubleClient

TEST_KEY = os.environ.get("TESSERA_STRIPE_TEST_KEY", "")
NOT_RUN = "not run against Stripe itself: TESSERA_STRIPE_TEST_KEY is not set"
PLAN = Plan(1_000, PlanMode.GRADUATED, (Band(10, visit_fee_micros=55_000), Band(None, visit_fee_micros=22_500)))


@pytest.fixture(params=["double", pytest.param("stripe", marks=pytest.mark.skipif(not TEST_KEY, reason=NOT_RUN))])
def gateway(request: pytest.FixtureRequest) -> Iterator[StripeGateway]:
    if request.param == "double":
        double = StripeDouble(system_clock)
        yield StripeGateway(lambda: KEY, system_clock, http_client=DoubleClient(double))
        return
    if not TEST_KEY.startswith(("sk_test_", "rk_test_")):
        pytest.fail("TESSERA_STRIPE_TEST_KEY is no test-mode key")
    yield StripeGateway(lambda: TEST_KEY, system_clock)


def partner() -> str:
    return f"t{uuid.uuid4().hex[:12]}"


def customer_of(gateway: StripeGateway, name: str) -> str:
    """A customer to whom invoices can be sent."""
    customer = gateway.create_customer(name, "A test")
    gateway.set_email(customer, f"{name}@example.com")
    return customer


def eventually(look: Any, wanted: Any) -> Any:
    """What `look` gives once it is as wanted, or after ten minutes: Stripe counts with a delay."""
    deadline = time.monotonic() + 600
    while (found := look()) != wanted and time.monotonic() < deadline:
        time.sleep(5)
    return found


def test_creating_the_catalogue_twice_gives_the_same(gateway: StripeGateway) -> None:
    assert gateway.ensure_catalogue(PLAN, "USD") == gateway.ensure_catalogue(PLAN, "USD")


def test_an_event_is_taken_once_and_counted_in_its_hour(gateway: StripeGateway) -> None:
    gateway.ensure_meter()
    name = partner()
    customer = gateway.create_customer(name, "A test")
    hour = system_clock() // 3_600_000 - 2
    message = Message(Intent(name, hour, 1, 5, customer))
    assert gateway.send(message)[0] is Answer.TAKEN
    assert gateway.send(message)[0] in (Answer.TAKEN, Answer.DUPLICATE)
    other_key = Message(message.intent, key_number=1)
    assert gateway.send(other_key)[0] is Answer.DUPLICATE
    assert eventually(lambda: gateway.usage_by_hour(customer, hour, hour + 1), {hour: 5}) == {hour: 5}


def test_an_event_of_40_days_ago_is_refused(gateway: StripeGateway) -> None:
    gateway.ensure_meter()
    name = partner()
    customer = gateway.create_customer(name, "A test")
    answer, reason = gateway.send(Message(Intent(name, system_clock() // 3_600_000 - 40 * 24, 1, 5, customer)))
    assert (answer, bool(reason)) == (Answer.REFUSED, True)


def test_items_make_an_invoice_that_is_finalised_and_credited_once(gateway: StripeGateway) -> None:
    name, now_s = partner(), system_clock() // 1_000
    customer = customer_of(gateway, name)
    invoice = gateway.ensure_invoice(customer, "USD", "2026-11", now_s - 3_600)
    for _ in range(2):
        gateway.ensure_item(customer, f"v1:line:{name}:0", 700, "USD", "x", (now_s - 60, now_s), invoice.invoice_id)
    assert [line.amount_cents for line in gateway.lines(invoice.invoice_id)] == [700]
    gateway.finalise(invoice.invoice_id)
    gateway.finalise(invoice.invoice_id)
    note = gateway.credit(invoice.invoice_id, 200, "a test", f"v1:credit:{name}")
    assert gateway.credit(invoice.invoice_id, 200, "a test", f"v1:credit:{name}") == note
    (found,) = gateway.invoices(customer, now_s - 3_600)
    assert (found.status, found.total_cents) == ("open", 700)


def test_an_item_without_an_invoice_waits_for_the_next_one(gateway: StripeGateway) -> None:
    name, now_s = partner(), system_clock() // 1_000
    customer = customer_of(gateway, name)
    assert not gateway.has_pending_item(customer)
    gateway.ensure_item(customer, f"v1:late:{name}", 700, "USD", "x", (now_s - 60, now_s))
    assert gateway.has_pending_item(customer)
    invoice = gateway.ensure_invoice(customer, "USD", "2026-11", now_s - 3_600)
    assert [line.amount_cents for line in gateway.lines(invoice.invoice_id)] == [700]
    assert not gateway.has_pending_item(customer)


def test_the_days_before_a_subscription_s_first_period_are_charged_the_flat_fee_of_no_visits(
    gateway: StripeGateway,
) -> None:
    plan = replace(PLAN, bands=(Band(10, visit_fee_micros=55_000, flat_fee_cents=4_500), PLAN.bands[1]))
    catalogue = gateway.ensure_catalogue(plan, "USD")
    customer = customer_of(gateway, partner())
    begins_at = next_month(month_of(utc_day(system_clock())[:7])).begins_at_ms // 1_000
    subscription = gateway.ensure_subscription(customer, catalogue, 2, begins_at)
    _, lines = gateway.preview(subscription.subscription_id)
    charged = [line.amount_cents for line in lines if line.price_id == catalogue.visit_price_id]
    gateway.cancel(subscription.subscription_id)
    assert sum(charged) == 4_500
    assert gateway.invoices(customer, system_clock() // 1_000 - 3_600) == []
