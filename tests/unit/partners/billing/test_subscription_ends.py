"""A subscription ends with the month that was meant, whatever becomes of the call that ends it."""

from typing import Any

import pytest
import stripe

from partners.billing.stripe_errors import StripeRefusedError
from tests.doubles.stripe.http_client import DoubleClient
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld, at

DAY_MS = 24 * HOUR_MS
JANUARY, FEBRUARY = at(2027, 1, 1), at(2027, 2, 1)


class LateAtStripe(DoubleClient):
    """Requests that change a subscription reach Stripe at a moment later than they were sent."""

    def __init__(self, world: StripeWorld, moment: int) -> None:
        super().__init__(world.double)
        self.world, self.moment = world, moment

    def request(self, method: str, url: str, *args: Any, **more: Any) -> tuple[Any, int, Any]:
        if method == "post" and "/v1/subscriptions/" in url:
            self.world.clock.now_ms = max(self.world.clock(), self.moment)
            self.world.double.advance()
        return super().request(method, url, *args, **more)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda *_: 0)


@pytest.fixture
def world() -> StripeWorld:
    """Five seconds before the new year."""
    world = StripeWorld()
    world.open()
    world.visit(5)
    world.go(at(2026, 12, 31, 23), every_ms=DAY_MS)
    world.clock.now_ms = JANUARY - 5_000
    world.double.advance()
    return world


def test_an_end_that_reaches_stripe_after_midnight_ends_no_other_month(world: StripeWorld) -> None:
    world.connect(world.dynamodb, LateAtStripe(world, JANUARY + 5_000))
    with pytest.raises(StripeRefusedError):
        world.invoicing.end_account(PARTNER)
    assert world.account.last_month is None
    assert world.invoicing.end_account(PARTNER)
    assert world.account.last_month == "2027-01"
    world.visit(7)
    world.go(FEBRUARY, every_ms=12 * HOUR_MS)
    world.go(FEBRUARY + 4 * HOUR_MS)
    for month in ("2026-12", "2027-01"):
        assert world.invoiced(month) == world.billing.bill(PARTNER, month).total_cents
    world.go(FEBRUARY + 20 * DAY_MS, every_ms=5 * DAY_MS)
    assert world.invoiced("2027-02") == 0
