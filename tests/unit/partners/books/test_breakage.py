"""The triangle of breakage and what it leads to, by hand."""

from dataclasses import replace

import pytest

from partners.books import breakage
from partners.books.breakage import VERSION, Age, estimated, method_of, triangle
from partners.books.checks import breakage_contradictions
from partners.books.rolling import Roll
from shared.ledger.model import NEVER, POINTS

JAN, FEB, MARCH, APRIL, MAY = range(100, 105)


def granted(expiry_month: int, points: int) -> Roll:
    return Roll("alpha", POINTS, expiry_month, issued=points)


def after(expiry_month: int, opening: int, *, redeemed: int = 0, expired: int = 0, given_back: int = 0) -> Roll:
    return Roll("alpha", POINTS, expiry_month, opening, redeemed=-redeemed, expired=-expired, given_back=given_back)


# Granted in a month, points run out at the end of the month after the next one, so a cohort has four ages. In the last
# of them only what was set aside before is still redeemed.
FIRST = {
    JAN: granted(MARCH, 1_000),
    FEB: after(MARCH, 1_000, redeemed=300),
    MARCH: after(MARCH, 700, redeemed=350, given_back=50),
    APRIL: after(MARCH, 400, redeemed=60, expired=340),
}
SECOND = {FEB: granted(APRIL, 2_000), MARCH: after(APRIL, 2_000, redeemed=450)}


def rolls(*cohorts: dict[int, Roll], until: int) -> dict[int, tuple[Roll, ...]]:
    return {month: tuple(cohort[month] for cohort in cohorts if month in cohort) for month in range(JAN, until + 1)}


def test_a_cohort_is_told_month_by_month_with_what_was_given_back():
    (first,) = triangle(rolls(FIRST, until=APRIL), APRIL)
    assert first.ages == (Age(1_000, 0, 0), Age(1_000, 300, 0), Age(1_000, 600, 0), Age(1_000, 660, 340))
    assert (first.first_month, first.ended, first.estimated_breakage) == (JAN, True, 340)


def test_who_has_one_month_left_does_in_it_what_the_one_that_has_ended_did():
    # In its last month the first went from 600 to 660, so the second goes from 450 to 495.
    _, second = triangle(rolls(FIRST, SECOND, until=APRIL), APRIL)
    assert second.ages[1:] == (Age(2_000, 450, 0), Age(2_000, 450, 0))
    assert (second.ended, second.estimated_breakage) == (False, 2_000 - 495)


def test_a_cohort_at_an_earlier_age_is_brought_to_its_end_factor_by_factor():
    third = {MARCH: granted(MAY, 1_000), APRIL: after(MAY, 1_000, redeemed=151)}
    *_, young = triangle(rolls(FIRST, SECOND, third, until=APRIL), APRIL)
    # From the second age to the third: (600 + 450) / (300 + 450) = 1.4. From there to the fourth: 660 / 600.
    # 151 x 1.4 x 1.1 = 232.54 will be redeemed, so 767.46 run out, 767 in whole points.
    assert young.estimated_breakage == 767


def test_without_a_cohort_that_has_ended_there_is_no_estimate():
    (first,) = triangle(rolls(FIRST, until=MARCH), MARCH)
    assert (first.ended, first.estimated_breakage) == (False, None)


def test_from_an_age_at_which_nobody_had_redeemed_nothing_follows():
    third = {APRIL: granted(MAY + 1, 1_000)}
    *_, newest = triangle(rolls(FIRST, third, until=APRIL), APRIL)
    assert newest.estimated_breakage is None


@pytest.mark.parametrize("month", [APRIL, MAY, MAY + 9])
def test_what_is_first_granted_when_it_has_run_out_already_expires_whole_at_its_one_age(month):
    """A purchase that is imported long after it was made. It says nothing of others' ages but the first."""
    late = {month: Roll("alpha", POINTS, JAN, issued=100, expired=-100)}
    found = triangle(rolls(FIRST, late, until=month + 1), month + 1)
    first = next(one for one in found if one.expiry_month == JAN)
    assert (first.ages, first.ended, first.estimated_breakage) == ((Age(100, 0, 100),), True, 100)
    assert next(one for one in found if one.expiry_month == MARCH).estimated_breakage == 340
    assert breakage_contradictions(VERSION, found, rolls(FIRST, late, until=month)[month]) == []


def test_what_came_after_its_end_tells_nothing_of_how_long_others_live():
    stray = Roll("alpha", POINTS, MARCH, issued=100, expired=-100)
    _, newest = triangle({MAY: (stray, granted(MAY + 2, 1_000))}, MAY)
    assert (newest.ended, newest.estimated_breakage) == (False, None)


def test_another_issuers_cohorts_and_debts_say_nothing():
    other = Roll("beta", POINTS, MAY, issued=10)
    owed = Roll("alpha", POINTS, 0, issued=-5)
    found = triangle({**rolls(FIRST, until=MARCH), APRIL: (FIRST[APRIL], other, owed)}, APRIL)
    assert [(one.issuer, one.estimated_breakage) for one in found] == [("alpha", 340), ("beta", None)]


def test_what_never_expires_has_no_estimate_and_says_nothing_of_what_does():
    """Cashback of terms without an end beside some that has one, and what payouts that came back left there."""
    endless = {month: after(NEVER, 500, given_back=30) for month in (*FIRST, APRIL + 1)}
    without, found = triangle(rolls(FIRST, until=APRIL), APRIL), triangle(rolls(FIRST, endless, until=APRIL), APRIL)
    assert found[: len(without)] == without
    assert [(one.expiry_month, one.ended, one.estimated_breakage) for one in found[len(without) :]] == [
        (NEVER, False, None)
    ]


WAITS = (FIRST[APRIL], after(APRIL, 1_550))


def test_an_estimate_follows_again_from_the_ages_that_stand_beside_it():
    told = triangle(rolls(FIRST, SECOND, until=APRIL), APRIL)
    forgotten = [replace(one, estimated_breakage=None) for one in told]
    assert estimated(forgotten, VERSION) == told
    assert breakage_contradictions(VERSION, told, WAITS) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"estimated_breakage": 1_506}, "1506 is said to run out, 1505 follows from its ages"),
        ({"estimated_breakage": None}, "None is said to run out, 1505 follows from its ages"),
        ({"ages": (Age(2_000, 0, 0), Age(2_000, 450, 0), Age(2_000, 451, 0))}, "1,549 are left by the triangle"),
    ],
)
def test_a_triangle_that_does_not_agree_with_itself_or_the_roll_is_named(changes, says):
    first, second = triangle(rolls(FIRST, SECOND, until=APRIL), APRIL)
    found = breakage_contradictions(VERSION, (first, replace(second, **changes)), WAITS)
    assert says in " ".join(found)


def test_a_cohort_that_the_triangle_left_out_is_named():
    (found,) = breakage_contradictions(VERSION, (), (after(APRIL, 1_550),))
    assert found.endswith("it is not in the triangle")


def test_books_name_a_version_that_there_is(monkeypatch):
    assert method_of(1) == "chain-ladder"
    with pytest.raises(ValueError, match="version 2"):
        triangle(rolls(FIRST, until=APRIL), APRIL, 2)
    monkeypatch.setitem(breakage._VERSIONS, 2, ("none", lambda cohort, alike: 7))
    assert triangle(rolls(FIRST, until=APRIL), APRIL, 2)[0].estimated_breakage == 7
    assert triangle(rolls(FIRST, until=APRIL), APRIL, 1)[0].estimated_breakage == 340
