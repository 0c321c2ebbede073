"""The price of a month: one pure function, in integers.

The sum of the lines is the total. Each line is rounded by itself to whole cents, half a cent up.
"""

from collections.abc import Iterator

from partners.billing.model import BillLine, LineKind
from partners.billing.usage import Usage
from partners.contracts.plan import Band, BandScope, Plan, PlanMode
from shared.kernel.money import MICROS_PER_CENT

MICROS_PER_UNIT = 1_000_000


def price(plan: Plan, usage: Usage, *, in_trial: bool = False) -> tuple[BillLine, ...]:
    """The lines of a month: one for locations, one a band, then what minimum, cap and trial make of their sum.

    A location costs its fee times its location-days by the days of the month. Included visits come first and cost
    nothing; the further ones fill the bands. `graduated`: a line for each band that they reach, for the visits
    that fall in it; its flat fee is due once it is reached, the first band's always. `whole_band`: one line, for
    the band in which their number lies. Per location, each location with a day or a visit has such lines of its own.

    A month without any location-day and visit costs nothing. More visits or location-days never cost less.
    """
    lines = [_locations(plan, usage), *_visits(plan, usage)]
    missing = plan.minimum_cents - _sum(lines)
    if usage.locations and missing > 0:
        lines.append(_made_up(LineKind.MINIMUM, f"minimum of {cents_text(plan.minimum_cents)}", lines, missing))
    if plan.spend_cap_cents is not None and _sum(lines) > plan.spend_cap_cents:
        above = _sum(lines) - plan.spend_cap_cents
        lines.append(_made_up(LineKind.CAP, f"spend cap of {cents_text(plan.spend_cap_cents)}", lines, -above))
    if in_trial and _sum(lines):
        lines.append(_made_up(LineKind.TRIAL, "free trial", lines, -_sum(lines)))
    return tuple(lines)


def _locations(plan: Plan, usage: Usage) -> BillLine:
    days, in_month = usage.total_location_days, usage.days_in_month
    fee_micros = plan.location_fee_cents * MICROS_PER_CENT
    if days % in_month == 0:
        steps = f"locations: {days // in_month:,} x {_decimal(fee_micros)}"
    else:
        steps = f"locations: {days:,} location-days / {in_month} x {_decimal(fee_micros)}"
    return _line(LineKind.LOCATIONS, steps, days, fee_micros, 0, divisor=in_month)


def _visits(plan: Plan, usage: Usage) -> Iterator[BillLine]:
    if plan.scope is BandScope.PER_LOCATION:
        for location in usage.locations:
            yield from _banded(plan, usage.visits.get(location, 0), location)
    elif usage.locations:
        yield from _banded(plan, usage.total_visits, None)


def _banded(plan: Plan, visits: int, location: str | None) -> Iterator[BillLine]:
    where = "" if location is None else f"{location}: "
    included = min(visits, plan.included_visits)
    if included:
        steps = f"{where}included visits: {included:,} x 0.00"
        yield _line(LineKind.VISITS, steps, included, 0, 0, location=location)
    charged = visits - included
    in_bands = list(_in_bands(plan.bands, charged))
    if plan.mode is PlanMode.WHOLE_BAND:
        band, begin, _ = in_bands[-1]
        in_bands = [(band, begin, charged)]
    for band, begin, quantity in in_bands:
        steps = f"{where}{_range(plan, band, begin)}: {_fees(band, quantity)}"
        fees = band.visit_fee_micros, band.flat_fee_cents
        yield _line(LineKind.VISITS, steps, quantity, *fees, location=location)


def _in_bands(bands: tuple[Band, ...], visits: int) -> Iterator[tuple[Band, int, int]]:
    """Each band that visits reach, the number of its first visit, and how many visits fall in it."""
    below = 0
    for band in bands:
        if below and visits <= below:
            return
        end = visits if band.up_to is None else min(visits, band.up_to)
        yield band, below + 1, end - below
        below = end if band.up_to is None else band.up_to


def _range(plan: Plan, band: Band, begin: int) -> str:
    visits = "further visits" if plan.included_visits else "visits"
    return f"{visits} from {begin:,}" if band.up_to is None else f"{visits} {begin:,} to {band.up_to:,}"


def _fees(band: Band, quantity: int) -> str:
    steps = []
    if band.visit_fee_micros or not band.flat_fee_cents:
        steps.append(f"{quantity:,} x {_decimal(band.visit_fee_micros)}")
    if band.flat_fee_cents:
        steps.append(f"flat {cents_text(band.flat_fee_cents)}")
    return " + ".join(steps)


def _line(
    kind: LineKind,
    steps: str,
    quantity: int,
    unit_price_micros: int,
    flat_fee_cents: int,
    *,
    divisor: int = 1,
    location: str | None = None,
) -> BillLine:
    whole_micros = quantity * unit_price_micros + flat_fee_cents * MICROS_PER_CENT * divisor
    amount_cents = (2 * whole_micros + MICROS_PER_CENT * divisor) // (2 * MICROS_PER_CENT * divisor)
    shown_micros, rest = divmod(whole_micros, divisor)
    explanation = f"{steps} = {_decimal(shown_micros)}{'...' if rest else ''}"
    if amount_cents * MICROS_PER_CENT * divisor != whole_micros:
        explanation += f", rounded to {cents_text(amount_cents)}"
    return BillLine(kind, quantity, unit_price_micros, flat_fee_cents, amount_cents, explanation, divisor, location)


def _made_up(kind: LineKind, what: str, lines: list[BillLine], amount_cents: int) -> BillLine:
    """The line that takes the sum of `lines` to what it is to be."""
    steps = f"{what}: {cents_text(_sum(lines) + amount_cents)} - {cents_text(_sum(lines))}"
    return BillLine(kind, 0, 0, amount_cents, amount_cents, f"{steps} = {cents_text(amount_cents)}")


def _sum(lines: list[BillLine]) -> int:
    return sum(line.amount_cents for line in lines)


def cents_text(amount_cents: int) -> str:
    """An amount as a decimal: 123456 is `1,234.56`."""
    return _decimal(amount_cents * MICROS_PER_CENT)


def _decimal(micros: int) -> str:
    """Micros as a decimal with at least two places: 12500 is `0.0125`, 45000000 is `45.00`."""
    units, rest = divmod(abs(micros), MICROS_PER_UNIT)
    places = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}{units:,}.{places}"
