"""Listing a partner's lines and adding up its days."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.visits.errors import InvalidRangeError
from partners.visits.lines import added, line_of, recount
from partners.visits.model import Bookmark, Chain, DayTotals
from partners.visits.posting import Posting
from partners.visits.service import LONGEST_RANGE_DAYS, Pages
from partners.visits.stream import read_batch
from tests.fakes.clock import FakeClock
from tests.fakes.page_book import FakeDeadLetters, FakePageBook
from tests.support.entries import entry, random_book, stream_record
from tests.support.page_book_contract import page

FIRST, LAST = date(2026, 11, 21), date(2026, 11, 24)


def posted(book_of_entries, batch_size):
    """A book posted over two shards in batches of `batch_size`."""
    book = FakePageBook()
    posting = Posting(book, FakeDeadLetters(), FakeClock())
    records = [stream_record(one, str(number)) for number, one in enumerate(book_of_entries, 1)]
    for start in range(0, len(records), batch_size):
        shard = f"shardId-{start // batch_size % 2}"
        event = {"Records": records[start : start + batch_size], "shardId": shard}
        posting.post(read_batch(event, single_shard=False))
    return book


def all_listed(pages, partner_id, limit):
    """Every line, a listing at a time."""
    lines, bookmark, calls = [], None, 0
    while True:
        listing = pages.entries(partner_id, FIRST, LAST, after=bookmark, limit=limit)
        calls += 1
        assert calls < 1_000, "the listing goes round in circles"
        lines += listing.lines
        bookmark = listing.next
        if bookmark is None:
            return lines


@settings(max_examples=40)
@given(st.integers(), st.integers(1, 60), st.integers(1, 9), st.integers(1, 13))
def test_listings_of_any_size_give_each_line_of_the_partner_once_and_in_one_order(seed, size, batch_size, limit):
    entries = random_book(random.Random(seed), size, ["harvest", "northpharm"], days=3)
    pages = Pages(posted(entries, batch_size))
    listed = all_listed(pages, "harvest", limit)
    in_one = all_listed(pages, "harvest", 1_000)
    assert listed == in_one
    expected = {line_of(one).entry_id for one in entries if one.partner == "harvest"}
    assert len(listed) == len(expected)
    assert {one.line.entry_id for one in listed} == expected


@settings(max_examples=40)
@given(st.integers(), st.integers(1, 60), st.integers(1, 9))
def test_day_totals_are_the_recount_of_the_partner_s_entries_of_each_day(seed, size, batch_size):
    entries = random_book(random.Random(seed), size, ["harvest", "northpharm"], days=3)
    days = Pages(posted(entries, batch_size)).day_totals("harvest", FIRST, LAST)
    own = [line_of(one) for one in entries if one.partner == "harvest"]
    assert added(day.totals for day in days) == recount("harvest", own)
    assert all(day.partner_id == "harvest" for day in days)
    assert [day.day for day in days] == sorted({day.day for day in days})


def test_a_day_without_entries_has_no_totals():
    book = FakePageBook()
    book.add(page(Chain("harvest", "2026-11-22", "s"), 0, 1))
    assert Pages(book).day_totals("harvest", FIRST, LAST) == [
        DayTotals("harvest", "2026-11-22", recount("harvest", [line_of(entry())]))
    ]


def test_a_line_keeps_its_bookmark_when_the_day_goes_on():
    book = FakePageBook()
    chain = Chain("harvest", "2026-11-21", "s")
    book.add(page(chain, 0, 1, 2))
    before = Pages(book).entries("harvest", FIRST, LAST, limit=10).lines
    book.add(page(chain, 2, 3))
    after = Pages(book).entries("harvest", FIRST, LAST, limit=10).lines
    assert after[:2] == before
    assert before[1].bookmark == Bookmark("2026-11-21", f"s#{'0' * 40}", 1)


def test_a_listing_that_ends_with_the_last_line_has_no_next():
    book = FakePageBook()
    book.add(page(Chain("harvest", "2026-11-21", "s"), 0, 1, 2))
    listing = Pages(book).entries("harvest", FIRST, LAST, limit=2)
    assert (len(listing.lines), listing.next) == (2, None)


def test_a_bookmark_outside_the_days_is_refused():
    with pytest.raises(InvalidRangeError):
        Pages(FakePageBook()).entries("harvest", FIRST, LAST, after=Bookmark("2026-11-20", "s#0", 0), limit=1)


def test_a_listing_of_no_lines_is_a_mistake():
    with pytest.raises(ValueError, match="0 lines"):
        Pages(FakePageBook()).entries("harvest", FIRST, LAST, limit=0)


@pytest.mark.parametrize(
    ("first", "last"), [(LAST, FIRST), (FIRST, date.fromordinal(FIRST.toordinal() + LONGEST_RANGE_DAYS))]
)
def test_days_in_the_wrong_order_or_too_many_are_refused(first, last):
    with pytest.raises(InvalidRangeError):
        Pages(FakePageBook()).day_totals("harvest", first, last)


def test_the_longest_range_is_accepted():
    last = date.fromordinal(FIRST.toordinal() + LONGEST_RANGE_DAYS - 1)
    assert Pages(FakePageBook()).day_totals("harvest", FIRST, last) == []
