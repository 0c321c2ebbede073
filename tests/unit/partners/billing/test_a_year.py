"""A year with stores that open and close, plans that change and visits reported late: twelve bills and invoices.

The recount shares nothing with the product: it walks every day and every visit, with fractions.
"""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

import pytest

from partners.billing.invoice_service import Invoices
from partners.billing.service import Billing
from partners.contracts.plan import Band, BandScope, Plan, PlanMode
from partners.visits.service import Pages
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import FakeContractBook, agree, contracts_of, new_terms
from tests.fakes.invoice_book import FakeInvoiceBook
from tests.fakes.invoicers import FakeInvoicers
from tests.support.entries import entry
from tests.unit.partners.visits.test_pages import posted

YEAR = 2027
FIRST_TERMS = datetime(YEAR, 1, 12, 15, tzinfo=UTC)
ZONES = ("UTC", "America/Chicago", "Pacific/Auckland", "Asia/Kolkata", "Pacific/Honolulu")
FIRST_PLAN = Plan(
    2_999,
    PlanMode.GRADUATED,
    (Band(40, visit_fee_micros=123_456), Band(90, 250, 98_765), Band(None, visit_fee_micros=43_210)),
    included_visits=5,
    minimum_cents=3_500,
    spend_cap_cents=19_000,
)
SECOND_PLAN = replace(
    FIRST_PLAN,
    mode=PlanMode.WHOLE_BAND,
    scope=BandScope.PER_LOCATION,
    bands=(Band(8, 450), Band(16, 750), Band(None, 1_050, 20_000)),
    trial_until=date(YEAR, 7, 15),
)
SECOND_TERMS = datetime(YEAR, 7, 1, tzinfo=UTC)


def ms(moment):
    return int(moment.timestamp()) * 1000


def a_moment(rng, first=FIRST_TERMS - timedelta(days=20)):
    return first + timedelta(seconds=rng.randrange(365 * 86_400))


def months():
    return [f"{YEAR}-{number:02d}" for number in range(1, 13)]


class Year:
    def __init__(self, seed):
        rng = random.Random(seed)
        self.stores = []
        for number in range(8):
            opened = a_moment(rng) if number > 1 else FIRST_TERMS - timedelta(days=9)
            closed = opened + timedelta(seconds=rng.randrange(200 * 86_400)) if rng.random() < 0.6 else None
            self.stores.append((str(number), rng.choice(ZONES), opened, closed))
        self.visits = []
        for seq in range(1, 900):
            recorded = FIRST_TERMS + timedelta(seconds=rng.randrange(353 * 86_400))
            self.visits.append((rng.choice(self.stores)[0], recorded, rng.random() < 0.8, seq))
        self.visits.sort(key=lambda one: one[1])


@pytest.fixture(params=range(3))
def year(request):
    return Year(request.param)


def product(year, clock):
    """The product's services over the year's contracts and posted entries."""
    book = FakeContractBook()
    contracts = contracts_of("harvest", clock=FakeClock(ms(FIRST_TERMS)), book=book)
    agree(contracts, "harvest", new_terms(ms(FIRST_TERMS), plan=FIRST_PLAN))
    agree(contracts, "harvest", new_terms(ms(SECOND_TERMS), plan=SECOND_PLAN))
    for number, zone, opened, closed in year.stores:
        location = contracts.open_location("harvest", number, f"Store {number}", zone, ms(opened))
        if closed is not None:
            book.location_rows["harvest", number] = replace(location, closed_at_ms=ms(closed))
    entries = [
        entry(
            member=f"{seq:010d}",
            seq=1,
            location=store,
            receipt=str(seq),
            recorded_at_ms=ms(recorded),
            occurred_at_ms=ms(recorded - timedelta(days=seq % 9)),
            visit=counts,
        )
        for store, recorded, counts, seq in year.visits
    ]
    billing = Billing(contracts, Pages(posted(entries, 50)), clock)
    return billing, Invoices(FakeInvoiceBook(), FakeInvoicers(), billing, contracts, clock)


def recount(year, month):
    """The total of a month in cents, day by day and visit by visit."""
    number = int(month[-2:])
    first = date(YEAR, number, 1)
    days = [first + timedelta(days=n) for n in range(31) if (first + timedelta(days=n)).month == number]
    plan = FIRST_PLAN if number < 7 else SECOND_PLAN
    open_days, visits = Counter(), Counter()
    for store, zone, opened, closed in year.stores:
        for day in days:
            midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
            next_day = day + timedelta(days=1)
            next_midnight = datetime(next_day.year, next_day.month, next_day.day, tzinfo=ZoneInfo(zone))
            begin = max(midnight, opened, FIRST_TERMS)
            end = next_midnight if closed is None else min(next_midnight, closed)
            open_days[store] += begin < end
    for store, recorded, counts, _ in year.visits:
        visits[store] += counts and recorded.month == number
    cents = [Fraction(plan.location_fee_cents * sum(open_days.values()), len(days))]
    fillings = {"all": visits.total()}
    if number >= 7:
        fillings = {store: visits[store] for store, *_ in year.stores if open_days[store] or visits[store]}
    for filling in fillings.values():
        cents += fees(plan, max(0, filling - plan.included_visits))
    total = sum(floor(one + Fraction(1, 2)) for one in cents)
    total = min(max(total, plan.minimum_cents), plan.spend_cap_cents)
    return 0 if number == 7 else total


def fees(plan, visits):
    """Exact cents of each band, visit by visit."""
    of_band = [Fraction(0)] * len(plan.bands)
    reached = {0}
    for nth in range(1, visits + 1):
        place = next(n for n, band in enumerate(plan.bands) if band.up_to is None or nth <= band.up_to)
        reached.add(place)
        of_band[place] += Fraction(plan.bands[place].visit_fee_micros, 10_000)
    if plan.mode is PlanMode.WHOLE_BAND:
        band = plan.bands[max(reached)]
        return [Fraction(band.visit_fee_micros * visits, 10_000) + band.flat_fee_cents]
    return [of_band[place] + plan.bands[place].flat_fee_cents for place in sorted(reached)]


def test_twelve_bills_equal_an_independent_recount(year):
    billing, _ = product(year, FakeClock(ms(datetime(YEAR + 1, 2, 1, tzinfo=UTC))))
    totals = {month: billing.bill("harvest", month).total_cents for month in months()}
    assert totals == {month: recount(year, month) for month in months()}
    assert len(set(totals.values())) > 6


def test_twelve_invoices_issued_as_the_year_goes_sum_to_the_same(year):
    clock = FakeClock(ms(datetime(YEAR, 2, 3, tzinfo=UTC)))
    _, invoices = product(year, clock)
    for month in months():
        invoices.issue("harvest", month)
        clock.advance(days=31)
    issued = invoices.invoices("harvest")
    assert [one.bill.month for one in issued] == months()[::-1]
    assert sum(one.total_cents for one in issued) == sum(recount(year, month) for month in months())


def test_the_days_of_the_year_s_stores_add_up_month_by_month(year):
    billing, _ = product(year, FakeClock(ms(datetime(YEAR + 1, 2, 1, tzinfo=UTC))))
    bills = [billing.bill("harvest", month) for month in months()]
    assert sum(bill.visits for bill in bills) == sum(counts for _, _, counts, _ in year.visits)
    assert sum(bill.late_visits for bill in bills) > 20
