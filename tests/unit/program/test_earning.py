"""Points for money: exact, rounded down once, explained."""

import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.money import Money, round_zero_sum
from shared.program.earning import EarnRule, propose_points, value_of_points


def test_points_are_rounded_down_once_per_receipt_and_explained():
    proposal = propose_points(EarnRule(points=5, per_cents=100), Money(1234, "USD"))
    assert proposal.points == 61
    assert proposal.explanation == ("5 per 1.00 USD on 12.34 USD = 61",)


@given(st.integers(1, 100), st.integers(1, 10_000), st.integers(0, 10**9))
def test_points_are_the_exact_quotient_rounded_down(points, per_cents, cents):
    exact = Fraction(cents * points, per_cents)
    proposed = propose_points(EarnRule(points, per_cents), Money(cents, "USD")).points
    assert 0 <= exact - proposed < 1


def test_redeemed_points_are_worth_whole_cents_rounded_down():
    assert value_of_points(199, 5_000, "USD") == Money(99, "USD")


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=30))
def test_rounding_keeps_the_sum_zero_and_moves_no_one_by_a_cent(micros):
    positions = {f"p{place}": amount for place, amount in enumerate(micros)}
    positions["network"] = -sum(micros)
    cents = round_zero_sum(positions)
    assert sum(cents.values()) == 0
    for party, exact in positions.items():
        assert abs(Fraction(exact, 10_000) - cents[party]) < 1


def test_a_cent_between_equal_remainders_goes_to_the_first_by_id_in_whatever_order_they_come():
    exact = {"gamma": 5_000, "alpha": 5_000, "beta": 5_000, "network": -15_000}
    rounded = {"alpha": 1, "beta": 1, "gamma": 0, "network": -2}
    for order in itertools.permutations(exact):
        assert round_zero_sum({party: exact[party] for party in order}) == rounded
