"""Statements on both engines: written once, and never mixed."""

from dataclasses import replace

from partners.settlement.statements.document import PublishedKey
from partners.settlement.statements.model import Issued
from partners.settlement.statements.store import StatementStore
from tests.support.clouds import DynamoEngine


def test_what_was_written_first_stands_and_is_listed_newest_first(dynamodb_engine: DynamoEngine) -> None:
    store = StatementStore(dynamodb_engine.client, dynamodb_engine.tables["SettlementTable"])
    first = Issued(7, 1, "ab" * 32, -500, "USD", 1_000, "01" * 32)
    second = replace(first, window=8, number=2, document_sha256="02" * 32)
    store.add("stated", first, b"first")
    store.add("stated", replace(first, document_sha256="03" * 32), b"another")
    store.add("stated", second, b"x" * 900_000)
    assert store.issued("stated", 7) == first
    assert store.document("stated", first) == b"first"
    assert store.document("stated", second) == b"x" * 900_000
    assert store.issued("stated", 9) is None
    assert store.newest("stated", 99, 5) == [second, first]
    assert store.newest("stated", 8, 5) == [first]
    assert store.counted(90_000_007) is None
    assert store.fix_counted(90_000_007, b"one") == b"one"
    assert store.fix_counted(90_000_007, b"other") == store.counted(90_000_007) == b"one"
    store.note_all_issued(90_000_007)
    store.note_all_issued(90_000_007)
    assert store.newest_issued_to_all() == 90_000_007
    key = PublishedKey("k" * 43, b"p" * 32)
    store.publish(key)
    store.publish(key)
    assert store.keys().count(key) == 1
