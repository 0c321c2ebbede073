"""Stripe twice: the double; and Stripe itself with a test-mode key in TESSERA_STRIPE_TEST_KEY, else that is not run."""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from partners.billing.catalogue_gateway import METER
from partners.billing.stripe_gateway import StripeGateway
from partners.contracts.plan import Band, Plan, PlanMode
from shared.kernel.clock import Clock, system_clock
from tests.doubles.stripe.double import KEY, StripeDouble
from tests.doubles.stripe.http_client import DoubleClient
from tests.fakes.clock import FakeClock

T = TypeVar("T")
TEST_KEY = os.environ.get("TESSERA_STRIPE_TEST_KEY", "")
NOT_RUN = "not run against Stripe itself: TESSERA_STRIPE_TEST_KEY is not set"
PLAN = Plan(1_000, PlanMode.GRADUATED, (Band(10, visit_fee_micros=55_000), Band(None, visit_fee_micros=22_500)))


@dataclass
class Stripe:
    """One of the two. `clock` is its time; `patient` says whether it counts with a delay."""

    gateway: StripeGateway
    clock: Clock
    patient: bool

    @property
    def v1(self) -> Any:
        """The API itself, for what the gateway never asks."""
        return self.gateway.client_without_retries.v1

    @property
    def now_s(self) -> int:
        return self.clock() // 1_000

    def partner(self) -> str:
        """The name of a partner that nobody has used."""
        return f"t{uuid.uuid4().hex[:12]}"

    def customer(self) -> str:
        """A customer to whom no invoice can be sent yet."""
        return self.gateway.create_customer(self.partner(), "A test")

    def recipient(self) -> str:
        """A customer with an address."""
        customer = self.customer()
        self.gateway.set_email(customer, "bills@example.com")
        return customer

    def tell(self, customer: str, value: int, identifier: str, at_s: int) -> None:
        """One meter event."""
        payload = {"stripe_customer_id": customer, "value": str(value)}
        event = {"event_name": METER, "identifier": identifier, "timestamp": at_s, "payload": payload}
        self.v1.billing.meter_events.create(event)

    def pause(self) -> None:
        """Let two seconds pass."""
        if isinstance(self.clock, FakeClock):
            self.clock.advance(ms=2_000)
        else:
            time.sleep(2)

    def eventually(self, look: Callable[[], T], wanted: T) -> T:
        """What `look` gives once it is as wanted, or after ten minutes; of the double at once."""
        deadline = time.monotonic() + 600
        while (found := look()) != wanted and self.patient and time.monotonic() < deadline:
            time.sleep(5)
        return found


@pytest.fixture(params=["double", pytest.param("stripe", marks=pytest.mark.skipif(not TEST_KEY, reason=NOT_RUN))])
def stripe(request: pytest.FixtureRequest) -> Iterator[Stripe]:
    if request.param == "double":
        clock = FakeClock()  # the 15th of November 2026, noon
        client = DoubleClient(StripeDouble(clock))
        yield Stripe(StripeGateway(lambda: KEY, clock, http_client=client), clock, patient=False)
        return
    if not TEST_KEY.startswith(("sk_test_", "rk_test_")):
        pytest.fail("TESSERA_STRIPE_TEST_KEY is no test-mode key")
    yield Stripe(StripeGateway(lambda: TEST_KEY, system_clock), system_clock, patient=True)
