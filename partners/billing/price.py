"""The price of a month: one pure function, in integers."""

from collections.abc import Iterator

from partners.billing.model import BillLine, LineKind
from partners.contracts.model import Band, Plan, PlanMode
from shared.kernel.money import MICROS_PER_CENT


def price(plan: Plan, location_count: int, visits: int) -> tuple[BillLine, ...]:
    """The lines of a month with so many locations and visits: one for locations, then one a band.

    `graduated`: a line for each band that visits reach, for the visits that fall in it; its flat fee is due
    once it is reached, the first band's always. `whole_band`: one line, for the band in which the number of
    visits lies. Each line is rounded by itself, half a cent up. Raises ValueError for a negative count.
    """
    if location_count < 0 or visits < 0:
        raise ValueError(f"{location_count} locations, {visits} visits: a count can't be negative")
    locations = _line(LineKind.LOCATIONS, "locations", location_count, plan.location_fee_cents * MICROS_PER_CENT, 0)
    in_bands = list(_in_bands(plan.bands, visits))
    if plan.mode is PlanMode.WHOLE_BAND:
        band, begin, _ = in_bands[-1]
        in_bands = [(band, begin, visits)]
    lines = [
        _line(LineKind.VISITS, _range(band, begin), quantity, band.visit_fee_micros, band.flat_fee_cents)
        for band, begin, quantity in in_bands
    ]
    return (locations, *lines)


def _in_bands(bands: tuple[Band, ...], visits: int) -> Iterator[tuple[Band, int, int]]:
    """Each band that visits reach, the number of its first visit, and how many visits fall in it."""
    below = 0
    for band in bands:
        if below and visits <= below:
            return
        end = visits if band.up_to is None else min(visits, band.up_to)
        yield band, below + 1, end - below
        below = end if band.up_to is None else band.up_to


def _range(band: Band, begin: int) -> str:
    return f"visits from {begin:,}" if band.up_to is None else f"visits {begin:,} to {band.up_to:,}"


def _line(kind: LineKind, what: str, quantity: int, unit_price_micros: int, flat_fee_cents: int) -> BillLine:
    exact_micros = quantity * unit_price_micros + flat_fee_cents * MICROS_PER_CENT
    amount_cents = (exact_micros + MICROS_PER_CENT // 2) // MICROS_PER_CENT
    steps = []
    if unit_price_micros or not flat_fee_cents:
        steps.append(f"{quantity:,} x {_decimal(unit_price_micros)}")
    if flat_fee_cents:
        steps.append(f"flat {_decimal(flat_fee_cents * MICROS_PER_CENT)}")
    explanation = f"{what}: {' + '.join(steps)} = {_decimal(exact_micros)}"
    if amount_cents * MICROS_PER_CENT != exact_micros:
        explanation += f", rounded to {_decimal(amount_cents * MICROS_PER_CENT)}"
    return BillLine(kind, quantity, unit_price_micros, flat_fee_cents, amount_cents, explanation)


def _decimal(micros: int) -> str:
    """Micros as a decimal with at least two places: 12500 is `0.0125`, 45000000 is `45.00`."""
    units, rest = divmod(micros, 1_000_000)
    places = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{units:,}.{places}"
