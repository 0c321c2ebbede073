"""Shopify's orders and refunds: what becomes of them, once."""

import json

import pytest

from partners.connectors.model import CardSource
from partners.connectors.words import CardPlace, Kind, State
from shared.kernel.hearing import Heard
from shared.kernel.hearing_errors import MalformedWebhookError, UnverifiedWebhookError
from shared.members.card import Card, card_number
from tests.fakes.connectors import fixture, shopify_headers, signature
from tests.unit.partners.connectors.desk import SECRET, Desk

UNKNOWN_CARD = card_number("9770", Card("0999999999", 1))
PERSONAL = ("Grace", "Hopper", "grace@", "Pier", "60611", "3125550142", "203.0.113", "ring", "Alan", "4242")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_order_paid_is_a_purchase_and_its_refunds_are_returns(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    assert desk.paid(shop) is Heard.NEW
    assert [fact.state for fact in desk.run()] == [State.RECORDED]
    assert desk.points == 210
    desk.refunded(shop)
    desk.refunded(shop, 910002, "10.00")
    assert [fact.returned_cents for fact in desk.run()] == [324, 1_000]
    assert desk.points == 144
    assert desk.queue(shop) == []


def test_an_order_counts_once_however_often_and_under_whatever_delivery_it_comes(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    heard = [desk.paid(shop, webhook_id) for webhook_id in ("w-1", "w-1", "w-2")]
    desk.run()
    assert [*heard, desk.paid(shop)] == [Heard.NEW, Heard.KNOWN, Heard.NEW, Heard.KNOWN]
    desk.run()
    assert desk.points == 210


def test_another_connection_to_the_same_shop_has_the_same_keys(desk: Desk) -> None:
    first = desk.connect(Kind.SHOPIFY)
    desk.paid(first)
    desk.run()
    desk.connections.disable("alpha", first.connection_id)
    second = desk.connect(Kind.SHOPIFY)
    desk.paid(second, "w-9")
    desk.run()
    assert desk.points == 210
    assert desk.queue(second) == []


def test_a_refund_that_comes_first_waits_and_follows_its_sale(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    desk.refunded(shop)
    desk.run()
    assert desk.reasons(shop) == ["sale_not_heard"]
    desk.paid(shop)
    desk.run()
    assert desk.queue(shop) == []
    assert desk.points == 194


def test_an_order_without_a_card_is_nobodys_and_does_not_fill_the_queue(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    desk.paid(shop, note_attributes=[])
    desk.refunded(shop)
    assert {fact.state for fact in desk.run()} == {State.NOT_OURS}
    assert desk.queue(shop) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"location_id": 99}, "foreign_location_unknown"),
        ({"currency": None}, "currency_missing"),
        ({"currency": "CAD"}, "currency_mismatch"),
        ({"total_price": "42.105"}, "amount_missing"),
        ({"total_price": "-1.00"}, "amount_missing"),
        ({"total_price": "NaN"}, "amount_missing"),
        ({"created_at": None, "processed_at": "soon"}, "time_missing"),
        ({"processed_at": "2025-11-15T06:00:00Z"}, "occurred_too_long_ago"),
        ({"note_attributes": [{"name": "loyalty_card", "value": "9770"}]}, "invalid_card_number"),
        ({"note_attributes": [{"name": "loyalty_card", "value": UNKNOWN_CARD}]}, "unknown_card"),
    ],
)
def test_what_can_not_be_mapped_waits_in_the_queue_with_its_reason(
    desk: Desk, changes: dict[str, object], reason: str
) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    desk.paid(shop, **changes)
    desk.refunded(shop)
    desk.run()
    assert desk.reasons(shop) == [reason, "sale_unmapped"]
    assert all(fact.reason and fact.reason.detail.endswith(".") for fact in desk.queue(shop))
    assert desk.points == 0


def test_a_refund_of_more_than_was_paid_waits_for_people(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    desk.paid(shop)
    desk.refunded(shop, amount="50.00")
    desk.run()
    assert desk.reasons(shop) == ["return_exceeds_purchase"]


def test_a_tip_earns_nothing_and_is_refunded_last(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    desk.paid(shop, total_price="47.10", total_tip_received="5.00")
    desk.run()
    assert desk.points == 210
    desk.refunded(shop, amount="45.00")
    desk.refunded(shop, 910002, amount="2.10")
    settled = desk.run()
    assert [(fact.state, fact.returned_cents) for fact in settled] == [(State.RECORDED, 4_210), (State.NOT_OURS, 0)]
    assert desk.points == 0


@pytest.mark.parametrize(
    ("status", "points"), [("success", 194), ("pending", 194), ("failure", 210), ("error", 210), (None, 210)]
)
def test_money_that_a_gateway_did_not_pay_back_takes_no_points(desk: Desk, status: str | None, points: int) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    desk.paid(shop)
    money = {"kind": "refund", "status": status, "amount": "3.24", "currency": "USD"}
    desk.refunded(shop, transactions=[money])
    desk.run()
    assert (desk.queue(shop), desk.points) == ([], points)


def test_goods_put_back_without_money_are_nothing_to_us(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    refund = {**fixture("shopify_refund_create"), "transactions": []}
    assert desk.shopify(shop, "refunds/create", refund) is Heard.IGNORED
    assert desk.shopify(shop, "orders/updated", fixture("shopify_order_paid", desk.card)) is Heard.IGNORED
    assert desk.line.messages == []


def test_a_test_order_earns_only_where_points_are_not_real() -> None:
    for live, points in ((True, 0), (False, 210)):
        desk = Desk(live=live)
        desk.paid(desk.connect(Kind.SHOPIFY), test=True)
        (fact,) = desk.run()
        assert desk.points == points
        assert desk.card not in str(fact)


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        (CardSource(CardPlace.CUSTOMER_TAG, "card:"), {"customer": {"tags": "vip, card:CARD"}}),
        (
            CardSource(CardPlace.METAFIELD, "tessera.card"),
            {"metafields": [{"namespace": "tessera", "key": "card", "value": "CARD"}]},
        ),
        (
            CardSource(CardPlace.METAFIELD, "tessera.card"),
            {"customer": {"metafields": [{"namespace": "tessera", "key": "card", "value": "CARD"}]}},
        ),
    ],
)
def test_the_card_may_stand_in_a_tag_or_metafield(desk: Desk, source: CardSource, changes: dict[str, object]) -> None:
    shop = desk.connect(Kind.SHOPIFY, card_source=source)
    desk.paid(shop, note_attributes=[], **json.loads(json.dumps(changes).replace("CARD", desk.card)))
    desk.run()
    assert desk.points == 210


def test_the_table_has_no_personal_data_of_an_event_and_no_card_of_what_is_recorded(desk: Desk) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    desk.paid(shop)
    desk.refunded(shop)
    desk.run()
    stored = str(desk.db.tables)
    for text in PERSONAL:
        assert text not in stored
    assert "4210" in stored
    facts = desk.store.group(shop.connection_id, "5012345678901")
    assert desk.card not in str(facts)


@pytest.mark.parametrize("wrong", ["secret", "body", "shop", "disabled", "unknown", "square", "no base64"])
def test_what_is_not_signed_by_the_shop_is_refused_alike(desk: Desk, wrong: str) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    other = desk.connect(Kind.SQUARE)
    if wrong == "disabled":
        desk.connections.disable("alpha", shop.connection_id)
    raw = json.dumps(fixture("shopify_order_paid", desk.card)).encode()
    signed = signature("another_secret" if wrong == "secret" else SECRET, raw)
    headers = shopify_headers("orders/paid", "w", "other.myshopify.com" if wrong == "shop" else "socks.myshopify.com")
    connection_id = {"unknown": "cn_0000000000000000", "square": other.connection_id}.get(wrong, shop.connection_id)
    signed = "%%%" if wrong == "no base64" else signed
    with pytest.raises(UnverifiedWebhookError):
        desk.intake.hear_shopify(connection_id, raw + b" " if wrong == "body" else raw, signed, headers)
    assert desk.line.messages == []


@pytest.mark.parametrize("body", [b"[]", b'{"name": "#1"}', b'{"id": true}', b'{"id": "a b"}'])
def test_what_is_signed_but_has_no_identity_is_refused(desk: Desk, body: bytes) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    with pytest.raises(MalformedWebhookError):
        desk.shopify(shop, "orders/paid", body)
