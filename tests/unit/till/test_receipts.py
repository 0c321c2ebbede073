"""What a receipt's number may be, whichever way a purchase comes in."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.till.errors import InvalidReceiptError
from partners.till.forms import RECEIPT
from partners.till.model import EnrolRequest
from tests.unit.till.shop import Shop

TRICKS = {
    "empty": "",
    "a space at the end": "1001 ",
    "a space at the start": " 1001",
    "a line break": "1001\n",
    "a header": "1001\r\nX-Admin: 1",
    "a null": "1001\x00",
    "an escape sequence": "\x1b[2J",
    "nothing visible": "10\u200b01",
    "a byte order mark": "\ufeff1001",
    "right to left": "\u202e1001",
    "an isolate": "\u20661001\u2069",
    "a letter with two encodings": "caf\u00e9",
    "and its other encoding": "cafe\u0301",
    "a Cyrillic A": "\u0410-1001",
    "a Greek O": "1\u039f01",
    "full width digits": "\uff11\uff10\uff10\uff11",
    "Arabic digits": "\u0661\u0660\u0660\u0661",
    "a no-break space": "10\u00a001",
    "a ligature": "o\ufb03ce-1",
    "a soft hyphen": "10\u00ad01",
    "an emoji": "\U0001f9fe1001",
    "half a character": "\ud800",
    "a tag": "1001\U000e0061",
    "too long": "1" * 41,
}


@pytest.mark.parametrize("receipt", TRICKS.values(), ids=TRICKS.keys())
def test_a_number_that_could_pass_for_another_is_refused(receipt):
    shop = Shop()
    with pytest.raises(InvalidReceiptError):
        shop.purchase(receipt=receipt)
    assert shop.balance == 0


@pytest.mark.parametrize("receipt", ["1", "2026-000117", "A/7 #12", "~!", "1" * 40, "null", "' OR 1=1"])
def test_any_printable_ascii_is_a_number(receipt):
    shop = Shop()
    shop.purchase(receipt=receipt)
    assert shop.balance == 100


def test_an_enrolment_takes_the_same_numbers():
    shop = Shop()
    with pytest.raises(InvalidReceiptError):
        shop.till.enrol("alpha", "join-2", EnrolRequest("eve@example.com", "s1", " 1001", shop.clock()))


@given(st.text(min_size=1, max_size=6))
def test_no_two_numbers_look_or_normalise_alike(text):
    if RECEIPT.fullmatch(text):
        assert all(unicodedata.normalize(form, text) == text for form in ("NFC", "NFD", "NFKC", "NFKD"))
        assert text.isascii()
        assert text.isprintable()
        assert text == text.strip()
