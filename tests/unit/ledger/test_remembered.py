"""Entries sealed into the chain whose sums are right, but which keep other things in mind than what was so."""

from dataclasses import replace
from functools import partial

import pytest

from shared.kernel.clock import DAY_MS
from shared.ledger.audit import check_history
from shared.ledger.errors import BrokenJournalError
from shared.ledger.model import Place
from tests.support.walked import audit_findings
from tests.unit.ledger.book import ANN, BOB, Book
from tests.unit.ledger.commands import cancel, capture, earn, join, lapse, leave, redeem, reserve, take_back, void

earned = partial(earn, member=ANN)


@pytest.fixture
def book():
    return Book()


def found(book, member=ANN):
    """What the history's check says of the member; the audit says the same and nothing else."""
    assert all(check_history(book.ledger.history(other)) for other in book.journal.items if other != member)
    with pytest.raises(BrokenJournalError) as broken:
        check_history(book.ledger.history(member))
    subject, _, why = str(broken.value).partition(": ")
    assert (subject, why) in audit_findings(book.journal.items)
    return subject.partition("-")[2], why


def test_a_purchase_returned_twice(book):
    purchase, _ = book.do(earned, 100), book.do(earned, 100)
    book.do(take_back, purchase)
    book.forge_last(ANN, account={"undone": ()})
    book.do(take_back, purchase)
    assert found(book) == ("4", "what was undone is not what was before and what it undoes")


def test_more_returned_than_was_bought(book):
    purchase, _ = book.do(earned, 100), book.do(earned, 100)
    once = book.do(take_back, purchase)
    twice = replace(once.account.undone[0], quantity=4_000)
    book.forge_last(ANN, amount_cents=4_000, account={"undone": (twice,)})
    assert found(book) == ("4", f"more of {purchase.entry_id} is undone than there was")


def test_a_redemption_cancelled_twice(book):
    book.do(earned, 100)
    redemption = book.do(redeem, 100, member=ANN)
    book.do(cancel, redemption)
    book.forge_last(ANN, account={"undone": ()})
    book.do(cancel, redemption)
    assert found(book) == ("4", "what was undone is not what was before and what it undoes")


def test_a_redemption_cancelled_as_if_it_were_of_another_day(book):
    book.do(earned, 100)
    redemption = book.do(redeem, 100, member=ANN)
    cancelled = book.do(cancel, redemption)
    assert cancelled.undone_at_ms == redemption.recorded_at_ms
    book.forge_last(ANN, undone_at_ms=redemption.recorded_at_ms - DAY_MS)
    assert found(book) == ("4", "what it undoes is no such entry")


def test_a_cancellation_of_before_its_redemptions_time_was_noted(book):
    book.do(earned, 100)
    book.do(cancel, book.do(redeem, 100, member=ANN))
    book.forge_last(ANN, undone_at_ms=None)
    assert check_history(book.ledger.history(ANN)) == 4


def test_a_return_of_what_is_no_purchase(book):
    purchase = book.do(earned, 100)
    redemption = book.do(redeem, 10, member=ANN)
    once = book.do(take_back, purchase, 100)
    undone = replace(once.account.undone[0], seq=redemption.seq)
    book.forge_last(ANN, refers_to=redemption.entry_id, account={"undone": (undone,)})
    assert found(book) == ("4", "what it undoes is no such entry")


def test_a_hold_captured_twice(book):
    book.do(earned, 100)
    first, _ = book.do(reserve, 40, member=ANN), book.do(reserve, 40, member=ANN)
    kept = book.holds(ANN).holds[0]
    book.do(capture, member=ANN, hold_seq=first.seq)
    book.forge_last(ANN, account={"holds": (kept,)})
    assert found(book) == ("5", "its holds are not those that were open before")


def test_a_capture_of_a_hold_that_had_ended(book):
    book.do(earned, 100)
    first, second = (book.do(reserve, 40, member=ANN) for _ in range(2))
    book.do(void, member=ANN, hold_seq=first.seq)
    book.do(capture, member=ANN, hold_seq=second.seq)
    book.forge_last(ANN, refers_to=first.entry_id)
    assert found(book) == ("6", "the hold that it ends is not open")


@pytest.mark.parametrize("change", [{"partner": "gamma"}, {"deadline_ms": 10**14}, {"seq": 2}, {"currency": "EUR"}])
def test_a_hold_that_a_later_entry_changes(book, change):
    book.do(earned, 100)
    book.do(reserve, 40, member=ANN)
    book.do(earned, 10)
    hold = replace(book.holds(ANN).holds[0], **change)
    book.forge_last(ANN, account={"holds": (hold,)})
    assert found(book) == ("4", "its holds are not those that were open before")


def test_a_hold_at_other_rates_than_its_entry_says(book):
    book.do(earned, 100)
    book.do(reserve, 40, member=ANN)
    hold = book.holds(ANN).holds[0]
    dearer = replace(hold, rates=replace(hold.rates, redeem_price_micros=9_000_000))
    book.forge_last(ANN, account={"holds": (dearer,)})
    assert found(book) == ("3", "it makes another hold than it says")


def test_pending_points_that_shall_mature_early(book):
    book.do(earned, 100, matures_at_ms=book.clock() + 30 * DAY_MS)
    book.do(earned, 10)
    soon = replace(book.holds(ANN).pending[0], matures_at_ms=book.clock() + 1)
    book.forge_last(ANN, account={"pending": (soon,)})
    assert found(book) == ("3", "what is pending in it is not what was before and what it adds")


def test_points_that_matured_early(book):
    purchase = book.do(earned, 100, matures_at_ms=book.clock() + 30 * DAY_MS)
    early = purchase.moves[0].lot
    later = book.do(earned, 10)
    moves = (replace(later.moves[0], source=Place.PENDING, target=Place.ACTIVE, lot=early), *later.moves)
    merged = replace(early, quantity=110)
    book.forge_last(ANN, moves=moves, account={"pending": (), "lots": (merged,)})
    assert found(book) == ("3", "what matures in it is not what was due")


def test_more_points_that_matured_than_were_due(book):
    for days in (10, 30):
        book.do(earned, 100, matures_at_ms=book.clock() + days * DAY_MS)
    book.clock.advance(days=11)
    matured = book.do(lapse, member=ANN).moves[0]
    everything = replace(matured.lot, quantity=200)
    book.forge_last(ANN, moves=(replace(matured, lot=everything),), account={"pending": (), "lots": (everything,)})
    assert found(book) == ("4", "what matures in it is not what was due")


def test_points_that_matured_late(book):
    purchase = book.do(earned, 100, matures_at_ms=book.clock() + 10 * DAY_MS)
    waiting = book.holds(ANN).pending
    book.clock.advance(days=11)
    book.do(lapse, member=ANN)
    late = tuple(replace(one, matures_at_ms=book.clock() + DAY_MS) for one in waiting)
    book.forge_last(ANN, moves=(), account={"pending": late, "lots": ()})
    assert purchase.seq == 2
    assert found(book) == ("3", "what matures in it is not what was due")


def test_points_that_matured_early_on_their_way_to_another_account(book):
    book.do(earned, 100, matures_at_ms=book.clock() + 30 * DAY_MS)
    given = book.do(join, BOB, member=ANN).moves[0]
    early = replace(given, target=Place.ACTIVE)
    book.forge_last(ANN, moves=(early, replace(given, source=Place.ACTIVE)))
    assert found(book) == ("3", "what matures in it is not what was due")


@pytest.mark.parametrize("back", [False, True], ids=["joining", "leaving"])
def test_points_that_waited_in_the_one_account_and_are_active_in_the_other(book, back):
    book.do(earned, 100, matures_at_ms=book.clock() + 30 * DAY_MS)
    entry, taker = book.do(join, BOB, member=ANN), BOB
    if back:
        entry, taker = book.do(leave, BOB, member=ANN), ANN
    taken = next(move for move in book.ledger.entry(taker, book.holds(taker).seq).moves if move.lot.quantity == 100)
    early = replace(taken, target=Place.ACTIVE)
    book.forge_last(taker, moves=(early,), account={"pending": (), "lots": (taken.lot,)})
    there = f"it and its counterpart {entry.counterpart} differ: what one gives and the other takes"
    assert audit_findings(book.journal.items) == [(entry.entry_id, there)]


def test_points_that_expired_early(book):
    lot = book.do(earned, 100).moves[0].lot
    later = book.do(earned, 10)
    moves = (replace(later.moves[0], source=Place.ACTIVE, target=Place.BREAKAGE, lot=lot), *later.moves)
    book.forge_last(ANN, moves=moves, account={"lots": (replace(lot, quantity=10),)})
    assert found(book) == ("3", "something expires before its time")


def test_points_that_go_where_the_operation_sends_none(book):
    there = book.do(earned, 100).moves[0]
    away = replace(there, source=Place.ACTIVE, target=Place.ADJUSTMENT)
    back = replace(there, source=Place.ADJUSTMENT, target=Place.ACTIVE)
    book.forge_last(ANN, moves=(there, away, back))
    assert found(book) == ("2", "it moves something where its operation moves nothing")


def test_a_request_that_was_forgotten(book):
    book.do(earned, 100)
    book.forge_last(ANN, account={"recent": ()})
    assert found(book) == ("2", "the requests it remembers are not those before and itself")


def test_a_key_that_took_effect_twice(book):
    first, _ = book.do(earned, 100), book.do(earned, 100, receipt="another")
    one, other = book.holds(ANN).recent[-2:]
    recent = (*book.holds(ANN).recent[:-1], replace(other, key=one.key))
    book.forge_last(ANN, key_hash=first.key_hash, account={"recent": recent})
    assert found(book) == ("3", "its key took effect before")


def test_one_key_of_two_members_in_the_account_of_a_third(book):
    for member in (ANN, BOB):
        book.ledger.apply_pair(join("same", book.clock(), "0000000003", member=member))
    assert check_history(book.ledger.history("0000000003")) == 3


def test_another_issue_of_the_card(book):
    book.do(earned, 100)
    book.forge_last(ANN, account={"card_issue": 7})
    assert found(book) == ("2", "it changes the issue of the card")


def test_something_pending_that_a_follower_did_not_bring(book):
    book.do(earned, 100, matures_at_ms=book.clock() + 30 * DAY_MS)
    book.do(join, BOB, member=ANN)
    book.do(leave, BOB, member=ANN)
    later = replace(book.holds(ANN).pending[0], matures_at_ms=book.clock() + 90 * DAY_MS)
    book.forge_last(ANN, account={"pending": (later,)})
    assert found(book) == ("4", "what is pending in it is not what was before and what it adds")


def test_more_given_back_than_an_issuer_has_redeemed(book):
    purchase = book.do(earned, 100)
    book.do(redeem, 40, member=ANN)
    there = book.do(cancel, book.do(redeem, 40, member=ANN))
    lot = replace(purchase.moves[0].lot, issuer="nobody")
    active = replace(there.moves[0], lot=lot)
    book.forge_last(ANN, moves=(active,), account={"lots": (*book.holds(ANN).lots, lot)})
    assert ("nobody", "100 points more were given back than redeemed") in audit_findings(book.journal.items)
