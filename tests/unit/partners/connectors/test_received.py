"""Events that came: kept before the answer, without what names a person, and read anew by the present settings."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

import pytest

from partners.connectors import shopify, square
from partners.connectors.errors import EventGoneError, UnknownConnectionError, UnknownUnmappedError
from partners.connectors.foreign import Event
from partners.connectors.model import CardSource
from partners.connectors.redaction import redacted
from partners.connectors.words import CardPlace, Kind, State
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.hearing import Heard
from shared.kernel.hearing_errors import UnverifiedWebhookError
from tests.fakes.connectors import fixture, shopify_headers
from tests.unit.partners.connectors.desk import NOTE, PLACES, Desk

TAG = CardSource(CardPlace.CUSTOMER_TAG, "card:")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def order(desk: Desk, card: str | None = None, **changes: object) -> bytes:
    return json.dumps({**fixture("shopify_order_paid", card or desk.card), **changes}, indent=3).encode()


def events(desk: Desk) -> list[str]:
    return [key for key in desk.bucket.objects if key.startswith("events/")]


PERSONAL = ("Grace", "Hopper", "grace@", "Pier", "60611", "3125550142", "203.0.113", "ring", "Alan", "4242", "Wool")


def test_of_an_event_is_kept_what_may_map_it_and_nothing_that_names_a_person(desk: Desk) -> None:
    shop, account = desk.connect(Kind.SHOPIFY, locations={}), desk.connect(Kind.SQUARE, locations={})
    raw = order(desk)
    paid = fixture("square_payment_updated", desk.card)
    desk.shopify(shop, "orders/paid", raw)
    desk.square(account, paid)
    for key in events(desk):
        content = desk.bucket.objects[key]
        kept = b64decode(json.loads(content)["body_base64"]).decode()
        assert not [word for word in PERSONAL if word in kept], kept
        assert desk.card in kept
    desk.run()
    (item,) = desk.queue(shop)
    event = desk.unmapped.received("alpha", shop.connection_id, item.item_id)
    assert event.body_sha256 == hashlib.sha256(raw).hexdigest()
    assert event.headers["X-Shopify-Topic"] == "orders/paid"


@pytest.mark.parametrize(
    ("kind", "fixture_name", "source"),
    [
        (Kind.SHOPIFY, "shopify_order_paid", NOTE),
        (Kind.SHOPIFY, "shopify_refund_create", NOTE),
        (Kind.SQUARE, "square_payment_updated", CardSource(CardPlace.REFERENCE_ID)),
        (Kind.SQUARE, "square_refund_updated", CardSource(CardPlace.REFERENCE_ID)),
    ],
)
def test_what_is_kept_tells_the_same_as_what_was_sent(kind: Kind, fixture_name: str, source: CardSource) -> None:
    body = fixture(fixture_name, "9770158812345678")
    topic = "refunds/create" if "refund" in fixture_name else "orders/paid"

    def told(one: Mapping[str, Any]) -> Event:
        return (
            shopify.read(shopify_headers(topic, "w-1"), one, source)
            if kind is Kind.SHOPIFY
            else square.read(one, source)
        )

    assert told(redacted(kind, body, source)) == told(body)
    assert told(body).told is not None


def test_a_text_at_the_place_of_cards_is_kept_even_if_it_is_none_and_others_only_if_they_are() -> None:
    body = {
        "note_attributes": [{"name": "loyalty_card", "value": "977015"}, {"name": "gift", "value": "for Alan"}],
        "customer": {"tags": "vip, card:9770158812345678, Alan", "email": "alan@example.com"},
        "metafields": [{"namespace": "a", "key": "b", "value": 9770158812345678, "description": "Alan's"}],
    }
    assert redacted(Kind.SHOPIFY, body, NOTE) == {
        "note_attributes": [{"name": "loyalty_card", "value": "977015"}, {"name": "gift", "value": "withheld"}],
        "customer": {"tags": "card:9770158812345678", "metafields": []},
        "metafields": [{"namespace": "a", "key": "b", "value": 9770158812345678}],
    }


def test_an_event_lies_under_its_partner_and_connection_by_a_name_that_tells_nothing(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    raw = order(desk)
    assert [desk.shopify(shop, "orders/paid", raw) for _ in range(2)] == [Heard.NEW, Heard.KNOWN]
    (key,) = events(desk)
    *folder, name = key.split("/")
    assert folder == ["events", "alpha", shop.connection_id]
    assert len(name) == 64
    assert set(name) <= set("0123456789abcdef")


def test_two_events_of_one_id_are_two(desk: Desk) -> None:
    # The vendor's id is in no signature: it must not put one event in the place of another.
    shop = desk.connect(Kind.SHOPIFY)
    desk.shopify(shop, "orders/paid", order(desk, location_id=99), "w-1")
    desk.shopify(shop, "orders/paid", order(desk, id=7, location_id=98), "w-1")
    desk.run()
    bodies = [desk.unmapped.received("alpha", shop.connection_id, one.item_id).body for one in desk.queue(shop)]
    assert {json.loads(body)["location_id"] for body in bodies} == {98, 99}


def test_what_is_not_signed_or_nothing_to_us_is_not_kept(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    with pytest.raises(UnverifiedWebhookError):
        desk.shopify(shop, "orders/paid", order(desk), secret="another_secret")
    assert desk.shopify(shop, "orders/create", order(desk)) is Heard.IGNORED
    assert events(desk) == []


def test_an_event_that_can_t_be_kept_is_not_taken_and_counts_when_it_comes_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out(*_: object) -> None:
        raise StoreUnavailableError("SlowDown")

    shop = desk.connect(Kind.SHOPIFY)
    with monkeypatch.context() as patch:
        patch.setattr(desk.bucket, "write_sealed", out)
        with pytest.raises(StoreUnavailableError):
            desk.paid(shop)
    assert desk.line.messages == []
    assert desk.paid(shop) is Heard.NEW


def test_a_retry_finds_the_card_where_the_settings_say_now(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    desk.paid(shop, note_attributes=[{"name": "loyalty_card", "value": "none"}], customer={"tags": f"card:{desk.card}"})
    desk.run()
    assert desk.reasons(shop) == ["invalid_card_number"]
    desk.connections.change_settings("alpha", shop.connection_id, TAG, PLACES)
    desk.run()
    assert desk.reasons(shop) == ["invalid_card_number"], "nothing is read anew unasked"
    desk.unmapped.retry_all("alpha", shop.connection_id)
    desk.run()
    assert desk.queue(shop) == []
    assert desk.points == 210


def test_a_frozen_command_is_not_mapped_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def out(*_: object) -> None:
        raise StoreUnavailableError("throttled")

    shop = desk.connect(Kind.SHOPIFY, locations={})
    desk.paid(shop, customer={"tags": "card:none"})
    desk.run()
    desk.connections.change_settings("alpha", shop.connection_id, NOTE, PLACES)
    (item,) = desk.queue(shop)
    desk.unmapped.retry("alpha", shop.connection_id, item.item_id)
    with monkeypatch.context() as patch:
        patch.setattr(desk.shop.till, "purchase", out)
        with pytest.raises(StoreUnavailableError):
            desk.run()
    desk.connections.change_settings("alpha", shop.connection_id, TAG, PLACES)
    assert desk.unmapped.retry("alpha", shop.connection_id, item.item_id).state is State.PLANNED
    desk.run()
    assert desk.queue(shop) == []
    assert desk.points == 210


def test_what_is_kept_no_more_is_mapped_by_what_it_told(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY, locations={})
    desk.paid(shop)
    desk.run()
    desk.bucket.objects.clear()
    (item,) = desk.queue(shop)
    with pytest.raises(EventGoneError):
        desk.unmapped.received("alpha", shop.connection_id, item.item_id)
    desk.connections.change_settings("alpha", shop.connection_id, NOTE, PLACES)
    desk.unmapped.retry_all("alpha", shop.connection_id)
    desk.run()
    assert desk.points == 210


def test_there_is_no_event_of_a_file_nor_of_what_does_not_wait(desk: Desk) -> None:
    folder = desk.connect(Kind.FILE)
    desk.put_file(folder, b"not a file")
    desk.run()
    (item,) = desk.queue(folder)
    with pytest.raises(EventGoneError):
        desk.unmapped.received("alpha", folder.connection_id, item.item_id)
    with pytest.raises(UnknownUnmappedError):
        desk.unmapped.received("alpha", folder.connection_id, "1794830400000-0000000000000000")
    with pytest.raises(UnknownConnectionError):
        desk.unmapped.received("beta", folder.connection_id, item.item_id)
