"""The queue of what could not be mapped: pages, retries, and what the operator's retry can do."""

import pytest

from partners.connectors.errors import UnknownUnmappedError
from partners.connectors.model import CardSource
from partners.connectors.words import CardPlace, Kind, State
from tests.unit.partners.connectors.desk import NOTE, PLACES, Desk
from tests.unit.partners.connectors.test_files import lines


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_pages_go_through_the_queue_oldest_first(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    for number in range(5):
        desk.clock.advance(ms=1)
        desk.paid(shop, f"w-{number}", id=100 + number, currency=None)
    desk.run()
    seen, after = [], ""
    while True:
        page, more = desk.unmapped.waiting("alpha", shop.connection_id, after, 2)
        seen += [fact.group for fact in page]
        if more is None:
            break
        after = more
    assert seen == ["100", "101", "102", "103", "104"]
    assert desk.unmapped.waiting("alpha", shop.connection_id, "", 5)[1] is None


def test_one_item_is_tried_again_and_says_why_it_still_waits(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    desk.paid(shop, currency=None)
    desk.run()
    (item,) = desk.queue(shop)
    assert desk.unmapped.retry("alpha", shop.connection_id, item.item_id).state is State.HEARD
    desk.run()
    assert desk.reasons(shop) == ["currency_missing"]
    desk.paid(shop, "w-2")
    desk.run()
    assert desk.queue(shop) == []
    with pytest.raises(UnknownUnmappedError):
        desk.unmapped.retry("alpha", shop.connection_id, item.item_id)
    assert desk.points == 210


def test_what_is_too_old_for_the_till_is_recorded_when_the_operator_asks(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    desk.paid(shop, processed_at="2026-09-15T12:00:00Z")
    desk.run()
    assert desk.reasons(shop) == ["occurred_too_long_ago"]
    desk.unmapped.retry_all("alpha", shop.connection_id)
    desk.run()
    assert desk.reasons(shop) == ["occurred_too_long_ago"]
    desk.unmapped.retry_all("alpha", shop.connection_id, any_age=True)
    desk.run()
    assert desk.queue(shop) == []
    assert desk.points == 210


@pytest.mark.parametrize("kind", [Kind.SHOPIFY, Kind.FILE])
def test_the_operators_retry_grants_nothing_beyond_the_funding(desk: Desk, kind: Kind) -> None:
    made = desk.connect(kind)
    desk.shop.contracts.exhausted.add("alpha")
    if kind is Kind.FILE:
        desk.put_file(made, lines(desk, "k-1"))
    else:
        desk.paid(made)
    desk.run()
    assert len(desk.queue(made)) == 1
    desk.unmapped.retry_all("alpha", made.connection_id, any_age=True)
    desk.run()
    assert (len(desk.queue(made)), desk.points) == (1, 0)
    desk.shop.contracts.exhausted.clear()
    desk.unmapped.retry_all("alpha", made.connection_id)
    desk.run()
    assert (desk.queue(made), desk.points) == ([], 210 if kind is Kind.SHOPIFY else 50)


def test_what_lies_behind_a_hundred_hopeless_items_is_tried_as_well(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("partners.connectors.unmapped.MOST_AT_ONCE", 3)
    shop = desk.connect(Kind.SHOPIFY, locations={})
    for number in range(4):
        desk.clock.advance(ms=1)
        desk.paid(shop, f"w-{number}", id=100 + number, **({} if number == 3 else {"currency": None}))
    desk.run()
    desk.connections.change_settings("alpha", shop.connection_id, NOTE, PLACES)
    assert desk.unmapped.retry_all("alpha", shop.connection_id, desk.queue(shop)[0].item_id) == (3, None)
    first, after = desk.unmapped.retry_all("alpha", shop.connection_id)
    assert (first, after) == (3, desk.queue(shop)[2].item_id)
    assert desk.unmapped.retry_all("alpha", shop.connection_id, after or "") == (1, None)
    desk.run()
    assert desk.reasons(shop) == ["currency_missing"] * 3
    assert desk.points == 210


def test_a_dismissed_sale_takes_its_refunds_out_of_waiting_for_it(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    desk.paid(shop, currency=None)
    desk.refunded(shop)
    desk.run()
    sale, refund = desk.queue(shop)
    gone = desk.unmapped.dismiss("alpha", shop.connection_id, sale.item_id, "recorded by hand")
    assert (gone.state, desk.card in str(gone)) == (State.DISMISSED, False)
    desk.run()
    assert desk.reasons(shop) == ["sale_dismissed"]
    desk.unmapped.dismiss("alpha", shop.connection_id, refund.item_id, "returned by hand")
    with pytest.raises(UnknownUnmappedError):
        desk.unmapped.retry("alpha", shop.connection_id, refund.item_id)
    desk.run()
    assert (desk.queue(shop), desk.points) == ([], 0)


def test_a_changed_sale_that_was_dismissed_waits_again_only_for_yet_another_amount(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    desk.paid(shop)
    desk.run()
    for number, (amount, waits) in enumerate((("50.00", 1), ("50.00", 0), ("60.00", 1))):
        desk.paid(shop, f"w-again-{number}", total_price=amount)
        assert len(desk.queue(shop)) == waits
        for item in desk.queue(shop):
            after = desk.unmapped.dismiss("alpha", shop.connection_id, item.item_id, "the rest is recorded by hand")
            assert after.state is State.RECORDED
    desk.refunded(shop)
    desk.run()
    assert (desk.queue(shop), desk.points) == ([], 194)


def test_sales_without_a_card_can_be_read_again_for_thirty_days(desk: Desk) -> None:
    wrong = CardSource(CardPlace.NOTE_ATTRIBUTE, "loyalty-card")
    shop = desk.connect(Kind.SHOPIFY, card_source=wrong)
    desk.paid(shop)
    desk.refunded(shop)
    desk.run()
    assert desk.unmapped.count_without_card(shop.connection_id) == 1
    assert desk.unmapped.retry_all("alpha", shop.connection_id, without_card=True) == (1, None)
    desk.run()
    assert desk.unmapped.count_without_card(shop.connection_id) == 1
    desk.connections.change_settings("alpha", shop.connection_id, NOTE, PLACES)
    assert desk.unmapped.retry_all("alpha", shop.connection_id) == (0, None)
    assert desk.unmapped.retry_all("alpha", shop.connection_id, without_card=True) == (1, None)
    desk.run()
    assert desk.unmapped.count_without_card(shop.connection_id) == 0
    assert (desk.queue(shop), desk.points) == ([], 194)
