"""Transfers and households at a partner's desk, and what the till sees of an account that several cards use."""

import pytest

from partners.contracts.errors import UnknownLocationError
from partners.till.errors import HouseholdCardNeededError, LocationNotOpenError
from shared.kernel.clock import DAY_MS
from shared.ledger.errors import (
    AccountLinkedError,
    CardReplacedError,
    DebtOutstandingError,
    HoldNotOpenError,
    IdempotencyKeyReusedError,
    InsufficientPointsError,
    NotLinkedError,
    OccurredTooLongAgoError,
    SameAccountError,
    UnknownCardError,
)
from shared.ledger.model import Op
from shared.members.card import Card, card_number
from shared.members.errors import InvalidCardNumberError
from tests.fakes.till_contracts import terms
from tests.unit.till.shop import Shop


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture
def bob(shop):
    return shop.enrol("bob@example.com")


def member(card):
    return card[4:14]


def test_points_given_away_are_the_other_customers(shop, bob):
    shop.purchase()
    done = shop.transfer(bob, 60)
    assert (done.entry.op, done.entry.points, done.points_balance) == (Op.TRANSFER, 60, 40)
    assert done.entry.entry_id.startswith(member(shop.card))
    assert not done.entry.visit
    assert (shop.balance, shop.till.card("alpha", bob).points_balance) == (40, 60)


def test_a_transfer_sent_again_is_answered_again_and_another_body_is_refused(shop, bob):
    shop.purchase()
    cat = shop.enrol("cat@example.com")
    first = shop.transfer(bob, 60)
    again = shop.transfer(bob, 60)
    assert (again.entry, again.points_balance, again.replayed) == (first.entry, 40, True)
    for other in (
        lambda: shop.transfer(bob, 61),
        lambda: shop.transfer(cat, 60),
        lambda: shop.transfer(bob, 60, location_id="s2"),
        lambda: shop.transfer(bob, 60, occurred_at_ms=shop.clock() - 1),
    ):
        with pytest.raises(IdempotencyKeyReusedError):
            other()
    assert shop.till.card("alpha", bob).points_balance == 60


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"points": 101}, InsufficientPointsError),
        ({"to_card_number": "9770000000000000"}, InvalidCardNumberError),
        ({"to_card_number": card_number("9770", Card("0000000099", 1))}, UnknownCardError),
        ({"location_id": "b1"}, UnknownLocationError),
        ({"occurred_at_ms": 0}, OccurredTooLongAgoError),
    ],
)
def test_an_impossible_transfer_is_refused(shop, bob, changes, error):
    shop.purchase()
    with pytest.raises(error):
        shop.transfer(bob, **{"points": 60, **changes})
    assert (shop.balance, shop.till.card("alpha", bob).points_balance) == (100, 0)


def test_nobody_gives_points_to_themselves_or_while_owing_some(shop, bob):
    bought = shop.purchase()
    with pytest.raises(SameAccountError):
        shop.transfer(shop.card, 10)
    shop.redeem(points=80)
    shop.give_back_goods(bought.entry.entry_id)
    shop.purchase("p2", partner="beta", location_id="b1", receipt="r2")
    with pytest.raises(DebtOutstandingError):
        shop.transfer(bob, 10)


def test_a_location_that_has_not_opened_shares_nothing(shop, bob):
    shop.contracts.opened_at_ms = shop.clock() + 1
    for use in (lambda: shop.transfer(bob, 10), lambda: shop.join(bob), lambda: shop.leave(bob)):
        with pytest.raises(LocationNotOpenError):
            use()


def test_a_household_shows_one_balance_on_every_card(shop, bob):
    shop.purchase()
    shop.purchase("p2", card_number=bob, receipt="r2")
    done = shop.join(bob)
    assert (done.points_brought, done.points_balance) == (100, 200)
    assert done.entry.entry_id.startswith(member(shop.card))
    for card in (shop.card, bob):
        view = shop.till.card("alpha", card)
        assert (view.card_number, view.points_balance, view.shared_with) == (card, 200, 1)


def test_joining_again_is_answered_as_before_though_the_household_has_spent_since(shop, bob):
    shop.purchase()
    first = shop.join(bob)
    shop.redeem(points=90)
    again = shop.join(bob)
    assert (again.entry, again.points_balance, again.replayed) == (first.entry, 100, True)
    with pytest.raises(AccountLinkedError):
        shop.join(bob, key="j2")


def test_a_card_of_a_household_earns_redeems_holds_and_returns_there(shop, bob):
    shop.join(bob)
    bought = shop.purchase()
    assert bought.entry.entry_id.startswith(member(bob))
    assert shop.purchase().entry == bought.entry
    held = shop.reserve(points=30)
    assert shop.capture(held.hold_id, points=10).points_balance == 90
    spent = shop.redeem(points=50)
    assert shop.cancel(spent.entry.entry_id).points_balance == 90
    assert shop.give_back_goods(bought.entry.entry_id).points_owed == 10


def test_what_a_card_did_before_it_joined_is_returned_and_cancelled_in_the_household(shop, bob):
    bought = shop.purchase()
    spent = shop.redeem(points=60)
    held = shop.reserve(points=40)
    shop.void(held.hold_id)
    shop.join(bob)
    assert shop.cancel(spent.entry.entry_id).points_balance == 100
    back = shop.give_back_goods(bought.entry.entry_id)
    assert (back.entry.entry_id.startswith(member(bob)), back.points_balance) == (True, 0)
    with pytest.raises(HoldNotOpenError):
        shop.capture(held.hold_id)


def test_the_pending_date_of_a_purchase_is_not_that_of_another_card_with_the_same_number(shop, bob):
    shop.purchase("p0", receipt="r0")
    shop.contracts.versions["alpha"] = [terms("alpha", waiting_days=14)]
    waiting = shop.purchase()
    shop.join(bob)
    shop.contracts.versions["alpha"] = [terms("alpha")]
    bought = shop.purchase("p2", receipt="r2")
    assert bought.entry.seq == waiting.entry.seq
    assert (waiting.pending_until_ms, bought.pending_until_ms) == (shop.clock() + 14 * DAY_MS, None)


def test_the_card_shown_is_checked_against_its_own_account(shop, bob):
    shop.join(bob)
    old = card_number("9770", Card(member(shop.card), 2))
    with pytest.raises(CardReplacedError):
        shop.till.card("alpha", old)
    with pytest.raises(CardReplacedError):
        shop.join(bob, key="j2", card_number=old)


def test_the_cards_of_a_household_list_the_entries_of_its_account_page_by_page(shop, bob):
    shop.purchase("before", receipt="r0")
    shop.join(bob)
    for number in range(4):
        shop.purchase(f"p{number}", receipt=f"r{number}", card_number=[bob, shop.card][number % 2])
    shop.purchase("b", partner="beta", location_id="b1", receipt="r2")
    seen, before = [], None
    while True:
        page, before = shop.till.card_entries("alpha", shop.card, before, 3)
        seen += [entry.entry_id for entry in page]
        if before is None:
            break
    assert seen == [f"{member(bob)}-{seq}" for seq in (6, 5, 4, 3, 2, 1)]


def test_who_leaves_takes_the_agreed_points_and_its_own_pending_ones(shop, bob):
    shop.contracts.versions["alpha"] = [terms("alpha", waiting_days=14)]
    shop.purchase()
    shop.contracts.versions["alpha"] = [terms("alpha")]
    shop.purchase("p2", card_number=bob, receipt="r2")
    shop.join(bob)
    with pytest.raises(InsufficientPointsError):
        shop.leave(bob, 101)
    done = shop.leave(bob, 25)
    assert (done.points_balance, done.points_pending, done.replayed) == (25, 100, False)
    assert shop.leave(bob, 25).replayed
    his = shop.till.card("alpha", bob)
    assert (shop.balance, his.points_balance, his.shared_with) == (25, 75, 0)
    with pytest.raises(NotLinkedError):
        shop.leave(bob, key="l2")


def test_who_has_not_the_households_card_leaves_without_points(shop, bob):
    shop.purchase()
    shop.join(bob)
    with pytest.raises(HouseholdCardNeededError):
        shop.leave(None, 1)
    assert shop.leave(None).points_balance == 0
    assert shop.leave(None).replayed
    with pytest.raises(NotLinkedError):
        shop.leave(None, key="l2")


def test_who_has_just_joined_leaves_by_the_own_card_though_an_eventual_read_shows_it_alone(shop, bob):
    shop.join(bob)
    shop.journal.stale_reads = 1
    assert shop.leave(None).entry.op is Op.LEAVE
