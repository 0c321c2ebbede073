"""Events as they came: kept before the answer, verified again, and read anew by the settings as they are now."""

import json

import pytest

from partners.connectors.errors import EventGoneError, UnknownConnectionError, UnknownUnmappedError
from partners.connectors.model import CardSource
from partners.connectors.words import CardPlace, Kind, State
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.hearing import Heard
from shared.kernel.hearing_errors import UnverifiedWebhookError
from tests.fakes.connectors import fixture
from tests.unit.partners.connectors.desk import NOTE, PLACES, SECRET, Desk

TAG = CardSource(CardPlace.CUSTOMER_TAG, "card:")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def order(desk: Desk, card: str | None = None, **changes: object) -> bytes:
    return json.dumps({**fixture("shopify_order_paid", card or desk.card), **changes}, indent=3).encode()


def events(desk: Desk) -> list[str]:
    return [key for key in desk.bucket.objects if key.startswith("events/")]


def test_an_event_is_kept_byte_by_byte_and_verifies_again(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    raw = order(desk, location_id=99)
    desk.shopify(shop, "orders/paid", raw)
    desk.run()
    (item,) = desk.queue(shop)
    event, verifies = desk.unmapped.received("alpha", shop.connection_id, item.item_id)
    assert event.body == raw
    assert event.headers["X-Shopify-Topic"] == "orders/paid"
    assert verifies
    desk.connections.add_secret("alpha", shop.connection_id, "the_next_secret", "", overlap_seconds=0)
    assert not desk.unmapped.received("alpha", shop.connection_id, item.item_id)[1]


def test_an_event_of_square_verifies_with_its_url(desk: Desk) -> None:
    account = desk.connect(Kind.SQUARE, locations={})
    desk.square(account, fixture("square_payment_updated", desk.card))
    desk.run()
    (item,) = desk.queue(account)
    assert desk.unmapped.received("alpha", account.connection_id, item.item_id)[1]
    desk.connections.add_secret("alpha", account.connection_id, SECRET, "https://api.example.com/other", 0)
    assert not desk.unmapped.received("alpha", account.connection_id, item.item_id)[1]


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
    bodies = [desk.unmapped.received("alpha", shop.connection_id, one.item_id)[0].body for one in desk.queue(shop)]
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
