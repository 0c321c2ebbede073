"""What foreign systems write: amounts and texts as no vendor should write them, and some day one will."""

import pytest

from partners.connectors.foreign import card_text, cents_of_decimal, place_text
from partners.connectors.words import LONGEST_FOREIGN_ID
from shared.kernel.fields import AMOUNT_LIMIT_CENTS


@pytest.mark.parametrize(
    ("text", "cents"),
    [("0", 0), ("12.34", 1_234), ("5.0", 500), ("7.100000", 710), (f"{AMOUNT_LIMIT_CENTS // 100}", AMOUNT_LIMIT_CENTS)],
)
def test_an_amount_is_digits_with_a_point(text: str, cents: int) -> None:
    assert cents_of_decimal(text) == cents


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "-1.00",
            "1.001",
            " 5.00 ",
            "1_0.00",
            "1e2",
            "\uff15.00",
            "NaN",
            "Infinity",
            "0x10",
            "1.0000000",
            5,
            None,
        ),
        *("1E+999990", "1E+999999", "9" * 13, f"{AMOUNT_LIMIT_CENTS // 100}.01"),
    ],
)
def test_what_is_no_such_amount_is_none(text: object) -> None:
    assert cents_of_decimal(text) is None


def test_half_a_character_can_be_kept_and_is_no_place_of_the_web_shop() -> None:
    assert [place_text(one) for one in (None, 88001, "L-1", "a\ud800b")] == [None, "88001", "L-1", "a?b"]
    assert len(place_text("x" * 100_000) or "") == LONGEST_FOREIGN_ID + 1
    assert [card_text(one) for one in ("\ud800", " 9770 ", "", True)] == ["?", "9770", None, None]
