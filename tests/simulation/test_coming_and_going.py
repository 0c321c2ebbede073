"""A partner comes to Stripe, leaves it with a month or at once, and comes back, while all that may be known late is.

Stores open and close, some of it backdated, visits are posted late and processes die. At the end each month costs over
all its invoices, the operator's and Stripe's, what it comes to when it is counted again, or an alert stands.
"""

from contextlib import suppress

import pytest

from partners.billing.stripe_errors import ConcurrentRunError, DecisionNotPossibleError
from partners.billing.stripe_model import ClosingState
from shared.kernel.clock import DAY_MS
from tests.simulation.test_coming_to_stripe import Coming
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, at

BEGIN, END = at(2026, 12, 1), at(2027, 4, 3)
MONTHS = ("2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03")


class Wandering(Coming):
    def until(self, moment: int) -> None:
        """Seldom within a month, but every hour when one begins: else Stripe finalises before anybody has looked."""
        for begins in (at(2027, month, 1) for month in range(1, 5)):
            if self.clock() < begins + 4 * HOUR_MS and begins < moment:
                super().until(begins)
                self.go(min(moment, begins + 4 * HOUR_MS), work=self.run)
        super().until(moment)

    def decide(self) -> None:
        """Come, or leave in one way or the other, as is possible now."""
        account = self.book.account(PARTNER)
        with suppress(DecisionNotPossibleError, ConcurrentRunError):
            if account is None or account.last_month is not None:
                self.invoicing.open_account(PARTNER)
            elif self.rng.random() < 0.6:
                self.close_all()
                self.invoicing.end_account(PARTNER, at_once=True)
            else:
                self.invoicing.end_account(PARTNER)

    def close_all(self) -> None:
        for store in self.stores:
            opened_at_ms = self.contracts.location(PARTNER, store).opened_at_ms
            self.contracts.close_location(PARTNER, store, max(self.clock(), opened_at_ms))
        self.stores.clear()

    def trade(self) -> None:
        """Something happens, most of it now."""
        if not self.stores and self.rng.random() < 0.7:
            self.stores.append(f"new-{self.clock() // HOUR_MS}")
            self.contracts.open_location(PARTNER, self.stores[-1], "New", "UTC", self.clock())
        elif self.rng.random() < 0.5:
            self.visit(self.rng.randrange(1, 20))
        else:
            self.change(earliest=max(at(2026, 10, 1), self.clock() - 20 * DAY_MS))


def live_through(seed: int, deaths: float) -> Wandering:
    world = Wandering(seed, deaths)
    moments = sorted(world.rng.sample(range(BEGIN, END - 20 * DAY_MS, HOUR_MS), 16))
    for moment in moments:
        world.until(moment)
        world.decide() if world.rng.random() < 0.4 else world.trade()
    world.deaths = 0.0
    world.until(END)
    world.work()
    return world


@pytest.mark.parametrize("deaths", [pytest.param(0.0, marks=pytest.mark.full), 0.4])
def test_every_month_is_billed_once_however_often_a_partner_comes_and_goes(deaths: float, in_full: bool) -> None:
    at_once = exact = 0
    seeds = range(24) if in_full else [1]
    for seed in seeds:
        world = live_through(seed, deaths)
        closings = world.book.closings(PARTNER)
        alerts = {one.month for one in closings if one.troubles}
        if ClosingState.HELD in {one.state for one in closings}:
            continue
        exact += 1
        for month in MONTHS:
            if month not in alerts:
                assert world.billed(month) == world.billing.bill(PARTNER, month).total_cents, (seed, month)
        account = world.book.account(PARTNER)
        if account is not None and account.last_month is not None:
            assert not world.double.books.some("invoiceitem", invoice=None), seed
        at_once += sum(params.get("invoice_now") is True for _, _, params in world.double.requests)
    assert at_once, "some have left at once"
    assert exact >= len(seeds) / 2, "most have nothing held"
