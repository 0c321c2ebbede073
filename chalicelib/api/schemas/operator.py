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
    PointsCount,
    ReplyBody,
)
from chalicelib.api.schemas.plans import PlanBody
from partners.contracts.model import MOST_CASHBACK_BPS
from shared.ledger.limits import LATE_LIMIT_DAYS

PRICE_LIMIT_MICROS = 1_000_000_000

PriceMicros = Annotated[
    int,
    Field(
        ge=0,
        le=PRICE_LIMIT_MICROS,
        description="Millionths of a currency unit for one point.",
        examples=[10_000],
    ),
]
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


class TermsBody(Body):
    """New terms between partner and network.

    `earn_points` for every `earn_per_cents` paid. The partner pays the issue price for a point it grants
    and is paid the redeem price for a point it honours.
    """

    effective_from: Moment
    earn_points: Annotated[int, Field(ge=0, le=1_000_000, examples=[5])]
    earn_per_cents: Annotated[int, Field(ge=1, le=100_000_000, examples=[100])]
    issue_price_micros: PriceMicros
    redeem_price_micros: PriceMicros
    expiry_months: Annotated[int, Field(ge=1, le=120, examples=[24])]
    waiting_days: Annotated[
        int, Field(ge=0, le=90, description="So long after a purchase its points can't be spent.", examples=[14])
    ] = 0
    late_days: Annotated[
        int,
        Field(
            ge=0,
            le=LATE_LIMIT_DAYS,
            description="So long after a purchase made under these terms a till that was offline may deliver it.",
            examples=[14],
        ),
    ] = LATE_LIMIT_DAYS
    cashback_bps: Annotated[
        int,
        Field(
            ge=0,
            le=MOST_CASHBACK_BPS,
            description="Hundredths of a percent of what was paid that come back as cashback, at the partner's cost.",
            examples=[150],
        ),
    ] = 0
    plan: PlanBody


class TermsReply(ReplyBody):
    """Agreed terms; each version stays as it is for ever."""

    partner_id: PartnerId
    version: Annotated[int, Field(ge=1)]
    effective_from: Instant
    earn_points: PointsCount
    earn_per_cents: int
    issue_price_micros: PriceMicros
    redeem_price_micros: PriceMicros
    expiry_months: int
    waiting_days: int
    late_days: int
    cashback_bps: int
    plan: PlanBody


class KeyBody(Body):
    """A new API key of a partner."""

    scopes: Annotated[list[PartnerScope], Field(min_length=1, max_length=5)]
    expires_at: Moment | None = Field(default=None, description="Never, if left out.")


class KeyParams(Params):
    """Which key."""

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
