"""Sales and refunds that are told again: changed, late, first without a card, or by another connection to the shop."""

from typing import Any

import pytest

from partners.connectors.model import Connection
from partners.connectors.words import Kind, State
from shared.kernel.clock import DAY_MS
from shared.kernel.errors import StoreUnavailableError
from tests.unit.partners.connectors.desk import NOTE, PLACES, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def shop(desk: Desk) -> Connection:
    return desk.connect(Kind.SHOPIFY)


class LostAnswers:
    """A till that records, and whose answers are lost."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def purchase(self, *asked: Any) -> None:
        self._inner.purchase(*asked)
        raise StoreUnavailableError("lost")


def losing_answers(inner: Any) -> Any:
    return LostAnswers(inner) if hasattr(inner, "purchase") else inner


def lose_the_answer_and_tell(desk: Desk, shop: Connection, **changes: object) -> None:
    """The sale is recorded and the worker does not learn of it; then the sale is told with `changes`."""
    desk.through(desk.db, losing_answers)
    desk.paid(shop)
    with pytest.raises(StoreUnavailableError):
        desk.run()
    desk.through(desk.db)
    desk.paid(shop, "w-2", **changes)
    desk.run()


def test_a_command_that_may_have_been_sent_stays_as_it_is_whatever_is_told_meanwhile(
    desk: Desk, shop: Connection
) -> None:
    lose_the_answer_and_tell(desk, shop, location_id=None)
    assert desk.points == 210
    assert desk.queue(shop) == []


def test_another_amount_that_is_told_meanwhile_waits_beside_what_was_recorded(desk: Desk, shop: Connection) -> None:
    lose_the_answer_and_tell(desk, shop, total_price="942.10")
    assert desk.points == 210
    assert desk.reasons(shop) == ["sale_changed"]


def test_another_amount_of_a_recorded_sale_waits_for_people_and_its_refunds_follow_nevertheless(
    desk: Desk, shop: Connection
) -> None:
    desk.paid(shop)
    desk.run()
    desk.paid(shop, "w-2", total_price="942.10")
    desk.paid(shop, "w-3", total_price="942.10")
    desk.run()
    (item,) = desk.queue(shop)
    assert item.reason
    assert item.reason.code == "sale_changed"
    assert "42.10 USD; now 942.10 USD" in item.reason.detail
    assert (item.state, desk.points) == (State.RECORDED, 210)
    assert desk.card not in str(item)
    desk.refunded(shop, amount="42.10")
    desk.run()
    assert desk.points == 0
    desk.unmapped.retry_all("alpha", shop.connection_id)
    desk.run()
    assert desk.reasons(shop) == ["sale_changed"]


def test_another_amount_of_a_recorded_refund_waits_too(desk: Desk, shop: Connection) -> None:
    desk.paid(shop)
    desk.refunded(shop)
    desk.run()
    again = {"id": 910001, "order_id": 5012345678901, "created_at": "2026-11-15T12:00:00Z"}
    for webhook_id, amount in (("w-7", "3.24"), ("w-8", "4.00")):
        money = {"kind": "refund", "status": "success", "amount": amount, "currency": "USD"}
        desk.shopify(shop, "refunds/create", {**again, "transactions": [money]}, webhook_id)
        desk.run()
        assert desk.reasons(shop) == ([] if amount == "3.24" else ["refund_changed"])
    assert desk.points == 194


def test_a_sale_that_first_named_no_card_earns_less_what_was_refunded_meanwhile(desk: Desk, shop: Connection) -> None:
    desk.paid(shop, note_attributes=[])
    desk.refunded(shop, amount="42.10")
    assert [fact.state for fact in desk.run()] == [State.NOT_OURS, State.NOT_OURS]
    desk.paid(shop, "w-2")
    assert [fact.state for fact in desk.run()] == [State.RECORDED, State.RECORDED]
    assert desk.points == 0


def test_a_refund_follows_its_sale_however_long_that_waited(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY, locations={})
    desk.paid(shop)
    desk.refunded(shop)
    desk.run()
    desk.clock.advance(ms=40 * DAY_MS)
    desk.connections.change_settings("alpha", shop.connection_id, NOTE, PLACES)
    (sale, _) = desk.queue(shop)
    desk.unmapped.retry("alpha", shop.connection_id, sale.item_id, any_age=True)
    desk.run()
    assert desk.queue(shop) == []
    assert desk.points == 194


def test_what_the_operator_asked_for_in_vain_holds_for_no_later_try(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY, locations={})
    desk.paid(shop)
    desk.run()
    desk.clock.advance(ms=40 * DAY_MS)
    (sale,) = desk.queue(shop)
    desk.unmapped.retry("alpha", shop.connection_id, sale.item_id, any_age=True)
    desk.run()
    assert desk.reasons(shop) == ["foreign_location_unknown"]
    desk.connections.change_settings("alpha", shop.connection_id, NOTE, PLACES)
    desk.unmapped.retry("alpha", shop.connection_id, sale.item_id)
    desk.run()
    assert desk.reasons(shop) == ["occurred_too_long_ago"]
    assert desk.points == 0


def test_a_refund_that_is_too_old_itself_is_taken_when_the_operator_asks(desk: Desk, shop: Connection) -> None:
    desk.paid(shop)
    desk.run()
    desk.clock.advance(ms=40 * DAY_MS)
    desk.refunded(shop)
    desk.run()
    assert desk.reasons(shop) == ["occurred_too_long_ago"]
    desk.unmapped.retry_all("alpha", shop.connection_id, any_age=True)
    desk.run()
    assert desk.queue(shop) == []
    assert desk.points == 194


@pytest.fixture
def successor(desk: Desk, shop: Connection) -> Connection:
    """The connection to the same shop after the first one heard of the sale and a refund of it, and was disabled."""
    desk.paid(shop)
    desk.refunded(shop)
    desk.run()
    desk.connections.disable("alpha", shop.connection_id)
    return desk.connect(Kind.SHOPIFY)


def test_a_refund_finds_the_sale_that_an_earlier_connection_heard_of(desk: Desk, successor: Connection) -> None:
    desk.refunded(successor, 910002, "10.00")
    desk.run()
    assert desk.queue(successor) == []
    assert desk.points == 144


def test_what_two_connections_were_told_of_counts_once_and_is_compared(desk: Desk, successor: Connection) -> None:
    desk.paid(successor, "w-8", location_id=None)
    desk.refunded(successor, created_at="2026-11-15T12:00:00Z")
    desk.refunded(successor, 910002, "38.86")
    desk.run()
    assert desk.queue(successor) == []
    assert desk.points == 0
    desk.paid(successor, "w-9", total_price="43.00")
    desk.run()
    assert desk.reasons(successor) == ["sale_changed"]


def test_what_waits_at_an_earlier_connection_follows_what_its_successor_hears(desk: Desk, shop: Connection) -> None:
    desk.refunded(shop)
    desk.run()
    assert desk.reasons(shop) == ["sale_not_heard"]
    desk.connections.disable("alpha", shop.connection_id)
    desk.paid(desk.connect(Kind.SHOPIFY))
    desk.run()
    assert desk.queue(shop) == []
    assert desk.points == 194


def test_another_partners_connection_to_the_same_shop_has_nothing_to_do_with_it(desk: Desk, shop: Connection) -> None:
    desk.paid(shop)
    desk.run()
    theirs = desk.connect(Kind.SHOPIFY, "beta", locations={})
    desk.refunded(theirs)
    desk.run()
    assert desk.reasons(theirs) == ["sale_not_heard"]
    assert desk.points == 210
