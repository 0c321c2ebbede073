"""What connectors keep, on both engines: rows read back, and each write holds to what it read."""

import uuid
from dataclasses import replace

import pytest

from partners.connectors.facts import Run, begun, heard, not_ours, recorded, unmapped
from partners.connectors.foreign import Refund, Sale
from partners.connectors.line_cards import LineCard
from partners.connectors.mapping import NO_CARD, SALE_NOT_HEARD
from partners.connectors.model import CardSource, Connection, SigningKey
from partners.connectors.store import ConnectorStore
from partners.connectors.words import CardPlace, Kind
from partners.till.model import PurchaseRequest
from shared.kernel.ids import base32, digest
from tests.support.clouds import DynamoEngine

NOW = 1_800_000_000_000
SALE = Sale("7", "shopify-7", NOW, 4_210, "USD", None, "9770 0123 4567 8912", tip_cents=5)
REFUND = Refund("8", "7", "shopify-refund-8", NOW, None, None)


@pytest.fixture
def store(dynamodb_engine: DynamoEngine) -> ConnectorStore:
    return ConnectorStore(dynamodb_engine.client, dynamodb_engine.connectors_table)


@pytest.fixture
def connection() -> Connection:
    name = uuid.uuid4().hex
    return Connection(
        connection_id=f"cn_{name[:16]}",
        partner_id=f"p{name[:12]}",
        kind=Kind.SHOPIFY,
        account="socks.myshopify.com",
        created_at_ms=NOW,
        card_source=CardSource(CardPlace.METAFIELD, "a.b"),
        locations={"1": "s1", "online": "s2"},
        keys=(SigningKey(b"\x00\xff", NOW, ends_at_ms=NOW + 1),),
    )


def test_a_connection_is_changed_by_who_read_it_last(store: ConnectorStore, connection: Connection) -> None:
    assert store.add_connection(connection)
    assert not store.add_connection(connection)
    changed = replace(connection, disabled_at_ms=NOW, keys=(), version=2)
    assert store.change_connection(changed)
    assert not store.change_connection(changed)
    assert store.connection(connection.connection_id) == changed
    assert store.connections(connection.partner_id) == [changed]
    assert store.connection("cn_0000000000000000") is None


def test_an_event_its_fact_and_the_queue_are_written_together(store: ConnectorStore, connection: Connection) -> None:
    mine = connection.connection_id
    first = heard(None, SALE, mine, connection.partner_id, NOW)
    assert store.change(None, first, NOW, "w-1")
    assert not store.change(None, first, NOW, "w-2")
    again = heard(first, SALE, mine, connection.partner_id, NOW)
    assert not store.change(first, again, NOW, "w-1"), "the event was heard before"
    assert store.was_heard(mine, "7", "w-1")
    assert not store.was_heard(mine, "7", "w-2")

    waiting = unmapped(first, SALE_NOT_HEARD)
    assert store.change(first, waiting, NOW)
    assert store.waiting(mine, "", 10) == [waiting]
    assert store.waiting_item(mine, waiting.item_id) == waiting
    assert store.waiting(mine, waiting.item_id, 10) == []

    plan = PurchaseRequest("9770", "s1", "r", NOW, 4_210, "USD")
    frozen = begun(waiting, plan, Run("a", NOW), gone_ms=0)
    done = recorded(frozen, "0123456789-2")
    assert store.change(waiting, frozen, NOW)
    assert store.fact(mine, "7", "SALE") == frozen
    assert store.change(frozen, done, NOW)
    assert not store.change(frozen, done, NOW)
    assert store.waiting(mine, "", 10) == []

    refund = heard(None, REFUND, mine, connection.partner_id, NOW + 1)
    assert store.change(None, refund, NOW)
    assert store.change(refund, not_ours(refund, NO_CARD), NOW)
    assert store.group(mine, "7") == [done, not_ours(refund, NO_CARD)]


def test_the_card_of_a_line_is_changed_by_who_read_it_last(store: ConnectorStore, connection: Connection) -> None:
    line = (connection.partner_id, "k-1")
    assert store.line_card(*line) is None
    first = LineCard("hash").held_by("run-1", "9770", NOW)
    assert store.change_line_card(*line, first, NOW)
    assert not store.change_line_card(*line, first, NOW)
    for after in (both := first.held_by("run-2", "9770", NOW + 1), one := both.without("run-1"), one.kept()):
        assert store.change_line_card(*line, after, NOW)
        assert not store.change_line_card(*line, after, NOW)
        assert store.line_card(*line) == replace(after, noted_at_ms=after.noted_at_ms if after.runs else 0)


def test_a_row_of_a_line_that_was_written_before_reads_and_gives_way(
    dynamodb_engine: DynamoEngine, store: ConnectorStore, connection: Connection
) -> None:
    line = (connection.partner_id, "k-1")
    name = base32(digest("line", *line))
    key = {"pk": {"S": f"K#{name}"}, "sk": {"S": "CARD"}}
    row = {**key, "card": {"S": "none"}, "run": {"S": "item/1"}}
    dynamodb_engine.client.put_item(TableName=dynamodb_engine.connectors_table, Item=row)
    known = store.line_card(*line)
    assert known
    assert known.is_free
    after = LineCard("hash").held_by("run-1", "9770", NOW)
    assert store.change_line_card(*line, after, NOW)
    assert store.line_card(*line) == after
