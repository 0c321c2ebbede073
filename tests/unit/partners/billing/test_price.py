import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.billing.model import LineKind
from partners.billing.price import price
from partners.contracts.model import Band, Plan, PlanMode

SQUARE = Plan(
    0, PlanMode.WHOLE_BAND, (Band(500, flat_fee_cents=4_500), Band(1_500, flat_fee_cents=7_500), Band(None, 10_500))
)
GRADUATED = Plan(
    2_000,
    PlanMode.GRADUATED,
    (Band(500, visit_fee_micros=50_000), Band(1_500, 1_000, 12_500), Band(None, visit_fee_micros=10_000)),
)


@st.composite
def plans(draw, mode=None):
    ends = draw(st.lists(st.integers(1, 3_000), max_size=4, unique=True).map(sorted))
    fees = st.tuples(st.integers(0, 20_000), st.integers(0, 200_000))
    bands = tuple(Band(end, *draw(fees)) for end in [*ends, None])
    return Plan(draw(st.integers(0, 5_000)), mode or draw(st.sampled_from(PlanMode)), bands)


visits = st.integers(0, 5_000)


def total(plan, locations, count):
    return sum(line.amount_cents for line in price(plan, locations, count))


@pytest.mark.parametrize(
    ("count", "cents"),
    [(0, 4_500), (1, 4_500), (500, 4_500), (501, 7_500), (1_500, 7_500), (1_501, 10_500), (9_999, 10_500)],
)
def test_a_whole_band_plan_charges_the_one_band_in_which_the_visits_lie(count, cents):
    lines = price(SQUARE, 3, count)
    assert [(line.kind, line.amount_cents) for line in lines] == [(LineKind.LOCATIONS, 0), (LineKind.VISITS, cents)]
    assert lines[1].quantity == count


def test_a_graduated_plan_charges_each_visit_the_price_of_its_band():
    lines = price(GRADUATED, 3, 1_700)
    assert [(line.quantity, line.amount_cents) for line in lines] == [
        (3, 6_000),
        (500, 2_500),
        (1_000, 2_250),
        (200, 200),
    ]


def test_each_line_explains_itself():
    assert [line.explanation for line in price(GRADUATED, 3, 1_701)] == [
        "locations: 3 x 20.00 = 60.00",
        "visits 1 to 500: 500 x 0.05 = 25.00",
        "visits 501 to 1,500: 1,000 x 0.0125 + flat 10.00 = 22.50",
        "visits from 1,501: 201 x 0.01 = 2.01",
    ]
    assert price(SQUARE, 1, 700)[1].explanation == "visits 501 to 1,500: flat 75.00 = 75.00"


@pytest.mark.parametrize(
    ("count", "cents", "end"), [(1, 1, ", rounded to 0.01"), (2, 3, ", rounded to 0.03"), (4, 5, "= 0.05")]
)
def test_a_line_that_was_rounded_says_so(count, cents, end):
    line = price(Plan(0, PlanMode.GRADUATED, (Band(None, visit_fee_micros=12_500),)), 0, count)[1]
    assert line.amount_cents == cents
    assert line.explanation.endswith(end)


def test_half_a_cent_exactly_goes_up():
    assert price(Plan(0, PlanMode.GRADUATED, (Band(None, visit_fee_micros=5_000),)), 0, 1)[1].amount_cents == 1


def test_a_month_without_visits_pays_for_locations_and_the_first_band_s_flat_fee():
    plan = Plan(2_000, PlanMode.GRADUATED, (Band(10, 300, 50_000), Band(None, 900, 40_000)))
    assert [line.amount_cents for line in price(plan, 2, 0)] == [4_000, 300]


def test_a_band_s_flat_fee_is_due_with_its_first_visit():
    plan = Plan(0, PlanMode.GRADUATED, (Band(10), Band(None, flat_fee_cents=900)))
    assert (total(plan, 0, 10), total(plan, 0, 11)) == (0, 900)


@pytest.mark.parametrize(("locations", "count"), [(-1, 0), (0, -1)])
def test_a_negative_count_is_a_mistake(locations, count):
    with pytest.raises(ValueError, match="negative"):
        price(SQUARE, locations, count)


@given(plans(PlanMode.GRADUATED), st.integers(0, 9), visits)
def test_in_a_graduated_plan_one_more_visit_never_costs_less(plan, locations, count):
    assert total(plan, locations, count) <= total(plan, locations, count + 1)


@given(plans(), st.integers(0, 9), visits)
def test_one_more_location_costs_the_location_fee(plan, locations, count):
    assert total(plan, locations + 1, count) == total(plan, locations, count) + plan.location_fee_cents


@given(plans(), visits)
def test_every_visit_is_charged_in_exactly_one_band(plan, count):
    charged = [line for line in price(plan, 1, count) if line.kind is LineKind.VISITS]
    assert sum(line.quantity for line in charged) == count


@given(plans(PlanMode.GRADUATED), st.integers(1, 4_000), visits)
def test_cutting_a_band_in_two_at_the_same_price_changes_no_exact_price(plan, cut, count):
    ends = [band.up_to for band in plan.bands]
    if cut in ends:
        return
    place = next(n for n, end in enumerate(ends) if end is None or cut < end)
    whole = plan.bands[place]
    halves = (Band(cut, whole.flat_fee_cents, whole.visit_fee_micros), Band(whole.up_to, 0, whole.visit_fee_micros))
    split = Plan(plan.location_fee_cents, plan.mode, (*plan.bands[:place], *halves, *plan.bands[place + 1 :]))
    assert exact(split, count) == exact(plan, count)


@given(plans(), st.integers(0, 9), visits)
def test_no_line_is_off_by_more_than_half_a_cent(plan, locations, count):
    for line in price(plan, locations, count):
        exact_micros = line.quantity * line.unit_price_micros + line.flat_fee_cents * 10_000
        assert abs(line.amount_cents * 10_000 - exact_micros) <= 5_000


def exact(plan, count):
    return sum(line.quantity * line.unit_price_micros + line.flat_fee_cents * 10_000 for line in price(plan, 0, count))
