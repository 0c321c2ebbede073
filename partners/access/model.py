"""Keys and what they permit."""

from dataclasses import dataclass
from enum import StrEnum

from partners.access.errors import InvalidKeyRequestError
from partners.contracts.model import NETWORK


class Scope(StrEnum):
    """What a key may do. `admin` manages the partner's own keys and webhooks.

    The last two are the network's alone: with `sign-in` an operator's credential gets tokens and does nothing
    else, `operator` is such a token.
    """

    EARN = "earn"
    REDEEM = "redeem"
    MEMBERS = "members"
    REPORTS = "reports"
    ADMIN = "admin"
    SIGN_IN = "sign-in"
    OPERATOR = "operator"


OF_THE_NETWORK = frozenset({Scope.SIGN_IN, Scope.OPERATOR})


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key; its text is not. Times in epoch milliseconds, None: never.

    A key of the network belongs to the operator `operator_id`. Raises InvalidKeyRequestError for no scope at
    all, an operator's key of a partner, another key of the network, or an expiry that is not after its creation.
    """

    key_id: str
    partner_id: str
    scopes: frozenset[Scope]
    live: bool
    created_at_ms: int
    expires_at_ms: int | None = None
    revoked_at_ms: int | None = None
    operator_id: str | None = None

    def __post_init__(self) -> None:
        if not self.scopes:
            raise InvalidKeyRequestError("A key needs at least one scope.")
        if self.partner_id == NETWORK:
            if len(self.scopes) != 1 or not self.scopes <= OF_THE_NETWORK or not self.operator_id:
                raise InvalidKeyRequestError("A key of the network is a named operator's, to sign in or to operate.")
        elif self.scopes & OF_THE_NETWORK or self.operator_id is not None:
            raise InvalidKeyRequestError(f"Operators belong to '{NETWORK}', and to no partner.")
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
