"""Card numbers name their member and catch a till's typing errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.members.card import Card, card_number, luhn_check_digit, read_card
from shared.members.errors import InvalidCardNumberError

cards = st.builds(Card, member=st.from_regex(r"[0-9]{10}", fullmatch=True), issue=st.integers(0, 9))


def test_the_check_digit_is_luhn():
    assert luhn_check_digit("7992739871") == 3


@given(cards)
def test_a_card_number_has_sixteen_digits_and_reads_back(card):
    number = card_number("9770", card)
    assert len(number) == 16
    assert read_card("9770", number) == card
    assert read_card("9770", f"{number[:4]} {number[4:8]} {number[8:12]} {number[12:]}") == card


@given(cards, st.integers(0, 15), st.integers(1, 9))
def test_any_single_wrong_digit_is_caught(card, place, shift):
    number = card_number("9770", card)
    wrong = (int(number[place]) + shift) % 10
    with pytest.raises(InvalidCardNumberError):
        read_card("9770", f"{number[:place]}{wrong}{number[place + 1 :]}")


@pytest.mark.parametrize(
    "text", ["", "977", "9770 0000 0004 2", "x" * 16, "٩٧٧٠٠٠٠٠٠٠٠٠٠٠٠٠", "4111111111111111", "-770000000000000"]
)
def test_what_is_no_card_of_this_network_is_refused(text):
    with pytest.raises(InvalidCardNumberError):
        read_card("9770", text)
