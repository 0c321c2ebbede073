"""Two connections to one shop that read the card at two places: a sale counts once all the same, on one of them."""

from dataclasses import replace
from typing import Any

import pytest

from partners.connectors.facts import Fact
from partners.connectors.model import CardSource, Connection
from partners.connectors.words import CardPlace, Kind, State
from partners.till.model import EnrolRequest
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.connectors import fixture
from tests.unit.partners.connectors.desk import PLACES, Desk

BY_TAG = CardSource(CardPlace.CUSTOMER_TAG, "card:")


class Down:
    """A till that can't be reached."""

    def __init__(self, _: Any) -> None:
        pass

    def purchase(self, *_: Any) -> None:
        raise StoreUnavailableError("down")


class Shop:
    """Ann's card stands in the order, Bob's on the customer; the first connection, disabled, waits for a location."""

    def __init__(self) -> None:
        self.desk = desk = Desk()
        request = EnrolRequest("bob@example.com", "s1", None, desk.clock())
        self.bobs = desk.shop.till.enrol("alpha", "enrol-bob", request).card_number
        self.order = fixture("shopify_order_paid", desk.card)
        self.order["customer"]["tags"] = f"card:{self.bobs}"
        self.first = desk.connect(Kind.SHOPIFY, locations={})
        self.tell(self.first)
        desk.run()
        desk.connections.disable("alpha", self.first.connection_id)
        self.second = desk.connect(Kind.SHOPIFY, card_source=BY_TAG)

    def tell(self, connection: Connection) -> None:
        self.desk.shopify(connection, "orders/paid", self.order, f"w-{connection.connection_id}")

    def find_the_location(self) -> None:
        known = self.desk.connections.connection("alpha", self.first.connection_id)
        assert self.desk.store.change_connection(replace(known, locations=PLACES, version=known.version + 1))

    def states(self) -> list[State]:
        group = str(self.order["id"])
        found = (self.desk.store.group(one.connection_id, group) for one in (self.first, self.second))
        return [fact.state for facts in found for fact in facts]

    @property
    def points(self) -> list[int]:
        till = self.desk.shop.till
        return [till.card("alpha", card).points_balance for card in (self.desk.card, self.bobs)]


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_a_command_that_was_frozen_before_an_outage_is_carried_out_before_another_is_made(shop: Shop) -> None:
    desk = shop.desk
    desk.through(desk.db, lambda inner: Down(inner) if hasattr(inner, "purchase") else inner)
    shop.tell(shop.second)
    with pytest.raises(StoreUnavailableError):
        desk.run()
    assert shop.states() == [State.UNMAPPED, State.PLANNED]
    desk.through(desk.db)
    shop.find_the_location()
    desk.unmapped.retry_all("alpha", shop.first.connection_id)
    desk.run()
    assert shop.points == [0, 210]
    assert shop.states() == [State.RECORDED, State.RECORDED]


def test_of_two_workers_who_freeze_a_sale_for_two_connections_one_does(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One has listed what was told before the other item was retried; the other dies once it has frozen."""
    desk = shop.desk
    shop.find_the_location()
    shop.tell(shop.second)
    change, meanwhile = desk.store.change, []

    def late(before: Fact | None, after: Fact, *more: Any, **named: Any) -> bool:
        if after.state is State.PLANNED and not meanwhile:
            meanwhile.append(after.connection_id)
            desk.unmapped.retry_all("alpha", shop.first.connection_id)
            with monkeypatch.context() as outage:
                outage.setattr(desk.commands, "_till", Down(None))
                with pytest.raises(StoreUnavailableError):
                    desk.work.settle(*desk.line.messages[-1])
        return change(before, after, *more, **named)

    monkeypatch.setattr(desk.store, "change", late)
    desk.run()
    assert meanwhile == [shop.second.connection_id]
    assert sorted(shop.points) == [0, 210]
    assert shop.states() == [State.RECORDED, State.RECORDED]
