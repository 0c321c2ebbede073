"""The queue of what could not be mapped: pages, retries, and what the operator's retry can do."""

import pytest

from partners.connectors.errors import UnknownUnmappedError
from partners.connectors.words import Kind, State
from tests.unit.partners.connectors.desk import Desk


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
