"""Settlement windows."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Currency,
    Instant,
    Moment,
    Params,
    ReplyBody,
    WhyBody,
)
from chalicelib.api.schemas.listings import NextCursor
from chalicelib.api.schemas.reports import CashbackFlowOut, CurrencyPositionsOut, PointsFlowOut, PositionOut
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


class WindowPositionsReply(ReplyBody):
    """Every party's position of a closed window. It never changes."""

    window: WindowReply
    currencies: list[CurrencyPositionsOut]
    flows: list[PointsFlowOut]
    cashback_flows: list[CashbackFlowOut]


class OwnPositionOut(ReplyBody):
    """Your position in a currency."""

    currency: Currency
    position: PositionOut


class OwnPositionsReply(ReplyBody):
    """Your positions of a closed window; empty if nothing was owed."""

    window: WindowReply
    positions: list[OwnPositionOut]
