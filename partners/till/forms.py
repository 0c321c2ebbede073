"""How an idempotency key and an entry id are written. The API's document shows the same."""

import re

from shared.members.card import MEMBER_DIGITS

LONGEST_KEY = 64
IDEMPOTENCY_KEY = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")
"""Visible ASCII characters."""
ENTRY_ID = re.compile(rf"([0-9]{{{MEMBER_DIGITS}}})-([1-9][0-9]{{0,7}})")
