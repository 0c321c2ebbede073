"""What the network operator sends and gets: partners, locations, terms, keys."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Body,
    Currency,
    Instant,
    LocationId,
    Moment,
    Name,
    Params,
    PartnerId,
    ReplyBody,
)

TimeZone = Annotated[
    str, Field(min_length=1, max_length=64, description="IANA time zone.", examples=["America/Chicago"])
]
KeyId = Annotated[
    str, Field(pattern="^[0-9a-z]{1,40}$", description="The key's id, the part after tsk_live_ or tsk_test_.")
]
PartnerScope = Literal["earn", "redeem", "members", "reports", "admin"]


class PartnerParams(Params):
    """Which partner."""

    partner_id: PartnerId


class PartnerBody(Body):
    """A new partner; its books are kept in one currency."""

    partner_id: PartnerId
    name: Name
    currency: Currency


class PartnerReply(ReplyBody):
    """A partner."""

    partner_id: PartnerId
    name: Name
    currency: Currency
    created_at: Instant


class PartnersReply(ReplyBody):
    """All partners, by id."""

    partners: list[PartnerReply]


class LocationBody(Body):
    """A new store or web shop."""

    location_id: LocationId
    name: Name
    time_zone: TimeZone
    opened_at: Moment | None = Field(default=None, description="Now, if left out.")


class LocationReply(ReplyBody):
    """A store or web shop of a partner."""

    partner_id: PartnerId
    location_id: LocationId
    name: Name
    time_zone: TimeZone
    opened_at: Instant
    closed_at: Instant | None


class LocationParams(Params):
    """Which location of which partner."""

    partner_id: PartnerId
    location_id: LocationId


class ClosingBody(Body):
    """When a location closes. It may lie ahead, and 31 days back."""

    closed_at: Moment | None = Field(default=None, description="Now, if left out.")


class LocationsReply(ReplyBody):
    """All locations of a partner, by id."""

    locations: list[LocationReply]


class KeyBody(Body):
    """A new API key of a partner."""

    scopes: Annotated[list[PartnerScope], Field(min_length=1, max_length=5)]
    expires_at: Moment | None = Field(default=None, description="Never, if left out.")


class PartnerKeyParams(Params):
    """Which key of which partner."""

    partner_id: PartnerId
    key_id: KeyId


class KeyReply(ReplyBody):
    """What is known of a key. Its text is not."""

    key_id: KeyId
    partner_id: PartnerId
    scopes: list[str]
    live: Annotated[bool, Field(description="False on a deployment for tests: tsk_test_...")]
    created_at: Instant
    expires_at: Instant | None
    revoked_at: Instant | None


class IssuedKeyReply(KeyReply):
    """A new key. `api_key` is shown this once and stored nowhere."""

    api_key: Annotated[str, Field(examples=["tsk_live_..."])]
