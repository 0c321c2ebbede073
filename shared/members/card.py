"""Card numbers. A card says which member it belongs to, so a till's request needs no look-up.

16 digits: network prefix (4), member number (10), issue (1), Luhn check digit (ISO/IEC 7812-1, annex B).
A replaced card keeps the member number and takes the next issue; the account knows the issue in force.
"""

from dataclasses import dataclass

from shared.members.errors import InvalidCardNumberError

CARD_DIGITS = 16
PREFIX_DIGITS = 4
MEMBER_DIGITS = 10
FIRST_ISSUE = 1


@dataclass(frozen=True, slots=True)
class Card:
    """What a card number says: the member (10 digits) and which issue of their card it is (0 to 9)."""

    member: str
    issue: int


def card_number(prefix: str, card: Card) -> str:
    """The 16 digits of `card` in the network with the 4-digit `prefix`."""
    body = f"{prefix}{card.member}{card.issue}"
    return body + str(luhn_check_digit(body))


def read_card(prefix: str, text: str) -> Card:
    """Read a card number; spaces between digits are allowed.

    Raises InvalidCardNumberError for another length, other characters, a foreign prefix or a wrong
    check digit (every single wrong digit and almost every swap of neighbours).
    """
    digits = text.replace(" ", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) != CARD_DIGITS:
        raise InvalidCardNumberError(f"it must have {CARD_DIGITS} digits")
    if not digits.startswith(prefix):
        raise InvalidCardNumberError(f"cards of this network begin with {prefix}")
    if str(luhn_check_digit(digits[:-1])) != digits[-1]:
        raise InvalidCardNumberError("its check digit does not match")
    member = digits[PREFIX_DIGITS : PREFIX_DIGITS + MEMBER_DIGITS]
    return Card(member, int(digits[PREFIX_DIGITS + MEMBER_DIGITS]))


def luhn_check_digit(digits: str) -> int:
    """The digit that makes the Luhn sum of `digits` and itself divisible by ten."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10
