"""The book that tests of operations on two accounts share; it must hold together when they are done."""

from collections import Counter

import pytest

from shared.ledger.audit import check_history
from shared.ledger.codec import entry_from_item, entry_to_item
from shared.ledger.postings import postings
from tests.unit.ledger.book import Book


@pytest.fixture
def book():
    book = Book()
    yield book
    flows = Counter()
    for member in book.journal.items:
        check_history(book.ledger.history(member))
        for entry in book.ledger.history(member):
            assert entry_from_item(entry_to_item(entry)) == entry
            for leg in postings(entry):
                flows[leg.account.split(":")[0], leg.issuer, leg.unit] += leg.quantity
    assert not any(moved for (place, _, _), moved in flows.items() if place == "transfer")
    assert sum(flows.values()) == 0
