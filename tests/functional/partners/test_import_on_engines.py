"""Imports on real tables: the whole history is looked through, and whoever races, each purchase counts once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from threading import Barrier

import pytest

from partners.contracts.service import Contracts
from partners.contracts.store import ContractStore
from partners.till.batch import Line, record_lines
from partners.till.imports import Imports
from partners.till.model import EnrolRequest, Purchased, PurchaseRequest
from partners.till.service import Till
from shared.ledger.audit import check_history
from shared.ledger.limits import LATE_LIMIT_DAYS
from shared.ledger.service import Ledger
from shared.ledger.store import PAGE_SIZE, JournalStore
from shared.members.service import Members
from shared.members.store import MemberStore
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import new_terms
from tests.support.clouds import DynamoEngine
from tests.support.terms import put_terms

_numbers = count(1)


class Store:
    """A partner with one location, and a member of its own."""

    def __init__(self, engine: DynamoEngine) -> None:
        name = f"late-{next(_numbers)}"
        self.partner_id = name
        self.clock = FakeClock()
        journal = JournalStore(engine.client, engine.ledger_table)
        self.ledger = Ledger(journal, self.clock)
        contracts = Contracts(ContractStore(engine.client, engine.partners_table), self.clock)
        contracts.create_partner(name, name.title(), "USD")
        contracts.open_location(name, "s1", "Store", "UTC", 0)
        put_terms(engine.client, engine.partners_table, name, new_terms())
        profiles = MemberStore(engine.client, engine.members_table, journal)
        members = Members(profiles, journal, self.clock, lambda: b"pepper", "9770")
        self.till = Till(contracts, members, self.ledger, self.clock)
        self.imports = Imports(contracts, self.till)
        request = EnrolRequest(f"{name}@example.com", "s1", None, self.clock())
        self.card = self.till.enrol(name, "join", request).card_number

    def line(self, number: int) -> Line:
        request = PurchaseRequest(self.card, "s1", f"r{number}", self.clock(), 2_000, "USD")
        return Line(f"k{number}", request)

    def send(self, line: Line) -> Purchased:
        return self.till.purchase(self.partner_id, line.idempotency_key, line.request)

    @property
    def balance(self) -> int:
        return self.till.card("alpha", self.card).points_balance


@pytest.fixture
def store(dynamodb_engine: DynamoEngine) -> Iterator[Store]:
    store = Store(dynamodb_engine)
    yield store
    check_history(store.ledger.history(store.card[4:14]))


def test_a_purchase_of_sixty_days_ago_is_found_behind_many_later_ones(store: Store) -> None:
    old = store.line(0)
    first = store.send(old)
    store.clock.advance(days=2 * LATE_LIMIT_DAYS)
    for number in range(1, PAGE_SIZE + 2):
        store.send(store.line(number))
    balance = store.balance

    same_key, another_key = store.imports.record(store.partner_id, [old, Line("another-key", old.request)])
    assert isinstance(same_key, Purchased)
    assert replace(same_key, replayed=False) == first
    assert getattr(another_key, "code", None) == "receipt_already_recorded"
    assert store.balance == balance


def test_an_import_and_the_partners_own_batch_at_once_have_one_effect_each(store: Store) -> None:
    lines = [store.line(number) for number in range(12)]
    start = Barrier(3)

    def own_batch() -> list[object]:
        start.wait()
        return list(record_lines(store.till.purchase, store.partner_id, lines))

    def imported() -> list[object]:
        start.wait()
        return list(store.imports.record(store.partner_id, lines))

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(work) for work in (own_batch, imported, imported)]
        outcomes = [done.result() for done in running]

    for of_one_line in zip(*outcomes, strict=True):
        assert all(isinstance(one, Purchased) for one in of_one_line), of_one_line
        assert len({one.entry.entry_id for one in of_one_line}) == 1
        assert [one.replayed for one in of_one_line].count(False) <= 1
    assert store.balance == 12 * 100
    earned = [entry for entry in store.ledger.history(store.card[4:14]) if entry.points]
    assert sorted(entry.receipt or "" for entry in earned) == sorted(line.request.receipt for line in lines)
