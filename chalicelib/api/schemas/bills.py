"""Bills."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import AmountCents, Currency, Month, Params, PartnerId, ReplyBody, SignedCents

Count = Annotated[int, Field(ge=0, examples=[12])]
Micros = Annotated[int, Field(description="Millionths of a currency unit.", examples=[10_000])]


class BillParams(Params):
    """Which month."""

    month: Month


class PartnerBillParams(Params):
    """Whose bill of which month."""

    partner_id: PartnerId
    month: Month


class BillLineOut(ReplyBody):
    """`quantity` / `divisor` at `unit_price_micros` each plus `flat_fee_cents`, rounded to whole cents, half a cent up.

    The quantity of `locations` is location-days, their `divisor` the days of the month. `minimum`, `cap` and `trial`
    are what has to be added to the lines before, or taken off them.
    """

    kind: Literal["locations", "visits", "minimum", "cap", "trial"]
    location_id: str | None = Field(description="Where bands are filled by each location for itself.")
    quantity: Count
    divisor: Annotated[int, Field(ge=1, examples=[1])]
    unit_price_micros: Micros
    flat_fee_cents: SignedCents
    amount_cents: SignedCents
    explanation: str = Field(examples=["locations: 12 x 29.00 = 348.00"])


class LocationUsageOut(ReplyBody):
    """What one location had in the month."""

    location_id: str
    location_days: Count
    visits: Count


class BillReply(ReplyBody):
    """What a month costs. While `month_over` is false it counts visits posted by now, and open locations to its end."""

    partner_id: PartnerId
    month: Month
    currency: Currency
    terms_version: Count | None = Field(description="Null if the plan is only tried out.")
    location_count: Count = Field(description="Locations with at least one location-day.")
    location_days: Count = Field(description="Days on which a location was open, by its own calendar.")
    visits: Count
    late_visits: Count = Field(description="Visits that happened before the month and were reported in it.")
    locations: list[LocationUsageOut]
    lines: list[BillLineOut]
    total_cents: AmountCents
    month_over: bool
