"""Merging, unmerging and closing accounts: what the operator gets, what stays, what is erased."""

import pytest

from partners.accounts.model import CloseRequest, MergeRequest
from partners.contracts.errors import InvalidReasonError
from shared.kernel.clock import DAY_MS
from shared.ledger.errors import (
    AccountClosedError,
    AccountLinkedError,
    AccountNotEmptyError,
    HoldsOpenError,
    HouseholdNotEmptyError,
    IdempotencyKeyReusedError,
    MergedPointsUsedError,
    NotLinkedError,
    SameAccountError,
    UnmergeTooLateError,
)
from shared.ledger.model import Op
from shared.members.errors import AlreadyEnrolledError
from tests.fakes.till_contracts import terms
from tests.unit.till.shop import Shop

WHY = "Enrolled twice, ticket 4711"


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture
def bob(shop):
    return shop.enrol("bob@example.com")


def merge(shop, into, key="m1", reason=WHY):
    return shop.accounts.merge("operator-1", key, MergeRequest(shop.card, into, reason))


def unmerge(shop, into, key="n1"):
    return shop.accounts.unmerge("operator-1", key, MergeRequest(shop.card, into, WHY))


def close(shop, key="z1", card=None, reason=WHY, *, forfeit=False):
    return shop.accounts.close("operator-1", key, CloseRequest(card or shop.card, forfeit, reason))


def test_merged_cards_use_one_account_and_both_entries_say_who_decided_and_why(shop, bob):
    shop.purchase()
    shop.purchase("p2", card_number=bob, receipt="r2")
    done = merge(shop, bob)
    assert (done.points, done.points_balance) == (100, 200)
    assert done.reversible_until_ms == shop.clock() + 30 * DAY_MS
    for entry in (done.entry, shop.ledger.counterpart(done.entry)):
        assert (entry.op, entry.partner, entry.location, entry.reason) == (Op.MERGE, "network", "operator-1", WHY)
    assert shop.till.card("alpha", shop.card).points_balance == shop.till.card("alpha", bob).points_balance == 200


def test_a_merge_sent_again_is_answered_again_and_another_body_is_refused(shop, bob):
    shop.purchase()
    first = merge(shop, bob)
    shop.clock.advance(days=1)
    shop.redeem(points=10)
    again = merge(shop, bob)
    assert (again.entry, again.points_balance, again.replayed) == (first.entry, 100, True)
    assert again.reversible_until_ms == first.reversible_until_ms
    with pytest.raises(IdempotencyKeyReusedError):
        merge(shop, bob, reason="another")
    with pytest.raises(AccountLinkedError):
        merge(shop, bob, key="m2")
    with pytest.raises(SameAccountError):
        merge(shop, shop.card, key="m3")


def test_months_later_the_same_requests_still_have_their_first_answers(shop, bob):
    shop.purchase()
    merged, unmerged = merge(shop, bob), unmerge(shop, bob)
    shop.clock.advance(days=40)
    shop.purchase("p2", receipt="r2")
    assert (merge(shop, bob).entry, unmerge(shop, bob).entry) == (merged.entry, unmerged.entry)
    with pytest.raises(IdempotencyKeyReusedError):
        merge(shop, bob, reason="another")
    closed = close(shop, forfeit=True)
    shop.clock.advance(days=40)
    again = close(shop, forfeit=True)
    assert (again.entry, again.replayed) == (closed.entry, True)


def test_a_merge_is_undone_while_what_it_brought_is_there(shop, bob):
    shop.purchase()
    merge(shop, bob)
    shop.purchase("p2", receipt="r2")
    done = unmerge(shop, bob)
    assert (done.entry.op, done.points_balance, done.points_pending) == (Op.UNMERGE, 100, 0)
    assert (shop.balance, shop.till.card("alpha", bob).points_balance) == (100, 100)
    assert unmerge(shop, bob).replayed
    with pytest.raises(NotLinkedError):
        unmerge(shop, bob, key="n2")


def test_a_merge_is_not_undone_once_it_is_used_or_old(shop, bob):
    shop.purchase()
    merge(shop, bob)
    shop.redeem(points=60)
    with pytest.raises(MergedPointsUsedError):
        unmerge(shop, bob)
    shop.clock.advance(days=31)
    with pytest.raises(UnmergeTooLateError):
        unmerge(shop, bob)


def test_an_account_that_holds_something_is_closed_only_if_that_may_be_lost(shop):
    bought = shop.purchase()
    shop.redeem(points=90)
    shop.give_back_goods(bought.entry.entry_id)
    shop.purchase("p2", partner="beta", location_id="b1", receipt="r2")
    with pytest.raises(AccountNotEmptyError):
        close(shop)
    done = close(shop, forfeit=True)
    assert (done.points_forfeited, done.cashback_forfeited, done.points_written_off) == (200, (), 90)
    assert (done.entry.op, done.entry.location, done.entry.reason) == (Op.CLOSE, "operator-1", WHY)


def test_points_that_had_expired_before_are_not_counted_as_given_up(shop):
    shop.contracts.versions["alpha"] = [terms("alpha", expiry_months=1)]
    shop.purchase()
    shop.clock.advance(days=60)
    assert close(shop).points_forfeited == 0


def test_a_closed_account_takes_nothing_more(shop, bob):
    bought = shop.purchase()
    spent = shop.redeem(points=60)
    close(shop, forfeit=True)
    for use in (
        lambda: shop.till.card("alpha", shop.card),
        lambda: shop.till.card_entries("alpha", shop.card, None, 10),
        lambda: shop.till.quote("alpha", shop.basket()),
        lambda: shop.purchase("p2", receipt="r2"),
        lambda: shop.redeem("x2", receipt="r3"),
        shop.reserve,
        lambda: shop.give_back_goods(bought.entry.entry_id),
        lambda: shop.cancel(spent.entry.entry_id),
        lambda: shop.capture(spent.entry.entry_id),
        lambda: shop.transfer(bob, 1),
        lambda: shop.join(bob),
        lambda: merge(shop, bob),
        lambda: close(shop, key="z2", forfeit=True),
    ):
        with pytest.raises(AccountClosedError):
            use()


def test_a_closing_sent_again_is_answered_again_though_the_profile_is_gone(shop):
    shop.purchase()
    first = close(shop, forfeit=True)
    again = close(shop, forfeit=True)
    assert (again.entry, again.points_forfeited, again.replayed) == (first.entry, 100, True)
    with pytest.raises(IdempotencyKeyReusedError):
        close(shop, forfeit=True, reason="another")


def test_a_closing_whose_reply_was_lost_happens_once(shop):
    shop.journal.lose_replies = 1
    assert close(shop).replayed
    assert len(shop.journal.items[shop.card[4:14]]) == 2
    assert shop.profiles.contacts == {}


def test_who_was_closed_is_forgotten_and_may_enrol_again(shop, bob):
    with pytest.raises(AlreadyEnrolledError):
        shop.enrol("ann@example.com", "again")
    close(shop)
    assert set(shop.profiles.contacts.values()) == {bob[4:14]}
    card = shop.enrol("ann@example.com", "again")
    assert card != shop.card
    assert shop.till.card("alpha", card).points_balance == 0


def test_a_refused_closing_erases_nothing(shop):
    shop.purchase()
    with pytest.raises(AccountNotEmptyError):
        close(shop)
    assert set(shop.profiles.contacts.values()) == {shop.card[4:14]}


def test_members_merged_into_the_account_are_forgotten_with_it(shop, bob):
    merge(shop, bob)
    with pytest.raises(AccountLinkedError):
        close(shop)
    close(shop, card=bob)
    assert shop.profiles.contacts == {}
    with pytest.raises(AccountClosedError):
        shop.till.card("alpha", shop.card)


def test_others_of_the_household_and_open_holds_keep_an_account_open(shop, bob):
    shop.join(bob)
    with pytest.raises(HouseholdNotEmptyError):
        close(shop, card=bob)
    shop.leave(bob)
    shop.purchase()
    shop.reserve()
    with pytest.raises(HoldsOpenError):
        close(shop, forfeit=True)
    assert len(shop.profiles.contacts) == 2


@pytest.mark.parametrize("reason", ["", " ", "x" * 201, "line\nbreak"])
def test_a_reason_is_asked_for(reason):
    with pytest.raises(InvalidReasonError):
        MergeRequest("1", "2", reason)
    with pytest.raises(InvalidReasonError):
        CloseRequest("1", False, reason)
