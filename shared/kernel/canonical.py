"""One form of JSON for one value, so that a hash of it means the value."""

import hashlib
import json


def canonical_json(value: object) -> bytes:
    """`value` in the JSON Canonicalization Scheme (RFC 8785), UTF-8.

    Holds for what Tessera signs: objects whose keys are ASCII, arrays, text, integers, true, false, null. Integers
    from 2^53 on, for which the standard has no number, are written digit by digit too: no sum is too large to be
    settled. Raises TypeError for a float or another type.
    """
    _check(value)
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_hex(value: object) -> str:
    """The SHA-256 of the canonical form, 64 hexadecimal digits. Raises as `canonical_json`."""
    return digest_of(canonical_json(value))


def digest_of(content: bytes) -> str:
    """The SHA-256 of bytes, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _check(value: object) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise TypeError(f"{key!r} can't be a key of canonical JSON")
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif value is not None and not isinstance(value, int | str):
        raise TypeError(f"{type(value).__name__} has no canonical JSON")
