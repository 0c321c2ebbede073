"""Time as integers, RFC 3339 at the edges."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.clock import (
    days_between,
    from_datetime,
    last_day_of_month,
    midnight_ms,
    month_number,
    to_rfc3339,
    utc_day,
)

moments = st.integers(0, 200_000_000_000_000).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)


@given(moments)
def test_a_moment_survives_the_way_out_and_in_to_the_millisecond(moment):
    epoch_ms = from_datetime(moment)
    assert from_datetime(datetime.fromisoformat(to_rfc3339(epoch_ms))) == epoch_ms


def test_offsets_are_honoured_and_naive_times_refused():
    local = datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert to_rfc3339(from_datetime(local)) == "2026-11-21T14:30:00.000Z"
    with pytest.raises(ValueError, match="needs an offset"):
        from_datetime(datetime(2026, 11, 21))  # noqa: DTZ001


def test_months_can_be_added_across_years():
    november = month_number(from_datetime(datetime(2026, 11, 30, 23, 59, tzinfo=UTC)))
    assert last_day_of_month(november) == "2026-11-30"
    assert last_day_of_month(november + 1) == "2026-12-31"
    assert last_day_of_month(november + 15) == "2028-02-29"


def test_days_of_a_range_include_both_ends():
    assert days_between(date(2026, 2, 28), date(2026, 3, 1)) == ["2026-02-28", "2026-03-01"]
    assert days_between(date(2026, 3, 1), date(2026, 2, 28)) == []
    assert utc_day(from_datetime(datetime(2026, 3, 1, tzinfo=UTC)) - 1) == "2026-02-28"


def test_years_have_four_digits_in_every_century() -> None:
    first = midnight_ms(date(15, 3, 13))
    assert to_rfc3339(first + 7) == "0015-03-13T00:00:00.007Z"
    assert utc_day(first) == "0015-03-13"
