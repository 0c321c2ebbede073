"""Public keys as a JSON Web Key Set (RFC 7517, RFC 8037), the form in which they are published. Pure."""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from typing import Any

from partners.settlement.statements.document import PublishedKey
from partners.settlement.statements.errors import InvalidKeySetError
from shared.kernel.canonical import canonical_json

KEY_BYTES = 32
# What stands before the key itself in the DER form (RFC 8410) in which a key service gives it.
_DER_PREFIX = bytes.fromhex("302a300506032b6570032100")


def published_key(public_key: bytes) -> PublishedKey:
    """The key under its thumbprint (RFC 7638), so its id follows from the key alone."""
    thumbprint = hashlib.sha256(canonical_json(_required(public_key))).digest()
    return PublishedKey(_base64(thumbprint), public_key)


def from_der(der: bytes) -> PublishedKey:
    """The key in a SubjectPublicKeyInfo. Raises InvalidKeySetError if it is none of Ed25519."""
    if not der.startswith(_DER_PREFIX) or len(der) != len(_DER_PREFIX) + KEY_BYTES:
        raise InvalidKeySetError("This is no Ed25519 public key.")
    return published_key(der[len(_DER_PREFIX) :])


def key_set(keys: Iterable[PublishedKey]) -> dict[str, Any]:
    """The keys as a JSON Web Key Set."""
    return {
        "keys": [{**_required(key.public_key), "kid": key.key_id, "use": "sig", "alg": "EdDSA"} for key in keys],
    }


def read_key_set(document: object) -> list[PublishedKey]:
    """The Ed25519 keys of a JSON Web Key Set; others are left out. Raises InvalidKeySetError if there are none."""
    keys = document.get("keys") if isinstance(document, dict) else None
    found = [_read(key) for key in keys] if isinstance(keys, list) else []
    known = [key for key in found if key is not None]
    if not known:
        raise InvalidKeySetError("There is no Ed25519 key in this file: give the network's published key set.")
    return known


def _read(key: object) -> PublishedKey | None:
    if not isinstance(key, dict) or (key.get("kty"), key.get("crv")) != ("OKP", "Ed25519"):
        return None
    try:
        public_key = base64.b64decode(str(key.get("x")) + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return published_key(public_key) if len(public_key) == KEY_BYTES else None


def _required(public_key: bytes) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": _base64(public_key)}


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
