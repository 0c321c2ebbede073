"""Waiting for the pages has an end, and percentiles are nearest ranks."""

import pytest

from infra.demo.errors import PostingBehindError
from infra.demo.posting import GIVE_UP_AFTER_SECONDS, wait_until_posted
from infra.demo.tables import count, exact_money, money
from infra.demo.timing import Latency, latency


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_it_waits_until_every_entry_is_posted() -> None:
    time, looks, shown = Time(), iter([0, 3, 3, 9]), []
    wait_until_posted(lambda: next(looks), 9, shown.append, clock=time, sleep=time.sleep)
    assert shown == [0, 3, 3, 9]


def test_pages_that_stand_still_are_given_up() -> None:
    time = Time()
    with pytest.raises(PostingBehindError, match="stood at 3 lines"):
        wait_until_posted(lambda: 3, 9, lambda _posted: None, clock=time, sleep=time.sleep)
    assert GIVE_UP_AFTER_SECONDS < time.now < GIVE_UP_AFTER_SECONDS + 2


def test_slow_progress_is_not_given_up() -> None:
    time = Time()
    wait_until_posted(lambda: int(time.now / 40), 9, lambda _posted: None, clock=time, sleep=time.sleep)
    assert time.now >= 360


def test_more_lines_than_entries_are_an_error() -> None:
    with pytest.raises(PostingBehindError, match="hold 10 lines"):
        wait_until_posted(lambda: 10, 9, lambda _posted: None)


def test_percentiles_are_nearest_ranks_in_milliseconds() -> None:
    assert latency([second / 1000 for second in range(100, 0, -1)]) == Latency(50, 90, 99, 100)
    assert latency([0.25]) == Latency(250, 250, 250, 250)
    with pytest.raises(ValueError, match="no request"):
        latency([])


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123_456_789, "1,234,567.89"), (-100, "-1.00")]
)
def test_money_is_written_exactly(cents: int, text: str) -> None:
    assert money(cents) == text


def test_micros_show_all_their_decimals_and_no_points_are_a_dot() -> None:
    assert exact_money(-1_234_000_001) == "-1,234.000001"
    assert (count(0), count(1_234)) == ("·", "1,234")
