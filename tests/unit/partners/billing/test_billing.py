import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from partners.billing.errors import InvalidMonthError, MonthNotBegunError
from partners.billing.model import month_of
from partners.billing.service import Billing
from partners.contracts.errors import NoTermsInForceError, UnknownPartnerError
from partners.contracts.plan import Band, Plan, PlanMode
from partners.visits.lines import line_of
from partners.visits.service import Pages
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import agree, contracts_of, new_terms
from tests.fakes.page_book import FakePageBook
from tests.support.entries import entry, random_book
from tests.unit.partners.visits.test_pages import posted


def at(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp()) * 1000


def plan(fee_cents: int) -> Plan:
    return Plan(fee_cents, PlanMode.GRADUATED, (Band(None, visit_fee_micros=50_000),))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(at(2026, 11, 25))


@pytest.fixture
def contracts(clock):
    return contracts_of("harvest", "northpharm", clock=clock)


def test_a_bill_counts_locations_and_visits_and_adds_them_up(contracts, clock):
    entries = random_book(random.Random(5), 60, ["harvest", "northpharm"], days=3)
    visits = sum(line_of(one).visit for one in entries if one.partner == "harvest")
    agree(contracts, "harvest", new_terms(plan=plan(2_000)))
    contracts.open_location("harvest", "1", "One", "UTC", at(2026, 1, 1))
    contracts.open_location("harvest", "2", "Two", "UTC", at(2026, 1, 1))
    contracts.open_location("northpharm", "1", "Eins", "UTC")
    bill = Billing(contracts, Pages(posted(entries, 7)), clock).bill("harvest", "2026-11")
    assert (bill.location_count, bill.visits) == (2, visits)
    assert [line.amount_cents for line in bill.lines] == [4_000, visits * 5]
    assert bill.total_cents == 4_000 + visits * 5
    assert (bill.currency, bill.terms_version, bill.month_over) == ("USD", 1, False)


def test_a_visit_belongs_to_the_utc_month_in_which_it_was_recorded(contracts, clock):
    moments = [at(2026, 10, 31, 23, 59, 59), at(2026, 11, 1), at(2026, 11, 30, 23, 59, 59), at(2026, 12, 1)]
    entries = [entry(seq=number, recorded_at_ms=moment) for number, moment in enumerate(moments, 1)]
    agree(contracts, "harvest", new_terms())
    clock.now_ms = at(2026, 12, 2)
    billing = Billing(contracts, Pages(posted(entries, 10)), clock)
    assert [billing.bill("harvest", month).visits for month in ("2026-10", "2026-11", "2026-12")] == [1, 2, 1]


def test_a_location_counts_on_the_days_on_which_it_is_open(contracts, clock):
    agree(contracts, "harvest", new_terms(plan=plan(3_000)))
    contracts.open_location("harvest", "1", "One", "UTC", at(2026, 11, 16))
    contracts.open_location("harvest", "2", "Two", "UTC", at(2026, 1, 1))
    contracts.close_location("harvest", "2", at(2026, 12, 11))
    clock.now_ms = at(2026, 12, 5)
    billing = Billing(contracts, Pages(FakePageBook()), clock)
    bills = [billing.bill("harvest", month) for month in ("2026-11", "2026-12")]
    assert [bill.usage.location_days for bill in bills] == [{"1": 15, "2": 30}, {"1": 31, "2": 10}]
    assert [bill.lines[0].amount_cents for bill in bills] == [4_500, 3_968]


def test_a_visit_reported_after_its_month_is_billed_in_the_month_it_is_reported_in(contracts, clock):
    late = entry(occurred_at_ms=at(2026, 10, 30), recorded_at_ms=at(2026, 11, 2))
    agree(contracts, "harvest", new_terms())
    billing = Billing(contracts, Pages(posted([late, entry(seq=8)], 10)), clock)
    october, november = billing.bill("harvest", "2026-10"), billing.bill("harvest", "2026-11")
    assert (october.visits, november.visits, november.late_visits) == (0, 2, 1)
    assert november.usage.visits == {"367": 2}


@pytest.mark.parametrize(
    ("begin", "trial", "free"),
    [
        ((2026, 11, 1), {"trial_months": 1}, ["2026-11"]),
        ((2026, 11, 2), {"trial_months": 1}, ["2026-11", "2026-12"]),
        ((2026, 11, 2), {"trial_until": date(2026, 12, 1)}, ["2026-11"]),
        ((2026, 11, 2), {"trial_until": date(2026, 12, 2)}, ["2026-11", "2026-12"]),
        ((2026, 11, 2), {}, []),
    ],
)
def test_months_that_begin_before_the_trial_ends_are_free(contracts, clock, begin, trial, free):
    agree(contracts, "harvest", new_terms(at(*begin), plan=replace(plan(3_000), **trial)))
    contracts.open_location("harvest", "1", "One", "UTC", at(2026, 1, 1))
    clock.now_ms = at(2027, 2, 1)
    billing = Billing(contracts, Pages(FakePageBook()), clock)
    totals = {month: billing.bill("harvest", month).total_cents for month in ("2026-11", "2026-12", "2027-01")}
    assert [month for month, cents in totals.items() if cents == 0] == free


def test_a_trial_counts_from_the_partner_s_first_terms_whatever_came_since(contracts, clock):
    agree(contracts, "harvest", new_terms(at(2026, 11, 1), plan=plan(1_000)))
    agree(contracts, "harvest", new_terms(at(2026, 12, 1), plan=replace(plan(1_000), trial_months=2)))
    contracts.open_location("harvest", "1", "One", "UTC", at(2026, 1, 1))
    clock.now_ms = at(2027, 2, 1)
    billing = Billing(contracts, Pages(FakePageBook()), clock)
    assert [billing.bill("harvest", month).total_cents for month in ("2026-12", "2027-01")] == [0, 1_000]


def test_a_location_counts_from_the_month_in_which_it_opened(contracts, clock):
    agree(contracts, "harvest", new_terms())
    contracts.open_location("harvest", "1", "One", "UTC", at(2026, 11, 30, 23, 59, 59))
    contracts.open_location("harvest", "2", "Two", "UTC", at(2026, 12, 1))
    clock.now_ms = at(2027, 1, 5)
    billing = Billing(contracts, Pages(FakePageBook()), clock)
    counts = [billing.bill("harvest", month).location_count for month in ("2026-10", "2026-11", "2026-12", "2027-01")]
    assert counts == [0, 1, 2, 2]


def test_the_plan_is_the_one_in_force_when_the_month_begins(contracts, clock):
    agree(contracts, "harvest", new_terms(at(2026, 10, 1), plan=plan(1_000)))
    agree(contracts, "harvest", new_terms(at(2026, 12, 1), plan=plan(2_000)))
    agree(contracts, "harvest", new_terms(at(2026, 12, 15), plan=plan(3_000)))
    clock.now_ms = at(2027, 2, 1)
    billing = Billing(contracts, Pages(FakePageBook()), clock)
    versions = [billing.bill("harvest", month).terms_version for month in ("2026-11", "2026-12", "2027-01")]
    assert versions == [1, 2, 3]


def test_in_the_first_month_it_is_the_first_plan_to_come_into_force(contracts, clock):
    agree(contracts, "harvest", new_terms(at(2026, 11, 26), plan=plan(1_000)))
    agree(contracts, "harvest", new_terms(at(2026, 11, 28), plan=plan(2_000)))
    clock.now_ms = at(2026, 12, 1)
    billing = Billing(contracts, Pages(FakePageBook()), clock)
    assert billing.bill("harvest", "2026-11").terms_version == 1
    with pytest.raises(NoTermsInForceError):
        billing.bill("harvest", "2026-10")


def test_a_partner_without_terms_has_no_bill(contracts, clock):
    with pytest.raises(NoTermsInForceError):
        Billing(contracts, Pages(FakePageBook()), clock).bill("harvest", "2026-11")


def test_a_month_is_over_from_the_first_millisecond_of_the_next(contracts, clock):
    agree(contracts, "harvest", new_terms())
    billing = Billing(contracts, Pages(FakePageBook()), clock)
    clock.now_ms = at(2026, 12, 1) - 1
    assert billing.bill("harvest", "2026-11").month_over is False
    clock.now_ms = at(2026, 12, 1)
    assert billing.bill("harvest", "2026-11").month_over is True


def test_a_month_to_come_is_refused(contracts, clock):
    agree(contracts, "harvest", new_terms())
    with pytest.raises(MonthNotBegunError):
        Billing(contracts, Pages(FakePageBook()), clock).bill("harvest", "2026-12")


def test_an_unknown_partner_has_no_bill(contracts, clock):
    with pytest.raises(UnknownPartnerError):
        Billing(contracts, Pages(FakePageBook()), clock).bill("nobody", "2026-11")


@pytest.mark.parametrize("name", ["", "2026", "2026-13", "2026-00", "2026-1", "2026-11-01", "٢٠٢٦-11", "1969-12"])
def test_what_is_no_month_is_refused(name):
    with pytest.raises(InvalidMonthError):
        month_of(name)


@pytest.mark.parametrize(
    ("name", "last_day"), [("2026-11", 30), ("2026-12", 31), ("2028-02", 29), ("2026-02", 28), ("9998-12", 31)]
)
def test_a_month_has_its_days(name, last_day):
    month = month_of(name)
    assert (month.first_day.day, month.last_day.day) == (1, last_day)
    assert month.first_day.isoformat()[:7] == month.last_day.isoformat()[:7] == name
    assert month.ends_at_ms - month.begins_at_ms == last_day * 86_400_000
