from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.visits.lines import recount
from partners.visits.model import START, Chain, Totals
from partners.visits.paging import by_chain, next_pages, page_of, redriven_page
from tests.support.entries import DAY
from tests.support.page_book_contract import item, page, sequence

CHAIN = Chain("harvest", DAY, "shard-a")
numbers = st.lists(st.integers(1, 60), min_size=1, max_size=30, unique=True).map(sorted)


def test_what_was_delivered_keeps_its_order_within_each_chain():
    other = replace(CHAIN, partner="northpharm")
    first, second, third = item(CHAIN, 1), item(other, 2), item(CHAIN, 3)
    assert by_chain([first, second, third]) == {CHAIN: [first, third], other: [second]}


def test_nothing_new_needs_no_page():
    assert next_pages(CHAIN, sequence(3), [item(CHAIN, number) for number in (1, 3)]) == []


@given(numbers, st.integers(0, 60), st.integers(1, 7))
def test_pages_join_from_the_end_of_the_chain_and_hold_just_what_lies_beyond(delivered, covered, per_page):
    items = [item(CHAIN, number) for number in delivered]
    pages = next_pages(CHAIN, sequence(covered), items, per_page)
    missing = [one for one in items if int(one.sequence) > covered]
    assert [line for one in pages for line in one.lines] == [one.line for one in missing]
    ends = [sequence(covered), *(one.upto for one in pages)]
    assert [one.after for one in pages] == ends[:-1]
    assert ends[-1] == (missing[-1].sequence if missing else sequence(covered))
    assert all(1 <= len(one.lines) <= per_page for one in pages)
    assert all(one.totals == recount("harvest", one.lines) for one in pages)


@given(numbers, st.integers(0, 30), st.integers(0, 30))
def test_deliveries_that_overlap_any_way_plan_each_line_once(delivered, begin_again, cut):
    items = [item(CHAIN, number) for number in delivered]
    covered, seen = START, []
    for part in (items[:cut], items[min(begin_again, cut) :]):
        for one in next_pages(CHAIN, covered, part):
            seen += one.lines
            covered = one.upto
    assert seen == [one.line for one in items]


def test_a_redriven_page_stands_at_its_place_and_outside_the_list():
    alone = redriven_page(item(CHAIN, 10))
    assert (alone.after, alone.upto) == (sequence(9), sequence(10))
    assert alone.sort_key == "redrive#0000000042-10"


@pytest.mark.parametrize(("after", "upto"), [(2, 2), (3, 2)])
def test_a_page_covers_a_range_that_ascends(after, upto):
    with pytest.raises(ValueError, match="can't cover"):
        replace(page(CHAIN, 0, 1), after=sequence(after), upto=sequence(upto))


def test_a_page_posted_by_hand_has_one_line_and_that_of_a_chain_may_have_none():
    with pytest.raises(ValueError, match="0 lines"):
        replace(redriven_page(item(CHAIN, 1)), lines=())
    assert page_of(CHAIN, sequence(0), sequence(1), []).totals == Totals()
