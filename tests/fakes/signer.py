"""A signer of statements whose key is in memory."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from partners.settlement.statements.document import PublishedKey
from partners.settlement.statements.keys import published_key


class MemorySigner:
    """Signs with a key of its own."""

    def __init__(self, seed: bytes = b"s" * 32) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)

    def key(self) -> PublishedKey:
        return published_key(self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)
