"""Signing with a key that never leaves AWS KMS."""

from typing import TYPE_CHECKING

from partners.settlement.statements.document import PublishedKey
from partners.settlement.statements.keys import from_der
from shared.kernel.aws import outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


class KmsSigner:
    """Signs with the Ed25519 key `key` of KMS (an id, alias or ARN). Its methods may raise StoreUnavailableError."""

    def __init__(self, client: "KMSClient", key: str) -> None:
        self._client = client
        self._key = key
        self._published: PublishedKey | None = None

    def key(self) -> PublishedKey:
        """The public half, asked for once."""
        if self._published is None:
            with outage_as_unavailable():
                self._published = from_der(self._client.get_public_key(KeyId=self._key)["PublicKey"])
        return self._published

    def sign(self, message: bytes) -> bytes:
        """64 bytes; `message` has 4,096 at most."""
        with outage_as_unavailable():
            answer = self._client.sign(
                KeyId=self._key, Message=message, MessageType="RAW", SigningAlgorithm="ED25519_SHA_512"
            )
        return answer["Signature"]
