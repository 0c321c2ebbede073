"""Listings of journal entries, a page at a time."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Cursor,
    Day,
    EntryId,
    Instant,
    Limit,
    MoneyOut,
    Params,
    PointsMoved,
    ReplyBody,
)
from chalicelib.api.schemas.till import CardInPath, Visit
from shared.ledger.model import Op

DEFAULT_LIMIT = 50

LocationIdOut = Annotated[str, Field(examples=["store-7"])]
NextCursor = Annotated[
    str | None,
    Field(description="Send it as `cursor` for the next page; null on the last page.", examples=["kT2f5mWq"]),
]


class CardEntriesParams(Params):
    """A page of a card's entries."""

    card_number: CardInPath
    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


class EntryOut(ReplyBody):
    """What happened at one of your tills. `total` belongs to purchases and returns, `value` to redemptions."""

    entry_id: EntryId
    op: Op
    recorded_at: Instant
    occurred_at: Instant
    location_id: LocationIdOut
    receipt: str | None = Field(examples=["2026-000117"])
    points: PointsMoved = Field(
        description="Granted, taken, held, released, taken or given back, or moved, as `op` says; of an `adjust`, which"
        " corrects a case of yours, negative if they were taken."
    )
    cashback: MoneyOut | None = Field(description="Granted, taken, taken or given back, as `op` says.")
    price_micros: int | None = Field(
        description="Millionths of a currency unit that you pay for each point granted, or are paid for each taken.",
        examples=[10_000],
    )
    total: MoneyOut | None
    value: MoneyOut | None
    visit: Visit


class EntriesReply(ReplyBody):
    """A page of entries. A page may be shorter than `limit`, or empty, before the last one."""

    entries: list[EntryOut]
    next_cursor: NextCursor


class PeriodEntriesParams(Params):
    """A page of your entries recorded in a period of UTC days, both included."""

    first_day: Day = Field(alias="from", description="First day.")
    last_day: Day = Field(alias="to", description="Last day.")
    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT
