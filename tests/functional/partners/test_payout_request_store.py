"""Requests for payouts on both engines: each becomes one payout with its entry, or none."""

from dataclasses import replace

import pytest

from partners.payouts.model import Origin, PayoutRequest, RequestState
from partners.payouts.request_store import PayoutRequestStore
from shared.kernel.money import Money
from shared.ledger.decide import decide
from shared.ledger.errors import LostRaceError
from shared.ledger.model import Entry
from shared.ledger.store import JournalStore
from tests.support.clouds import DynamoEngine
from tests.unit.ledger.commands import enrol

NOW_MS = 1_795_260_000_000
DAY = "2026-11-22"


@pytest.fixture
def journal(dynamodb_engine: DynamoEngine) -> JournalStore:
    return JournalStore(dynamodb_engine.client, dynamodb_engine.ledger_table)


@pytest.fixture
def book(dynamodb_engine: DynamoEngine, journal: JournalStore) -> PayoutRequestStore:
    return PayoutRequestStore(dynamodb_engine.client, dynamodb_engine.partners_table, journal)


def request_of(number: int, member: str, account: str | None = "f" * 64) -> PayoutRequest:
    return PayoutRequest(f"{number:032x}", member, 1, Money(6_000, "EUR"), account, "ann", NOW_MS + number)


def entry_of(member: str) -> Entry:
    entry = decide(None, enrol("k1", NOW_MS, member=member), NOW_MS)
    assert isinstance(entry, Entry)
    return entry


def test_a_request_is_applied_once_together_with_its_entry(book: PayoutRequestStore, journal: JournalStore) -> None:
    waits, entry = request_of(1, "0000004811"), entry_of("0000004811")
    assert book.add(waits)
    assert not book.add(waits)
    assert book.get(waits.request_id) == waits
    book.apply(waits, "bob", entry)
    with pytest.raises(LostRaceError):
        book.apply(waits, "eve", entry_of("0000004812"))
    assert not book.reject(waits, "eve")
    assert not book.note_applied(waits, "eve", entry)
    applied = replace(waits, account=None, state=RequestState.APPLIED, decided_by="bob", entry_id=entry.entry_id)
    assert book.get(waits.request_id) == applied
    assert book.newest(None, 1) == [applied]
    assert book.newest(waits.place, 5) == []
    assert book.origin(entry.entry_id) == Origin("ann", "bob", "f" * 64)
    assert book.told_at("f" * 64) == {entry.entry_id}
    assert journal.head("0000004811", consistent=True) == entry
    assert journal.head("0000004812", consistent=True) is None


def test_what_one_pays_alone_is_summed_with_each_entry(book: PayoutRequestStore, journal: JournalStore) -> None:
    first, second = entry_of("0000004821"), entry_of("0000004822")
    book.pay_alone(request_of(21, "0000004821"), first, DAY, 0)
    for stale in (0, 1_000):
        with pytest.raises(LostRaceError):
            book.pay_alone(request_of(22, "0000004822", None), second, DAY, stale)
    book.pay_alone(request_of(22, "0000004822", None), second, DAY, 6_000)
    with pytest.raises(LostRaceError):
        book.pay_alone(request_of(22, "0000004822"), entry_of("0000004823"), DAY, 12_000)
    assert not book.add(request_of(22, "0000004822"))
    assert [book.alone_cents("ann", DAY, currency) for currency in ("EUR", "USD")] == [12_000, 0]
    assert book.origin(second.entry_id) == Origin("ann")
    assert book.origin("0000004823-1") is None
    assert journal.head("0000004823", consistent=True) is None
