"""What posting and listing rely on in a page store: the fake and the real one answer to the same tests."""

from dataclasses import replace
from itertools import count

import pytest

from partners.visits.errors import PageTakenError
from partners.visits.lines import delivered
from partners.visits.model import START, Chain, Delivered, Page, PayoutMark, VisitMark
from partners.visits.paging import page_of, redriven_page
from shared.ledger.model import Lot, Move, Op, Place
from tests.support.entries import DAY, MONTH, NOON_MS, entry

_names = count(1)


def sequence(number: int) -> str:
    return f"{number:040d}"


def item(chain: Chain, number: int, **fields: object) -> Delivered:
    return delivered(chain.shard, sequence(number), entry(partner=chain.partner, seq=number, **fields))


def page(chain: Chain, after: int, *numbers: int) -> Page:
    return page_of(chain, sequence(after), sequence(numbers[-1]), [item(chain, number) for number in numbers])


class PageBookContract:
    """A subclass gives the fixture `book`."""

    @pytest.fixture
    def chain(self) -> Chain:
        return Chain(f"shop-{next(_names)}", DAY, "shard-a")

    def test_a_chain_that_has_not_begun_is_covered_up_to_the_start(self, book, chain):
        assert book.covered(chain) == START
        assert book.covering(chain, sequence(1)) is None

    def test_the_visits_of_a_day_come_from_all_its_pages(self, book, chain):
        book.add(page(chain, 0, 3, 5))
        book.add(page(replace(chain, shard="shard-b"), 0, 4))
        marks = list(book.visits(chain.partner, chain.day))
        assert marks == [VisitMark("367", NOON_MS, NOON_MS - 1_000)] * 3
        assert list(book.visits(chain.partner, "2026-11-22")) == []

    def test_the_payouts_of_a_day_come_with_their_pages(self, book, chain):
        moves = (Move(Place.ACTIVE, Place.ACCEPTOR, Lot("harvest", MONTH, 150, "USD")),)
        paid = item(chain, 5, op=Op.PAYOUT, points=0, cashback_cents=150, moves=moves)
        pages = [page_of(chain, sequence(0), sequence(5), [item(chain, 3), paid]), page(chain, 5, 9)]
        for one in pages:
            book.add(one)
        mark = PayoutMark(paid.line.entry_id, NOON_MS, "USD", 150)
        assert list(book.payouts(chain.partner, chain.day)) == [(pages[0].mark, (mark,)), (pages[1].mark, ())]

    def test_a_chain_is_covered_up_to_the_end_of_its_last_page(self, book, chain):
        book.add(page(chain, 0, 3, 5))
        book.add(page(chain, 5, 9))
        assert book.covered(chain) == sequence(9)

    def test_of_two_pages_that_begin_alike_the_first_stays(self, book, chain):
        first = page(chain, 0, 3)
        book.add(first)
        with pytest.raises(PageTakenError):
            book.add(page(chain, 0, 3, 5))
        assert list(book.pages(chain.partner, chain.day)) == [first]

    def test_chains_of_other_shards_days_and_partners_do_not_count(self, book, chain):
        longer = Chain(chain.partner, chain.day, "shard-ab")
        tomorrow = Chain(chain.partner, "2026-11-22", chain.shard)
        namesake = Chain(f"{chain.partner}0", chain.day, chain.shard)
        for other in (longer, tomorrow, namesake):
            book.add(page(other, 0, 9))
        assert book.covered(chain) == START
        assert book.covering(chain, sequence(5)) is None

    def test_a_redriven_page_does_not_count_as_covering(self, book, chain):
        book.add(redriven_page(item(chain, 4)))
        assert book.covered(chain) == START
        assert book.covering(chain, sequence(4)) is None

    @pytest.mark.parametrize(("number", "after"), [(1, 0), (3, 0), (5, 0), (6, 5), (9, 5)])
    def test_the_covering_page_is_the_one_whose_range_holds_the_number(self, book, chain, number, after):
        book.add(page(chain, 0, 3, 5))
        book.add(page(chain, 5, 9))
        found = book.covering(chain, sequence(number))
        assert found is not None
        assert found.after == sequence(after)

    def test_nothing_covers_a_number_beyond_the_end(self, book, chain):
        book.add(page(chain, 0, 3, 5))
        assert book.covering(chain, sequence(6)) is None

    def test_pages_read_back_as_written_in_order_of_their_keys(self, book, chain):
        written = [page(chain, 0, 3, 5), page(chain, 5, 9), redriven_page(item(chain, 4))]
        for one in written:
            book.add(one)
        read = list(book.pages(chain.partner, chain.day))
        assert read == sorted(written, key=lambda one: one.sort_key)

    def test_pages_from_a_page_on_begin_with_it(self, book, chain):
        for after in range(4):
            book.add(page(chain, after, after + 1))
        second = page(chain, 1, 2).sort_key
        assert [one.after for one in book.pages(chain.partner, chain.day, from_page=second)] == [
            sequence(after) for after in (1, 2, 3)
        ]

    def test_totals_are_those_of_each_page(self, book, chain):
        written = [page(chain, 0, 3, 5), page(chain, 5, 9)]
        for one in written:
            book.add(one)
        assert list(book.totals(chain.partner, chain.day)) == [one.totals for one in written]

    def test_marks_are_the_pages_without_their_lines(self, book, chain):
        pages = [page(chain, 0, 3), page(chain, 3, 4, 9), redriven_page(item(chain, 5))]
        for one in pages:
            book.add(one)
        assert list(book.marks(chain.partner, chain.day)) == [
            one.mark for one in book.pages(chain.partner, chain.day, consistent=True)
        ]
        assert {one.upto for one in book.marks(chain.partner, chain.day)} == {sequence(number) for number in (3, 5, 9)}

    def test_what_was_posted_by_hand_is_listed_by_day_once(self, book, chain):
        book.add(page(chain, 0, 3))
        tomorrow = item(chain, 4, recorded_at_ms=NOON_MS + 86_400_000)
        for one in (item(chain, 2), item(chain, 1), tomorrow):
            book.add(redriven_page(one))
            with pytest.raises(PageTakenError):
                book.add(redriven_page(one))
        assert book.by_hand(chain.partner) == {
            chain.day: {"redrive#0000000042-1", "redrive#0000000042-2"},
            "2026-11-22": {"redrive#0000000042-4"},
        }
        assert book.by_hand("nobody") == {}
        listed = (redriven_page(item(chain, number)) for number in (1, 2))
        assert list(book.redriven(chain.partner, chain.day)) == [one.totals for one in listed]
        assert list(book.redriven("nobody", chain.day)) == []

    def test_another_day_is_empty(self, book, chain):
        book.add(page(chain, 0, 3))
        assert list(book.pages(chain.partner, "2026-11-22")) == []
        assert list(book.totals(chain.partner, "2026-11-22")) == []

    def test_what_is_beyond_the_marks_comes_shard_by_shard(self, book, chain):
        other = replace(chain, shard="shard-ab")
        pages = [page(chain, 0, 3, 5), page(chain, 5, 9), page(chain, 9, 11), page(other, 0, 4), page(other, 4, 6)]
        for one in reversed(pages):
            book.add(one)
        book.add(redriven_page(item(chain, 7)))

        def ranges(marks: dict[str, str]) -> list[tuple[str, str]]:
            return [(part.shard, part.upto) for part in book.parts(chain.partner, chain.day, marks)]

        every = [*((chain.shard, sequence(n)) for n in (5, 9, 11)), *((other.shard, sequence(n)) for n in (4, 6))]
        by_hand = [("redrive", sequence(7))]
        assert sorted(ranges({})) == sorted([*every, *by_hand])
        found = ranges({chain.shard: sequence(9), other.shard: sequence(6)})
        assert sorted(found) == sorted([every[2], *by_hand])
        (part,) = [
            one
            for one in book.parts(chain.partner, chain.day, {chain.shard: sequence(9)})
            if one.after == pages[2].after
        ]
        assert part.totals == pages[2].totals
        assert list(book.parts("nobody", chain.day, {})) == []
