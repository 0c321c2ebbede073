"""Billing plans, as the operator sends them and everyone reads them."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import AmountCents, Body, Day

COUNT_LIMIT = 1_000_000_000
FEE_LIMIT_MICROS = 1_000_000_000

VisitFeeMicros = Annotated[
    int,
    Field(
        ge=0,
        le=FEE_LIMIT_MICROS,
        description="Millionths of a currency unit for one visit.",
        examples=[20_000],
    ),
]


class BandBody(Body):
    """Visits of a month up to number `up_to`; null in the last band."""

    up_to: Annotated[int, Field(ge=1, le=COUNT_LIMIT, examples=[500])] | None
    flat_fee_cents: AmountCents = 0
    visit_fee_micros: VisitFeeMicros = 0


class PlanBody(Body):
    """What a month costs: a fee for each location, and bands of visits.

    graduated: each visit pays the price of the band it falls in. whole_band: all visits of the month pay
    the price of the one band that their number falls in.
    """

    location_fee_cents: AmountCents = Field(description="For a whole month; part of one is charged by the day.")
    mode: Literal["graduated", "whole_band"]
    bands: Annotated[
        list[BandBody],
        Field(
            min_length=1,
            max_length=20,
            examples=[[{"up_to": 500, "flat_fee_cents": 2_500}, {"up_to": None, "visit_fee_micros": 20_000}]],
        ),
    ]
    scope: Literal["pooled", "per_location"] = Field(
        default="pooled", description="Whose visits fill the bands: those of all locations together, or each one's own."
    )
    included_visits: Annotated[int, Field(ge=0, le=COUNT_LIMIT)] = Field(
        default=0, description="So many visits a month cost nothing, of each location if bands are."
    )
    minimum_cents: AmountCents = Field(default=0, description="What a month with a location or a visit costs at least.")
    trial_months: Annotated[int, Field(ge=0, le=36)] = Field(
        default=0, description="Months that begin within so long of your first terms are free."
    )
    trial_until: Day | None = Field(default=None, description="Instead: months that begin before this day are free.")
    spend_alert_cents: AmountCents | None = Field(default=None, description="From this amount on an alert is raised.")
    spend_cap_cents: AmountCents | None = Field(
        default=None, description="What a month costs at most. Visits go on and are counted."
    )
