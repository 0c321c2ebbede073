"""One field: an e-mail address or a phone number, in one canonical form."""

import pytest

from shared.members.contact import Contact, ContactKind, read_contact
from shared.members.errors import InvalidContactError


@pytest.mark.parametrize("text", ["+1 415-555-2671", " +14155552671 ", "+1 (415) 555 2671"])
def test_every_way_to_write_a_phone_number_gives_its_e164_form(text):
    assert read_contact(text) == Contact(ContactKind.PHONE, "+14155552671")


@pytest.mark.parametrize("text", ["ann@example.com", " Ann@EXAMPLE.com "])
def test_every_way_to_write_an_address_gives_one_form(text):
    assert read_contact(text) == Contact(ContactKind.EMAIL, "ann@example.com")


@pytest.mark.parametrize(
    "text", ["", "ann", "ann@", "@example.com", "a b@example.com", "415-555-2671", "+1 415", "+0000000000"]
)
def test_what_is_neither_is_refused_without_repeating_it(text):
    with pytest.raises(InvalidContactError) as refusal:
        read_contact(text)
    assert not text.strip() or text.strip() not in str(refusal.value)
    assert refusal.value.data == {}
