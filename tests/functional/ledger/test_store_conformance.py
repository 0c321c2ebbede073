"""The journal store keeps its promises on both engines: AWS's own DynamoDB Local and the local cloud."""

import threading
from collections.abc import Iterator

import pytest

from shared.kernel.ids import digest
from shared.ledger.audit import check_history
from shared.ledger.errors import IdempotencyKeyReusedError, InsufficientPointsError, LostRaceError
from shared.ledger.model import Entry
from shared.ledger.service import Ledger
from shared.ledger.store import PAGE_SIZE, JournalStore
from tests.fakes.clock import FakeClock
from tests.support.clouds import DynamoEngine
from tests.unit.ledger.commands import earn, enrol, redeem


@pytest.fixture
def store(dynamodb_engine: DynamoEngine) -> JournalStore:
    return JournalStore(dynamodb_engine.client, dynamodb_engine.ledger_table)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def member(request: pytest.FixtureRequest) -> str:
    """A member of this test's own, so that tests share the table and nothing else."""
    return str(int.from_bytes(digest(request.node.nodeid)[:8], "big") % 10**10).zfill(10)


@pytest.fixture
def ledger(store: JournalStore, clock: FakeClock, member: str) -> Iterator[Ledger]:
    ledger = Ledger(store, clock)
    ledger.apply(enrol("join", clock(), member=member))
    yield ledger
    check_history(ledger.history(member))


def test_what_is_appended_reads_back_as_it_was(ledger: Ledger, store: JournalStore, clock: FakeClock, member: str):
    entry = ledger.apply(earn("a", clock(), member=member)).entry
    for consistent in (True, False):
        assert store.head(member, consistent=consistent) == entry
        assert store.entry(member, 2, consistent=consistent) == entry


def test_a_number_is_given_once(ledger: Ledger, store: JournalStore, clock: FakeClock, member: str):
    entry = ledger.apply(earn("a", clock(), member=member)).entry
    with pytest.raises(LostRaceError):
        store.append(entry)
    assert store.head(member, consistent=True) == entry


def test_the_head_and_one_of_the_newest_entries_are_read_together(
    ledger: Ledger, store: JournalStore, clock: FakeClock, member: str
):
    entries = [ledger.apply(earn(f"e{number}", clock(), member=member)).entry for number in range(4)]
    head = entries[-1]
    assert store.head_and(member, head.seq) == (head, head)
    assert store.head_and(member, entries[1].seq) == (head, entries[1])
    assert store.head_and(member, entries[0].seq) == (head, None)
    assert store.head_and(member, head.seq + 1) == (None, None)


def test_what_does_not_exist_is_none(store: JournalStore):
    assert store.head("9999999999", consistent=True) is None
    assert store.entry("9999999999", 1, consistent=True) is None
    assert store.newest_first("9999999999", before_seq=None, limit=10) == []
    assert list(store.oldest_first("9999999999")) == []


def test_points_are_earned_spent_replayed_and_refused(ledger: Ledger, clock: FakeClock, member: str):
    earned = ledger.apply(earn("a", clock(), member=member, points=100))
    ledger.apply(redeem("b", clock(), member=member, points=60, partner="beta"))
    assert ledger.apply(earn("a", clock(), member=member, points=100)).entry == earned.entry
    with pytest.raises(IdempotencyKeyReusedError):
        ledger.apply(earn("a", clock(), member=member, points=99))
    with pytest.raises(InsufficientPointsError):
        ledger.apply(redeem("c", clock(), member=member, points=41))
    assert ledger.account(member).points_active == 40


def test_a_long_history_is_read_whole_from_both_ends(ledger: Ledger, store: JournalStore, clock, member: str):
    total = PAGE_SIZE + 30
    for number in range(total - 1):
        ledger.apply(earn(f"k{number}", clock(), member=member))
    assert [entry.seq for entry in store.oldest_first(member)] == list(range(1, total + 1))
    newest = store.newest_first(member, before_seq=None, limit=5)
    assert [entry.seq for entry in newest] == [total - place for place in range(5)]
    older = store.newest_first(member, before_seq=newest[-1].seq, limit=3)
    assert [entry.seq for entry in older] == [total - 5, total - 6, total - 7]


def test_members_with_neighbouring_numbers_do_not_mix(ledger: Ledger, store: JournalStore, clock, member: str):
    neighbour = str((int(member) + 1) % 10**10).zfill(10)
    ledger.apply(enrol("join", clock(), member=neighbour))
    assert {entry.member for entry in store.oldest_first(member)} == {member}


def test_the_same_request_at_once_is_one_entry_with_one_answer(ledger: Ledger, store: JournalStore, clock, member: str):
    answers = _at_once(8, lambda _: ledger.apply(earn("same", clock(), member=member)).entry)
    assert all(answer == answers[0] for answer in answers)
    assert [entry.seq for entry in store.oldest_first(member)] == [1, 2]


def test_a_balance_is_spent_once_however_many_ask(ledger: Ledger, clock: FakeClock, member: str):
    ledger.apply(earn("a", clock(), member=member, points=100))

    def spend(number: int) -> Entry | None:
        try:
            return ledger.apply(redeem(f"r{number}", clock(), member=member, points=30)).entry
        except InsufficientPointsError:
            return None

    spent = [entry for entry in _at_once(6, spend) if entry]
    assert len(spent) == 3
    assert ledger.account(member).points_active == 10


def _at_once(number, act):
    barrier = threading.Barrier(number)
    results = [None] * number

    def run(place):
        barrier.wait()
        results[place] = act(place)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
