"""Operations on two accounts: transfer, household, merge and unmerge; and the end of an account."""

import pytest

from infra.capacity import item_bytes
from shared.kernel.clock import DAY_MS, month_number
from shared.ledger.balances import MOST_HOLDS
from shared.ledger.codec import entry_to_item
from shared.ledger.errors import (
    AccountClosedError,
    AccountExistsError,
    AccountFullError,
    AccountLinkedError,
    AccountNotEmptyError,
    CardReplacedError,
    DebtOutstandingError,
    HoldNotOpenError,
    HoldsOpenError,
    HouseholdFullError,
    HouseholdNotEmptyError,
    IdempotencyKeyReusedError,
    InsufficientPointsError,
    MergedPointsUsedError,
    NotLinkedError,
    ReceiptAlreadyRecordedError,
    SameAccountError,
    UnknownCardError,
    UnmergeTooLateError,
)
from shared.ledger.model import Debt, Lot, Op, Place
from shared.ledger.pairs import MOST_FOLLOWERS
from tests.unit.ledger.book import ANN, BOB, CAT
from tests.unit.ledger.commands import (
    CASH_RATES,
    cancel,
    capture,
    close,
    earn,
    enrol,
    join,
    leave,
    merge,
    redeem,
    reserve,
    take_back,
    transfer,
    unmerge,
)


def test_a_transfer_moves_the_earliest_points_with_issuer_and_expiry(book):
    soon, later = month_number(book.clock()) + 1, month_number(book.clock()) + 9
    book.do(earn, 60, member=ANN, expiry_month=later)
    book.do(earn, 50, member=ANN, partner="beta", expiry_month=soon)
    entry = book.do(transfer, 80, BOB, member=ANN)
    assert (entry.op, entry.member, entry.points, entry.visit) == (Op.TRANSFER, ANN, 80, False)
    assert book.holds(BOB).lots == (Lot("beta", soon, 50), Lot("alpha", later, 30))
    assert book.holds(ANN).lots == (Lot("alpha", later, 30),)
    there = book.ledger.entry(BOB, 2)
    assert (entry.counterpart, there.counterpart) == (there.entry_id, entry.entry_id)
    assert there.recorded_at_ms == entry.recorded_at_ms


def test_a_repeated_transfer_is_answered_with_the_first_entry(book):
    book.do(earn, 100, member=ANN)
    command = book.command(transfer, 80, BOB, member=ANN)
    first = book.ledger.apply_pair(command)
    again = book.ledger.apply_pair(command)
    assert (again.entry, again.replayed) == (first.entry, True)
    other = book.command(transfer, 10, BOB, member=ANN, key_hash=command.key_hash)
    with pytest.raises(IdempotencyKeyReusedError):
        book.ledger.apply_pair(other)
    assert book.holds(BOB).points_active == 80


def test_a_transfer_whose_reply_was_lost_happens_once(book):
    book.do(earn, 100, member=ANN)
    book.journal.lose_replies = 1
    assert book.do(transfer, 80, BOB, member=ANN).points == 80
    assert (book.holds(ANN).points_active, book.holds(BOB).points_active) == (20, 80)


def test_stale_heads_are_read_again(book):
    book.do(earn, 100, member=ANN)
    book.journal.stale_reads = 2
    book.do(transfer, 80, BOB, member=ANN)
    assert book.holds(BOB).points_active == 80


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"member": ANN, "other": BOB, "points": 101}, InsufficientPointsError),
        ({"member": ANN, "other": ANN, "points": 1}, SameAccountError),
        ({"member": ANN, "other": "0000000099", "points": 1}, UnknownCardError),
        ({"member": "0000000098", "other": "0000000099", "points": 1}, UnknownCardError),
        ({"member": ANN, "other": BOB, "points": 1, "other_card_issue": 2}, CardReplacedError),
        ({"member": ANN, "other": BOB, "points": 1, "card_issue": 2}, CardReplacedError),
    ],
)
def test_an_impossible_transfer_is_refused_and_nothing_is_written(book, fields, error):
    book.do(earn, 100, member=ANN)
    with pytest.raises(error):
        book.do(transfer, **fields)
    assert (book.holds(ANN).points_active, book.holds(BOB).points_active) == (100, 0)


def test_who_owes_points_gives_none_away(book):
    purchase = book.do(earn, 100, member=ANN)
    book.do(redeem, 100, member=ANN, partner="beta")
    book.do(take_back, purchase)
    book.do(earn, 40, member=ANN, partner="beta")
    with pytest.raises(DebtOutstandingError):
        book.do(transfer, 10, BOB, member=ANN)


def test_a_household_earns_and_spends_in_one_account_with_any_card(book):
    book.do(earn, 70, member=BOB)
    book.do(earn, 30, member=ANN)
    book.do(join, ANN, member=BOB)
    assert book.ledger.account(BOB).points_active == 100
    bought = book.do(earn, 50, member=BOB)
    assert bought.member == ANN
    assert book.do(redeem, 150, member=BOB).account.points_active == 0
    assert book.holds(BOB).lots == ()
    assert book.ledger.account(BOB).member == ANN


def test_the_card_of_a_household_member_is_checked_against_its_own_account(book):
    book.do(join, ANN, member=BOB)
    with pytest.raises(CardReplacedError):
        book.do(earn, 50, member=BOB, card_issue=2)
    with pytest.raises(CardReplacedError):
        book.ledger.account(BOB, 2)


def test_what_was_done_before_joining_is_known_after_it(book):
    command = book.command(earn, 50, member=BOB)
    first = book.ledger.apply(command)
    book.do(join, ANN, member=BOB)
    again = book.ledger.apply(command)
    assert (again.entry, again.replayed) == (first.entry, True)
    with pytest.raises(ReceiptAlreadyRecordedError):
        book.do(earn, 50, member=BOB, receipt=command.receipt)


def test_what_was_done_in_the_household_is_known_after_leaving_it(book):
    book.do(join, ANN, member=BOB)
    command = book.command(earn, 50, member=BOB)
    first = book.ledger.apply(command)
    book.do(leave, ANN, 10, member=BOB)
    book.clock.advance(days=29)
    again = book.ledger.apply(command)
    assert (again.entry, again.replayed) == (first.entry, True)
    assert book.holds(BOB).points_active == 10


def test_leaving_takes_the_agreed_points_and_own_pending_ones(book):
    matures = book.clock() + 9 * DAY_MS
    purchase = book.do(earn, 40, member=BOB, matures_at_ms=matures)
    book.do(earn, 100, member=ANN)
    book.do(join, ANN, member=BOB)
    assert book.ledger.account(BOB).points_pending == 40
    with pytest.raises(InsufficientPointsError):
        book.do(leave, ANN, 101, member=BOB)
    book.do(leave, ANN, 25, member=BOB)
    assert (book.holds(BOB).points_active, book.holds(BOB).points_pending) == (25, 40)
    assert (book.holds(ANN).points_active, book.holds(ANN).points_pending) == (75, 0)
    book.do(take_back, purchase)
    assert (book.holds(BOB).points_active, book.holds(BOB).points_pending) == (25, 0)


def test_a_purchase_made_before_joining_is_returned_from_the_household(book):
    purchase = book.do(earn, 100, member=BOB)
    ann_purchase = book.do(earn, 60, member=ANN)
    assert purchase.seq == ann_purchase.seq
    book.do(join, ANN, member=BOB)
    entry = book.do(take_back, purchase, 500)
    assert (entry.member, entry.refers_to, entry.points) == (ANN, purchase.entry_id, 25)
    book.do(take_back, ann_purchase)
    assert book.holds(ANN).points_active == 75
    book.do(leave, ANN, 0, member=BOB)
    entry = book.do(take_back, purchase)
    assert (entry.member, entry.points) == (BOB, 75)
    assert book.holds(BOB).debts == (Debt("alpha", 75),)


def test_a_redemption_made_before_joining_is_cancelled_in_the_household(book):
    book.do(earn, 100, member=BOB)
    redemption = book.do(redeem, 60, member=BOB)
    book.do(join, ANN, member=BOB)
    book.do(cancel, redemption, 20)
    book.do(leave, ANN, 0, member=BOB)
    book.do(cancel, redemption)
    assert (book.holds(ANN).points_active, book.holds(BOB).points_active) == (60, 40)


def test_a_hold_number_of_the_member_never_means_a_hold_of_the_household(book):
    book.do(earn, 100, member=ANN)
    hold = book.do(reserve, 60, member=ANN)
    book.do(join, ANN, member=BOB)
    with pytest.raises(HoldNotOpenError):
        book.do(capture, member=BOB, hold_seq=hold.seq, card_issue=None)


def test_debts_go_along_into_the_household(book):
    purchase = book.do(earn, 100, member=BOB)
    book.do(redeem, 80, member=BOB, partner="beta")
    book.do(take_back, purchase)
    book.do(join, ANN, member=BOB)
    assert (book.holds(BOB).debts, book.holds(ANN).debts) == ((), (Debt("alpha", 80),))
    book.do(earn, 30, member=ANN)
    assert book.holds(ANN).debts == (Debt("alpha", 50),)


def test_links_that_would_chain_are_refused(book):
    book.do(join, ANN, member=BOB)
    with pytest.raises(AccountLinkedError):
        book.do(join, CAT, member=BOB)
    with pytest.raises(AccountLinkedError):
        book.do(join, BOB, member=CAT)
    with pytest.raises(AccountLinkedError):
        book.do(merge, CAT, member=ANN)
    with pytest.raises(SameAccountError):
        book.do(transfer, 1, BOB, member=ANN)
    with pytest.raises(NotLinkedError):
        book.do(leave, CAT, 0, member=BOB)
    with pytest.raises(NotLinkedError):
        book.do(unmerge, ANN, member=BOB)


def test_nobody_joins_with_points_on_hold(book):
    book.do(earn, 100, member=BOB)
    book.do(reserve, 60, member=BOB)
    with pytest.raises(HoldsOpenError):
        book.do(join, ANN, member=BOB)


def test_an_account_answers_for_so_many_others_and_no_more(book):
    for number in range(MOST_FOLLOWERS):
        member = f"{number + 10:010d}"
        book.do(enrol, member=member)
        book.do(join, ANN, member=member)
    with pytest.raises(HouseholdFullError):
        book.do(join, ANN, member=BOB)


def test_a_transfer_to_a_household_card_reaches_the_household(book):
    book.do(earn, 100, member=CAT)
    book.do(join, ANN, member=BOB)
    book.do(transfer, 30, BOB, member=CAT)
    book.do(transfer, 10, CAT, member=BOB)
    assert (book.holds(ANN).points_active, book.holds(CAT).points_active) == (20, 80)


def test_unmerge_gives_back_what_the_merge_brought(book):
    book.do(earn, 100, member=BOB, rates=CASH_RATES, cashback_cents=40)
    book.do(earn, 30, member=BOB, matures_at_ms=book.clock() + 2 * DAY_MS)
    book.do(earn, 60, member=ANN)
    book.do(merge, ANN, member=BOB)
    book.do(earn, 5, member=BOB)
    book.do(redeem, 65, member=ANN)
    book.clock.advance(days=29)
    entry = book.do(unmerge, ANN, member=BOB)
    assert (entry.op, entry.refers_to, entry.points) == (Op.UNMERGE, f"{BOB}-4", 130)
    assert (book.holds(BOB).points_active, book.holds(BOB).cash_active("USD")) == (130, 40)
    assert (book.holds(ANN).points_active, book.holds(ANN).cash) == (0, ())
    assert book.do(earn, 5, member=BOB).member == BOB


def test_a_merge_can_not_be_undone_after_its_time(book):
    book.do(earn, 100, member=BOB)
    book.do(merge, ANN, member=BOB)
    book.clock.advance(days=31)
    with pytest.raises(UnmergeTooLateError):
        book.do(unmerge, ANN, member=BOB)


def test_a_merge_can_not_be_undone_once_its_points_were_spent(book):
    book.do(earn, 100, member=BOB)
    book.do(merge, ANN, member=BOB)
    book.do(redeem, 1, member=ANN)
    with pytest.raises(MergedPointsUsedError):
        book.do(unmerge, ANN, member=BOB)


def test_a_merge_can_not_be_undone_once_its_purchase_came_back(book):
    purchase = book.do(earn, 100, member=BOB, matures_at_ms=book.clock() + 2 * DAY_MS)
    book.do(earn, 500, member=ANN)
    book.do(merge, ANN, member=BOB)
    book.do(take_back, purchase, 100)
    with pytest.raises(MergedPointsUsedError):
        book.do(unmerge, ANN, member=BOB)


def test_unmerge_leaves_what_has_expired_meanwhile(book):
    book.do(earn, 100, member=BOB, expiry_month=month_number(book.clock()))
    book.do(earn, 50, member=BOB)
    book.do(merge, ANN, member=BOB)
    book.clock.advance(days=29)
    book.do(unmerge, ANN, member=BOB)
    assert book.holds(BOB).points_active == 50
    assert book.holds(ANN).points_active == 0


def test_unmerge_gives_back_the_debt_that_is_left(book):
    purchase = book.do(earn, 100, member=BOB)
    book.do(redeem, 100, member=BOB, partner="beta")
    book.do(take_back, purchase)
    book.do(merge, ANN, member=BOB)
    book.do(earn, 30, member=ANN)
    book.do(unmerge, ANN, member=BOB)
    assert (book.holds(BOB).debts, book.holds(ANN).debts) == ((Debt("alpha", 70),), ())


def test_an_empty_account_closes_and_takes_no_entry_more(book):
    entry = book.do(close, member=BOB)
    assert (entry.op, entry.moves) == (Op.CLOSE, ())
    with pytest.raises(AccountClosedError):
        book.do(earn, 10, member=BOB)
    with pytest.raises(AccountClosedError):
        book.do(transfer, 1, BOB, member=ANN)
    with pytest.raises(AccountClosedError):
        book.ledger.account(BOB)


def test_the_number_of_a_closed_account_stays_taken(book):
    book.do(close, member=BOB)
    with pytest.raises(AccountExistsError):
        book.do(enrol, member=BOB)


def test_an_account_that_holds_something_closes_only_if_it_is_forfeited(book):
    purchase = book.do(earn, 100, member=BOB, rates=CASH_RATES, cashback_cents=40)
    book.do(earn, 50, member=BOB, matures_at_ms=book.clock() + 2 * DAY_MS)
    book.do(redeem, 80, member=BOB, partner="gamma")
    book.do(take_back, purchase, 1_000)
    with pytest.raises(AccountNotEmptyError):
        book.do(close, member=BOB)
    entry = book.do(close, member=BOB, forfeit=True)
    assert sum(lot.quantity for lot in entry.lots_to(Place.BREAKAGE)) == 50 + 20
    assert [lot.quantity for lot in entry.lots_to(Place.DEBT)] == [30]


def test_a_household_must_be_empty_before_its_account_closes(book):
    book.do(join, ANN, member=BOB)
    with pytest.raises(HouseholdNotEmptyError):
        book.do(close, member=ANN)
    with pytest.raises(AccountLinkedError):
        book.do(close, member=BOB)
    book.do(leave, ANN, 0, member=BOB)
    book.do(close, member=ANN)


def test_closing_ends_the_cards_that_were_merged_into_the_account(book):
    book.do(merge, ANN, member=BOB)
    book.do(close, member=ANN)
    with pytest.raises(AccountClosedError):
        book.do(earn, 10, member=BOB)
    with pytest.raises(AccountClosedError):
        book.ledger.account(BOB)


def test_an_account_with_points_on_hold_stays_open(book):
    book.do(earn, 100, member=BOB)
    book.do(reserve, 60, member=BOB)
    with pytest.raises(HoldsOpenError):
        book.do(close, member=BOB, forfeit=True)


def test_who_leaves_takes_back_the_debt_they_brought(book):
    purchase = book.do(earn, 100, member=BOB)
    book.do(redeem, 100, member=BOB, partner="beta")
    book.do(take_back, purchase)
    book.do(join, ANN, member=BOB)
    book.do(earn, 30, member=ANN)
    book.do(leave, ANN, 0, member=BOB)
    assert (book.holds(BOB).debts, book.holds(ANN).debts) == ((Debt("alpha", 70),), ())


def owing(book, member, points):
    """The member returns what it has spent already."""
    purchase = book.do(earn, points, member=member)
    book.do(redeem, points, member=member, partner="beta")
    book.do(take_back, purchase)


@pytest.mark.parametrize(("link", "part"), [(join, leave), (merge, unmerge)])
def test_a_debt_that_was_repaid_is_not_given_back_for_a_later_one(book, link, part):
    owing(book, BOB, 100)
    book.do(link, ANN, member=BOB)
    book.do(earn, 100, member=ANN)
    owing(book, ANN, 100)
    book.do(part, ANN, member=BOB)
    assert (book.holds(BOB).debts, book.holds(ANN).debts) == ((), (Debt("alpha", 100),))


def test_the_households_own_debts_are_repaid_before_the_one_that_was_brought(book):
    owing(book, ANN, 50)
    owing(book, BOB, 100)
    book.do(join, ANN, member=BOB)
    book.do(earn, 30, member=ANN)
    book.do(leave, ANN, member=BOB)
    assert (book.holds(BOB).debts, book.holds(ANN).debts) == ((Debt("alpha", 100),), (Debt("alpha", 20),))


def test_a_household_that_owes_points_gives_none_along(book):
    purchase = book.do(earn, 100, member=ANN)
    book.do(redeem, 100, member=ANN, partner="beta")
    book.do(take_back, purchase)
    book.do(earn, 60, member=ANN, partner="gamma")
    book.do(join, ANN, member=BOB)
    with pytest.raises(DebtOutstandingError):
        book.do(leave, ANN, 50, member=BOB)
    book.do(leave, ANN, 0, member=BOB)
    assert book.holds(ANN).debts == (Debt("alpha", 100),)


def test_an_account_takes_only_so_many_holds(book):
    book.do(earn, 1_000, member=ANN)
    for _ in range(MOST_HOLDS):
        book.do(reserve, 1, member=ANN)
    with pytest.raises(AccountFullError):
        book.do(reserve, 1, member=ANN)
    assert item_bytes(entry_to_item(book.journal.head(ANN, consistent=True))) < 40_000


def test_an_account_waits_for_only_so_many_purchases_its_own_and_those_brought(book, monkeypatch):
    monkeypatch.setattr("shared.ledger.balances.MOST_PENDING", 3)
    matures = book.clock() + 9 * DAY_MS
    for member in (ANN, ANN, BOB, BOB):
        book.do(earn, 10, member=member, matures_at_ms=matures)
    with pytest.raises(AccountFullError):
        book.do(join, ANN, member=BOB)
    book.do(earn, 10, member=ANN, matures_at_ms=matures)
    with pytest.raises(AccountFullError):
        book.do(earn, 10, member=ANN, matures_at_ms=matures)
