"""A year billed through Stripe with stores that open and close: each month's invoice is our bill, to the cent."""

import random
from collections import Counter

from partners.billing.stripe_model import ClosingState
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld, at

DAY_MS = 24 * HOUR_MS
YEAR = [f"{2026 if number == 12 else 2027}-{number:02d}" for number in (12, *range(1, 12))]


def test_twelve_invoices_of_stripe_are_our_bills_while_stores_open_and_close() -> None:
    world, rng = StripeWorld(), random.Random(27)
    world.open()
    stores = ["367", "368"]
    visits: Counter[str] = Counter()
    for place, month in enumerate(YEAR):
        begins, ends = (at(2026 + (11 + one) // 12, (11 + one) % 12 + 1, 1) for one in (place, place + 1))
        for hours in sorted(rng.sample(range(12, (ends - begins) // HOUR_MS - 12), 3)):
            world.go(begins + hours * HOUR_MS, every_ms=4 * DAY_MS)
            change = rng.choice(["opens", "closes", "opens", "shops"])
            if change == "opens":
                stores.append(f"{400 + len(visits) + len(stores)}-{place}-{hours}")
                world.contracts.open_location(PARTNER, stores[-1], "New", "UTC", world.clock())
            elif change == "closes" and len(stores) > 1:
                world.contracts.close_location(PARTNER, stores.pop(rng.randrange(len(stores))), world.clock())
            count = rng.randrange(1, 9)
            world.visit(count, world.clock() - HOUR_MS)
            visits[month] += count
        world.go(ends, every_ms=4 * DAY_MS)
        world.go(ends + 3 * HOUR_MS, every_ms=3 * HOUR_MS)
    bills = {month: world.billing.bill(PARTNER, month) for month in YEAR}
    assert {month: bill.visits for month, bill in bills.items()} == dict(visits)
    assert {month: world.counted_by_stripe(month) for month in YEAR} == dict(visits)
    assert {month: world.invoiced(month) for month in YEAR} == {
        month: bill.total_cents for month, bill in bills.items()
    }
    assert {world.closing(month).state for month in YEAR} == {ClosingState.FINALISED}
    days = [bill.usage.total_location_days for bill in bills.values()]
    assert len(set(days)) > 8
    assert any(count % 28 and count % 30 and count % 31 for count in days)
