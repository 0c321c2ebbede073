from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.billing.model import LineKind
from partners.billing.price import price
from partners.billing.usage import Usage
from partners.contracts.plan import Band, BandScope, Plan, PlanMode
from tests.unit.partners.billing.plans import DAYS, LOCATIONS, counts, plans, usages, with_more

SQUARE = Plan(
    0, PlanMode.WHOLE_BAND, (Band(500, flat_fee_cents=4_500), Band(1_500, flat_fee_cents=7_500), Band(None, 10_500))
)
GRADUATED = Plan(
    2_000,
    PlanMode.GRADUATED,
    (Band(500, visit_fee_micros=50_000), Band(1_500, 1_000, 12_500), Band(None, visit_fee_micros=10_000)),
)
PER_VISIT = (Band(None, visit_fee_micros=50_000),)


def whole(locations, visits):
    """A month of 30 days in which so many locations were always open, the first with all the visits."""
    return Usage(30, {str(number): 30 for number in range(locations)}, {"0": visits} if visits else {})


def total(plan, usage, **options):
    return sum(line.amount_cents for line in price(plan, usage, **options))


@pytest.mark.parametrize(
    ("count", "cents"),
    [(0, 4_500), (1, 4_500), (500, 4_500), (501, 7_500), (1_500, 7_500), (1_501, 10_500), (9_999, 10_500)],
)
def test_a_whole_band_plan_charges_the_one_band_in_which_the_visits_lie(count, cents):
    lines = price(SQUARE, whole(3, count))
    assert [(line.kind, line.amount_cents) for line in lines] == [(LineKind.LOCATIONS, 0), (LineKind.VISITS, cents)]
    assert lines[1].quantity == count


def test_a_graduated_plan_charges_each_visit_the_price_of_its_band():
    lines = price(GRADUATED, whole(3, 1_700))
    assert [(line.quantity, line.amount_cents) for line in lines] == [
        (90, 6_000),
        (500, 2_500),
        (1_000, 2_250),
        (200, 200),
    ]


def test_each_line_explains_itself():
    assert [line.explanation for line in price(GRADUATED, whole(3, 1_701))] == [
        "locations: 3 x 20.00 = 60.00",
        "visits 1 to 500: 500 x 0.05 = 25.00",
        "visits 501 to 1,500: 1,000 x 0.0125 + flat 10.00 = 22.50",
        "visits from 1,501: 201 x 0.01 = 2.01",
    ]
    assert price(SQUARE, whole(1, 700))[1].explanation == "visits 501 to 1,500: flat 75.00 = 75.00"


def test_a_part_of_a_month_is_charged_by_the_day():
    plan = Plan(2_999, PlanMode.GRADUATED, PER_VISIT)
    line = price(plan, Usage(31, {"1": 31, "2": 9}))[0]
    assert (line.quantity, line.divisor, line.amount_cents) == (40, 31, 3_870)
    assert line.explanation == "locations: 40 location-days / 31 x 29.99 = 38.696774..., rounded to 38.70"


@pytest.mark.parametrize(
    ("count", "cents", "end"), [(1, 1, ", rounded to 0.01"), (2, 3, ", rounded to 0.03"), (4, 5, "= 0.05")]
)
def test_a_line_that_was_rounded_says_so(count, cents, end):
    line = price(Plan(0, PlanMode.GRADUATED, (Band(None, visit_fee_micros=12_500),)), whole(0, count))[1]
    assert line.amount_cents == cents
    assert line.explanation.endswith(end)


def test_half_a_cent_exactly_goes_up():
    assert price(Plan(0, PlanMode.GRADUATED, (Band(None, visit_fee_micros=5_000),)), whole(0, 1))[1].amount_cents == 1
    assert price(Plan(1, PlanMode.GRADUATED, PER_VISIT), Usage(30, {"1": 15}))[0].amount_cents == 1


def test_a_month_without_visits_pays_for_locations_and_the_first_band_s_flat_fee():
    plan = Plan(2_000, PlanMode.GRADUATED, (Band(10, 300, 50_000), Band(None, 900, 40_000)))
    assert [line.amount_cents for line in price(plan, whole(2, 0))] == [4_000, 300]


def test_a_month_without_any_location_or_visit_costs_nothing():
    assert total(Plan(2_000, PlanMode.WHOLE_BAND, SQUARE.bands, minimum_cents=5_000), Usage(30)) == 0


def test_a_band_s_flat_fee_is_due_with_its_first_visit():
    plan = Plan(0, PlanMode.GRADUATED, (Band(10), Band(None, flat_fee_cents=900)))
    assert (total(plan, whole(1, 10)), total(plan, whole(1, 11))) == (0, 900)


def test_bands_per_location_are_filled_by_each_location_for_itself():
    usage = Usage(30, {"a": 30, "b": 30, "c": 1}, {"a": 501, "b": 500})
    assert total(SQUARE, usage) == 7_500
    apart = Plan(0, PlanMode.WHOLE_BAND, SQUARE.bands, BandScope.PER_LOCATION)
    lines = price(apart, usage)[1:]
    assert [(line.location, line.quantity, line.amount_cents) for line in lines] == [
        ("a", 501, 7_500),
        ("b", 500, 4_500),
        ("c", 0, 4_500),
    ]
    assert lines[0].explanation == "a: visits 501 to 1,500: flat 75.00 = 75.00"


def test_included_visits_cost_nothing_and_fill_no_band():
    plan = Plan(0, PlanMode.GRADUATED, (Band(10, visit_fee_micros=50_000), Band(None, 100)), included_visits=100)
    assert [line.explanation for line in price(plan, whole(1, 111))[1:]] == [
        "included visits: 100 x 0.00 = 0.00",
        "further visits 1 to 10: 10 x 0.05 = 0.50",
        "further visits from 11: flat 1.00 = 1.00",
    ]
    assert total(plan, whole(1, 100)) == 0


def test_a_minimum_is_made_up_by_a_line_of_its_own():
    plan = Plan(2_000, PlanMode.GRADUATED, PER_VISIT, minimum_cents=5_000)
    line = price(plan, whole(2, 40))[-1]
    assert (line.kind, line.amount_cents) == (LineKind.MINIMUM, 800)
    assert line.explanation == "minimum of 50.00: 50.00 - 42.00 = 8.00"
    assert price(plan, whole(2, 200))[-1].kind is LineKind.VISITS


def test_a_cap_bounds_the_bill_and_every_visit_is_still_counted():
    plan = Plan(2_000, PlanMode.GRADUATED, PER_VISIT, spend_cap_cents=3_000)
    *_, visits, cap = price(plan, whole(1, 1_000))
    assert visits.quantity == 1_000
    assert (cap.kind, cap.amount_cents) == (LineKind.CAP, -4_000)
    assert cap.explanation == "spend cap of 30.00: 30.00 - 70.00 = -40.00"
    assert total(plan, whole(1, 1_000)) == 3_000


def test_a_month_in_trial_shows_what_it_would_cost_and_costs_nothing():
    lines = price(GRADUATED, whole(3, 1_700), in_trial=True)
    assert lines[:-1] == price(GRADUATED, whole(3, 1_700))
    assert (lines[-1].kind, lines[-1].explanation) == (LineKind.TRIAL, "free trial: 0.00 - 109.50 = -109.50")
    assert total(GRADUATED, whole(3, 1_700), in_trial=True) == 0


@pytest.mark.parametrize("usage", [(30, {"1": -1}, {}), (30, {}, {"1": -1}), (0, {}, {})])
def test_a_negative_count_is_a_mistake(usage):
    with pytest.raises(ValueError, match="negative"):
        Usage(*usage)


@given(plans(), usages, st.sampled_from(LOCATIONS), st.integers(1, 400))
def test_more_visits_never_cost_less(plan, usage, location, more):
    assert total(plan, usage) <= total(plan, with_more(usage, location, visits=more))


@given(plans(), usages, st.sampled_from(LOCATIONS), st.integers(1, DAYS))
def test_more_location_days_never_cost_less(plan, usage, location, more):
    assert total(plan, usage) <= total(plan, with_more(usage, location, days=more))


@given(plans(limits=False), usages, st.sampled_from(LOCATIONS))
def test_a_whole_month_of_location_days_costs_the_location_fee(plan, usage, location):
    if location in usage.locations:
        more = with_more(usage, location, days=DAYS)
        assert total(plan, more) == total(plan, usage) + plan.location_fee_cents


@given(plans(), usages)
def test_a_bill_lies_between_minimum_and_cap(plan, usage):
    if usage.locations:
        assert total(plan, usage) >= plan.minimum_cents
    if plan.spend_cap_cents is not None:
        assert total(plan, usage) <= plan.spend_cap_cents


@given(plans(), usages)
def test_every_visit_and_location_day_is_in_exactly_one_line(plan, usage):
    lines = price(plan, usage)
    counted = {kind: sum(line.quantity for line in lines if line.kind is kind) for kind in LineKind}
    assert counted[LineKind.VISITS] == usage.total_visits
    assert counted[LineKind.LOCATIONS] == usage.total_location_days


@given(plans(PlanMode.GRADUATED, limits=False), st.integers(1, 4_000), counts)
def test_cutting_a_band_in_two_at_the_same_price_changes_no_exact_price(plan, cut, count):
    ends = [band.up_to for band in plan.bands]
    if cut in ends:
        return
    place = next(n for n, end in enumerate(ends) if end is None or cut < end)
    uncut = plan.bands[place]
    halves = (Band(cut, uncut.flat_fee_cents, uncut.visit_fee_micros), Band(uncut.up_to, 0, uncut.visit_fee_micros))
    split = Plan(plan.location_fee_cents, plan.mode, (*plan.bands[:place], *halves, *plan.bands[place + 1 :]))
    joined = Plan(plan.location_fee_cents, plan.mode, plan.bands)
    assert sum(map(exact, price(split, whole(1, count)))) == sum(map(exact, price(joined, whole(1, count))))


@given(plans(PlanMode.WHOLE_BAND), usages, st.integers(1, 4_000))
def test_cutting_a_whole_band_in_two_at_the_same_price_changes_no_bill(plan, usage, cut):
    """Pooled or for each location, with whatever limits."""
    place = next((n for n, band in enumerate(plan.bands) if band.up_to is None or cut < band.up_to), None)
    if cut in [band.up_to for band in plan.bands]:
        return
    halves = (replace(plan.bands[place], up_to=cut), plan.bands[place])
    cut_plan = replace(plan, bands=(*plan.bands[:place], *halves, *plan.bands[place + 1 :]))
    assert total(cut_plan, usage) == total(plan, usage)


@given(plans(), usages)
def test_a_line_is_the_sum_it_states_rounded_half_up(plan, usage):
    for line in price(plan, usage):
        off = line.amount_cents * 10_000 - exact(line)
        assert -5_000 < off <= 5_000


def exact(line):
    return Fraction(line.quantity * line.unit_price_micros, line.divisor) + line.flat_fee_cents * 10_000
