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
    WhyBody,
)
from chalicelib.api.schemas.listings import NextCursor
from chalicelib.api.schemas.terms import OperatorId, Reason
from chalicelib.listing import PageParams
from partners.contracts.life import Act, New, PartnerState

TimeZone = Annotated[
    str, Field(min_length=1, max_length=64, description="IANA time zone.", examples=["America/Chicago"])
]


class PartnerParams(Params):
    """Which partner."""

    partner_id: PartnerId


class PartnerBody(WhyBody):
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
    state: PartnerState


class PartnersReply(ReplyBody):
    """A page of partners, by id."""

    partners: list[PartnerReply]
    next_cursor: NextCursor


class StateBody(Body):
    """The state to take a partner to, and why."""

    state: Annotated[PartnerState, Field(strict=False, examples=["verified"])]
    reason: Reason


class StateChangeReply(ReplyBody):
    """A change of a partner's state: who made it, when and why."""

    state: PartnerState
    by: OperatorId
    at: Instant
    reason: str


class PartnerLifeReply(PartnerReply):
    """A partner, what its tills may do now, what new it may get, and every change of its state, oldest first.

    A partner that is older than the states of partners is active and has no changes.
    """

    may: list[Act]
    may_get: list[New]
    changes: list[StateChangeReply]


class LocationBody(WhyBody):
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


class ClosingBody(WhyBody):
    """When a location closes. It may lie ahead, and 31 days back."""

    closed_at: Moment | None = Field(default=None, description="Now, if left out.")


class LocationsReply(ReplyBody):
    """A page of a partner's locations, by id."""

    locations: list[LocationReply]
    next_cursor: NextCursor


class PartnerLocationsParams(PageParams):
    """A page of a partner's locations."""

    partner_id: PartnerId
