import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.visits.errors import InvalidRangeError
from partners.visits.lines import line_of
from partners.visits.meter import Span, VisitCount, count_visits
from partners.visits.model import VisitMark
from partners.visits.service import LONGEST_HOURLY_DAYS, Pages
from shared.kernel.clock import utc_day
from tests.fakes.page_book import FakePageBook
from tests.support.entries import random_book
from tests.unit.partners.visits.test_pages import FIRST, LAST, posted

HOUR_MS = 3_600_000
marks = st.builds(VisitMark, st.sampled_from(["1", "2"]), st.integers(0, 60 * HOUR_MS), st.just(0))


def test_visits_are_counted_by_location_and_hour():
    at = [("1", 0), ("1", HOUR_MS - 1), ("1", HOUR_MS), ("2", HOUR_MS)]
    counts = count_visits([VisitMark(location, ms, ms) for location, ms in at], Span.HOUR)
    assert counts == [VisitCount(0, "1", 2), VisitCount(HOUR_MS, "1", 1), VisitCount(HOUR_MS, "2", 1)]


def test_a_visit_counts_when_it_is_recorded_not_when_it_happened():
    late = VisitMark("1", 30 * HOUR_MS, HOUR_MS)
    assert count_visits([late], Span.DAY) == [VisitCount(24 * HOUR_MS, "1", 1)]


@given(st.lists(marks), st.sampled_from(Span))
def test_counts_sum_to_the_visits_and_hours_to_days_to_the_whole(visits, span):
    counts = count_visits(visits, span)
    assert sum(count.visits for count in counts) == len(visits)
    assert counts == sorted(counts)
    whole = {count.location: count.visits for count in count_visits(visits, Span.PERIOD)}
    for location, number in whole.items():
        assert sum(count.visits for count in counts if count.location == location) == number


@given(st.integers(), st.integers(1, 60), st.integers(1, 9))
def test_the_meter_counts_from_the_pages_what_the_journal_says(seed, size, batch_size):
    entries = random_book(random.Random(seed), size, ["harvest", "northpharm"], days=3)
    own = [one for one in entries if one.partner == "harvest" and one.visit]
    counts = Pages(posted(entries, batch_size)).visit_counts("harvest", FIRST, LAST, Span.DAY)
    counted = {(utc_day(count.begins_at_ms), count.location): count.visits for count in counts}
    for day, location in {(utc_day(one.recorded_at_ms), one.location) for one in own}:
        same = [one for one in own if (utc_day(one.recorded_at_ms), one.location) == (day, location)]
        assert counted.pop((day, location)) == len(same)
    assert counted == {}


@given(st.integers(), st.integers(1, 60), st.integers(1, 9), st.integers(1, 13))
def test_a_listing_of_what_is_wanted_gives_each_once(seed, size, batch_size, limit):
    entries = random_book(random.Random(seed), size, ["harvest", "northpharm"], days=3)
    pages = Pages(posted(entries, batch_size))
    found, bookmark = [], None
    while True:
        listing = pages.entries("harvest", FIRST, LAST, after=bookmark, limit=limit, wanted=lambda line: line.visit)
        assert len(listing.lines) <= limit
        found += [one.line for one in listing.lines]
        bookmark = listing.next
        if bookmark is None:
            break
    expected = {one.entry_id for one in entries if one.partner == "harvest" and one.visit}
    assert {line.entry_id for line in found} == expected
    assert len(found) == len(expected)
    assert all(line in map(line_of, entries) for line in found)


def test_a_listing_reads_so_far_and_says_where_to_go_on(monkeypatch):
    monkeypatch.setattr("partners.visits.service.LONGEST_READ_LINES", 5)
    entries = random_book(random.Random(3), 23, ["harvest"], days=1)
    pages, reads, bookmark = Pages(posted(entries, 4)), 0, None
    while True:
        listing = pages.entries("harvest", FIRST, LAST, after=bookmark, limit=50, wanted=lambda _: False)
        assert listing.lines == ()
        reads, bookmark = reads + 1, listing.next
        if bookmark is None:
            break
    assert reads == 5


def test_hours_are_counted_for_few_days():
    pages = Pages(FakePageBook())
    last = date(2026, 11, 1) + timedelta(days=LONGEST_HOURLY_DAYS - 1)
    assert pages.visit_counts("harvest", date(2026, 11, 1), last, Span.HOUR) == []
    with pytest.raises(InvalidRangeError):
        pages.visit_counts("harvest", date(2026, 11, 1), last + timedelta(days=1), Span.HOUR)
