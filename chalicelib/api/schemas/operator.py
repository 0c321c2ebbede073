"""What the network operator sends and gets: partners, locations, terms, keys."""

from typing import Annotated

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
