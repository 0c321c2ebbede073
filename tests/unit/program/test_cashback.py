"""Cashback for money: exact, rounded down once, explained."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.money import Money
from shared.program.cashback import cashback_cents_for, explain_cashback


@pytest.mark.parametrize(
    ("bps", "words"),
    [
        (150, "1.5 % of 12.34 USD = 0.18 USD cashback"),
        (200, "2 % of 12.34 USD = 0.24 USD cashback"),
        (1_000, "10 % of 12.34 USD = 1.23 USD cashback"),
        (1, "0.01 % of 12.34 USD = 0.00 USD cashback"),
        (5_000, "50 % of 12.34 USD = 6.17 USD cashback"),
    ],
)
def test_cashback_says_how_it_came_about(bps, words):
    assert explain_cashback(bps, Money(1_234, "USD")) == (words,)


def test_no_rate_is_not_worth_a_word():
    assert explain_cashback(0, Money(1_234, "USD")) == ()


@given(st.integers(0, 5_000), st.integers(0, 10**11))
def test_cashback_is_the_exact_part_rounded_down(bps, cents):
    assert 0 <= Fraction(cents * bps, 10_000) - cashback_cents_for(bps, cents) < 1
