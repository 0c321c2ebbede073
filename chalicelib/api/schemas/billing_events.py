"""Events of Stripe's that wait for people."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.billing import Reason
from chalicelib.api.schemas.fields import Body, Instant, Params, ReplyBody
from chalicelib.api.schemas.listings import NextCursor

EventId = Annotated[
    str,
    Field(pattern="^[A-Za-z0-9_]{1,255}$", description="The event's id at Stripe.", examples=["evt_1NG8Du2eZvKYlo2C"]),
]


class EventParams(Params):
    """Which event."""

    event_id: EventId


class EventDecisionBody(Body):
    """What to do with an event that had no effect: try it again now, or let it have none."""

    decision: Literal["retry", "dismiss"]
    reason: Reason


class SetAsideEventOut(ReplyBody):
    """An event that had no effect, and why. What it says is kept by Stripe alone, for 30 days."""

    event_id: str
    type: str = Field(examples=["invoice.paid"])
    why: str = Field(
        examples=["It had no effect: a program must learn to read it. It lacks 'amount_remaining'. (webhook_malformed)"]
    )
    first_tried_at: Instant
    last_tried_at: Instant
    tries: int


class SetAsideEventsReply(ReplyBody):
    """A page of the events that had no effect, by id."""

    events: list[SetAsideEventOut]
    next_cursor: NextCursor
