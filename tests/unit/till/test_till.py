"""Enrol, quote, purchase, redeem and look up, as a partner's till does."""

from dataclasses import replace

import pytest

from partners.contracts.errors import NoTermsInForceError, UnknownLocationError
from partners.till.errors import (
    CurrencyMismatchError,
    InvalidIdempotencyKeyError,
    LocationClosedError,
    LocationNotOpenError,
)
from partners.till.model import EnrolRequest
from shared.kernel.clock import to_rfc3339, utc_day
from shared.kernel.money import Money
from shared.ledger.decide import ENTRIES_A_DAY
from shared.ledger.errors import (
    AccountFullTodayError,
    CardReplacedError,
    IdempotencyKeyReusedError,
    InsufficientPointsError,
    OccurredInFutureError,
    OccurredTooLongAgoError,
    RedemptionTooSmallError,
    UnknownCardError,
)
from shared.ledger.limits import CLOCK_SKEW_MS
from shared.members.card import Card, card_number
from shared.members.errors import InvalidCardNumberError
from tests.fakes.clock import DAY_MS
from tests.fakes.till_contracts import terms
from tests.unit.till.shop import Shop


@pytest.fixture
def shop():
    return Shop()


def test_a_purchase_earns_by_the_partners_terms_and_says_why(shop):
    purchased = shop.purchase()
    assert purchased.entry.points == 100
    assert purchased.points_balance == 100
    assert purchased.explanation == ("5 per 1.00 USD on 20.00 USD = 100",)
    assert purchased.expires_on == "2028-11-30"


def test_a_quote_promises_what_the_purchase_grants_and_writes_nothing(shop):
    entries = len(shop.journal.items[shop.card[4:14]])
    quote = shop.till.quote("alpha", shop.basket())
    assert len(shop.journal.items[shop.card[4:14]]) == entries
    purchased = shop.purchase()
    assert (quote.points, quote.explanation) == (purchased.entry.points, purchased.explanation)


def test_points_of_one_partner_are_honoured_by_another(shop):
    shop.purchase()
    redeemed = shop.redeem(points=60)
    assert redeemed.value == Money(30, "USD")
    assert redeemed.points_balance == 40
    assert [(lot.issuer, lot.quantity) for lot in redeemed.entry.lots_moved] == [("alpha", 60)]


def test_a_replay_answers_as_the_first_time_even_after_terms_and_balance_have_changed(shop):
    first = shop.purchase()
    asked = shop.basket()
    shop.clock.advance(days=2)
    shop.contracts.versions["alpha"].append(terms("alpha", 2, effective_from_ms=shop.clock(), earn_points=50))
    shop.purchase("p2", receipt="r2", occurred_at_ms=shop.clock())
    again = shop.till.purchase("alpha", "p1", asked)
    assert again.replayed
    assert replace(again, replayed=False) == first


def test_a_late_purchase_earns_by_the_terms_in_force_when_it_happened(shop):
    shop.contracts.versions["alpha"].append(terms("alpha", 2, effective_from_ms=shop.clock(), earn_points=50))
    assert shop.purchase(occurred_at_ms=shop.clock() - DAY_MS).entry.points == 100
    assert shop.purchase("p2", receipt="r2").entry.points == 1_000


def test_a_purchase_of_nothing_is_recorded_without_points_or_visit(shop):
    purchased = shop.purchase(amount_cents=0)
    assert (purchased.entry.points, purchased.expires_on, purchased.entry.visit) == (0, None, False)


def test_a_key_used_for_a_purchase_cannot_redeem(shop):
    shop.purchase("k")
    with pytest.raises(IdempotencyKeyReusedError):
        shop.redeem("k", partner="alpha", location_id="s1", receipt="r1")


@pytest.mark.parametrize("change", [{"amount_cents": 2_001}, {"receipt": "r2"}, {"location_id": "s2"}])
def test_a_key_with_any_other_particular_is_refused(shop, change):
    shop.purchase()
    with pytest.raises(IdempotencyKeyReusedError):
        shop.purchase(**change)


def test_another_partners_location_is_unknown(shop):
    with pytest.raises(UnknownLocationError):
        shop.purchase(partner="beta")
    with pytest.raises(UnknownLocationError):
        shop.redeem(partner="alpha")
    with pytest.raises(UnknownLocationError):
        shop.till.enrol("beta", "k", EnrolRequest("bob@example.com", "s1", None, shop.clock()))


def test_a_foreign_currency_is_refused_by_name(shop):
    with pytest.raises(CurrencyMismatchError) as refusal:
        shop.purchase(currency="EUR")
    assert refusal.value.data == {"currency": "EUR", "contract_currency": "USD"}


def test_points_worth_less_than_a_cent_are_not_taken(shop):
    shop.purchase()
    with pytest.raises(RedemptionTooSmallError):
        shop.redeem(points=1)


def test_more_points_than_there_are_cannot_be_redeemed(shop):
    shop.purchase()
    with pytest.raises(InsufficientPointsError):
        shop.redeem(points=101)


def test_an_old_purchase_is_refused_for_its_age_not_for_missing_terms(shop):
    with pytest.raises(OccurredTooLongAgoError):
        shop.purchase(occurred_at_ms=shop.clock() - 400 * DAY_MS)


@pytest.mark.parametrize("key", ["", "a b", "naïve", "x" * 65, "tab\t"])
def test_an_idempotency_key_that_is_none_is_refused(shop, key):
    with pytest.raises(InvalidIdempotencyKeyError):
        shop.purchase(key)


def test_cards_are_checked_before_anything_is_read(shop):
    wrong = shop.card[:-1] + str((int(shop.card[-1]) + 1) % 10)
    with pytest.raises(InvalidCardNumberError):
        shop.purchase(card_number=wrong)
    stranger = card_number("9770", Card("1234567890", 1))
    with pytest.raises(UnknownCardError):
        shop.till.card("alpha", stranger)
    with pytest.raises(UnknownCardError):
        shop.purchase(card_number=stranger)


def test_another_issue_of_the_card_is_not_in_force(shop):
    member = shop.card[4:14]
    old = card_number("9770", Card(member, 2))
    for use in (
        lambda: shop.till.card("alpha", old),
        lambda: shop.purchase(card_number=old),
        lambda: shop.till.quote("alpha", shop.basket(card_number=old)),
        lambda: shop.till.card_entries("alpha", old, None, 10),
    ):
        with pytest.raises(CardReplacedError):
            use()


def test_a_card_shows_what_expires_when_without_saying_who_issued_it(shop):
    shop.purchase()
    shop.purchase("p2", partner="beta", location_id="b1", receipt="r2")
    shop.clock.advance(days=20)
    shop.purchase("p3", receipt="r3", occurred_at_ms=shop.clock())
    view = shop.till.card("alpha", shop.card)
    assert view.points_balance == 400
    assert view.expiring == ((300, "2028-11-30"), (100, "2028-12-31"))


def test_points_no_longer_valid_are_not_in_the_balance_even_before_an_entry_says_so(shop):
    shop.contracts.versions["alpha"] = [terms("alpha", expiry_months=1)]
    shop.purchase()
    shop.clock.advance(days=60)
    assert utc_day(shop.clock()) == "2027-01-14"
    assert shop.till.card("alpha", shop.card).points_balance == 0


def test_a_partner_reads_only_its_own_entries_of_a_card(shop):
    shop.purchase()
    shop.purchase("p2", partner="beta", location_id="b1", receipt="r2")
    shop.purchase("p3", receipt="r3")
    own, go_on = shop.till.card_entries("beta", shop.card, None, 10)
    assert [entry.partner for entry in own] == ["beta"]
    assert go_on is None


def test_a_long_history_is_read_page_by_page_to_its_end(shop):
    for number in range(7):
        shop.purchase(f"p{number}", receipt=f"r{number}")
    seen, before = [], None
    while True:
        page, before = shop.till.card_entries("alpha", shop.card, before, 3)
        seen += [entry.seq for entry in page]
        if before is None:
            break
    assert seen == [8, 7, 6, 5, 4, 3, 2, 1]


def test_points_wait_for_as_long_as_the_terms_say_and_then_join_the_balance(shop):
    shop.contracts.versions["alpha"] = [terms("alpha", waiting_days=14)]
    bought = shop.purchase()
    assert (bought.points_balance, bought.pending_until_ms) == (0, shop.clock() + 14 * DAY_MS)
    assert shop.till.card("alpha", shop.card).points_pending == 100
    shop.clock.advance(days=14, ms=-1)
    with pytest.raises(InsufficientPointsError):
        shop.redeem(points=60)
    shop.clock.advance(ms=1)
    assert shop.redeem("x2", points=60).points_balance == 40


def test_goods_that_come_back_while_their_points_wait_leave_other_points_alone(shop):
    shop.purchase("p0", receipt="r0")
    shop.contracts.versions["alpha"] = [terms("alpha", waiting_days=14)]
    bought = shop.purchase()
    returned = shop.give_back_goods(bought.entry.entry_id)
    assert (returned.points_taken_back, returned.points_owed, returned.points_balance) == (100, 0, 100)
    assert shop.till.card("alpha", shop.card).points_pending == 0


def test_a_late_purchase_whose_waiting_time_is_over_can_be_spent_at_once(shop):
    shop.contracts.versions["alpha"] = [terms("alpha", waiting_days=14)]
    bought = shop.purchase(occurred_at_ms=shop.clock() - 20 * DAY_MS)
    assert (bought.points_balance, bought.pending_until_ms) == (100, None)


def test_a_redemption_cannot_be_dated_back_to_a_better_price(shop):
    shop.purchase()
    shop.clock.advance(days=1)
    shop.contracts.versions["beta"].append(terms("beta", 2, effective_from_ms=shop.clock(), redeem_price_micros=1_000))
    assert shop.redeem(points=60, occurred_at_ms=shop.clock() - DAY_MS).value == Money(6, "USD")
    assert shop.reserve(points=40, occurred_at_ms=shop.clock() - DAY_MS).value == Money(4, "USD")


def test_a_location_trades_from_its_opening_on(shop):
    shop.contracts.opened_at_ms = shop.clock() + 1
    for use in (shop.purchase, lambda: shop.till.quote("alpha", shop.basket()), shop.redeem, shop.reserve):
        with pytest.raises(LocationNotOpenError):
            use()
    shop.clock.advance(ms=1)
    assert shop.purchase().points_balance == 100


def test_nothing_happened_at_a_location_before_its_opening_but_for_clocks_that_differ(shop):
    for partner, place in (("alpha", "s1"), ("beta", "b1")):
        enrolment = EnrolRequest("bob@example.com", place, None, shop.clock() - CLOCK_SKEW_MS - 1)
        shop.contracts.opened_at_ms = shop.clock()
        with pytest.raises(LocationNotOpenError):
            shop.till.enrol(partner, "k", enrolment)
    for use in (shop.purchase, shop.redeem, shop.reserve):
        with pytest.raises(LocationNotOpenError):
            use(occurred_at_ms=shop.clock() - CLOCK_SKEW_MS - 1)
    assert shop.purchase(occurred_at_ms=shop.clock() - CLOCK_SKEW_MS).points_balance == 100


def test_a_purchase_that_was_taken_before_the_rule_is_answered_again(shop):
    first = shop.purchase(occurred_at_ms=shop.clock() - DAY_MS)
    shop.contracts.opened_at_ms = shop.clock()
    assert shop.purchase(occurred_at_ms=shop.clock() - DAY_MS).entry == first.entry


def test_a_location_that_has_closed_takes_only_what_happened_before(shop):
    open_ms = shop.clock()
    shop.clock.advance(days=1)
    shop.contracts.closed_at_ms = open_ms + 1
    for use in (shop.purchase, lambda: shop.till.quote("alpha", shop.basket()), shop.redeem, shop.reserve):
        with pytest.raises(LocationClosedError):
            use(occurred_at_ms=open_ms + 1) if use in (shop.purchase, shop.redeem, shop.reserve) else use()
    assert shop.purchase(occurred_at_ms=open_ms).points_balance == 100


def test_a_purchase_before_the_first_terms_is_refused_for_its_age_if_it_is_too_old(shop):
    shop.contracts.versions["alpha"] = [terms("alpha", effective_from_ms=shop.clock() - DAY_MS)]
    with pytest.raises(OccurredTooLongAgoError):
        shop.purchase(occurred_at_ms=shop.clock() - 31 * DAY_MS)
    with pytest.raises(NoTermsInForceError):
        shop.purchase(occurred_at_ms=shop.clock() - 2 * DAY_MS)


def _late_days(shop, late_days):
    """Alpha's terms from now on."""
    version = len(shop.contracts.versions["alpha"]) + 1
    newer = terms("alpha", version, effective_from_ms=shop.clock(), late_days=late_days)
    shop.contracts.versions["alpha"].append(newer)


def test_a_purchase_is_accepted_up_to_the_late_limit_of_its_terms_and_no_later(shop):
    _late_days(shop, 3)
    bought_at_ms = shop.clock()
    shop.clock.advance(days=3)
    shop.purchase(occurred_at_ms=bought_at_ms)
    shop.clock.advance(ms=1)
    with pytest.raises(OccurredTooLongAgoError) as refusal:
        shop.purchase("p2", receipt="r2", occurred_at_ms=bought_at_ms)
    assert refusal.value.data["oldest_accepted"] == to_rfc3339(bought_at_ms + 1)
    assert "import" in refusal.value.detail


def test_a_quote_promises_nothing_for_what_would_be_refused_for_its_time(shop):
    _late_days(shop, 3)
    bought_at_ms = shop.clock()
    shop.clock.advance(days=3)
    assert shop.till.quote("alpha", shop.basket(occurred_at_ms=bought_at_ms)).points == 100
    shop.clock.advance(ms=1)
    with pytest.raises(OccurredTooLongAgoError):
        shop.till.quote("alpha", shop.basket(occurred_at_ms=bought_at_ms))
    with pytest.raises(OccurredInFutureError):
        shop.till.quote("alpha", shop.basket(occurred_at_ms=shop.clock() + CLOCK_SKEW_MS + 1))


def test_without_late_days_a_purchase_may_be_as_old_as_clocks_may_differ(shop):
    _late_days(shop, 0)
    bought_at_ms = shop.clock()
    shop.clock.advance(ms=CLOCK_SKEW_MS)
    shop.purchase(occurred_at_ms=bought_at_ms)
    shop.clock.advance(ms=1)
    with pytest.raises(OccurredTooLongAgoError):
        shop.purchase("p2", receipt="r2", occurred_at_ms=bought_at_ms)


def test_the_late_limit_is_that_of_the_terms_a_purchase_was_made_under(shop):
    _late_days(shop, 3)
    under_three_days_ms = shop.clock()
    shop.clock.advance(days=1)
    _late_days(shop, 20)
    under_twenty_days_ms = shop.clock()
    shop.clock.advance(days=1)
    _late_days(shop, 0)
    shop.clock.advance(days=5)
    with pytest.raises(OccurredTooLongAgoError):
        shop.purchase(occurred_at_ms=under_three_days_ms)
    assert shop.purchase(occurred_at_ms=under_twenty_days_ms).points_balance == 100


def test_what_was_accepted_in_time_is_answered_again_when_its_limit_has_passed(shop):
    _late_days(shop, 1)
    asked = shop.basket()
    first = shop.till.purchase("alpha", "p1", asked)
    shop.clock.advance(days=30)
    again = shop.till.purchase("alpha", "p1", asked)
    assert replace(again, replayed=False) == first
    shop.clock.advance(days=2)
    shop.purchase("p2", receipt="r2", occurred_at_ms=shop.clock())
    with pytest.raises(OccurredTooLongAgoError):
        shop.till.purchase("alpha", "p1", asked)


def test_the_import_is_no_way_out_for_what_is_no_purchase(shop):
    shop.purchase()
    with pytest.raises(OccurredTooLongAgoError) as refusal:
        shop.redeem(occurred_at_ms=shop.clock() - 31 * DAY_MS)
    assert "import" not in refusal.value.detail


def test_an_account_takes_so_many_entries_a_day_and_the_next_day_more(shop):
    for number in range(ENTRIES_A_DAY - 1):
        shop.purchase(f"p{number}", receipt=f"r{number}", amount_cents=0)
    with pytest.raises(AccountFullTodayError):
        shop.purchase("one-more", receipt="one-more")
    assert shop.purchase("p0", receipt="r0", amount_cents=0).replayed
    shop.clock.advance(days=1)
    assert shop.purchase("one-more", receipt="one-more").points_balance == 100
