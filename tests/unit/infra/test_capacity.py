"""Item sizes and capacity units follow the published rules, example by example."""

from fractions import Fraction

import pytest

from infra.capacity import item_bytes, read_units, write_units


def test_names_and_text_count_their_utf8_bytes() -> None:
    assert item_bytes({"pk": {"S": "M#1"}, "név": {"S": "Ö"}}) == (2 + 3) + (4 + 2)


@pytest.mark.parametrize(("text", "size"), [("0", 2), ("7", 2), ("42", 2), ("123", 3), ("-123", 4), ("1000000", 2)])
def test_numbers_take_a_byte_for_two_significant_digits_and_one_more(text: str, size: int) -> None:
    assert item_bytes({"n": {"N": text}}) == 1 + size


def test_lists_and_maps_add_three_bytes_and_one_for_each_element() -> None:
    assert item_bytes({"l": {"L": [{"S": "ab"}, {"BOOL": True}]}}) == 1 + 3 + (1 + 2) + (1 + 1)
    assert item_bytes({"m": {"M": {"k": {"B": b"xyz"}}}}) == 1 + 3 + (1 + 1 + 3)


def test_a_value_of_unknown_size_is_refused() -> None:
    with pytest.raises(ValueError, match="NS"):
        item_bytes({"s": {"NS": ["1"]}})


@pytest.mark.parametrize(("size", "units"), [(1, 1), (1024, 1), (1025, 2), (3000, 3)])
def test_a_write_costs_a_unit_per_kilobyte_begun_and_twice_that_in_a_transaction(size: int, units: int) -> None:
    assert write_units(size) == units
    assert write_units(size, transactional=True) == 2 * units


@pytest.mark.parametrize(("size", "units"), [(0, 1), (4096, 1), (4097, 2)])
def test_a_read_costs_a_unit_per_four_kilobytes_begun_and_half_of_that_if_eventual(size: int, units: int) -> None:
    assert read_units(size, consistent=True) == units
    assert read_units(size) == Fraction(units, 2)
