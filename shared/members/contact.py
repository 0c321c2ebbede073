"""The one field with which a customer enrols: an e-mail address or a phone number, in canonical form."""

from dataclasses import dataclass
from enum import StrEnum

from shared.members.errors import InvalidContactError


class ContactKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Contact:
    """`value` is an E.164 number or a normalised address, so equal contacts compare equal."""

    kind: ContactKind
    value: str


def read_contact(text: str) -> Contact:
    """Read an e-mail address (syntax and normal form by email-validator) or a phone number (E.164).

    The local part of an address is compared without case, as every large mailbox provider does.
    Raises InvalidContactError, whose text never repeats the contact.
    """
    stripped = text.strip()
    return _email(stripped) if "@" in stripped else _phone(stripped)


def _email(text: str) -> Contact:
    from email_validator import EmailNotValidError, validate_email

    try:
        address = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise InvalidContactError("The e-mail address is not valid.") from error
    return Contact(ContactKind.EMAIL, address.normalized.lower())


def _phone(text: str) -> Contact:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException as error:
        raise InvalidContactError("The phone number does not read.") from error
    if not phonenumbers.is_valid_number(number):
        raise InvalidContactError("No such phone number can exist.")
    return Contact(ContactKind.PHONE, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
