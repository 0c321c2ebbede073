"""Plans and usages drawn at random, for tests of properties."""

from hypothesis import strategies as st

from partners.billing.usage import Usage
from partners.contracts.plan import Band, BandScope, Plan, PlanMode

LOCATIONS = ("1", "2", "3")
DAYS = 30


@st.composite
def plans(draw, mode=None, *, limits=True):
    """Any plan; with `limits`, often with a minimum or cap that matters."""
    mode = mode or draw(st.sampled_from(PlanMode))
    ends = draw(st.lists(st.integers(1, 3_000), max_size=4, unique=True).map(sorted))
    bands, cheapest = [], 0
    for end in [*ends, None]:
        flat, fee = draw(st.integers(0, 20_000)), draw(st.integers(0, 200_000))
        if mode is PlanMode.WHOLE_BAND and bands:
            first = bands[-1].up_to + 1
            flat = max(flat, -(-(cheapest - first * fee) // 10_000))
        bands.append(Band(end, flat, fee))
        cheapest = bands[-1].fee_micros(end or 0)
    minimum = draw(st.sampled_from([0, 5_000])) if limits else 0
    cap = draw(st.sampled_from([None, 5_000, 40_000])) if limits else None
    return Plan(
        location_fee_cents=draw(st.integers(0, 5_000)),
        mode=mode,
        bands=tuple(bands),
        scope=draw(st.sampled_from(BandScope)),
        included_visits=draw(st.sampled_from([0, 0, 1, 250])),
        minimum_cents=minimum,
        spend_cap_cents=cap,
    )


counts = st.integers(0, 5_000)
usages = st.builds(
    Usage,
    st.just(DAYS),
    st.dictionaries(st.sampled_from(LOCATIONS), st.integers(0, DAYS)),
    st.dictionaries(st.sampled_from(LOCATIONS), counts),
)


def with_more(usage, location, *, days=0, visits=0):
    """`usage` with so many more at a location."""
    more_days = {**usage.location_days, location: usage.location_days.get(location, 0) + days}
    more_visits = {**usage.visits, location: usage.visits.get(location, 0) + visits}
    return Usage(usage.days_in_month, more_days, more_visits)
