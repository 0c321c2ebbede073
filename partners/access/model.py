"""Keys and what they permit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from partners.access.errors import InvalidKeyRequestError
from partners.access.limits import Tier
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


MOST_NETWORKS = 20
LONGEST_OVERLAP_SECONDS = 30 * 86_400
USE_NOTED_EVERY_MS = 3_600_000
OF_THE_NETWORK = frozenset({Scope.SIGN_IN, Scope.OPERATOR})


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key; its text is not. Times in epoch milliseconds, None: never.

    A key of the network belongs to the operator `operator_id`. With `allowed_networks`, as in 192.0.2.0/24 or
    2001:db8::/32, the key is good from these addresses alone. Rotation leaves the id of the key that this one
    replaces, and of the one by which it is replaced. `last_used_at_ms` is right to USE_NOTED_EVERY_MS. Requests
    count for `usage_key` in the gateway's usage plan `usage_tier`, or with None for what all partners share.

    Raises InvalidKeyRequestError for no scope at all, an operator's key of a partner, another key of the network, an
    expiry that is not after its creation, or what is not a network.
    """

    key_id: str
    partner_id: str
    scopes: frozenset[Scope]
    live: bool
    created_at_ms: int
    expires_at_ms: int | None = None
    revoked_at_ms: int | None = None
    operator_id: str | None = None
    allowed_networks: tuple[str, ...] = ()
    replaces: str | None = None
    replaced_by: str | None = None
    last_used_at_ms: int | None = None
    usage_key: str | None = field(default=None, repr=False)
    usage_tier: Tier | None = None
    usage_version: int = 0
    issued_by: str | None = None
    confirmed_by: str | None = None

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
        if len(self.allowed_networks) > MOST_NETWORKS:
            raise InvalidKeyRequestError(f"A key is good from {MOST_NETWORKS} networks at most.")
        for network in self.allowed_networks:
            _check_network(network)

    @property
    def waits_for_owner(self) -> bool:
        """Whether the text of this credential has been seen by the operator who issued it to another."""
        return self.issued_by not in (None, self.operator_id) and self.replaces is None

    @property
    def waits(self) -> bool:
        """Whether this credential signs nobody in: its owner has not replaced it, or nobody stood for who did."""
        return self.issued_by not in (None, self.operator_id) and (self.replaces is None or self.confirmed_by is None)

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


def good_from(allowed_networks: Sequence[str], address: str) -> bool:
    """Whether a request from `address` (IPv4 or IPv6) comes from one of the networks; any address if there are none.

    An IPv4 address that is written as IPv6 is the IPv4 address. False for what is no address.
    """
    if not allowed_networks:
        return True
    from ipaddress import IPv6Address, ip_address, ip_network

    try:
        source = ip_address(address)
    except ValueError:
        return False
    if isinstance(source, IPv6Address) and source.ipv4_mapped is not None:
        source = source.ipv4_mapped
    return any(source in ip_network(network) for network in allowed_networks)


def _check_network(network: str) -> None:
    from ipaddress import ip_network

    try:
        ip_network(network)
    except ValueError:
        raise InvalidKeyRequestError(
            "Write a network as 192.0.2.0/24 or 2001:db8::/32, without bits of a single address.", network=network[:50]
        ) from None
