"""Hashes that no two requests share, and base 32 without surprises."""

from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.ids import CROCKFORD, base32, digest


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_different_parts_never_share_an_encoding(one, other):
    assert (digest(*one) == digest(*other)) == (one == other)


@given(st.binary(min_size=1, max_size=40))
def test_base32_has_a_character_for_five_bits_and_keeps_them_all(raw):
    text = base32(raw)
    assert len(text) == -(-len(raw) * 8 // 5)
    number = 0
    for character in text:
        number = number * 32 + CROCKFORD.index(character)
    assert number >> (len(text) * 5 - len(raw) * 8) == int.from_bytes(raw, "big")
