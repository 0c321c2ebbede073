"""Pages as items of the table, and what is noticed when they come back otherwise."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.capacity import item_bytes, write_units
from partners.visits.errors import BrokenPageError
from partners.visits.lines import delivered
from partners.visits.model import Chain
from partners.visits.paging import by_chain, next_pages, redriven_page
from partners.visits.store import page_from_item, page_to_item
from tests.support.entries import DAY, NOON_MS, entry, random_book
from tests.support.page_book_contract import item, page, sequence

CHAIN = Chain("harvest", DAY, "shardId-00000001795260000000-7f3a9c21")


@given(st.integers(), st.integers(1, 40))
def test_any_page_reads_back_as_written(seed, size):
    book = random_book(random.Random(seed), size, ["harvest", "northpharm"])
    items = [delivered(CHAIN.shard, sequence(number), one) for number, one in enumerate(book, 1)]
    for chain, own in by_chain(items).items():
        for one in [*next_pages(chain, sequence(0), own), redriven_page(own[0])]:
            assert page_from_item(page_to_item(one)) == one


def test_the_key_of_a_page_says_partner_day_shard_and_where_it_begins():
    stored = page_to_item(page(CHAIN, 3, 7))
    assert stored["pk"] == {"S": "D#harvest#2026-11-21"}
    assert stored["sk"] == {"S": f"{CHAIN.shard}#{3:040d}"}
    assert stored["upto"] == {"S": f"{7:040d}"}


def test_the_key_of_a_redriven_page_says_which_entry_it_holds():
    assert page_to_item(redriven_page(item(CHAIN, 7)))["sk"] == {"S": "redrive#0000000042-7"}


def test_totals_that_are_not_the_recount_of_the_lines_are_noticed():
    stored = page_to_item(page(CHAIN, 0, 1)) | {"totals": {"S": "[2,0,1,0,1000,[]]"}}
    with pytest.raises(BrokenPageError, match="do not match"):
        page_from_item(stored)


@pytest.mark.parametrize("name", ["pk", "sk", "upto", "lines", "totals"])
def test_an_attribute_that_is_missing_is_noticed(name):
    stored = page_to_item(page(CHAIN, 0, 1))
    del stored[name]
    with pytest.raises(BrokenPageError):
        page_from_item(stored)


@pytest.mark.parametrize("key", [{"pk": {"S": "D#harvest"}}, {"sk": {"S": "shard"}}, {"sk": {"S": "a#b#c"}}])
def test_a_key_of_another_shape_is_noticed(key):
    with pytest.raises(BrokenPageError):
        page_from_item(page_to_item(page(CHAIN, 0, 1)) | key)


def test_a_hundred_purchases_at_six_partners_take_eight_write_units_at_most():
    partners = ["harvest", "city-market", "northpharm", "greenleaf", "corner-fresh", "riverside"]
    rng = random.Random(1)
    items = []
    for number in range(100):
        purchase = entry(
            member=f"{rng.randrange(10**10):010d}",
            seq=rng.randrange(1, 99),
            partner=rng.choice(partners),
            location=str(rng.randrange(300, 304)),
            receipt=str(rng.randrange(10**10, 10**11)),
            points=rng.randrange(600),
            recorded_at_ms=NOON_MS + number * 50 + rng.randrange(50),
        )
        items.append(delivered(CHAIN.shard, sequence(10**24 + number), purchase))
    pages = [one for chain, own in by_chain(items).items() for one in next_pages(chain, sequence(0), own)]
    units = sum(write_units(item_bytes(page_to_item(one))) for one in pages)
    assert len(pages) == 6
    assert units <= 8
