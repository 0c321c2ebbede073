"""The reason that goes with every decision of an operator."""

from partners.contracts.errors import InvalidReasonError

LONGEST_REASON = 200


def is_reason(text: str) -> bool:
    """Whether `text` can be kept as a reason: 1 to LONGEST_REASON printable characters, not all of them spaces."""
    return 1 <= len(text) <= LONGEST_REASON and text.isprintable() and bool(text.strip())


def check_reason(text: str) -> None:
    """Raises InvalidReasonError."""
    if not is_reason(text):
        raise InvalidReasonError(LONGEST_REASON)
