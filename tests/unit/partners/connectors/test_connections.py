"""A partner's connections: made, changed, ended; whose they are."""

import dataclasses

import pytest

from partners.connectors.errors import (
    ConnectionDisabledError,
    ConnectionExistsError,
    InvalidConnectionError,
    TooManyConnectionsError,
    UnknownConnectionError,
)
from partners.connectors.model import CardSource
from partners.connectors.service import MOST_CONNECTIONS
from partners.connectors.words import CardPlace, Kind
from partners.contracts.errors import UnknownLocationError
from shared.kernel.hearing import Heard
from shared.kernel.hearing_errors import UnverifiedWebhookError
from tests.fakes.connectors import fixture
from tests.unit.partners.connectors.desk import NOTE, REFERENCE, SECRET, SHOP, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_connection_reads_back_with_its_secret_sealed(desk: Desk) -> None:
    made = desk.connect(Kind.SHOPIFY)
    assert desk.connections.connections("alpha") == [made]
    assert desk.connections.connection("alpha", made.connection_id) == made
    assert SECRET not in str(desk.db.tables)


def test_a_new_secret_overlaps_with_the_old_one(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    order = fixture("shopify_order_paid", desk.card)
    desk.connections.add_secret("alpha", shop.connection_id, "the_next_secret", "", overlap_seconds=3_600)
    assert desk.shopify(shop, "orders/paid", order, "w-1", SECRET) is Heard.NEW
    assert desk.shopify(shop, "orders/paid", order, "w-1", "the_next_secret") is Heard.KNOWN
    desk.clock.advance(ms=3_600_000)
    with pytest.raises(UnverifiedWebhookError):
        desk.shopify(shop, "orders/paid", order, "w-1", SECRET)
    assert desk.shopify(shop, "orders/paid", order, "w-1", "the_next_secret") is Heard.KNOWN


def test_a_connection_without_a_secret_hears_nothing(desk: Desk) -> None:
    made = desk.connections.create("alpha", Kind.SHOPIFY, SHOP, NOTE, {})
    with pytest.raises(UnverifiedWebhookError):
        desk.paid(made)


def test_a_location_that_is_mapped_later_helps_what_waits(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY, locations={})
    desk.paid(shop)
    desk.refunded(shop)
    desk.run()
    assert desk.reasons(shop) == ["foreign_location_unknown", "sale_unmapped"]
    desk.connections.change_settings("alpha", shop.connection_id, NOTE, {"88001": "s1"})
    assert desk.unmapped.retry_all("alpha", shop.connection_id) == (2, None)
    assert len(desk.queue(shop)) == 2, "it stays in the queue until it is settled"
    desk.run()
    assert desk.queue(shop) == []
    assert desk.points == 194


def test_a_connection_is_its_partners_alone(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    for attempt in (
        lambda: desk.connections.connection("beta", shop.connection_id),
        lambda: desk.connections.disable("beta", shop.connection_id),
        lambda: desk.connections.change_settings("beta", shop.connection_id, NOTE, {}),
        lambda: desk.connections.add_secret("beta", shop.connection_id, SECRET, "", 0),
        lambda: desk.unmapped.waiting("beta", shop.connection_id, "", 10),
        lambda: desk.unmapped.retry_all("beta", shop.connection_id),
        lambda: desk.unmapped.retry("beta", shop.connection_id, "x"),
    ):
        with pytest.raises(UnknownConnectionError):
            attempt()
    assert desk.connections.connections("beta") == []


def test_locations_must_be_the_partners_own(desk: Desk) -> None:
    with pytest.raises(UnknownLocationError):
        desk.connect(Kind.SHOPIFY, locations={"88001": "b1"})
    shop = desk.connect(Kind.SHOPIFY)
    with pytest.raises(UnknownLocationError):
        desk.connections.change_settings("alpha", shop.connection_id, NOTE, {"88001": "b1"})


def test_one_connection_to_an_account_hears_at_a_time(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    with pytest.raises(ConnectionExistsError) as exists:
        desk.connect(Kind.SHOPIFY)
    assert exists.value.data["connection_id"] == shop.connection_id
    ended = desk.connections.disable("alpha", shop.connection_id)
    assert desk.connections.disable("alpha", shop.connection_id) == ended
    assert ended.keys == ()
    desk.connect(Kind.SHOPIFY)
    with pytest.raises(ConnectionDisabledError):
        desk.connections.add_secret("alpha", shop.connection_id, SECRET, "", 0)


def test_connections_are_bounded(desk: Desk) -> None:
    for number in range(MOST_CONNECTIONS):
        desk.connect(Kind.SHOPIFY, account=f"shop-{number}.myshopify.com")
    with pytest.raises(TooManyConnectionsError):
        desk.connect(Kind.FILE)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (Kind.SHOPIFY, {"account": "example.com"}),
        (Kind.SHOPIFY, {"account": "x.myshopify.com.evil.com"}),
        (Kind.SHOPIFY, {"card_source": REFERENCE}),
        (Kind.SHOPIFY, {"card_source": None}),
        (Kind.SQUARE, {"account": ""}),
        (Kind.SQUARE, {"card_source": NOTE}),
        (Kind.SQUARE, {"locations": {"": "s1"}}),
        (Kind.SQUARE, {"locations": {f"L{number}": "s1" for number in range(501)}}),
        (Kind.FILE, {"account": "x"}),
        (Kind.FILE, {"locations": {"L1": "s1"}}),
        (Kind.FILE, {"card_source": REFERENCE}),
    ],
)
def test_no_invalid_connection_can_be_made(desk: Desk, kind: Kind, changes: dict[str, object]) -> None:
    with pytest.raises(InvalidConnectionError):
        desk.connect(kind, **changes)


@pytest.mark.parametrize(
    ("kind", "secret", "url", "overlap_seconds"),
    [
        (Kind.SHOPIFY, "short", "", 0),
        (Kind.SHOPIFY, "with\nline break", "", 0),
        (Kind.SHOPIFY, SECRET, "https://example.com", 0),
        (Kind.SHOPIFY, SECRET, "", -1),
        (Kind.SQUARE, SECRET, "", 0),
        (Kind.SQUARE, SECRET, "http://example.com", 0),
        (Kind.FILE, SECRET, "", 0),
    ],
)
def test_no_invalid_secret_is_taken(desk: Desk, kind: Kind, secret: str, url: str, overlap_seconds: int) -> None:
    made = desk.connect(kind)
    with pytest.raises(InvalidConnectionError):
        desk.connections.add_secret("alpha", made.connection_id, secret, url, overlap_seconds)


def test_a_place_with_a_name_needs_one_and_others_have_none() -> None:
    for place, name in ((CardPlace.METAFIELD, ""), (CardPlace.NOTE, "x")):
        with pytest.raises(InvalidConnectionError):
            CardSource(place, name)
    assert dataclasses.asdict(NOTE)["name"] == "loyalty_card"
