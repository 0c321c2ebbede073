"""A partner's webhook endpoints, what is sent to them, and the log of it."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import Body, Currency, Cursor, Instant, Limit, Moment, Params, ReplyBody, SignedCents
from chalicelib.api.schemas.listings import DEFAULT_LIMIT, EntryOut, NextCursor
from partners.webhooks.model import ENDPOINT_ID, PING, URL_CHARACTERS, Disabled, EventType

EndpointId = Annotated[
    str,
    Field(pattern=f"^{ENDPOINT_ID.pattern}$", description="The endpoint's id.", examples=["we_0123456789abcdef"]),
]
Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=URL_CHARACTERS,
        description="An https URL of a public domain name, on port 443.",
        examples=["https://shop.example/tessera"],
    ),
]
EventTypes = Annotated[
    list[Literal[*EventType]],  # type: ignore[valid-type]
    Field(
        min_length=1,
        max_length=len(EventType),
        description="What the endpoint is told of.",
        examples=[["points.earned", "purchase.returned"]],
    ),
]
EventId = Annotated[
    str, Field(description="The same each time the event is sent: `webhook-id`.", examples=["evt_0123456789-7"])
]
EventTypeName = Annotated[str, Field(description="An event type, or `ping`.", examples=["points.earned"])]
Secret = Annotated[
    str,
    Field(
        description="Signs what is sent, see Standard Webhooks. Shown this once.",
        examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    ),
]


class EndpointParams(Params):
    """Which endpoint."""

    endpoint_id: EndpointId


class NewEndpointBody(Body):
    """Where to send which events."""

    url: Url
    event_types: EventTypes


class EndpointChangesBody(Body):
    """What is to change; what is left out stays as it is."""

    url: Url | None = None
    event_types: EventTypes | None = None
    enabled: bool | None = Field(
        default=None, description="false: send nothing more; true: send what happens from now on.", examples=[True]
    )


class EndpointReply(ReplyBody):
    """A webhook endpoint."""

    endpoint_id: EndpointId
    url: Url
    event_types: EventTypes
    enabled: bool = Field(examples=[True])
    disabled_because: Literal[*Disabled] | None = Field(  # type: ignore[valid-type]
        description="`by_you`; `failing`: nothing arrived for three days; `gone`: it answered 410; "
        "`partner_closed`: your contract has ended.",
        examples=[None],
    )
    created_at: Instant
    second_secret_until: Instant | None = Field(
        description="Until then the secret before the newest one signs too.", examples=[None]
    )


class EndpointsReply(ReplyBody):
    """Your webhook endpoints, in order of creation."""

    endpoints: list[EndpointReply]


class EndpointWithSecretReply(EndpointReply):
    """A webhook endpoint with its newest secret."""

    secret: Secret


class PingReply(ReplyBody):
    """A test event on its way."""

    event_id: EventId


class ReplayBody(Body):
    """From when on events are sent again: a time in the last 30 days."""

    since: Moment


class ReplayReply(ReplyBody):
    """A replay that has been asked for, of all events between two moments."""

    replay_id: str = Field(description="Names the replay in the log.", examples=["rp_0123456789abcdef"])
    since: Instant
    until: Instant


class AttemptsParams(Params):
    """A page of an endpoint's log."""

    endpoint_id: EndpointId
    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


class AttemptOut(ReplyBody):
    """One attempt to send an event, or that an event was given up without one."""

    at: Instant
    event_id: EventId
    event_type: EventTypeName
    replay_id: str | None = Field(examples=[None])
    attempt: int = Field(ge=0, description="1 for the first; 0 if none was made.", examples=[1])
    outcome: Literal["delivered", "failed", "dead_lettered"] = Field(
        description="`failed` is tried again at `next_attempt_at`; `dead_lettered` only by a replay."
    )
    status: int | None = Field(description="The HTTP status that you answered.", examples=[204])
    error: str | None = Field(description="Why there was no answer, in one word.", examples=[None])
    latency_ms: int = Field(ge=0, examples=[120])
    response: str = Field(description="The first characters of what you answered.", examples=[""])
    next_attempt_at: Instant | None = Field(examples=[None])


class AttemptsReply(ReplyBody):
    """A page of the log, newest first."""

    deliveries: list[AttemptOut]
    next_cursor: NextCursor


class EntryData(ReplyBody):
    """What happened."""

    entry: EntryOut


class EntryEvent(ReplyBody):
    """What happened at one of your locations, as `GET /v1/entries` lists it."""

    type: EventTypeName
    timestamp: Instant
    data: EntryData


class IssuedInvoiceOut(ReplyBody):
    """An invoice; `GET /v1/invoices/{month}` has all of it."""

    number: str = Field(examples=["2026-10-harvest"])
    month: str = Field(examples=["2026-10"])
    total_cents: SignedCents
    currency: Currency


class InvoiceData(ReplyBody):
    """What was issued."""

    invoice: IssuedInvoiceOut


class InvoiceEvent(ReplyBody):
    """An invoice of yours."""

    type: Literal["invoice.issued"]
    timestamp: Instant
    data: InvoiceData


class UpdatedCaseOut(ReplyBody):
    """How a case of yours stands now; `GET /v1/cases/{case}` has what was written."""

    case: int = Field(examples=[17])
    state: str = Field(examples=["under_review"])
    due_at: Instant
    corrected_by: str | None = Field(description="The journal entry that ended it.", examples=["0123456789-7"])


class CaseData(ReplyBody):
    """What has changed."""

    case: UpdatedCaseOut


class CaseEvent(ReplyBody):
    """A case of yours that was opened, commented on or taken further."""

    type: Literal["case.updated"]
    timestamp: Instant
    data: CaseData


class NoData(ReplyBody):
    """Nothing."""


class PingEvent(ReplyBody):
    """A test event."""

    type: Literal["ping"]
    timestamp: Instant
    data: NoData


SENT: dict[str, type[ReplyBody]] = {
    **{one.value: EntryEvent for one in EventType},
    EventType.INVOICE_ISSUED.value: InvoiceEvent,
    EventType.CASE_UPDATED.value: CaseEvent,
    PING: PingEvent,
}
"""The body of each event, by type."""
