"""API keys as partners' admins and operators see them."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Instant,
    Moment,
    Params,
    PartnerId,
    ReplyBody,
    WhyBody,
)
from chalicelib.api.schemas.listings import NextCursor
from chalicelib.listing import PageParams
from partners.access.model import LONGEST_OVERLAP_SECONDS, MOST_NETWORKS

KeyId = Annotated[
    str, Field(pattern="^[0-9a-z]{1,40}$", description="The key's id, the part after tsk_live_ or tsk_test_.")
]
PartnerScope = Literal["earn", "redeem", "members", "reports", "admin"]
State = Literal["active", "ended"]
Network = Annotated[str, Field(min_length=1, max_length=50, examples=["192.0.2.0/24"])]
ApiKeyText = Annotated[str, Field(examples=["tsk_live_..."])]


class KeyParams(Params):
    """Which key."""

    key_id: KeyId


class PartnerKeyParams(Params):
    """Which key of which partner."""

    partner_id: PartnerId
    key_id: KeyId


class KeysParams(PageParams):
    """A page of keys."""

    state: State | None = Field(default=None, description="Only keys in use, or only those that have ended.")


class PartnerKeysParams(KeysParams):
    """A page of a partner's keys."""

    partner_id: PartnerId


class KeyBody(WhyBody):
    """A new API key of a partner."""

    scopes: Annotated[list[PartnerScope], Field(min_length=1, max_length=5)]
    expires_at: Moment | None = Field(default=None, description="Never, if left out.")
    allowed_networks: list[Network] = Field(
        default=[],
        max_length=MOST_NETWORKS,
        description="Networks in CIDR form from which the key is good, IPv4 or IPv6; from everywhere if left out.",
    )


class RotationBody(WhyBody):
    """A new key in the place of one that goes on for a while."""

    overlap_seconds: int = Field(
        default=7 * 86_400,
        ge=0,
        le=LONGEST_OVERLAP_SECONDS,
        description="So long the old key goes on, unless it ends sooner anyway. A week if left out.",
    )
    expires_at: Moment | None = Field(
        default=None, description="Of the new key. When the old one would have ended, if left out."
    )


class KeyReply(ReplyBody):
    """What is known of a key. Its text is not."""

    key_id: KeyId
    partner_id: PartnerId
    scopes: list[str]
    live: Annotated[bool, Field(description="False on a deployment for tests: tsk_test_...")]
    allowed_networks: list[str]
    created_at: Instant
    expires_at: Instant | None
    revoked_at: Instant | None
    last_used_at: Annotated[Instant | None, Field(description="To the hour; null: never.")]
    replaces: Annotated[KeyId | None, Field(description="The key in whose place this one was issued.")]
    replaced_by: Annotated[KeyId | None, Field(description="The key that was issued in its place.")]


class KeysReply(ReplyBody):
    """A page of keys, in the order they were issued."""

    keys: list[KeyReply]
    next_cursor: NextCursor


class IssuedKeyReply(KeyReply):
    """A new key. `api_key` is shown this once and stored nowhere."""

    api_key: ApiKeyText


class RotatedKeyReply(KeyReply):
    """A new key and the one that it follows. `api_key` is shown this once and stored nowhere."""

    api_key: ApiKeyText
    predecessor: KeyReply
