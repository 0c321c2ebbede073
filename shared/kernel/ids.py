"""Identifiers and hashes. Randomness comes in as an argument."""

import hashlib
import secrets
from collections.abc import Callable

RandomBytes = Callable[[int], bytes]
"""Returns that many random bytes, fit for secrets."""

system_random: RandomBytes = secrets.token_bytes

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def base32(raw: bytes) -> str:
    """Crockford's base 32, lower case, five bits a character, most significant first, no padding."""
    bits = len(raw) * 8
    width = -(-bits // 5)
    number = int.from_bytes(raw, "big") << (width * 5 - bits)
    return "".join(CROCKFORD[(number >> (5 * place)) & 31] for place in range(width - 1, -1, -1))


def digest(*parts: str) -> bytes:
    """SHA-256 over length-prefixed parts, so no two lists of parts share an encoding."""
    hasher = hashlib.sha256()
    for part in parts:
        raw = part.encode()
        hasher.update(len(raw).to_bytes(4, "big"))
        hasher.update(raw)
    return hasher.digest()
