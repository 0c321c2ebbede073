"""The journal store keeps its promises on both engines: AWS's own DynamoDB Local and the local cloud."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from shared.kernel.ids import digest
from shared.ledger.audit import check_history
from shared.ledger.errors import IdempotencyKeyReusedError, InsufficientPointsError, LostRaceError
from shared.ledger.model import Entry
from shared.ledger.service import Ledger
from shared.ledger.store import PAGE_SIZE, JournalStore
from tests.fakes.clock import FakeClock
from tests.support.clouds import DynamoEngine
from tests.unit.ledger.commands import earn, enrol, redeem, transfer


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


@pytest.fixture
def other(ledger: Ledger, clock: FakeClock, member: str) -> Iterator[str]:
    """Another member, enrolled."""
    number = str((int(member) + 7) % 10**10).zfill(10)
    ledger.apply(enrol("join", clock(), member=number))
    yield number
    check_history(ledger.history(number))


def test_two_accounts_get_their_entries_together(ledger: Ledger, store, clock: FakeClock, member: str, other: str):
    ledger.apply(earn("a", clock(), member=member, points=100))
    given = ledger.apply_pair(transfer("t", clock(), 60, other, member=member)).entry
    taken = store.head(other, consistent=True)
    assert (given.counterpart, taken.counterpart) == (taken.entry_id, given.entry_id)
    assert (given.account.points_active, taken.account.points_active) == (40, 60)
    again = ledger.apply_pair(transfer("t", clock(), 60, other, member=member))
    assert (again.entry, again.replayed) == (given, True)


@pytest.mark.parametrize("taken", [0, 1], ids=["the first number is taken", "the second number is taken"])
def test_none_is_written_if_one_number_is_taken(ledger, store, clock, member: str, other: str, taken: int):
    heads = [ledger.apply(earn("a", clock(), member=number)).entry for number in (member, other)]
    following = [ledger.apply(earn("b", clock(), member=number)).entry for number in (member, other)]
    pair = [_after(entry) for entry in following]
    pair[taken] = following[taken]
    with pytest.raises(LostRaceError):
        store.append_both(*pair)
    for number, head in zip((member, other), following, strict=True):
        assert store.head(number, consistent=True) == head
    assert store.newest_together(following)
    assert not store.newest_together([heads[0], following[1]])
    assert not store.newest_together([following[0], heads[1]])


def test_what_is_to_be_written_with_an_entry_stands_or_falls_with_it(
    ledger: Ledger, store: JournalStore, dynamodb_engine: DynamoEngine, clock: FakeClock, member: str
):
    key = {"pk": {"S": f"with-{member}"}, "sk": {"S": "-"}}
    row = {"TableName": dynamodb_engine.members_table, "Item": key, "ConditionExpression": "attribute_not_exists(pk)"}
    before = ledger.apply(earn("a", clock(), member=member)).entry
    with pytest.raises(LostRaceError):
        store.append_with(before, [{"Put": row}])
    read = {"TableName": dynamodb_engine.members_table, "Key": key, "ConsistentRead": True}
    assert "Item" not in dynamodb_engine.client.get_item(**read)
    ledger.apply(earn("b", clock(), member=member), lambda entry: store.append_with(entry, [{"Put": row}]))
    assert dynamodb_engine.client.get_item(**read)["Item"] == key
    written = store.head(member, consistent=True)
    assert written.seq == before.seq + 1
    with pytest.raises(LostRaceError):
        store.append_with(_after(written), [{"Put": row}])
    assert store.head(member, consistent=True) == written


def test_points_given_to_and_fro_at_once_are_neither_lost_nor_made(ledger: Ledger, clock, member: str, other: str):
    for number in (member, other):
        ledger.apply(earn("a", clock(), member=number, points=100))
    ways = [(member, other), (other, member)] * 4

    def give(place: int) -> Entry:
        giver, taker = ways[place]
        return ledger.apply_pair(transfer(f"t{place}", clock(), 10 + place, taker, member=giver)).entry

    _at_once(len(ways), give)
    expected = 100 + sum((10 + place) * (1 if way[1] == member else -1) for place, way in enumerate(ways))
    assert ledger.account(member).points_active == expected
    assert ledger.account(other).points_active == 200 - expected


def _after(entry: Entry) -> Entry:
    """The same entry under the next number, as a server would write it that has not checked anything."""
    return replace(entry, seq=entry.seq + 1, account=replace(entry.account, seq=entry.seq + 1))


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
