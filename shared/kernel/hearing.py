"""Hearing from others by webhook: what becomes of an event, and whose it is."""

import base64
import binascii
import hashlib
import hmac
from enum import StrEnum


class Heard(StrEnum):
    """What became of an event: it has its effect now, had had it before, or is nothing to us."""

    NEW = "new"
    KNOWN = "known"
    IGNORED = "ignored"


def signed_with(secret: bytes, message: bytes, signature: str) -> bool:
    """Whether `signature` is the base64 of the message's HMAC-SHA256 under `secret`, compared in constant time."""
    try:
        given = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, hmac.new(secret, message, hashlib.sha256).digest())
