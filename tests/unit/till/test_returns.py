"""Goods come back, redemptions are called off: nothing is taken twice and nothing comes from nowhere."""

import pytest

from partners.till.errors import CurrencyMismatchError, UnknownEntryError
from shared.kernel.money import Money
from shared.ledger.errors import (
    CancelExceedsRedemptionError,
    IdempotencyKeyReusedError,
    NotAPurchaseError,
    NotARedemptionError,
    ReturnExceedsPurchaseError,
)
from tests.fakes.clock import DAY_MS
from tests.fakes.till_contracts import terms
from tests.unit.till.shop import Shop


@pytest.fixture
def shop():
    return Shop()


def test_a_whole_return_takes_back_what_the_purchase_earned(shop):
    bought = shop.purchase()
    returned = shop.give_back_goods(bought.entry.entry_id)
    assert (returned.points_taken_back, returned.points_owed, returned.points_balance) == (100, 0, 0)


def test_partial_returns_take_back_exactly_what_one_whole_return_would(shop):
    bought = shop.purchase(amount_cents=1_999)
    taken = [
        shop.give_back_goods(bought.entry.entry_id, f"t{part}", amount_cents=cents).points_taken_back
        for part, cents in enumerate((333, 333, 333, 1_000))
    ]
    assert sum(taken) == bought.entry.points == 99
    with pytest.raises(ReturnExceedsPurchaseError):
        shop.give_back_goods(bought.entry.entry_id, "t9", amount_cents=1)


def test_a_return_uses_the_rule_the_purchase_earned_by(shop):
    bought = shop.purchase()
    shop.contracts.versions["alpha"].append(terms("alpha", 2, effective_from_ms=shop.clock(), earn_points=50))
    assert shop.give_back_goods(bought.entry.entry_id, amount_cents=1_000).points_taken_back == 50


def test_more_than_was_bought_cannot_be_returned(shop):
    bought = shop.purchase()
    with pytest.raises(ReturnExceedsPurchaseError) as refusal:
        shop.give_back_goods(bought.entry.entry_id, amount_cents=2_001)
    assert refusal.value.data["amount_left_cents"] == 2_000


def test_a_return_after_the_points_were_spent_leaves_a_debt_that_later_points_repay(shop):
    bought = shop.purchase()
    shop.redeem(points=80)
    returned = shop.give_back_goods(bought.entry.entry_id)
    assert (returned.points_taken_back, returned.points_owed) == (20, 80)
    assert shop.till.card("alpha", shop.card).points_owed == 80
    again = shop.purchase("p2", receipt="r2")
    assert (again.entry.points, again.points_balance) == (100, 20)
    assert shop.till.card("alpha", shop.card).points_owed == 0


def test_a_debt_to_one_partner_is_not_repaid_by_points_of_another(shop):
    bought = shop.purchase()
    shop.redeem(points=100)
    shop.give_back_goods(bought.entry.entry_id)
    other = shop.purchase("p2", "beta", location_id="b1", receipt="r2")
    assert other.points_balance == other.entry.points


def test_a_return_takes_from_its_own_lot_before_the_partners_newest(shop):
    old = shop.purchase()
    shop.clock.advance(days=20)
    shop.purchase("p2", receipt="r2", occurred_at_ms=shop.clock())
    shop.give_back_goods(old.entry.entry_id)
    assert shop.till.card("alpha", shop.card).expiring == ((100, "2028-12-31"),)


def test_another_partners_purchase_does_not_exist_for_a_return(shop):
    bought = shop.purchase()
    with pytest.raises(UnknownEntryError):
        shop.give_back_goods(bought.entry.entry_id, partner="beta", location_id="b1")
    with pytest.raises(UnknownEntryError):
        shop.give_back_goods("1234567890-7")


def test_only_purchases_are_returned_and_only_redemptions_cancelled(shop):
    bought, spent = shop.purchase(), shop.redeem(partner="alpha", location_id="s1", receipt="r7")
    with pytest.raises(NotAPurchaseError):
        shop.give_back_goods(spent.entry.entry_id)
    with pytest.raises(NotARedemptionError):
        shop.cancel(bought.entry.entry_id, partner="alpha", location_id="s1")


def test_a_return_in_another_currency_is_refused(shop):
    bought = shop.purchase()
    with pytest.raises(CurrencyMismatchError):
        shop.give_back_goods(bought.entry.entry_id, amount_cents=100, currency="EUR")


def test_a_repeated_return_takes_nothing_more(shop):
    bought = shop.purchase()
    first = shop.give_back_goods(bought.entry.entry_id)
    again = shop.give_back_goods(bought.entry.entry_id)
    assert again.replayed
    assert again.entry == first.entry


def test_the_same_key_with_another_currency_is_another_request(shop):
    purchase = shop.purchase().entry.entry_id
    shop.give_back_goods(purchase, amount_cents=500, currency="USD")
    for other in ("EUR", None):
        with pytest.raises(IdempotencyKeyReusedError):
            shop.give_back_goods(purchase, amount_cents=500, currency=other)


def test_a_cancelled_redemption_gives_the_points_back_to_their_lots(shop):
    shop.purchase()
    spent = shop.redeem(points=60)
    cancelled = shop.cancel(spent.entry.entry_id)
    assert (cancelled.points_restored, cancelled.points_lapsed, cancelled.points_balance) == (60, 0, 100)
    assert cancelled.value == Money(30, "USD")
    assert shop.till.card("alpha", shop.card).expiring == ((100, "2028-11-30"),)


def test_a_partly_cancelled_redemption_reads_as_if_less_had_been_redeemed(shop):
    shop.purchase(amount_cents=1_000)
    shop.purchase("p2", "beta", location_id="b1", receipt="r2", amount_cents=500)
    spent = shop.redeem(points=80)
    shop.cancel(spent.entry.entry_id, points=20)
    left = shop.ledger.account(shop.card[4:14]).lots
    assert [(lot.issuer, lot.quantity) for lot in left] == [("beta", 40)]
    with pytest.raises(CancelExceedsRedemptionError):
        shop.cancel(spent.entry.entry_id, "u2", points=61)


def test_what_expired_since_it_was_redeemed_stays_expired(shop):
    shop.contracts.versions["alpha"] = [terms("alpha", expiry_months=1)]
    shop.purchase()
    spent = shop.redeem(points=60)
    shop.clock.advance(days=60)
    cancelled = shop.cancel(spent.entry.entry_id)
    assert (cancelled.points_restored, cancelled.points_lapsed, cancelled.points_balance) == (0, 60, 0)


def test_a_captured_hold_can_be_cancelled_like_any_redemption(shop):
    shop.purchase()
    captured = shop.capture(shop.reserve(points=60).hold_id)
    assert shop.cancel(captured.entry.entry_id).points_balance == 100


def test_an_old_purchase_can_still_be_returned(shop):
    bought = shop.purchase()
    shop.clock.advance(days=90)
    assert shop.clock() - bought.entry.occurred_at_ms == 90 * DAY_MS
    assert shop.give_back_goods(bought.entry.entry_id).points_balance == 0


def test_a_return_soon_after_the_purchase_takes_one_read_and_one_write(shop):
    bought = shop.purchase()
    shop.journal.calls.clear()
    shop.give_back_goods(bought.entry.entry_id)
    assert shop.journal.calls == ["head and entry:eventual", "append"]


def test_a_later_return_reads_its_purchase_by_itself(shop):
    bought = shop.purchase()
    for number in range(3):
        shop.purchase(f"more-{number}", receipt=f"more-{number}")
    shop.journal.calls.clear()
    shop.give_back_goods(bought.entry.entry_id)
    assert shop.journal.calls == ["head and entry:eventual", "entry:eventual", "append"]


def test_a_return_whose_purchase_does_not_show_yet_is_made_all_the_same(shop):
    bought = shop.purchase()
    shop.journal.stale_reads = 1
    returned = shop.give_back_goods(bought.entry.entry_id)
    assert returned.points_taken_back == 100


def test_a_return_sent_again_at_once_by_a_stale_read_is_a_replay(shop):
    bought = shop.purchase()
    first = shop.give_back_goods(bought.entry.entry_id)
    shop.journal.stale_reads = 1
    again = shop.give_back_goods(bought.entry.entry_id)
    assert (again.entry, again.replayed) == (first.entry, True)
