"""A purchase that the operator imports may have any age, and is compared with all of the member's history."""

from functools import partial

import pytest

from shared.kernel.clock import DAY_MS, month_number
from shared.ledger.audit import check_history
from shared.ledger.errors import (
    IdempotencyKeyReusedError,
    OccurredInFutureError,
    OccurredTooLongAgoError,
    ReceiptAlreadyRecordedError,
)
from shared.ledger.model import Place
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import earn, enrol, join, leave, redeem, take_back, transfer

ANN, BOB, CAT = "0000000001", "0000000002", "0000000003"
imported = partial(earn, imported=True, member=ANN)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def journal():
    return FakeJournal()


@pytest.fixture
def ledger(journal, clock):
    ledger = Ledger(journal, clock, sleep=lambda _: None)
    for member in (ANN, BOB, CAT):
        ledger.apply(enrol("join", clock(), member=member))
    journal.calls.clear()
    yield ledger
    for member in (ANN, BOB, CAT):
        check_history(ledger.history(member))


def test_a_purchase_of_any_age_is_recorded_now(ledger, clock):
    bought_at_ms = clock()
    clock.advance(days=200)
    with pytest.raises(OccurredTooLongAgoError):
        ledger.apply(earn("a", bought_at_ms, member=ANN))
    entry = ledger.apply(imported("a", bought_at_ms)).entry
    assert (entry.occurred_at_ms, entry.recorded_at_ms) == (bought_at_ms, clock())
    assert entry.account.points_active == 100
    with pytest.raises(OccurredInFutureError):
        ledger.apply(imported("b", clock() + DAY_MS))


def test_an_imported_return_of_any_age_is_recorded_once(ledger, clock):
    bought_at_ms = clock()
    purchase = ledger.apply(earn("a", bought_at_ms, member=ANN)).entry
    clock.advance(days=200)
    with pytest.raises(OccurredTooLongAgoError):
        ledger.apply(take_back("b", bought_at_ms, purchase))
    entry = ledger.apply(take_back("b", bought_at_ms, purchase, imported=True)).entry
    assert entry.account.points_active == 0
    clock.advance(days=60)
    ledger.apply(earn("other", clock(), member=ANN))
    again = ledger.apply(take_back("b", bought_at_ms, purchase, imported=True))
    assert (again.replayed, again.entry) == (True, entry)


def test_points_whose_time_is_over_expire_in_the_same_entry(ledger, clock):
    bought_at_ms = clock()
    clock.advance(days=200)
    entry = ledger.apply(imported("a", bought_at_ms, expiry_month=month_number(bought_at_ms) + 1)).entry
    assert [(move.source, move.target) for move in entry.moves] == [
        (Place.ISSUER, Place.ACTIVE),
        (Place.ACTIVE, Place.BREAKAGE),
    ]
    assert entry.visit
    assert entry.account.points_active == 0


def test_what_the_partner_had_sent_itself_is_answered_again_at_any_age(ledger, clock):
    bought_at_ms = clock()
    first = ledger.apply(earn("a", bought_at_ms, member=ANN, receipt="0815", body="the same"))
    clock.advance(days=60)
    again = ledger.apply(imported("a", bought_at_ms, receipt="0815", body="the same"))
    assert (again.replayed, again.entry) == (True, first.entry)
    with pytest.raises(IdempotencyKeyReusedError):
        ledger.apply(imported("a", bought_at_ms, receipt="0815", body="another"))


def test_a_receipt_of_any_age_earns_once(ledger, clock):
    ledger.apply(earn("a", clock(), member=ANN, receipt="0815"))
    bought_at_ms = clock()
    clock.advance(days=60)
    with pytest.raises(ReceiptAlreadyRecordedError):
        ledger.apply(imported("b", bought_at_ms, receipt="0815"))


def test_a_receipt_that_made_a_visit_long_ago_makes_no_second_one(ledger, clock):
    ledger.apply(earn("a", clock(), member=ANN))
    bought_at_ms = clock()
    ledger.apply(redeem("b", bought_at_ms, points=60, member=ANN, receipt="0815"))
    clock.advance(days=60)
    assert not ledger.apply(imported("c", bought_at_ms, receipt="0815")).entry.visit


def test_a_key_that_was_forgotten_and_used_again_answers_to_either_request(ledger, clock):
    first = ledger.apply(earn("a", clock(), member=ANN, receipt="0815", body="first")).entry
    clock.advance(days=40)
    ledger.apply(earn("other", clock(), member=ANN))
    second = ledger.apply(earn("a", clock(), member=ANN, receipt="4711", body="second")).entry
    clock.advance(days=40)
    for entry, body in ((first, "first"), (second, "second")):
        again = ledger.apply(imported("a", entry.occurred_at_ms, receipt=entry.receipt, body=body))
        assert (again.replayed, again.entry) == (True, entry)


def test_what_stands_in_the_account_that_answered_for_the_member_counts(ledger, clock):
    ledger.apply_pair(join("j", clock(), BOB, member=ANN))
    first = ledger.apply(earn("a", clock(), member=ANN, receipt="0815", body="the same")).entry
    assert first.member == BOB
    ledger.apply_pair(leave("l", clock(), BOB, member=ANN))
    clock.advance(days=60)
    again = ledger.apply(imported("a", first.occurred_at_ms, receipt="0815", body="the same"))
    assert again.entry == first
    with pytest.raises(ReceiptAlreadyRecordedError):
        ledger.apply(imported("b", first.occurred_at_ms, receipt="0815"))


def test_what_stands_in_an_account_that_only_got_points_does_not(ledger, clock):
    ledger.apply(earn("a", clock(), member=ANN, receipt="1"))
    ledger.apply(earn("k", clock(), member=CAT, receipt="2"))
    ledger.apply_pair(transfer("t", clock(), 50, CAT, member=ANN))
    assert ledger.apply(imported("k", clock(), receipt="2")).entry.account.points_active == 150


def test_an_import_sent_again_does_not_read_the_whole_history_again(ledger, journal, clock, monkeypatch):
    bought_at_ms = clock()
    clock.advance(days=60)
    ledger.apply(imported("a", bought_at_ms))

    def whole_history(member):
        raise AssertionError(f"read the history of {member}")

    with monkeypatch.context() as patch:
        patch.setattr(journal, "oldest_first", whole_history)
        assert ledger.apply(imported("a", bought_at_ms)).replayed
