"""Loyalty visits: counts, and what is behind each."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import Day, DayText, EntryId, Instant, LocationId, Params, PartnerId, ReplyBody
from chalicelib.api.schemas.listings import EntryOut, LocationIdOut, PeriodEntriesParams


class VisitsParams(PeriodEntriesParams):
    """A page of your visits recorded in a period of UTC days, both included."""

    location_id: LocationId | None = None


class VisitCountsParams(Params):
    """A period of UTC days of recording, both included, 92 at most; 3 by the hour."""

    first_day: Day = Field(alias="from", description="First day.")
    last_day: Day = Field(alias="to", description="Last day.")
    by: Literal["period", "day", "hour"] = "period"


class PartnerVisitsParams(VisitsParams):
    """A page of a partner's visits recorded in a period of UTC days, both included."""

    partner_id: PartnerId


class PartnerVisitCountsParams(VisitCountsParams):
    """Whose visits of which UTC days of recording, both included, 92 at most; 3 by the hour."""

    partner_id: PartnerId


class VisitCountOut(ReplyBody):
    """Visits recorded at one location in the day or hour that begins at `begins_at` (UTC; null: in all)."""

    begins_at: Instant | None
    location_id: LocationIdOut
    visits: Annotated[int, Field(ge=1, examples=[12])]


class VisitCountsReply(ReplyBody):
    """Visits by location and time. Where there were none, nothing is listed."""

    first_day: DayText
    last_day: DayText
    visits: Annotated[int, Field(ge=0, description="The sum of the counts.", examples=[345])]
    counts: list[VisitCountOut]


class EntryParams(Params):
    """Which entry."""

    entry_id: EntryId


class PartnerEntryParams(EntryParams):
    """Which entry of which partner."""

    partner_id: PartnerId


class TracedEntryOut(ReplyBody):
    """An entry, and why it is counted as a visit or not."""

    entry: EntryOut
    why: str = Field(examples=["same receipt as 0123456789-7, which is the visit"])


class VisitTraceReply(ReplyBody):
    """All your entries of one receipt of one customer, and those that undo them, oldest first."""

    visit_entry_id: EntryId | None = Field(description="The one that is counted; null if none is.")
    entries: list[TracedEntryOut]
