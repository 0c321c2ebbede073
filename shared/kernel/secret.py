"""Secrets in Secrets Manager: the network's pepper with the keys derived from it by label, and Stripe's keys."""

import hashlib
import hmac
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


def load_pepper(client: "SecretsManagerClient", secret_id: str) -> bytes:
    """The pepper's bytes. Raises KeyError if the secret has no `pepper`."""
    return load_values(client, secret_id)["pepper"].encode()


def load_values(client: "SecretsManagerClient", secret_id: str) -> dict[str, str]:
    """What a secret holds, by name."""
    held = json.loads(client.get_secret_value(SecretId=secret_id)["SecretString"])
    return {str(name): str(value) for name, value in held.items()}


def derive(pepper: bytes, label: str, message: bytes) -> bytes:
    """32 bytes that only a holder of the pepper can compute; each label is a use of its own."""
    key = hmac.new(pepper, label.encode(), hashlib.sha256).digest()
    return hmac.new(key, message, hashlib.sha256).digest()
