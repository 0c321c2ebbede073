"""A location-day is a day of the location's own calendar on which it was open for a moment."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.billing.usage import days_of_locations, location_days
from partners.contracts.model import Location

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def at(*moment):
    return int(datetime(*moment, tzinfo=UTC).timestamp()) * 1000


def store(opened_at_ms, closed_at_ms=None, zone="UTC", name="1"):
    return Location("harvest", name, "Store", zone, opened_at_ms, closed_at_ms)


def days(location, since_ms=0):
    return location_days(location, FIRST, LAST, since_ms)


def test_a_location_open_all_month_has_a_day_for_each_of_the_month():
    assert days(store(at(2026, 1, 1))) == 30
    assert days(store(at(2026, 11, 1), at(2026, 12, 1))) == 30


def test_the_days_of_opening_and_closing_count_whole():
    assert days(store(at(2026, 11, 10, 23, 59), at(2026, 11, 12, 0, 1))) == 3
    assert days(store(at(2026, 11, 10, 9), at(2026, 11, 10, 17))) == 1


def test_a_location_that_closes_at_midnight_has_no_part_of_the_day_that_begins():
    assert days(store(at(2026, 1, 1), at(2026, 11, 12))) == 11


def test_before_it_opens_and_after_it_closes_a_location_has_no_days():
    assert days(store(at(2026, 12, 1))) == 0
    assert days(store(at(2026, 1, 1), at(2026, 11, 1))) == 0
    assert days(store(at(2026, 11, 5), at(2026, 11, 5))) == 0


@pytest.mark.parametrize(
    ("zone", "count"), [("UTC", 29), ("America/Chicago", 30), ("Pacific/Kiritimati", 29), ("Pacific/Honolulu", 30)]
)
def test_days_are_those_of_the_location_s_own_time_zone(zone, count):
    assert days(store(at(2026, 11, 2, 3), zone=zone)) == count


def test_before_the_partner_s_first_terms_there_are_no_days():
    assert days(store(at(2026, 1, 1)), since_ms=at(2026, 11, 21, 12)) == 10
    assert days(store(at(2026, 1, 1), at(2026, 11, 20)), since_ms=at(2026, 11, 21)) == 0


def test_a_clock_that_changes_in_the_month_changes_no_count():
    assert days(store(at(2026, 11, 1, 4), at(2026, 12, 1, 5), zone="America/New_York")) == 30


def test_locations_without_a_day_are_left_out():
    stores = [store(at(2026, 1, 1)), store(at(2027, 1, 1), name="2")]
    assert days_of_locations(stores, FIRST, LAST, 0) == {"1": 30}


moments = st.integers(at(2026, 10, 20), at(2026, 12, 10))
zones = st.sampled_from(["UTC", "America/Chicago", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns"])


@given(moments, moments | st.none(), zones, st.integers(0, 29))
def test_a_month_split_at_any_day_adds_up(opened, closed, zone, cut):
    location = store(opened, None if closed is None else max(opened, closed), zone)
    last_of_first = FIRST + timedelta(days=cut)
    halves = location_days(location, FIRST, last_of_first, 0) + location_days(
        location, last_of_first + timedelta(days=1), LAST, 0
    )
    assert halves == days(location)


@given(moments, moments, moments, zones)
def test_a_store_that_stays_open_longer_has_as_many_days_or_more(opened, one, other, zone):
    early, late = sorted((max(opened, one), max(opened, other)))
    assert days(store(opened, early, zone)) <= days(store(opened, late, zone)) <= days(store(opened, zone=zone))
