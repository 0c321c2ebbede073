"""A request with a card whose account another one answers for is known again, whatever happened meanwhile."""

import pytest

from shared.kernel.clock import DAY_MS
from shared.ledger.errors import IdempotencyKeyReusedError
from tests.unit.ledger.book import ANN, BOB, CAT
from tests.unit.ledger.commands import close, earn, join, leave, merge, redeem, transfer


def test_a_late_purchase_with_a_household_card_is_answered_again_after_its_limit(book):
    book.do(join, ANN, member=BOB)
    command = book.command(earn, 50, member=BOB, late_limit_ms=DAY_MS)
    first = book.ledger.apply(command)
    book.clock.advance(days=2)
    again = book.ledger.apply(command)
    assert (again.entry, again.replayed) == (first.entry, True)


def test_a_transfer_with_a_household_card_is_answered_again_after_the_taker_closed(book):
    book.do(earn, 100, member=ANN)
    book.do(join, ANN, member=BOB)
    command = book.command(transfer, 30, CAT, member=BOB)
    first = book.ledger.apply_pair(command)
    book.do(redeem, 30, member=CAT)
    book.do(close, member=CAT)
    again = book.ledger.apply_pair(command)
    assert (again.entry, again.replayed) == (first.entry, True)


def test_another_request_under_the_key_at_the_household_left_before_hides_no_answer(book):
    book.do(join, CAT, member=BOB)
    book.do(leave, CAT, member=BOB)
    book.do(join, ANN, member=BOB)
    command = book.command(earn, 50, member=BOB)
    first = book.ledger.apply(command)
    book.do(earn, 70, member=CAT, key_hash=command.key_hash, receipt=command.receipt)
    again = book.ledger.apply(command)
    assert (again.entry, again.replayed) == (first.entry, True)


def test_a_transfer_to_the_household_left_before_is_answered_with_the_givers_entry(book):
    book.do(earn, 100, member=ANN)
    book.do(join, CAT, member=BOB)
    book.do(leave, CAT, member=BOB)
    book.do(join, ANN, member=BOB)
    command = book.command(transfer, 30, CAT, member=BOB)
    first = book.ledger.apply_pair(command)
    assert first.entry.member == ANN
    assert book.ledger.apply_pair(command).entry == first.entry
    book.do(leave, ANN, member=BOB)
    assert book.ledger.apply_pair(command).entry == first.entry


def test_a_key_used_with_a_household_card_is_refused_for_leaving(book):
    book.do(join, ANN, member=BOB)
    command = book.command(earn, 50, member=BOB)
    book.ledger.apply(command)
    with pytest.raises(IdempotencyKeyReusedError):
        book.do(leave, ANN, member=BOB, key_hash=command.key_hash)


def test_a_key_of_the_giver_is_free_for_the_taker(book):
    book.do(earn, 100, member=ANN)
    given = book.do(transfer, 30, BOB, member=ANN)
    assert book.do(earn, 50, member=BOB, key_hash=given.key_hash).account.points_active == 80


def test_points_given_to_a_card_that_was_merged_are_given_once(book):
    book.do(earn, 100, member=ANN)
    book.do(merge, CAT, member=BOB)
    command = book.command(transfer, 30, BOB, member=ANN)
    first = book.ledger.apply_pair(command)
    assert book.ledger.apply_pair(command).entry == first.entry
    assert book.holds(CAT).points_active == 30


def test_a_card_that_joins_and_leaves_again_and_again_looks_into_the_household_once(book):
    for _ in range(3):
        book.do(join, ANN, member=BOB)
        book.do(leave, ANN, member=BOB)
        book.clock.advance(days=1)
    (former,) = book.holds(BOB).former
    assert former.until_ms > book.clock() + 30 * DAY_MS
    book.journal.calls.clear()
    book.do(earn, 50, member=BOB)
    assert book.journal.calls == ["head:eventual", "head:strong", "append"]
