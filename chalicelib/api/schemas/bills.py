"""Bills."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import (
    AmountCents,
    Body,
    Currency,
    Month,
    Params,
    PartnerId,
    ReplyBody,
    SignedCents,
    SumCents,
)
from chalicelib.api.schemas.plans import PlanBody

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


class ProjectionOut(ReplyBody):
    """What the month comes to if visits go on at the rate at which they have come since it began."""

    visits: Count
    total_cents: SumCents


class SpendAlertOut(ReplyBody):
    """Whether the month costs the plan's `spend_alert_cents`: already, or by its projection."""

    limit_cents: AmountCents
    reached: bool
    expected: bool


class BillReply(ReplyBody):
    """What a month costs.

    running: it counts visits posted by now, and open locations to the month's end. closing: the month is over, late
    visits of its last hours may still be posted. held: Stripe's invoice waits for the operator to look at a difference.
    final: it has been invoiced. By the operator: the figures are those of the invoice. By Stripe: the figures are
    counted now, and what they have more than `invoiced_cents` is on the next invoice.
    """

    state: Literal["running", "closing", "held", "final"]
    invoicer: Literal["operator", "stripe"] | None = Field(description="Null if it is not yet known.")
    invoice_number: str | None = Field(description="Of the operator's own invoice.", examples=["2026-11-harvest"])
    invoiced_cents: SignedCents | None = Field(description="Invoiced by Stripe, later items included. Else null.")

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
    total_cents: SumCents
    month_over: bool
    projection: ProjectionOut | None = Field(description="Null once the month is over, and on its first day.")
    spend_alert: SpendAlertOut | None = Field(description="Null if the plan has none, or the bill is final.")


class WhatIfBody(Body):
    """A month, and the plan to try out on it."""

    month: Month
    plan: PlanBody


class WhatIfReply(ReplyBody):
    """The month by its own plan, and by the one tried out. `difference_cents` is how much more the latter costs.

    Both are of one count: that of the invoice, if the operator has invoiced the month, else of now.
    """

    actual: BillReply
    what_if: BillReply
    difference_cents: SignedCents
