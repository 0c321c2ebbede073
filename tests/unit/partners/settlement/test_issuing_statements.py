"""A statement for every partner in every closed window, once, each following the one before."""

import random

import pytest

from partners.contracts.model import Partner
from partners.settlement.errors import WindowNotClosedError
from partners.settlement.statements.document import lines_file
from partners.settlement.statements.errors import StatementsBeforeError, UnknownStatementError
from partners.settlement.statements.service import Statements
from partners.settlement.statements.store import StatementStore
from partners.settlement.statements.verifying import check_document, check_lines, check_previous
from shared.kernel.clock import DAY_MS
from tests.support.entries import random_book
from tests.unit.partners.settlement.statement_examples import MemorySigner, holds
from tests.unit.partners.settlement.windows_world import BEGIN_MS, PARTNERS, World


class Paid:
    """Every partner pays what it owes within a day of each closing: 1.23 here."""

    def __init__(self):
        self.asked = []

    def paid_cents(self, partner_id, currency, after_ms, until_ms):
        self.asked.append((partner_id, currency, after_ms, until_ms))
        return 123 if after_ms else 0


class Office(World):
    """Windows, and statements of them."""

    def __init__(self):
        super().__init__()
        self.signer = MemorySigner()
        self.paid = Paid()

    def partner(self, partner_id):
        return next(one for one in self.partners_list if one.partner_id == partner_id)

    def statements(self, client=None):
        store = StatementStore(client or self.dynamodb, "settlement")
        return Statements(store, self.windows(), self, self.paid, self.signer, "Tessera")


@pytest.fixture
def office():
    """Two closed windows of a random book."""
    office = Office()
    entries = random_book(random.Random(7), 40, PARTNERS, days=2)
    for days in (1, 3):
        office.clock.now_ms = BEGIN_MS + days * DAY_MS
        posted = [one for one in entries if one.recorded_at_ms < office.clock.now_ms]
        office.post(posted)
        entries = entries[len(posted) :]
        office.close_now()
    return office


def test_every_statement_holds_with_its_lines_and_follows_the_one_before(office):
    statements = office.statements()
    for window in (1, 2):
        statements.issue(window)
    for partner in PARTNERS:
        first, second = (statements.document(partner, window) for window in (1, 2))
        for window, document in enumerate((first, second), 1):
            assert check_document(document, statements.keys(), holds) == []
            texts = [row.decode() for row in lines_file(statements.rows(partner, window))]
            assert len(texts) == document["statement"]["sums"]["lines"]
            assert check_lines(document["statement"], texts) == []
        assert check_previous(second, first) == []
        assert second["statement"]["number"] == 2


def test_statements_state_the_position_of_the_window(office):
    statements = office.statements()
    statements.issue(1)
    [settled] = office.windows().book(1).currencies
    for position in settled.positions:
        if position.party in PARTNERS:
            stated = statements.document(position.party, 1)["statement"]
            assert (stated["net_cents"], stated["net_micros"]) == (position.net_cents, position.net_micros)


def test_payments_are_those_between_the_two_closings(office):
    statements = office.statements()
    statements.issue(1)
    statements.issue(2)
    closings = [office.windows().window(number).closed_at_ms for number in (1, 2)]
    assert ("harvest", "USD", 0, closings[0]) in office.paid.asked
    assert ("harvest", "USD", *closings) in office.paid.asked
    first, second = (statements.document("harvest", window)["statement"] for window in (1, 2))
    assert second["closing_cents"] == first["closing_cents"] + 123 + second["net_cents"]


def test_issuing_again_changes_nothing(office):
    first = office.statements().issue(1)
    before = dict(office.dynamodb.tables["settlement"])
    assert office.statements().issue(1) == first
    assert office.dynamodb.tables["settlement"] == before


def test_who_dies_while_issuing_leaves_what_the_next_one_completes_to_the_same_bytes(office):
    statements = office.statements()
    begun = dict(office.dynamodb.tables["settlement"])
    statements.issue(1)
    done = dict(office.dynamodb.tables["settlement"])
    writes = [key for key in done if key not in begun]
    for kept in range(len(writes)):
        office.dynamodb.tables["settlement"] = begun | {key: done[key] for key in writes[:kept]}
        office.statements().issue(1)
        assert office.dynamodb.tables["settlement"] == done


def test_statements_are_issued_window_by_window(office):
    with pytest.raises(StatementsBeforeError):
        office.statements().issue(2)
    with pytest.raises(WindowNotClosedError):
        office.statements().issue(3)


def test_what_was_not_issued_is_not_there(office):
    statements = office.statements()
    assert statements.issued("harvest") == []
    for ask in (statements.document, statements.rows, statements.statement):
        with pytest.raises(UnknownStatementError):
            ask("harvest", 1)


def test_statements_are_listed_newest_first(office):
    statements = office.statements()
    statements.issue(1)
    statements.issue(2)
    assert [one.window for one in statements.issued("harvest")] == [2, 1]
    assert [one.window for one in statements.issued("harvest", before_window=2, limit=1)] == [1]


def test_a_partner_that_came_later_begins_with_number_one(office):
    statements = office.statements()
    statements.issue(1)
    office.partners_list.append(Partner("newcomer", "Newcomer", "USD", BEGIN_MS + 2 * DAY_MS))
    office.clock.advance(days=1)
    office.close_now()
    statements = office.statements()
    statements.issue(2)
    statements.issue(3)
    stated = statements.document("newcomer", 3)["statement"]
    assert (stated["number"], stated["previous_sha256"], stated["sums"]["lines"]) == (1, None, 0)
