"""Secrets of others that must be read again, sealed under a key of KMS that never leaves it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from shared.kernel.aws import outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

REMEMBERED = 1_000


class VaultGateway:
    """Every method may raise StoreUnavailableError. A secret has 4 KB at most."""

    def __init__(self, client: "KMSClient", key_id: str) -> None:
        self._client = client
        self._key_id = key_id
        self._remembered = lru_cache(REMEMBERED)(self._unseal)

    def seal(self, secret: bytes, bound_to: Mapping[str, str]) -> bytes:
        """The secret encrypted; only with the same `bound_to` can it be read again."""
        with outage_as_unavailable():
            answer = self._client.encrypt(KeyId=self._key_id, Plaintext=secret, EncryptionContext=dict(bound_to))
        return answer["CiphertextBlob"]

    def unseal(self, sealed: bytes, bound_to: Mapping[str, str]) -> bytes:
        """The secret, remembered by this process once it was read."""
        return self._remembered(sealed, tuple(sorted(bound_to.items())))

    def _unseal(self, sealed: bytes, bound_to: tuple[tuple[str, str], ...]) -> bytes:
        with outage_as_unavailable():
            answer = self._client.decrypt(KeyId=self._key_id, CiphertextBlob=sealed, EncryptionContext=dict(bound_to))
        return answer["Plaintext"]
