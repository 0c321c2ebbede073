"""Whatever is repeated, raced, lost or stale: each accepted request takes effect once."""

import pytest

from shared.ledger.audit import check_history
from shared.ledger.errors import (
    AccountBusyError,
    IdempotencyKeyReusedError,
    InsufficientPointsError,
    LostRaceError,
    OccurredInFutureError,
    OccurredTooLongAgoError,
    ReceiptAlreadyRecordedError,
    UnknownCardError,
)
from shared.ledger.model import Entry
from shared.ledger.service import MAX_ATTEMPTS, Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import earn, enrol, redeem

MEMBER = "0000000042"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def journal() -> FakeJournal:
    return FakeJournal()


@pytest.fixture
def ledger(journal: FakeJournal, clock: FakeClock) -> Ledger:
    ledger = Ledger(journal, clock, sleep=lambda _: None)
    ledger.apply(enrol("join", clock()))
    journal.calls.clear()
    return ledger


def test_an_ordinary_earn_costs_one_eventual_read_and_one_append(ledger, journal, clock):
    ledger.apply(earn("a", clock()))
    assert journal.calls == ["head:eventual", "append"]


def test_the_same_request_twice_gives_one_entry_and_the_same_answer(ledger, clock):
    first = ledger.apply(earn("a", clock()))
    clock.advance(days=1)
    second = ledger.apply(earn("a", first.entry.occurred_at_ms))
    assert (first.replayed, second.replayed) == (False, True)
    assert second.entry == first.entry
    assert ledger.account(MEMBER).points_active == 100


def test_a_reply_lost_after_commit_is_answered_with_the_committed_entry(ledger, journal, clock):
    journal.lose_replies = 1
    applied = ledger.apply(earn("a", clock()))
    assert applied.replayed
    assert ledger.account(MEMBER).points_active == 100
    assert check_history(ledger.history(MEMBER)) == 2


def test_the_same_key_with_another_body_is_refused_and_changes_nothing(ledger, clock):
    ledger.apply(earn("a", clock()))
    with pytest.raises(IdempotencyKeyReusedError) as refusal:
        ledger.apply(earn("a", clock(), points=101))
    assert refusal.value.data == {"entry_id": f"{MEMBER}-2"}
    assert ledger.account(MEMBER).points_active == 100


def test_two_partners_may_use_the_same_key(ledger, clock):
    ledger.apply(earn("a", clock(), partner="alpha"))
    ledger.apply(earn("a", clock(), partner="beta"))
    assert ledger.account(MEMBER).points_active == 200


def test_a_receipt_earns_once_even_under_a_new_key(ledger, clock):
    ledger.apply(earn("a", clock(), receipt="0815"))
    with pytest.raises(ReceiptAlreadyRecordedError):
        ledger.apply(earn("b", clock(), receipt="0815"))


def test_a_receipt_number_may_recur_at_another_location_or_partner(ledger, clock):
    ledger.apply(earn("a", clock(), receipt="0815"))
    ledger.apply(earn("b", clock(), receipt="0815", location="s2"))
    ledger.apply(earn("c", clock(), receipt="0815", partner="beta"))
    assert ledger.account(MEMBER).points_active == 300


def test_a_stale_read_loses_the_race_and_the_second_decision_sees_the_missed_entry(ledger, journal, clock):
    ledger.apply(earn("a", clock()))
    journal.stale_reads = 1
    applied = ledger.apply(redeem("b", clock(), points=60))
    assert applied.entry.seq == 3
    assert applied.entry.account.points_active == 40


def test_a_refusal_is_never_based_on_a_stale_read(ledger, journal, clock):
    ledger.apply(earn("a", clock()))
    journal.stale_reads = 1
    assert ledger.apply(redeem("b", clock(), points=100)).entry.account.points_active == 0


def test_a_replay_is_found_even_when_the_first_read_is_stale(ledger, journal, clock):
    first = ledger.apply(earn("a", clock()))
    journal.stale_reads = 1
    assert ledger.apply(earn("a", clock())).entry == first.entry


def test_points_that_are_not_there_are_refused_with_what_is(ledger, clock):
    ledger.apply(earn("a", clock()))
    with pytest.raises(InsufficientPointsError) as refusal:
        ledger.apply(redeem("b", clock(), points=101))
    assert refusal.value.data == {"points_requested": 101, "points_available": 100}


def test_an_unknown_member_is_refused_after_a_strong_read(ledger, journal, clock):
    with pytest.raises(UnknownCardError):
        ledger.apply(earn("a", clock(), member="9999999999"))
    assert journal.calls == ["head:eventual", "head:strong"]


@pytest.mark.parametrize("age_days", [1, 29, 30])
def test_a_retry_within_thirty_days_of_the_purchase_is_still_recognised(ledger, clock, age_days):
    first = ledger.apply(earn("a", clock()))
    clock.advance(days=age_days)
    for visit in range(3):
        ledger.apply(earn(f"other-{visit}", clock()))
    assert ledger.apply(earn("a", first.entry.occurred_at_ms)).replayed


def test_a_key_is_remembered_until_the_last_moment_at_which_its_request_may_come(ledger, clock):
    """Recorded just before midnight for a moment just after it, by a till whose clock is ahead."""
    clock.advance(ms=12 * 3_600_000 - 60_000)
    first = ledger.apply(earn("a", clock() + 240_000))
    clock.advance(days=30, ms=120_000)
    ledger.apply(earn("b", clock()))
    assert ledger.apply(earn("a", first.entry.occurred_at_ms)).replayed


def test_two_keys_whose_fingerprints_are_alike_are_two_requests(ledger, clock):
    for ending in (b"a", b"b"):
        ledger.apply(earn("k", clock(), key_hash=b"alike!" + 10 * ending, receipt=f"r-{ending}"))
    assert ledger.account(MEMBER).points_active == 200


def test_a_retry_after_the_key_is_forgotten_is_refused_for_its_age(ledger, clock):
    first = ledger.apply(earn("a", clock()))
    clock.advance(days=32)
    ledger.apply(earn("b", clock()))
    with pytest.raises(OccurredTooLongAgoError):
        ledger.apply(earn("a", first.entry.occurred_at_ms))


def test_a_purchase_from_the_future_is_refused(ledger, clock):
    with pytest.raises(OccurredInFutureError):
        ledger.apply(earn("a", clock() + 5 * 60 * 1000 + 1))


def test_a_clock_that_goes_back_does_not_take_the_account_back(ledger, clock):
    late = ledger.apply(earn("a", clock()))
    clock.advance(ms=-60_000)
    early = ledger.apply(earn("b", clock()))
    assert early.entry.recorded_at_ms == late.entry.recorded_at_ms
    assert check_history(ledger.history(MEMBER)) == 3


def test_an_account_that_is_always_busy_gives_up_without_an_effect(clock):
    class BusyJournal(FakeJournal):
        def append(self, entry: Entry) -> None:
            raise LostRaceError(entry.entry_id)

    journal = BusyJournal()
    waits: list[float] = []
    with pytest.raises(AccountBusyError):
        Ledger(journal, clock, sleep=waits.append, jitter=lambda: 1.0).apply(enrol("join", clock()))
    assert len(waits) == MAX_ATTEMPTS
    assert waits == sorted(waits)
    assert waits[-1] == 0.25
    assert journal.items == {}
