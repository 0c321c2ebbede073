"""Posting step by step: each way in which a line could be lost or counted twice, and why it is not."""

from collections.abc import Callable

import pytest

from partners.visits.errors import BrokenPageError, PageTakenError, RedriveTooEarlyError
from partners.visits.model import Chain, Page
from partners.visits.paging import LINES_PER_PAGE
from partners.visits.posting import DECIDED_AFTER_MS, Posted, Posting
from partners.visits.stream import Batch, StreamRecord, read_batch
from shared.kernel.errors import StoreUnavailableError
from shared.ledger.errors import MalformedEntryError
from shared.ledger.model import Entry, Lot, Op
from tests.fakes.clock import FakeClock
from tests.fakes.page_book import FakeDeadLetters, FakePageBook
from tests.support.entries import DAY, MONTH, NOON_MS, entry, stream_record
from tests.support.page_book_contract import sequence

SHARD = "shardId-a"


class BookWithTroubles(FakePageBook):
    """Runs `before_add` ahead of each write, which may raise or write itself; `after_add` behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.before_add: Callable[[Page], None] = lambda page: None
        self.after_add: Callable[[Page], None] = lambda page: None

    def add(self, page: Page) -> None:
        self.before_add(page)
        super().add(page)
        self.after_add(page)


class QueueWithTroubles(FakeDeadLetters):
    """Notes how many pages stood when a record was set aside; `down` refuses."""

    def __init__(self, book: FakePageBook) -> None:
        super().__init__()
        self.down = False
        self.pages_standing: list[int] = []
        self._book = book

    def set_aside(self, shard: str, record: StreamRecord, reason: str) -> None:
        if self.down:
            raise StoreUnavailableError("queue")
        self.pages_standing.append(len(self._book.items))
        super().set_aside(shard, record, reason)


@pytest.fixture
def book() -> BookWithTroubles:
    return BookWithTroubles()


@pytest.fixture
def queue(book: BookWithTroubles) -> QueueWithTroubles:
    return QueueWithTroubles(book)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON_MS)


@pytest.fixture
def posting(book: BookWithTroubles, queue: QueueWithTroubles, clock: FakeClock) -> Posting:
    return Posting(book, queue, clock)


def numbered(*numbers: int, partner: str = "harvest") -> list[Entry]:
    return [entry(seq=number, partner=partner) for number in numbers]


def batch(*entries: Entry, **changes: object) -> Batch:
    """Entries delivered under their own seq as sequence number."""
    records = [stream_record(one, str(one.seq), **changes) for one in entries]
    return read_batch({"Records": records, "shardId": SHARD}, single_shard=False)


def unreadable(one: Entry) -> StreamRecord:
    record = stream_record(one, str(one.seq))
    record["dynamodb"]["NewImage"]["v"] = {"N": "99"}
    return read_batch({"Records": [record], "shardId": SHARD}, single_shard=False).records[0]


def posted_seqs(book: FakePageBook) -> list[int]:
    return [int(line.entry_id.split("-")[1]) for page in book.all_pages() for line in page.lines]


def ranges(book: FakePageBook) -> list[tuple[int, int]]:
    return [(int(page.after), int(page.upto)) for page in book.all_pages() if not page.redriven]


def test_a_batch_becomes_one_page_a_chain(posting, book):
    entries = [*numbered(1, 2), entry(seq=3, partner="northpharm"), entry(seq=4, recorded_at_ms=NOON_MS + 86_400_000)]
    assert posting.post(batch(*entries)) == Posted(entries=4, pages=3, set_aside=0, first_failed=None)
    assert {page.chain for page in book.all_pages()} == {
        Chain("harvest", DAY, SHARD),
        Chain("harvest", "2026-11-22", SHARD),
        Chain("northpharm", DAY, SHARD),
    }


def test_an_empty_batch_is_posted_at_once(posting, book):
    assert posting.post(Batch(SHARD, [])) == Posted(0, 0, 0, None)
    assert book.items == {}


def test_each_page_begins_where_the_one_before_it_ends(posting, book):
    posting.post(batch(*numbered(3, 5)))
    posting.post(batch(*numbered(8)))
    assert ranges(book) == [(0, 5), (5, 8)]


def test_a_batch_that_comes_again_adds_nothing(posting, book):
    posting.post(batch(*numbered(1, 2, 3)))
    assert posting.post(batch(*numbered(1, 2, 3))) == Posted(entries=0, pages=0, set_aside=0, first_failed=None)
    assert posted_seqs(book) == [1, 2, 3]


@pytest.mark.parametrize("again", [(1,), (3,), (2, 3, 4), (1, 2, 3, 4, 5), (4, 5)])
def test_a_batch_that_comes_again_cut_otherwise_adds_only_what_is_missing(posting, book, again):
    posting.post(batch(*numbered(1, 2, 3)))
    posting.post(batch(*numbered(*again)))
    assert posted_seqs(book) == sorted({1, 2, 3, *again})


def test_the_loser_of_a_race_goes_on_with_the_rest(posting, book, queue, clock):
    other = Posting(book, queue, clock)

    def overtake(page: Page) -> None:
        book.before_add = lambda page: None
        other.post(batch(*numbered(1, 2)))

    book.before_add = overtake
    assert posting.post(batch(*numbered(1, 2, 3, 4))).entries == 2
    assert ranges(book) == [(0, 2), (2, 4)]
    assert posted_seqs(book) == [1, 2, 3, 4]


def test_a_worker_whose_batch_others_have_posted_meanwhile_adds_nothing(posting, book, queue, clock):
    other = Posting(book, queue, clock)

    def overtake(page: Page) -> None:
        book.before_add = lambda page: None
        other.post(batch(*numbered(1)))
        other.post(batch(*numbered(2, 3, 4, 5)))

    book.before_add = overtake
    assert posting.post(batch(*numbered(1, 2, 3))) == Posted(0, 0, 0, None)
    assert posted_seqs(book) == [1, 2, 3, 4, 5]


def test_a_write_whose_answer_was_lost_is_not_repeated(posting, book):
    def lose_answer(page: Page) -> None:
        book.after_add = lambda page: None
        raise PageTakenError(page.sort_key)

    book.after_add = lose_answer
    posting.post(batch(*numbered(1, 2)))
    assert posted_seqs(book) == [1, 2]


def test_a_store_that_refuses_a_page_nobody_wrote_is_noticed_instead_of_tried_for_ever(posting, book, clock):
    def refuse(page: Page) -> None:
        raise PageTakenError(page.sort_key)

    book.before_add = refuse
    with pytest.raises(BrokenPageError):
        posting.post(batch(*numbered(1)))
    clock.advance(ms=DECIDED_AFTER_MS)
    with pytest.raises(BrokenPageError):
        posting.post_redriven(SHARD, "1", entry(seq=1))


@pytest.mark.parametrize("moment", ["before_add", "after_add"])
def test_a_batch_whose_worker_died_is_completed_by_the_next_delivery(posting, book, moment):
    class DiedError(BaseException):
        pass

    def die(page: Page) -> None:
        setattr(book, moment, lambda page: None)
        raise DiedError

    entries = [entry(seq=1), entry(seq=2, partner="northpharm")]
    setattr(book, moment, die)
    with pytest.raises(DiedError):
        posting.post(batch(*entries))
    posting.post(batch(*entries))
    assert sorted(posted_seqs(book)) == [1, 2]


def test_an_outage_of_one_chain_keeps_no_other_from_being_posted_and_names_its_first_record(posting, book):
    def fail_harvest(page: Page) -> None:
        if page.chain.partner == "harvest":
            raise StoreUnavailableError("throttled")

    book.before_add = fail_harvest
    entries = [entry(seq=1, partner="zeta"), *numbered(2, 3), *(entry(seq=n, partner="northpharm") for n in (4, 5))]
    assert posting.post(batch(*entries)) == Posted(entries=3, pages=2, set_aside=0, first_failed="2")
    assert sorted(posted_seqs(book)) == [1, 4, 5]
    book.before_add = lambda page: None
    assert posting.post(batch(*entries[1:])).first_failed is None
    assert sorted(posted_seqs(book)) == [1, 2, 3, 4, 5]


def test_of_several_chains_in_trouble_the_earliest_record_is_named_as_it_was_delivered(posting, book):
    def fail(page: Page) -> None:
        raise StoreUnavailableError("throttled")

    book.before_add = fail
    records = [stream_record(entry(partner=name), number) for name, number in [("harvest", "009"), ("zeta", "010")]]
    assert posting.post(read_batch({"Records": records, "shardId": SHARD}, single_shard=False)).first_failed == "009"


def test_more_lines_than_a_page_takes_make_several_pages_without_a_gap(posting, book):
    count = 2 * LINES_PER_PAGE + 1
    assert posting.post(batch(*numbered(*range(1, count + 1)))).pages == 3
    assert ranges(book) == [(0, LINES_PER_PAGE), (LINES_PER_PAGE, 2 * LINES_PER_PAGE), (2 * LINES_PER_PAGE, count)]
    assert posted_seqs(book) == list(range(1, count + 1))


def test_a_record_that_does_not_read_is_set_aside_before_any_page_and_its_neighbours_are_posted(posting, book, queue):
    records = [*batch(*numbered(1)).records, unreadable(entry(seq=2)), *batch(*numbered(3)).records]
    assert posting.post(Batch(SHARD, records)) == Posted(entries=2, pages=1, set_aside=1, first_failed=None)
    [(shard, record, reason)] = queue.letters
    assert (shard, record.number) == (SHARD, "2")
    assert "version 99" in reason
    assert queue.pages_standing == [0]
    assert posted_seqs(book) == [1, 3]


def test_if_a_record_cannot_be_set_aside_nothing_of_the_batch_is_posted(posting, book, queue):
    queue.down = True
    records = [*batch(*numbered(1)).records, unreadable(entry(seq=2))]
    assert posting.post(Batch(SHARD, records)) == Posted(0, 0, 0, first_failed="1")
    assert book.items == {}


@pytest.mark.parametrize("event_name", ["MODIFY", "REMOVE"])
def test_a_change_of_a_journal_entry_is_set_aside(posting, book, queue, event_name):
    posting.post(batch(entry(), eventName=event_name))
    assert book.items == {}
    assert event_name in queue.letters[0][2]


def test_an_entry_that_cannot_be_valued_is_set_aside(posting, book, queue):
    posting.post(batch(entry(Op.EARN, points=50, lots_moved=(Lot("harvest", MONTH, 49),))))
    assert book.items == {}
    assert "do not sum" in queue.letters[0][2]


class TestRedrive:
    """Entry 2 had been set aside."""

    def test_an_entry_that_its_chain_has_passed_gets_a_page_of_its_own(self, posting, book):
        posting.post(batch(*numbered(1, 3)))
        assert posting.post_redriven(SHARD, "2", entry(seq=2)) is True
        redriven = [page for page in book.all_pages() if page.redriven]
        assert [(page.sort_key, page.after, page.upto) for page in redriven] == [
            ("redrive#0000000042-2", sequence(1), sequence(2))
        ]
        assert sorted(posted_seqs(book)) == [1, 2, 3]

    def test_a_second_redrive_adds_nothing(self, posting, book):
        posting.post(batch(*numbered(1, 3)))
        posting.post_redriven(SHARD, "2", entry(seq=2))
        assert posting.post_redriven(SHARD, "2", entry(seq=2)) is False
        assert sorted(posted_seqs(book)) == [1, 2, 3]

    def test_an_entry_that_a_later_delivery_could_read_is_not_posted_again(self, posting, book):
        posting.post(batch(*numbered(1, 2, 3)))
        assert posting.post_redriven(SHARD, "2", entry(seq=2)) is False
        assert posted_seqs(book) == [1, 2, 3]

    def test_an_entry_ahead_of_its_chain_must_wait_for_what_may_still_come(self, posting, book, clock):
        posting.post(batch(*numbered(1)))
        clock.advance(ms=DECIDED_AFTER_MS - 1)
        with pytest.raises(RedriveTooEarlyError):
            posting.post_redriven(SHARD, "2", entry(seq=2))
        assert posted_seqs(book) == [1]

    def test_an_old_entry_ahead_of_its_chain_continues_it(self, posting, book, clock):
        posting.post(batch(*numbered(1)))
        clock.advance(ms=DECIDED_AFTER_MS)
        assert posting.post_redriven(SHARD, "2", entry(seq=2)) is True
        assert ranges(book) == [(0, 1), (1, 2)]

    def test_a_worker_that_wakes_up_after_the_redrive_does_not_post_the_entry_again(self, posting, book, clock):
        clock.advance(ms=DECIDED_AFTER_MS)
        posting.post_redriven(SHARD, "2", entry(seq=2))
        posting.post(batch(*numbered(2, 3)))
        assert posted_seqs(book) == [2, 3]

    def test_two_redrives_at_once_post_the_entry_once(self, posting, book, queue, clock):
        clock.advance(ms=DECIDED_AFTER_MS)

        def overtake(page: Page) -> None:
            book.before_add = lambda page: None
            assert Posting(book, queue, clock).post_redriven(SHARD, "2", entry(seq=2)) is True

        book.before_add = overtake
        assert posting.post_redriven(SHARD, "2", entry(seq=2)) is False
        assert posted_seqs(book) == [2]

    def test_an_entry_that_is_still_malformed_is_refused(self, posting):
        with pytest.raises(MalformedEntryError):
            posting.post_redriven(SHARD, "2", entry(seq=2, rates=None))

    def test_a_chain_with_a_hole_is_noticed(self, posting, book):
        posting.post(batch(*numbered(1)))
        posting.post(batch(*numbered(3)))
        del book.items[f"D#harvest#{DAY}", f"{SHARD}#{sequence(0)}"]
        with pytest.raises(BrokenPageError):
            posting.post_redriven(SHARD, "1", entry(seq=1))
