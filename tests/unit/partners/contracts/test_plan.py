from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.contracts.errors import InvalidPlanError
from partners.contracts.plan import Band, BandScope, Plan, PlanMode
from partners.contracts.plan_codec import plan_from_json, plan_to_json
from tests.unit.partners.billing.plans import plans

BANDS = (Band(None, visit_fee_micros=50_000),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"minimum_cents": -1},
        {"included_visits": -1},
        {"trial_months": -1},
        {"trial_months": 37},
        {"trial_months": 1, "trial_until": date(2027, 1, 1)},
        {"spend_alert_cents": 0},
        {"spend_cap_cents": 0},
        {"spend_cap_cents": 999, "minimum_cents": 1_000},
        {"spend_cap_cents": 999, "spend_alert_cents": 1_000},
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(wrong):
    with pytest.raises(InvalidPlanError):
        Plan(0, PlanMode.GRADUATED, BANDS, **wrong)


def test_a_cap_may_be_the_minimum_and_the_alert():
    assert (
        Plan(0, PlanMode.GRADUATED, BANDS, minimum_cents=9, spend_alert_cents=9, spend_cap_cents=9).minimum_cents == 9
    )


def test_a_whole_band_plan_in_which_one_more_visit_makes_all_cheaper_is_refused():
    dear, cheap = Band(500, visit_fee_micros=50_000), Band(None, visit_fee_micros=40_000)
    with pytest.raises(InvalidPlanError, match="501 visits would cost less than 500"):
        Plan(0, PlanMode.WHOLE_BAND, (dear, cheap))
    Plan(0, PlanMode.GRADUATED, (dear, cheap))
    # 500 x 0.05 = 25.00; 501 x 0.04 = 20.04, and 4.96 more.
    Plan(0, PlanMode.WHOLE_BAND, (dear, Band(None, 496, 40_000)))
    with pytest.raises(InvalidPlanError):
        Plan(0, PlanMode.WHOLE_BAND, (dear, Band(None, 495, 40_000)))


@given(plans(), st.sampled_from([{"trial_months": 2}, {"trial_until": date(2027, 2, 14)}, {"spend_alert_cents": 7}]))
def test_a_plan_reads_back_as_stored(plan, more):
    stored = Plan(**{name: getattr(plan, name) for name in plan.__dataclass_fields__} | more)
    assert plan_from_json(plan_to_json(stored)) == stored


def test_a_plan_stored_before_these_settings_existed_has_their_defaults():
    old = {"location_fee_cents": 2_000, "mode": "graduated", "bands": [[None, 0, 50_000]]}
    assert plan_from_json(old) == Plan(2_000, PlanMode.GRADUATED, BANDS, BandScope.POOLED)
    assert plan_to_json(plan_from_json(old)) == old
