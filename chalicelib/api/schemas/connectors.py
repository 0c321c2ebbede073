"""Connections to the systems that a partner sells with, and the queue of what they could not map."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Body,
    Cursor,
    Instant,
    Limit,
    LocationId,
    MoneyOut,
    Params,
    PartnerId,
    ReplyBody,
    WhyBody,
)
from chalicelib.api.schemas.listings import DEFAULT_LIMIT, NextCursor
from partners.connectors.words import (
    CONNECTION_ID,
    FILE_LIMIT_BYTES,
    LONGEST_FOREIGN_ID,
    LONGEST_OVERLAP_SECONDS,
    LONGEST_SECRET,
    MOST_LOCATIONS,
    CardPlace,
    Kind,
    State,
)
from partners.contracts.reasons import LONGEST_REASON

DAY_SECONDS = 86_400

ConnectionId = Annotated[
    str,
    Field(pattern=f"^{CONNECTION_ID.pattern}$", description="The connection's id.", examples=["cn_7k2m9q4x8v3c5b1n"]),
]
ItemId = Annotated[
    str,
    Field(
        pattern="^[0-9]{13}-[0-9a-z]{16}$", description="The item's id.", examples=["1794830400000-7k2m9q4x8v3c5b1n"]
    ),
]
FileName = Annotated[
    str,
    Field(
        pattern="^[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}$", description="The file's name.", examples=["late-2026-11-21.csv"]
    ),
]
ForeignId = Annotated[str, Field(min_length=1, max_length=LONGEST_FOREIGN_ID)]


class CardSourceBody(Body):
    """Where a sale carries the card's number. `name` is given for a note attribute, customer tag or metafield."""

    place: Annotated[
        Literal["note_attribute", "customer_tag", "metafield", "reference_id", "note"],
        Field(examples=["note_attribute"]),
    ]
    name: Annotated[
        str,
        Field(
            max_length=60,
            description="The attribute's name, the beginning of the tag, or namespace.key of the metafield.",
            examples=["loyalty_card"],
        ),
    ] = ""


class SettingsBody(Body):
    """How sales are read. `locations` has the foreign id of each location, or `online`, and yours."""

    card_source: CardSourceBody | None = None
    locations: Annotated[
        dict[ForeignId, LocationId], Field(max_length=MOST_LOCATIONS, examples=[{"88001": "store-7", "online": "web"}])
    ] = {}


class ConnectionBody(SettingsBody):
    """A connection to make."""

    kind: Annotated[Literal["shopify", "square", "file"], Field(examples=["shopify"])]
    account: Annotated[
        str,
        Field(
            max_length=80,
            description="The shop's domain, or the merchant's id at Square; nothing for files.",
            examples=["my-shop.myshopify.com"],
        ),
    ] = ""


class SecretBody(Body):
    """The secret under which the vendor signs: it is stored encrypted and never shown."""

    secret: Annotated[str, Field(min_length=8, max_length=LONGEST_SECRET, examples=["shpss_0123456789abcdef"])]
    notification_url: Annotated[
        str,
        Field(
            max_length=300,
            description="For Square alone: the URL exactly as it is registered there, for it is signed too.",
            examples=[""],
        ),
    ] = ""
    overlap_seconds: Annotated[
        int, Field(ge=0, le=LONGEST_OVERLAP_SECONDS, description="How long earlier secrets hold good.")
    ] = DAY_SECONDS


class RetriesBody(WhyBody):
    """Which items are tried again; all of it may be left out."""

    after: Annotated[
        ItemId | None,
        Field(description="Begin behind this item: `next_after` of the reply before.", examples=[None]),
    ] = None
    without_card: Annotated[
        bool,
        Field(
            description="Read the sales of the last 30 days again that were let go because no card was found in them, "
            "instead of what waits. Say where the card is first."
        ),
    ] = False


class DismissalBody(Body):
    """Why nothing is to come of an item."""

    reason: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_REASON,
            description="Why; it is kept with the item and in the audit trail.",
            examples=["the rest is recorded by hand, receipt 4711"],
        ),
    ]


class UploadBody(Body):
    """A file of purchases to be put."""

    name: FileName
    size_bytes: (
        Annotated[int, Field(ge=1, le=FILE_LIMIT_BYTES, description="The URL then takes a file of this size alone.")]
        | None
    ) = None


class ConnectionParams(Params):
    """One of your connections."""

    connection_id: ConnectionId


class UnmappedParams(ConnectionParams):
    """A page of a connection's queue."""

    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


class ItemParams(ConnectionParams):
    """One item of a connection's queue."""

    item_id: ItemId


class ResultsParams(ConnectionParams):
    """The results of a file."""

    name: FileName


class PartnerResultsParams(ResultsParams):
    """The results of a file of a partner."""

    partner_id: PartnerId


class PartnerConnectionParams(ConnectionParams):
    """One of a partner's connections."""

    partner_id: PartnerId


class PartnerUnmappedParams(UnmappedParams):
    """A page of the queue of one of a partner's connections."""

    partner_id: PartnerId


class PartnerItemParams(ItemParams):
    """One item of the queue of one of a partner's connections."""

    partner_id: PartnerId


class CardSourceOut(ReplyBody):
    """Where a sale carries the card's number."""

    place: CardPlace
    name: str


class SecretOut(ReplyBody):
    """A secret that verifies, without its text. The newest has no end."""

    added_at: Instant
    ends_at: Instant | None
    notification_url: str


class ConnectionReply(ReplyBody):
    """A connection. It hears once it has a secret, until it is disabled."""

    connection_id: ConnectionId
    kind: Kind
    account: str
    card_source: CardSourceOut | None
    locations: dict[str, str] = Field(examples=[{"88001": "store-7", "online": "web"}])
    created_at: Instant
    disabled_at: Instant | None
    secrets: list[SecretOut]
    unmapped: int = Field(
        ge=0, description="How many items wait in its queue; 100 are that many or more.", examples=[0]
    )
    without_card: int = Field(
        ge=0,
        description="How many of its sales of the last 30 days named no card, as far as was read; 100 are that many or "
        "more. If that is most of them, `card_source` may be wrong.",
        examples=[0],
    )
    webhook_path: str | None = Field(
        description="Where the vendor is to send its events on this host; null for files.",
        examples=["/v1/connectors/shopify/cn_7k2m9q4x8v3c5b1n"],
    )


class ConnectionsReply(ReplyBody):
    """All connections, oldest first."""

    connections: list[ConnectionReply]


class UnmappedOut(ReplyBody):
    """What waits, and why. `state` is `heard` while another try is under way."""

    item_id: ItemId
    kind: Annotated[Literal["sale", "refund", "file"], Field(examples=["sale"])]
    foreign_id: str = Field(description="Of the sale or refund there, or the file's name.", examples=["5012345678901"])
    sale_id: str | None = Field(description="Of a refund: the sale that it belongs to.", examples=["5012345678901"])
    state: State
    reason_code: str = Field(examples=["foreign_location_unknown"])
    reason: str = Field(examples=["The sale names the location 88001. Map it to one of yours."])
    heard_at: Instant
    occurred_at: Instant | None
    total: MoneyOut | None
    foreign_location: str | None = Field(examples=["88001"])
    card_ends_in: str | None = Field(
        description="The last four characters of what was read as card.", examples=["3016"]
    )


class UnmappedReply(ReplyBody):
    """A page of the queue, oldest first."""

    items: list[UnmappedOut]
    next_cursor: NextCursor


class ReceivedEventReply(ReplyBody):
    """An event that its vendor sent; its signature was verified when it came."""

    headers: dict[str, str] = Field(
        description="Those that carry the signature and tell what the event is.",
        examples=[{"X-Shopify-Topic": "orders/paid"}],
    )
    body_base64: str = Field(description="What is kept of the body: JSON, in base64.", examples=["eyJpZCI6MX0="])
    body_sha256: str = Field(
        description="Of the body as it was sent, to compare with the vendor's own record.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )


class OriginalsBody(Body):
    """Whose events, and why they are looked at or erased."""

    sale_id: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_-]{1,200}$",
            description="The vendor's id of the sale: of the order at Shopify, of the payment at Square. Events of its "
            "refunds are among them.",
            examples=["5012345678901"],
        ),
    ]
    reason: Annotated[str, Field(min_length=1, max_length=200, examples=["Dispute 4711 with the vendor"])]


class OriginalsPageBody(OriginalsBody):
    """Which sale's events are looked at, and why."""

    after: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9a-f]{64}$",
            description="Begin behind this event: `next_after` of the reply before.",
            examples=[None],
        ),
    ] = None


class OriginalsReply(ReplyBody):
    """Events as their vendor sent them. Their order says nothing."""

    events: list[ReceivedEventReply]
    next_after: str | None = Field(
        description="If there are more: ask again with this as `after`. Else null.", examples=[None]
    )


class ErasedReply(ReplyBody):
    """How many events were erased."""

    erased: int = Field(ge=0, examples=[2])


class RetriesReply(ReplyBody):
    """How many items were put in line again. They leave the queue when they are settled."""

    retried: int = Field(ge=0, examples=[3])
    next_after: str | None = Field(
        description="If more wait: ask again with this as `after`. Else null.",
        examples=[None],
    )


class LinkReply(ReplyBody):
    """A URL that works for a while without a key: PUT a file there, or GET one."""

    url: str
    expires_at: Instant
