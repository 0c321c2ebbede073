from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.contracts.errors import (
    InvalidLocationIdError,
    InvalidNameError,
    InvalidPartnerIdError,
    InvalidPlanError,
    InvalidTermsError,
    UnsupportedCurrencyError,
)
from partners.contracts.model import Location, Partner, Terms, in_force
from partners.contracts.payment import Funding, FundingKind
from partners.contracts.plan import Band, Plan, PlanMode
from tests.fakes.contract_book import PLAN, new_terms

HARVEST = Partner("harvest", "Harvest Foods", "USD", 0)
MAIN_STREET = Location("harvest", "367", "Main Street", "America/Chicago", 0)


@pytest.mark.parametrize("partner_id", ["ab", "harvest", "corner-fresh-24", "a" * 20])
def test_a_partner_id_is_a_short_slug(partner_id):
    assert replace(HARVEST, partner_id=partner_id).partner_id == partner_id


@pytest.mark.parametrize("partner_id", ["", "a", "a" * 21, "Harvest", "1st", "-ab", "a_b", "a b", "a#b", "é-a", "ab\n"])
def test_any_other_partner_id_is_refused(partner_id):
    with pytest.raises(InvalidPartnerIdError):
        replace(HARVEST, partner_id=partner_id)


@pytest.mark.parametrize("party", ["network", "members"])
def test_no_partner_may_be_called_as_another_party(party):
    with pytest.raises(InvalidPartnerIdError, match="parties of their own"):
        replace(HARVEST, partner_id=party)


@pytest.mark.parametrize("currency", ["JPY", "KWD", "usd", "US", "XXX", ""])
def test_a_currency_that_does_not_divide_into_hundredths_is_refused(currency):
    with pytest.raises(UnsupportedCurrencyError):
        replace(HARVEST, currency=currency)


@pytest.mark.parametrize("name", ["", " x", "x ", "a\nb", "a\x00b", "n" * 81, "\u202eabc"])
def test_a_name_that_would_not_print_is_refused(name):
    with pytest.raises(InvalidNameError):
        replace(HARVEST, name=name)
    with pytest.raises(InvalidNameError):
        replace(MAIN_STREET, name=name)


@pytest.mark.parametrize("location_id", ["1", "S-1.a_B", "x" * 20])
def test_a_location_id_is_the_partner_s_own_store_number(location_id):
    assert replace(MAIN_STREET, location_id=location_id).location_id == location_id


@pytest.mark.parametrize("location_id", ["", "x" * 21, "a b", "a#b", "a/b", "é", "1\n"])
def test_any_other_location_id_is_refused(location_id):
    with pytest.raises(InvalidLocationIdError):
        replace(MAIN_STREET, location_id=location_id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"effective_from_ms": -1},
        {"earn_points": -1},
        {"earn_per_cents": 0},
        {"issue_price_micros": -1},
        {"redeem_price_micros": -1},
        {"issue_price_micros": 4_999},
        {"expiry_months": 0},
        {"expiry_months": 121},
        {"waiting_days": -1},
        {"waiting_days": 91},
        {"late_days": -1},
        {"late_days": 31},
        {"answer_days": 0},
        {"answer_days": 91},
        {"waiting_days": 28, "expiry_months": 1},
        {"cashback_bps": -1},
        {"cashback_bps": 5_001},
        {"commission_bps": -1},
        {"commission_bps": 10_001},
        {"breakage_share_bps": -1},
        {"breakage_share_bps": 10_001},
        {"cashback_breakage_share_bps": -1},
        {"cashback_breakage_share_bps": 10_001},
        {"cashback_expiry_months": 0},
        {"cashback_expiry_months": 121},
        {"cashback_expiry_months": 1, "waiting_days": 28},
    ],
)
def test_terms_that_contradict_themselves_are_refused(wrong):
    with pytest.raises(InvalidTermsError):
        new_terms(**wrong)


@pytest.mark.parametrize(("kind", "cap"), [("postpaid", 0), ("postpaid", -1), ("prepaid", 1)])
def test_funding_that_contradicts_itself_is_refused(kind, cap):
    with pytest.raises(InvalidTermsError):
        Funding(FundingKind(kind), cap)


def test_only_postpaid_terms_without_a_cap_have_no_limit():
    assert not Funding().limited
    assert Funding(FundingKind.POSTPAID, 1).limited
    assert Funding(FundingKind.PREPAID).limited


def test_a_point_may_be_redeemed_at_the_price_it_was_issued_at():
    assert new_terms(issue_price_micros=5_000, redeem_price_micros=5_000).redeem_price_micros == 5_000


def test_a_partner_may_honour_points_without_granting_any():
    assert new_terms(earn_points=0).earn_points == 0


@pytest.mark.parametrize(
    "bands",
    [
        (),
        (Band(500),),
        (Band(None), Band(None)),
        (Band(500), Band(500), Band(None)),
        (Band(0), Band(None)),
        (Band(1_500), Band(500), Band(None)),
        (Band(None, flat_fee_cents=-1),),
        (Band(None, visit_fee_micros=-1),),
    ],
)
def test_bands_that_leave_a_gap_overlap_or_pay_back_are_refused(bands):
    with pytest.raises(InvalidPlanError):
        Plan(0, PlanMode.GRADUATED, bands)


def test_a_location_fee_is_not_negative():
    with pytest.raises(InvalidPlanError):
        Plan(-1, PlanMode.GRADUATED, PLAN.bands)


def version(number: int, effective_from_ms: int) -> Terms:
    new = new_terms(effective_from_ms)
    fields = {name: getattr(new, name) for name in new.__dataclass_fields__}
    return Terms(partner_id="harvest", version=number, currency="USD", **fields)


def test_before_the_first_terms_none_are_in_force():
    assert in_force([version(1, 100)], 99) is None
    assert in_force([], 100) is None


def test_terms_are_in_force_from_their_first_millisecond_until_the_next_begin():
    first, second = version(1, 100), version(2, 200)
    assert [in_force([first, second], at) for at in (100, 199, 200, 10**15)] == [first, first, second, second]


def test_of_terms_that_begin_together_the_highest_version_is_in_force():
    versions = [version(1, 100), version(2, 200), version(3, 200)]
    assert in_force(versions, 200) == versions[2]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8).map(sorted), st.integers(0, 60))
def test_adding_later_terms_never_changes_what_was_in_force_before_they_begin(begins, at):
    versions = [version(number, begin) for number, begin in enumerate(begins, 1)]
    if at < begins[-1]:
        assert in_force(versions, at) == in_force(versions[:-1], at)
