"""How an idempotency key, a receipt and an entry id are written. The API's document shows the same."""

import re

from shared.members.card import MEMBER_DIGITS

LONGEST_KEY = 64
IDEMPOTENCY_KEY = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")
"""Visible ASCII characters."""
LONGEST_RECEIPT = 40
RECEIPT = re.compile(rf"[!-~]([ -~]{{0,{LONGEST_RECEIPT - 2}}}[!-~])?")
"""Printable ASCII, no space at either end, compared character by character.

A receipt decides what was counted already. So no two numbers that look alike may differ: there are no letters
of other scripts, nothing invisible, no sign with two encodings, and hence nothing to normalise.
"""
ENTRY_ID = re.compile(rf"([0-9]{{{MEMBER_DIGITS}}})-([1-9][0-9]{{0,7}})")
