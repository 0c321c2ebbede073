"""Settlement windows."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Instant,
    Moment,
    Params,
    ReplyBody,
    WhyBody,
)
from chalicelib.api.schemas.listings import NextCursor
from chalicelib.api.schemas.reports import OF_ONE, PartyAsked, PositionLinesReply
from chalicelib.listing import PageParams
from partners.settlement.window import WindowState

WindowNumber = Annotated[int, Field(ge=1, le=99_999_999, description="1, 2, ... in the network.", examples=[7])]


class WindowParams(Params):
    """Which window."""

    window: WindowNumber


class CloseBody(WhyBody):
    """When the open window ends: now if not given, never in the future."""

    ends_at: Moment | None = None


class WindowReply(ReplyBody):
    """A settlement window: entries recorded from its beginning until its end, itself excluded."""

    window: WindowNumber
    state: WindowState
    begins_at: Instant
    ends_at: Instant | None = Field(description="Null for the open window.")
    closed_by: str | None = Field(description="Id of the operator's key, or `schedule`.")
    closed_at: Instant | None
    digest: str | None = Field(description="SHA-256 of its positions as canonical JSON.")


class WindowsReply(ReplyBody):
    """A page of windows, newest first."""

    windows: list[WindowReply]
    next_cursor: NextCursor


class WindowPageParams(PageParams):
    """A page of what a closed window has."""

    window: WindowNumber


class WindowPartyParams(WindowPageParams):
    """A page of a party's lines in a closed window."""

    party: PartyAsked


class WindowPairsParams(WindowPageParams):
    """A page of pairs in a closed window."""

    payer: PartyAsked | None = OF_ONE


class OwnPositionReply(PositionLinesReply):
    """Your positions of a closed window; empty if nothing was owed."""

    window: WindowReply
