import random
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.visits.codec import (
    pack_lines,
    totals_from_text,
    totals_to_text,
    unpack_lines,
    unpack_payouts,
    unpack_visits,
)
from partners.visits.errors import BrokenPageError
from partners.visits.lines import line_of, recount
from partners.visits.model import PayoutMark, Totals, VisitMark
from shared.ledger.model import Op
from tests.support.entries import entry, random_book

PARTNERS = ["harvest", "city-market", "northpharm"]
books = st.builds(
    lambda seed, size: random_book(random.Random(seed), size, PARTNERS), st.integers(), st.integers(1, 40)
)


@given(books)
def test_lines_read_back_as_they_were(book):
    lines = tuple(line_of(one) for one in book)
    assert unpack_lines(pack_lines(lines)) == lines


@given(books)
def test_the_visits_among_lines_read_without_the_lines(book):
    lines = [line_of(one) for one in book]
    marks = tuple(VisitMark(one.location, one.recorded_at_ms, one.occurred_at_ms) for one in lines if one.visit)
    assert unpack_visits(pack_lines(lines)) == marks


@given(books, st.sets(st.integers(0, 40)))
def test_the_payouts_among_lines_read_without_the_lines(book, numbers):
    lines = [
        replace(line_of(one), op=Op.PAYOUT, currency="USD", cashback_cents=number)
        if number in numbers
        else line_of(one)
        for number, one in enumerate(book)
    ]
    marks = tuple(
        PayoutMark(one.entry_id, one.recorded_at_ms, "USD", one.cashback_cents) for one in lines if one.op is Op.PAYOUT
    )
    assert unpack_payouts(pack_lines(lines)) == marks


@pytest.mark.parametrize("unpack", [unpack_visits, unpack_payouts])
@pytest.mark.parametrize("broken", [b"", zlib.compress(b"{}"), zlib.compress(b"[]")])
def test_visits_and_payouts_that_do_not_read_are_refused(broken, unpack):
    with pytest.raises(BrokenPageError):
        unpack(broken)


@given(books)
def test_totals_read_back_as_they_were(book):
    totals = recount("harvest", [line_of(one) for one in book])
    assert totals_from_text(totals_to_text(totals)) == totals


def test_no_totals_read_back_as_none():
    assert totals_from_text(totals_to_text(Totals())) == Totals()


def test_lines_that_share_every_value_read_back_one_by_one():
    lines = (line_of(entry()),) * 5
    assert unpack_lines(pack_lines(lines)) == lines


def test_a_receipt_may_hold_any_text():
    lines = tuple(line_of(entry(receipt=text)) for text in ("", "null", '",[', "日本-é", "0"))
    assert unpack_lines(pack_lines(lines)) == lines


def test_no_receipt_is_not_an_empty_receipt():
    lines = tuple(line_of(entry(Op.ENROL, receipt=receipt)) for receipt in ("", None))
    assert [line.receipt for line in unpack_lines(pack_lines(lines))] == ["", None]


@pytest.mark.parametrize(
    "raw",
    [b"", b"junk", zlib.compress(b"{}"), zlib.compress(b'{"n":2,"id":["a"]}'), pack_lines([line_of(entry())])[:-5]],
)
def test_bytes_that_are_no_lines_are_a_broken_page(raw):
    with pytest.raises(BrokenPageError):
        unpack_lines(raw)


@pytest.mark.parametrize("text", ["", "[]", "[1,2]", '[1,2,3,4,5,[["lost","a","USD",1,1]]]', "[1,2,3,4,5,6]"])
def test_text_that_is_no_totals_is_a_broken_page(text):
    with pytest.raises(BrokenPageError):
        totals_from_text(text)


def test_a_hundred_ordinary_lines_take_less_than_four_kilobytes():
    lines = [line_of(one) for one in random_book(random.Random(1), 100, PARTNERS)]
    assert len(pack_lines(lines)) < 4_000
