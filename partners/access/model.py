"""Keys and what they permit."""

from dataclasses import dataclass
from enum import StrEnum

from partners.access.errors import InvalidKeyRequestError
from partners.contracts.model import NETWORK


class Scope(StrEnum):
    """What a key may do. `admin` manages the partner's own keys and webhooks; `operator` is the network's alone."""

    EARN = "earn"
    REDEEM = "redeem"
    MEMBERS = "members"
    REPORTS = "reports"
    ADMIN = "admin"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key; its text is not. Times in epoch milliseconds, None: never.

    Raises InvalidKeyRequestError for no scope at all, an operator's key of a partner, another key of the
    network, or an expiry that is not after its creation.
    """

    key_id: str
    partner_id: str
    scopes: frozenset[Scope]
    live: bool
    created_at_ms: int
    expires_at_ms: int | None = None
    revoked_at_ms: int | None = None

    def __post_init__(self) -> None:
        if not self.scopes:
            raise InvalidKeyRequestError("A key needs at least one scope.")
        if (Scope.OPERATOR in self.scopes or self.partner_id == NETWORK) and (
            self.partner_id != NETWORK or self.scopes != {Scope.OPERATOR}
        ):
            raise InvalidKeyRequestError(f"The scope 'operator', alone, belongs to '{NETWORK}', and to no other.")
        if self.expires_at_ms is not None and self.expires_at_ms <= self.created_at_ms:
            raise InvalidKeyRequestError("A key must expire after it is created.")

    def usable_at(self, now_ms: int) -> bool:
        """Whether the key is neither revoked nor expired."""
        return self.revoked_at_ms is None and (self.expires_at_ms is None or now_ms < self.expires_at_ms)


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key with its `text`, which is shown this once and stored nowhere."""

    text: str
    key: ApiKey


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key with the SHA-256 of its text."""

    key: ApiKey
    text_hash: bytes
