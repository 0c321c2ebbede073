import random
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.access.keytext import KeyText, new_key_text, read_key_text
from shared.kernel.ids import CROCKFORD

keys = st.builds(
    lambda seed, live: new_key_text(random.Random(seed).randbytes, live=live), st.integers(), st.booleans()
)


@given(keys)
def test_a_new_key_reads_back_as_itself(key):
    assert read_key_text(key.text) == key


@pytest.mark.parametrize(("live", "mode"), [(True, "live"), (False, "test")])
def test_a_key_says_its_mode_its_id_and_nothing_else(live, mode):
    key = new_key_text(random.Random(1).randbytes, live=live)
    assert re.fullmatch(rf"tsk_{mode}_{key.key_id}_[{CROCKFORD}]{{39}}", key.text)
    assert len(key.key_id) == 10


def test_the_format_stays_as_it_is():
    key = new_key_text(lambda count: bytes(range(count)), live=True)
    assert key == KeyText("tsk_live_000g40r40m_000g40r40m30e209185gr38e1w8124gk5pcwn08", "000g40r40m", live=True)


def test_the_secret_has_160_random_bits_and_the_id_50():
    asked = []
    new_key_text(lambda count: asked.append(count) or bytes(count), live=True)
    assert asked == [7, 20]


@given(keys, st.data())
def test_any_single_wrong_character_is_noticed(key, data):
    place = data.draw(st.integers(0, len(key.text) - 1))
    wrong = data.draw(st.sampled_from(string.printable).filter(lambda one: one != key.text[place]))
    assert read_key_text(key.text[:place] + wrong + key.text[place + 1 :]) is None


@given(keys, st.data())
def test_a_missing_or_added_character_is_noticed(key, data):
    place = data.draw(st.integers(0, len(key.text)))
    extra = data.draw(st.sampled_from(CROCKFORD))
    assert read_key_text(key.text[:place] + extra + key.text[place:]) is None
    assert read_key_text(key.text[:place] + key.text[place + 1 :]) in (None, key)


@given(keys, st.data())
def test_two_neighbours_swapped_are_noticed(key, data):
    place = data.draw(st.integers(0, len(key.text) - 2))
    swapped = key.text[:place] + key.text[place + 1] + key.text[place] + key.text[place + 2 :]
    assert swapped == key.text or read_key_text(swapped) is None


@given(st.text())
def test_any_other_text_is_no_key(text):
    assert read_key_text(text) is None
