from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.billing.estimate import Projection, SpendAlert, projected_usage
from partners.billing.model import month_of
from partners.billing.service import Billing
from partners.billing.usage import Usage
from partners.contracts.plan import Band, Plan, PlanMode
from partners.visits.service import Pages
from shared.kernel.clock import DAY_MS
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import agree, contracts_of, new_terms
from tests.support.entries import entry
from tests.unit.partners.billing.plans import plans
from tests.unit.partners.visits.test_pages import posted

NOVEMBER = month_of("2026-11")
PLAN = Plan(3_000, PlanMode.GRADUATED, (Band(None, visit_fee_micros=1_000_000),), spend_alert_cents=3_500)


def at(*moment):
    return int(datetime(*moment, tzinfo=UTC).timestamp()) * 1000


def projected(visits, now_ms, since_ms=0):
    usage = projected_usage(Usage(30, {"1": 30}, {"1": visits}), NOVEMBER, since_ms, now_ms)
    return None if usage is None else usage.total_visits


def test_visits_go_on_at_the_rate_of_the_month_so_far():
    assert projected(10, at(2026, 11, 11)) == 30
    assert projected(10, at(2026, 11, 16, 12)) == 19  # 10 x 30 / 15.5 = 19.35
    assert projected(1, at(2026, 11, 5)) == 8  # 7.5


def test_in_a_partner_s_first_month_the_rate_is_that_since_its_terms_began():
    assert projected(10, at(2026, 11, 26), since_ms=at(2026, 11, 21)) == 20


def test_on_the_first_day_and_after_the_month_nothing_is_projected():
    assert projected(10, at(2026, 11, 1) + DAY_MS - 1) is None
    assert projected(10, at(2026, 11, 1) + DAY_MS) == 300
    assert projected(10, at(2026, 12, 1)) is None
    assert projected(10, at(2026, 11, 21, 23), since_ms=at(2026, 11, 21)) is None


@given(st.integers(0, 10_000), st.integers(DAY_MS, 30 * DAY_MS - 1))
def test_a_projection_is_never_below_what_has_come_to_pass(visits, passed_ms):
    assert projected(visits, NOVEMBER.begins_at_ms + passed_ms) >= visits


@pytest.fixture
def clock():
    return FakeClock(at(2026, 11, 26))


@pytest.fixture
def billing(clock):
    contracts = contracts_of("harvest", clock=clock)
    agree(contracts, "harvest", new_terms(plan=PLAN))
    contracts.open_location("harvest", "367", "One", "UTC", 0)
    visits = [entry(seq=number, receipt=str(number)) for number in range(1, 6)]
    return Billing(contracts, Pages(posted(visits, 10)), clock)


def test_an_estimate_says_what_has_come_to_pass_and_what_is_expected(billing):
    estimate = billing.estimate("harvest", "2026-11")
    assert (estimate.bill.visits, estimate.bill.total_cents) == (5, 3_500)
    assert estimate.projection == Projection(6, 3_600)


@pytest.mark.parametrize(
    ("limit", "reached", "expected"), [(3_500, True, True), (3_600, False, True), (3_601, False, False)]
)
def test_an_alert_is_reached_by_the_bill_and_expected_by_the_projection(billing, limit, reached, expected):
    _, tried = billing.what_if("harvest", "2026-11", replace(PLAN, spend_alert_cents=limit))
    assert tried.alert == SpendAlert(limit, reached, expected)


def test_a_month_that_is_over_has_no_projection_and_its_alert_is_that_of_its_bill(billing, clock):
    clock.now_ms = at(2026, 12, 1)
    estimate = billing.estimate("harvest", "2026-11")
    assert (estimate.projection, estimate.alert) == (None, SpendAlert(3_500, True, True))


def test_another_plan_is_tried_out_on_the_same_month(billing):
    actual, tried = billing.what_if("harvest", "2026-11", Plan(0, PlanMode.GRADUATED, (Band(None, 100),)))
    assert actual == billing.estimate("harvest", "2026-11")
    assert (tried.bill.usage, tried.bill.total_cents, tried.bill.terms_version) == (actual.bill.usage, 100, None)
    assert (tried.projection, tried.alert) == (Projection(6, 100), None)


@given(plan=plans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_the_total_of_any_plan_s_month_is_the_sum_of_its_lines(billing, plan):
    for estimate in billing.what_if("harvest", "2026-11", plan):
        assert estimate.bill.total_cents == sum(line.amount_cents for line in estimate.bill.lines)
        assert estimate.projection.total_cents >= estimate.bill.total_cents


def test_the_alert_of_a_month_is_that_of_its_estimate(billing):
    assert billing.spend_alert("harvest", "2026-11") == SpendAlert(3_500, True, True)


def test_without_an_alert_in_the_plan_or_without_terms_there_is_none_and_no_page_is_read(clock):
    contracts = contracts_of("harvest", "northpharm", clock=clock)
    agree(contracts, "harvest", new_terms(plan=replace(PLAN, spend_alert_cents=None)))
    billing = Billing(contracts, Pages(shelf=None), clock)
    assert billing.spend_alert("harvest", "2026-11") is None
    assert billing.spend_alert("northpharm", "2026-11") is None
