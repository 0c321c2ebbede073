"""What a month that is not over may come to. Pure."""

from dataclasses import dataclass

from partners.billing.model import Bill, Month
from partners.billing.usage import Usage
from shared.kernel.clock import DAY_MS


@dataclass(frozen=True, slots=True)
class Projection:
    """What the month comes to if visits go on as they have."""

    visits: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class SpendAlert:
    """Whether the month costs `limit_cents` already, and whether it will by its projection."""

    limit_cents: int
    reached: bool
    expected: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """A bill as of now, with what is expected of the rest of its month.

    Without `projection` the month is over, or less than a day of it has passed under the partner's terms.
    """

    bill: Bill
    projection: Projection | None
    alert: SpendAlert | None


def projected_usage(usage: Usage, month: Month, since_ms: int, now_ms: int) -> Usage | None:
    """`usage` with each location's visits scaled from the part of the month that has passed to all of it.

    The part begins with the month, or with the partner's first terms at `since_ms`. Rounded half up; None if the
    month is over, or less than a day has passed.
    """
    begin_ms = max(month.begins_at_ms, since_ms)
    passed_ms, whole_ms = now_ms - begin_ms, month.ends_at_ms - begin_ms
    if now_ms >= month.ends_at_ms or passed_ms < DAY_MS:
        return None
    visits = {
        location: (2 * number * whole_ms + passed_ms) // (2 * passed_ms) for location, number in usage.visits.items()
    }
    return Usage(usage.days_in_month, usage.location_days, visits)


def spend_alert(limit_cents: int | None, bill: Bill, projection: Projection | None) -> SpendAlert | None:
    """Against the plan's limit; None if the plan has none."""
    if limit_cents is None:
        return None
    reached = bill.total_cents >= limit_cents
    return SpendAlert(
        limit_cents, reached, reached or (projection is not None and projection.total_cents >= limit_cents)
    )
