"""Reserve, capture, void: points that are held belong to nobody else, and end exactly once."""

import pytest

from partners.contracts.errors import UnknownLocationError
from partners.till.errors import UnknownEntryError
from shared.kernel.money import Money
from shared.ledger.errors import (
    HoldNotOpenError,
    IdempotencyKeyReusedError,
    InsufficientPointsError,
    RedemptionTooSmallError,
)
from tests.fakes.till_contracts import terms
from tests.unit.till.shop import Shop


@pytest.fixture
def shop():
    shop = Shop()
    shop.purchase()
    return shop


def test_held_points_cannot_be_spent_elsewhere(shop):
    held = shop.reserve(points=60)
    assert (held.points_balance, held.value) == (40, Money(30, "USD"))
    with pytest.raises(InsufficientPointsError):
        shop.redeem(points=41)
    view = shop.till.card("alpha", shop.card)
    assert (view.points_balance, view.points_held) == (40, 60)


def test_a_captured_hold_is_a_redemption_at_the_price_promised(shop):
    hold_id = shop.reserve(points=60).hold_id
    shop.contracts.versions["beta"].append(terms("beta", 2, effective_from_ms=shop.clock(), redeem_price_micros=1_000))
    captured = shop.capture(hold_id)
    assert captured.value == Money(30, "USD")
    assert captured.entry.visit
    assert (captured.points_released, captured.points_balance) == (0, 40)
    assert [(lot.issuer, lot.quantity) for lot in captured.entry.lots_moved] == [("alpha", 60)]


def test_what_is_not_captured_becomes_active_again(shop):
    captured = shop.capture(shop.reserve(points=60).hold_id, points=25)
    assert (captured.points_released, captured.points_balance) == (35, 75)
    assert captured.value == Money(12, "USD")


def test_what_is_released_after_the_end_of_its_month_is_not_counted_as_released(shop):
    shop.clock.advance(days=20)
    shop.contracts.versions["alpha"] = [terms("alpha", expiry_months=1)]
    shop.redeem(points=100)
    shop.purchase("p2", receipt="r2")
    shop.clock.advance(days=57)
    holds = [shop.reserve(f"h{number}", points=40, ttl_seconds=86_400).hold_id for number in (1, 2)]
    shop.clock.advance(ms=43_200_000)
    voided, captured = shop.void(holds[0]), shop.capture(holds[1], points=30)
    assert (voided.points_released, voided.points_balance) == (0, 0)
    assert (captured.points_released, captured.points_balance) == (0, 0)
    assert sum(lot.quantity for lot in captured.entry.lots_expired) == 10


def test_a_void_gives_everything_back_and_is_no_visit(shop):
    voided = shop.void(shop.reserve(points=60).hold_id)
    assert (voided.points_released, voided.points_balance) == (60, 100)
    assert not voided.entry.visit


def test_a_hold_ends_by_itself_at_its_deadline(shop):
    held = shop.reserve(points=60, ttl_seconds=900)
    shop.clock.advance(ms=900_000 - 1)
    assert shop.balance == 40
    shop.clock.advance(ms=1)
    assert shop.balance == 100
    with pytest.raises(HoldNotOpenError):
        shop.capture(held.hold_id)


def test_a_hold_ends_once(shop):
    hold_id = shop.reserve().hold_id
    shop.capture(hold_id)
    for again in (lambda: shop.capture(hold_id, "c2"), lambda: shop.void(hold_id, "v2")):
        with pytest.raises(HoldNotOpenError):
            again()


def test_a_repeated_capture_answers_the_same_even_after_the_hold_has_ended(shop):
    hold_id = shop.reserve().hold_id
    occurred_at_ms = shop.clock()
    first = shop.capture(hold_id, occurred_at_ms=occurred_at_ms)
    shop.clock.advance(days=1)
    again = shop.capture(hold_id, occurred_at_ms=occurred_at_ms)
    assert again.replayed
    assert again.entry == first.entry


def test_another_partner_cannot_end_a_hold(shop):
    hold_id = shop.reserve().hold_id
    with pytest.raises(HoldNotOpenError):
        shop.capture(hold_id, partner="alpha", location_id="s1")
    with pytest.raises(HoldNotOpenError):
        shop.void(hold_id, partner="alpha", location_id="s1")


def test_an_id_tells_nobody_whether_its_member_exists(shop):
    for hold_id in (f"{shop.card[4:14]}-9", "0000000001-9"):
        with pytest.raises(HoldNotOpenError) as refusal:
            shop.void(hold_id, key=hold_id)
        assert refusal.value.data == {"hold_id": hold_id}


def test_more_than_was_held_cannot_be_captured(shop):
    with pytest.raises(InsufficientPointsError):
        shop.capture(shop.reserve(points=60).hold_id, points=61)


def test_a_capture_worth_less_than_a_cent_is_refused_and_the_hold_stays(shop):
    held = shop.reserve(points=60)
    with pytest.raises(RedemptionTooSmallError):
        shop.capture(held.hold_id, points=1)
    assert shop.capture(held.hold_id, "c2", points=2).value == Money(1, "USD")


def test_two_holds_at_once_are_apart(shop):
    first, second = shop.reserve("h1", points=60), shop.reserve("h2", points=40)
    assert shop.void(first.hold_id).points_balance == 60
    assert shop.capture(second.hold_id).points_balance == 60


def test_a_key_for_capturing_cannot_void(shop):
    hold_id = shop.reserve().hold_id
    shop.capture(hold_id, "k")
    with pytest.raises(IdempotencyKeyReusedError):
        shop.void(hold_id, "k")


def test_what_names_no_hold_or_place_is_refused(shop):
    with pytest.raises(UnknownEntryError):
        shop.capture("no-such-hold")
    with pytest.raises(UnknownLocationError):
        shop.reserve(location_id="s1")
    with pytest.raises(RedemptionTooSmallError):
        shop.reserve(points=1)


def test_a_capture_on_the_receipt_of_its_hold_reads_the_head_alone(shop):
    hold_id = shop.reserve(receipt="r8").hold_id
    shop.journal.calls.clear()
    assert shop.capture(hold_id, receipt="r8").entry.visit
    assert shop.journal.calls == ["head:eventual", "append"]


def test_a_capture_on_a_receipt_that_made_a_visit_makes_no_second_one(shop):
    shop.redeem(points=10, receipt="r8")
    hold_id = shop.reserve(receipt="r8").hold_id
    assert not shop.capture(hold_id, receipt="r8").entry.visit
