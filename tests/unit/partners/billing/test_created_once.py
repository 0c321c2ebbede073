"""What is created at Stripe is created once: across the hours, side by side, and after answers that Stripe repeats."""

from collections.abc import Mapping
from typing import Any

import pytest

from partners.billing.stripe_errors import StripeRefusedError, StripeUnavailableError
from partners.billing.stripe_gateway import StripeGateway
from partners.billing.stripe_items import Item
from tests.doubles.stripe.double import KEY, StripeDouble
from tests.doubles.stripe.faults import Fault
from tests.doubles.stripe.http_client import DoubleClient
from tests.fakes.clock import FakeClock

ITEMS = "/v1/invoiceitems"


class Overtaken(DoubleClient):
    """Another run does the same in the moment between its look and its request."""

    def __init__(self, double: StripeDouble, other: StripeGateway, clock: FakeClock, customer: str) -> None:
        super().__init__(double)
        self._other, self._clock, self._customer = other, clock, customer
        self._overtaken = False

    def request(self, method: str, url: str, *args: Any, **options: Any) -> tuple[str, int, Mapping[str, str]]:
        answer: tuple[str, int, Mapping[str, str]] = super().request(method, url, *args, **options)
        if method == "get" and ITEMS in url and not self._overtaken:
            self._overtaken = True
            add(self._other, self._customer)
            self._clock.advance(ms=120_000)
        return answer


def add(gateway: StripeGateway, customer: str, amount_cents: int = 700) -> None:
    gateway.ensure_item(
        customer, Item("v1:late:harvest:2026-10:700", amount_cents, "x"), "USD", (1_790_000_000, 1_790_000_060)
    )


class Two:
    """Two processes on one double, two minutes before the hour."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.clock.advance(ms=58 * 60_000)
        self.double = StripeDouble(self.clock)
        self.first = StripeGateway(lambda: KEY, self.clock, http_client=DoubleClient(self.double))
        self.customer = self.first.create_customer("harvest", "Harvest")
        client = Overtaken(self.double, self.first, self.clock, self.customer)
        self.second = StripeGateway(lambda: KEY, self.clock, http_client=client)

    @property
    def amounts(self) -> list[int]:
        return [one["amount"] for one in self.double.books.some("invoiceitem")]


@pytest.fixture
def two() -> Two:
    return Two()


def test_two_runs_that_look_before_either_has_created_make_one_across_the_hour(two: Two) -> None:
    add(two.second, two.customer)
    assert two.amounts == [700]


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.ERROR_AFTER])
def test_a_500_that_stripe_repeats_for_a_day_delays_what_is_created_by_one_run(two: Two, fault: Fault) -> None:
    two.double.faults.plan(ITEMS, fault)
    with pytest.raises(StripeUnavailableError):
        add(two.first, two.customer)
    add(two.first, two.customer)
    add(two.first, two.customer)
    assert two.amounts == [700]


def test_a_500_to_several_keys_is_passed_by_all_of_them(two: Two) -> None:
    two.double.faults.plan(ITEMS, Fault.ERROR_BEFORE, Fault.ERROR_BEFORE, Fault.ERROR_BEFORE)
    for _ in range(2):
        with pytest.raises(StripeUnavailableError):
            add(two.first, two.customer)
    add(two.first, two.customer)
    assert two.amounts == [700]


def test_a_refusal_that_stripe_repeats_does_not_outlive_its_cause(two: Two) -> None:
    for _ in range(2):
        with pytest.raises(StripeRefusedError, match="Missing email"):
            two.first.ensure_invoice(two.customer, "USD", "2026-11", 1_790_000_000)
    two.first.set_email(two.customer, "bills@harvest.example")
    assert two.first.ensure_invoice(two.customer, "USD", "2026-11", 1_790_000_000).status == "draft"


def test_a_key_that_failed_with_other_parameters_is_passed_too(two: Two) -> None:
    two.double.faults.plan(ITEMS, Fault.ERROR_BEFORE)
    with pytest.raises(StripeUnavailableError):
        add(two.first, two.customer, 600)
    add(two.first, two.customer, 700)
    assert two.amounts == [700]
