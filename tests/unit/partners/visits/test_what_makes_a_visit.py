"""Every row of the table in docs/billing.md: what an act at a till, or of the operator, does to visits."""

from dataclasses import replace

import pytest

from partners.accounts.model import CloseRequest, MergeRequest
from partners.till.errors import UnknownEntryError
from partners.visits.lines import line_of
from partners.visits.reasons import why
from partners.visits.tracing import Tracing
from shared.kernel.clock import DAY_MS
from shared.ledger.errors import ReceiptAlreadyRecordedError
from shared.ledger.model import Op
from tests.unit.ledger.commands import adjust, lapse
from tests.unit.till.shop import Shop


@pytest.fixture
def shop():
    return Shop()


def history(shop, card=None):
    member = shop.till._members.card(card or shop.card).member
    return list(shop.ledger.history(member))


def visits(shop, card=None):
    """The operations of an account that make visits, in order, and the same as its lines say."""
    entries = history(shop, card)
    made = [entry.op.value for entry in entries if entry.visit]
    assert made == [line_of(entry).op.value for entry in entries if line_of(entry).visit]
    return made


def test_enrolling_is_a_visit(shop):
    assert visits(shop) == ["enrol"]


def test_a_purchase_that_earns_is_a_visit_however_often_it_is_sent(shop):
    shop.purchase()
    shop.purchase()
    with pytest.raises(ReceiptAlreadyRecordedError):
        shop.purchase(key="another")
    assert visits(shop) == ["enrol", "earn"]


def test_a_purchase_that_earns_nothing_is_none(shop):
    shop.purchase(amount_cents=1)
    assert visits(shop) == ["enrol"]


def test_a_redemption_is_a_visit_unless_its_receipt_has_one(shop):
    shop.purchase()
    shop.redeem(points=10)
    shop.redeem(key="x2", points=10)
    shop.redeem(key="x3", partner="alpha", location_id="s1", receipt="r1", points=10)
    assert visits(shop) == ["enrol", "earn", "redeem"]


def test_the_same_receipt_at_another_partner_or_location_is_another_visit(shop):
    shop.purchase()
    shop.purchase(key="p2", location_id="s2")
    shop.purchase(key="p3", partner="beta", location_id="b1")
    assert visits(shop) == ["enrol", "earn", "earn", "earn"]


def test_a_hold_is_none_its_capture_is_one_and_its_voiding_none(shop):
    shop.purchase()
    shop.capture(shop.reserve().entry.entry_id)
    shop.void(shop.reserve(key="h2", receipt="r7", points=10).entry.entry_id, receipt="r7")
    assert visits(shop) == ["enrol", "earn", "capture"]


def test_a_hold_that_times_out_is_none(shop):
    shop.purchase()
    shop.reserve()
    shop.clock.advance(days=1)
    shop.ledger.apply(lapse("t", shop.clock(), member=history(shop)[0].member))
    assert visits(shop) == ["enrol", "earn"]


def test_a_return_is_none_and_unmakes_none(shop):
    bought = shop.purchase()
    shop.give_back_goods(bought.entry.entry_id)
    shop.purchase(key="p2", receipt="r2")
    assert visits(shop) == ["enrol", "earn", "earn"]


def test_a_cancellation_is_none_and_unmakes_none(shop):
    shop.purchase()
    shop.cancel(shop.redeem().entry.entry_id)
    assert visits(shop) == ["enrol", "earn", "redeem"]


def test_an_import_is_a_visit_when_it_is_recorded(shop):
    long_ago = shop.clock() - 300 * DAY_MS
    shop.till.import_purchase("alpha", "i1", shop.basket(occurred_at_ms=long_ago))
    entry = history(shop)[-1]
    assert (entry.op, entry.visit, entry.recorded_at_ms, entry.occurred_at_ms) == (
        Op.EARN,
        True,
        shop.clock(),
        long_ago,
    )


def test_an_import_of_a_receipt_that_was_a_visit_is_none(shop):
    shop.purchase()
    shop.clock.advance(days=200)
    with pytest.raises(ReceiptAlreadyRecordedError):
        shop.till.import_purchase("alpha", "i1", shop.basket())
    assert visits(shop) == ["enrol", "earn"]


def test_two_of_a_household_on_one_receipt_are_one_visit(shop):
    bob = shop.enrol("bob@example.com")
    shop.join(bob)
    shop.purchase()
    shop.redeem(partner="alpha", location_id="s1", receipt="r1", card_number=bob, points=10)
    assert visits(shop, bob) == ["enrol", "earn"]
    assert visits(shop) == ["enrol"]


def test_joining_and_leaving_a_household_giving_points_and_closing_are_none(shop):
    bob = shop.enrol("bob@example.com")
    shop.purchase()
    shop.transfer(bob, 10)
    shop.join(bob)
    shop.leave(bob)
    shop.accounts.close("op", "close", CloseRequest(shop.card, True, "moved away"))
    assert visits(shop) == ["enrol", "earn"]
    assert visits(shop, bob) == ["enrol"]


def test_a_merge_leaves_the_visits_of_both_and_compares_receipts_with_both_from_then_on(shop):
    bob = shop.enrol("bob@example.com")
    shop.purchase()
    shop.purchase(key="p2", card_number=bob)
    shop.accounts.merge("op", "m1", MergeRequest(shop.card, bob, "same person"))
    shop.redeem(partner="alpha", location_id="s1", receipt="r1", card_number=bob, points=10)
    assert visits(shop) == ["enrol", "earn"]
    assert visits(shop, bob) == ["enrol", "earn"]


def test_what_the_operator_does_is_none(shop):
    member = history(shop)[0].member
    shop.ledger.apply(adjust("a", shop.clock(), 100, member=member, location="-", receipt=None))
    assert visits(shop) == ["enrol"]


def test_every_operation_has_a_reason(shop):
    entry = history(shop)[0]
    for op in Op:
        for visit in (True, False):
            if visit and op not in (Op.ENROL, Op.EARN, Op.REDEEM, Op.CAPTURE, Op.SPEND):
                continue
            assert why(replace(entry, op=op, visit=visit), [])


def traced(shop, entry_id, partner="alpha"):
    trace = Tracing(shop.ledger).trace(partner, entry_id)
    return [(one.entry.entry_id, one.why) for one in trace.entries], trace.visit


def test_a_visit_is_traced_to_its_entries_and_each_says_why(shop):
    first = shop.purchase(amount_cents=1).entry.entry_id
    bought = shop.purchase(key="p2", receipt="r2").entry.entry_id
    shop.purchase(key="p3", receipt="other")
    redeemed = shop.redeem(partner="alpha", location_id="s1", receipt="r2", points=10).entry.entry_id
    returned = shop.give_back_goods(bought).entry.entry_id
    expected = [
        (bought, "a visit: the first entry of its receipt that earns a point"),
        (redeemed, f"same receipt as {bought}, which is the visit"),
        (returned, "a return is no visit, and unmakes none"),
    ]
    for named in (bought, redeemed, returned):
        listed, visit = traced(shop, named)
        assert listed == expected
        assert visit.entry_id == bought
    assert traced(shop, first) == ([(first, "a purchase that earns no point is no visit")], None)


def test_a_captured_hold_is_traced_with_its_hold(shop):
    shop.purchase()
    held = shop.reserve(receipt="basket").entry.entry_id
    captured = shop.capture(held).entry.entry_id
    assert traced(shop, captured, "beta")[0] == [
        (held, "points set aside are no visit until they are captured"),
        (captured, "a visit: the first entry of its receipt that redeems"),
    ]


def test_a_receipt_number_that_begins_anew_is_another_visit(shop):
    first = shop.purchase().entry.entry_id
    shop.clock.advance(days=40)
    shop.purchase(key="p2", receipt="r2")
    second = shop.purchase(key="p3").entry.entry_id
    for named in (first, second):
        listed, visit = traced(shop, named)
        assert [entry_id for entry_id, _ in listed] == [named]
        assert visit.entry_id == named


def test_an_entry_without_a_receipt_is_traced_alone(shop):
    shop.purchase()
    enrolled = history(shop)[0].entry_id
    assert traced(shop, enrolled)[0] == [(enrolled, "a visit: the customer enrolled")]


def test_a_long_history_is_read_back_to_the_receipt_and_no_further(shop):
    wanted = shop.purchase().entry.entry_id
    for number in range(250):
        shop.purchase(key=f"k{number}", receipt=f"n{number}")
    assert len(traced(shop, wanted)[0]) == 1


@pytest.mark.parametrize("named", ["", "1", "0000000000-1", "0000000000-999"])
def test_what_is_no_entry_of_the_partner_is_not_traced(shop, named):
    with pytest.raises(UnknownEntryError):
        traced(shop, named)


def test_another_partner_s_entries_are_neither_found_nor_shown(shop):
    bought = shop.purchase().entry.entry_id
    with pytest.raises(UnknownEntryError):
        traced(shop, bought, "beta")
