"""How an idempotency key, an entry id and an operator's reason are written. The API's document shows the same."""

import re

from shared.members.card import MEMBER_DIGITS

LONGEST_KEY = 64
IDEMPOTENCY_KEY = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")
"""Visible ASCII characters."""
ENTRY_ID = re.compile(rf"([0-9]{{{MEMBER_DIGITS}}})-([1-9][0-9]{{0,7}})")
LONGEST_REASON = 200


def is_reason(text: str) -> bool:
    """Whether `text` can be kept as a reason: 1 to LONGEST_REASON printable characters, not all of them spaces."""
    return 1 <= len(text) <= LONGEST_REASON and text.isprintable() and bool(text.strip())
