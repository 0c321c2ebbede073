"""A partner that the operator invoiced comes to Stripe: what becomes known later of any month is billed, once.

Visits are posted late, from the journal at any age, stores opened and closed backdated, and processes die. At the end
each month costs over all its invoices, the operator's and Stripe's, what it comes to when it is counted again.
"""

import random
from contextlib import suppress

import pytest

from partners.billing.invoice import charged_cents
from partners.billing.stripe_model import Invoicer
from shared.kernel.clock import DAY_MS
from tests.simulation.billing_world import Fuse, ProcessDiedError, make_mortal, start_anew
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld, at

JANUARY, END = at(2027, 1, 1), at(2027, 3, 3)
OWN = ("2026-10", "2026-11", "2026-12")
AT_STRIPE = ("2027-01", "2027-02")


class Coming(StripeWorld):
    """Invoiced by the operator from October on. `deaths` is how likely a run of the schedule dies somewhere."""

    def __init__(self, seed: int, deaths: float) -> None:
        super().__init__()
        self.rng = random.Random(seed)
        self.deaths = deaths
        self.stores = ["367", "368"]

    def run(self) -> None:
        """Both schedules, once; the one for Stripe may die."""
        self.invoices.issue_due(PARTNER)
        if self.book.account(PARTNER) is None:
            return
        if self.rng.random() < self.deaths:
            make_mortal(self, Fuse(self.rng.randrange(1, 40)))
            with suppress(ProcessDiedError):
                self.work()
            start_anew(self)
            return
        self.work()

    def until(self, moment: int) -> None:
        self.go(moment, every_ms=18 * HOUR_MS, work=self.run)

    def change(self, *, earliest: int) -> None:
        """Something that is known late, of any time since `earliest` that is allowed."""
        back = min(self.clock() - earliest, 30 * DAY_MS)
        moment = self.clock() - self.rng.randrange(back)
        what = self.rng.choice(["visits", "by hand", "opens", "closes"])
        if what == "visits":
            self.visit(self.rng.randrange(1, 9), max(earliest, self.clock() - self.rng.randrange(60 * DAY_MS)))
        elif what == "by hand":
            self.visit_posted_from_journal(
                self.rng.randrange(1, 9), self.rng.randrange(earliest, self.clock() - 2 * DAY_MS)
            )
        elif what == "opens":
            self.stores.append(f"{400 + len(self.stores)}-{self.clock() // HOUR_MS}")
            self.contracts.open_location(PARTNER, self.stores[-1], "New", "UTC", moment)
        elif len(self.stores) > 1:
            store = self.stores.pop(0)
            opened_at_ms = self.contracts.location(PARTNER, store).opened_at_ms
            self.contracts.close_location(PARTNER, store, max(moment, opened_at_ms))

    def billed(self, month: str) -> int:
        return charged_cents(self.own_invoices.invoices(PARTNER), month) + self.invoiced(month)


@pytest.mark.parametrize(("seed", "deaths"), [(1, 0.0), (2, 0.4), (3, 0.4), (4, 0.4), (5, 0.4)])
def test_every_month_is_billed_once_whoever_invoiced_it(seed: int, deaths: float) -> None:
    world = Coming(seed, deaths)
    comes = JANUARY + world.rng.randrange(25) * DAY_MS
    moments = sorted(world.rng.sample(range(at(2026, 12, 1), at(2027, 2, 20), HOUR_MS), 12))
    for moment in moments:
        if moment > comes and world.book.account(PARTNER) is None:
            world.until(comes)
            world.invoicing.open_account(PARTNER)
        world.until(moment)
        world.change(earliest=at(2026, 10, 1))
    world.deaths = 0.0
    world.until(END)
    world.work()
    alerts = [one.month for one in world.book.closings(PARTNER) if one.troubles]
    agreed = [month for month in OWN + AT_STRIPE if month < min(alerts, default="9")]
    assert set(agreed) >= {*OWN}
    assert [world.billed(month) for month in agreed] == [
        world.billing.bill(PARTNER, month).total_cents for month in agreed
    ]
    taken_over = [one.month for one in world.book.closings(PARTNER) if one.invoicer is Invoicer.OPERATOR]
    assert taken_over == [*OWN][::-1]
    assert not world.double.books.some("invoiceitem", invoice=None)
