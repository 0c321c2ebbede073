"""A statement for every partner in every closed window, once, each following the one before."""

import csv
import io
import json

import pytest

from partners.contracts.model import Partner
from partners.lake.service import Lake
from partners.settlement.errors import WindowNotClosedError
from partners.settlement.filing import Filing
from partners.settlement.statements import issuing
from partners.settlement.statements.comparing import check_figures
from partners.settlement.statements.errors import StatementsBeforeError, UnknownStatementError
from partners.settlement.statements.files import LinesForm
from partners.settlement.statements.table import figures_csv
from partners.settlement.statements.verifying import check_document, check_lines, check_previous
from partners.visits.model import Share
from shared.kernel.clock import DAY_MS, to_rfc3339
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.signer import MemorySigner
from tests.simulation.ledger.faults import Fault, FaultyClient
from tests.support.workers import DiedError
from tests.unit.partners.settlement.statement_examples import a_line, holds
from tests.unit.partners.settlement.statement_office import Office
from tests.unit.partners.settlement.windows_world import BEGIN_MS, PARTNERS, whole


@pytest.fixture
def office():
    """Two closed windows of a random book."""
    office = Office()
    office.begin()
    assert [office.pass_days(days) for days in (1, 2)] == [1, 2]
    return office


def document(office, partner, window):
    return json.loads(office.statements().document(partner, window))


def told(statements, partner, window):
    statement, issued = statements.statement(partner, window)
    return statement, issued.sha256


def written(office):
    """All that issuing has left: rows and files."""
    return dict(office.dynamodb.tables["settlement"]), dict(office.files.files)


def test_every_statement_holds_with_its_lines_and_follows_the_one_before(office):
    assert office.issuing().work() == 2
    statements = office.statements()
    for partner in PARTNERS:
        first, second = (document(office, partner, window) for window in (1, 2))
        for window, one in enumerate((first, second), 1):
            assert check_document(one, statements.keys(), holds) == []
            texts = office.files.text(partner, window).splitlines(keepends=True)
            assert (
                len(texts)
                == one["statement"]["sums"]["lines"]
                == statements.lines(partner, window, LinesForm.CSV).lines
            )
            assert check_lines(one["statement"], texts) == []
            figures = figures_csv(*told(statements, partner, window))
            assert check_figures(one, io.StringIO(figures, newline="")).findings == []
            table = list(csv.DictReader(io.StringIO(office.files.text(partner, window, LinesForm.CSV), newline="")))
            assert {(row["partner"], row["window"]) for row in table} <= {(partner, str(window))}
            assert [row["entry_id"] for row in table] == [json.loads(text)["entry_id"] for text in texts]
        assert check_previous(second, first) == []
        assert second["statement"]["number"] == 2


def test_statements_state_the_position_of_the_window(office):
    office.issuing().work()
    [settled] = whole(office.windows(), 1).currencies
    for position in settled.positions:
        if position.party in PARTNERS:
            stated = document(office, position.party, 1)["statement"]
            assert (stated["net_cents"], stated["net_micros"]) == (position.net_cents, position.net_micros)


def test_a_statement_tells_how_it_is_paid_and_since_when_it_is_due_as_it_was_when_they_were_begun(office):
    office.issuing().issue(1)
    payments = office.payments()
    payments.calculate(2, "ann")
    payments.approve(2, "USD", "bob")
    collected_at = payments.collect(2, "USD", "ann").due_at_ms
    office.issuing().work()
    for window, due_at in ((1, None), (2, to_rfc3339(collected_at))):
        stated = document(office, "harvest", window)["statement"]
        told = {"cents": stated["net_cents"], "method": "bank_file", "deposit_first": False, "charged": False}
        assert stated["to_pay"] == told | {"due_at": due_at}


def test_what_was_begun_by_a_version_that_told_nothing_of_it_is_issued_as_that_did(office, monkeypatch):
    monkeypatch.setattr(issuing.Issuing, "_agreed_ways", lambda *_: None)
    office.issuing()._fixed(office.windows().window(1))
    monkeypatch.undo()
    assert office.issuing().work() == 2
    first, second = (document(office, "harvest", window) for window in (1, 2))
    assert [one["statement"]["format"][-1] for one in (first, second)] == ["2", "3"]
    for one in (first, second):
        assert check_document(one, office.statements().keys(), holds) == []
    assert check_previous(second, first) == []


def test_lines_have_no_months_where_a_version_that_told_none_may_write_the_same_files(office, monkeypatch):
    one = office.issuing()
    monkeypatch.setattr(one, "_agreed_ways", lambda _: None)
    one._fixed(office.windows().window(1))
    monkeypatch.undo()
    ran_out = a_line(1, 0, "main-st", expired=(Share("harvest", 5, "2026-10-31"),))
    monkeypatch.setattr(one._windows, "lines", lambda *_: [ran_out])
    assert one.work() == 2
    texts = [office.files.text("harvest", window) for window in (1, 2)]
    assert ['"with_month":"2026-10"' in text for text in texts] == [False, True]


def test_issuing_again_changes_nothing(office):
    office.issuing().work()
    before = written(office)
    office.clock.advance(days=1)
    assert office.issuing().issue(1)
    assert office.issuing().work() == 2
    assert written(office) == before


def test_the_same_statement_issued_anew_is_the_same_byte_for_byte(office):
    office.issuing().work()
    rows, files = written(office)
    listed = {key: item for key, item in rows.items() if key[0].startswith(("STATEMENT#", "STATEMENTS"))}
    assert len(listed) > len(PARTNERS) * 2
    office.dynamodb.tables["settlement"] = {key: item for key, item in rows.items() if key not in listed}
    office.files.files.clear()
    office.clock.advance(days=9)
    office.issuing().work()
    assert written(office) == (rows, files)


def test_a_death_at_any_call_of_issuing_leaves_what_the_next_one_completes_to_the_same_bytes():
    office = Office(entries=6, days=1)
    office.begin()
    office.pass_days(2)
    begun = dict(office.dynamodb.tables["settlement"])

    def lived(plan):
        office.dynamodb.tables["settlement"] = dict(begun)
        office.files.files.clear()
        client = FaultyClient(office.dynamodb, {"settlement": "settlement"})
        client.begin("issuing", plan)
        try:
            office.issuing(client).work()
        except DiedError:
            office.issuing().work()
        return client.points, written(office)

    points, done = lived({})
    assert {point.call for point in points} >= {"PutItem", "GetItem strong", "Query strong"}
    for number, point in enumerate(points):
        for fault in {Fault.DIE_BEFORE, Fault.DIE_AFTER} if point.call == "PutItem" else {Fault.DIE_BEFORE}:
            assert lived({number: fault})[1] == done, point


def test_who_dies_while_writing_a_file_leaves_none_and_no_statement(office, monkeypatch):
    one = office.issuing()

    def lines(window, partner):
        yield from list(office.windows().lines(window, partner))[:1]
        raise StoreUnavailableError("SlowDown")

    monkeypatch.setattr(one._windows, "lines", lines)
    with pytest.raises(StoreUnavailableError):
        one.work()
    assert office.files.files == {}
    assert office.statements().issued(PARTNERS[0]) == []
    assert office.issuing().work() == 2


def test_two_that_issue_at_once_with_another_name_or_key_mix_nothing(office):
    one, other = office.issuing(), office.issuing()
    renamed = Partner("harvest", "Harvest and Daughters", "USD", BEGIN_MS)
    other._signer = MemorySigner(b"o" * 32)
    add = one._store.add

    def add_after_the_other(partner_id, issued, content):
        if partner_id == "harvest" and office.statements().issued("harvest") == []:
            office.partners_list[-1] = renamed
            other.issue(1)
        add(partner_id, issued, content)

    one._store.add = add_after_the_other
    one.issue(1)
    stands = document(office, "harvest", 1)
    assert stands["statement"]["partner"]["name"] == "Harvest and Daughters"
    assert check_document(stands, office.statements().keys(), holds) == []


def test_a_call_without_time_left_leaves_the_rest_to_the_next(office):
    turns = iter([True, False])
    assert office.issuing().work(lambda: next(turns)) is None
    assert [partner for partner in PARTNERS if office.statements().issued(partner)] == PARTNERS[:1]
    assert office.issuing().work() == 2


def test_a_large_statement_is_made_from_the_lake_as_soon_as_that_has_its_lines_and_is_the_same(office, monkeypatch):
    begun = dict(office.dynamodb.tables["settlement"])
    office.issuing().work()
    by_line = written(office)
    office.dynamodb.tables["settlement"] = begun
    office.files.files.clear()
    monkeypatch.setattr(issuing, "MOST_VISITS_BY_LINE", 0)
    assert office.issuing().work() is None
    assert Filing(office.windows(), Lake(office.lake, memory_mb=256)).work(lambda: True) is None
    assert office.issuing().work() == 2
    assert written(office) == by_line


def test_statements_are_issued_window_by_window(office):
    with pytest.raises(StatementsBeforeError):
        office.issuing().issue(2)
    with pytest.raises(WindowNotClosedError):
        office.issuing().issue(3)


def test_what_was_not_issued_is_not_there(office):
    statements = office.statements()
    assert statements.issued("harvest") == []
    for ask in (statements.document, statements.statement, lambda *of: statements.lines(*of, LinesForm.JSONL)):
        with pytest.raises(UnknownStatementError):
            ask("harvest", 1)


def test_statements_are_listed_newest_first(office):
    office.issuing().work()
    statements = office.statements()
    assert [one.window for one in statements.issued("harvest")] == [2, 1]
    assert [one.window for one in statements.issued("harvest", before_window=2, limit=1)] == [1]


def test_keys_stay_published_when_another_signs(office):
    office.issuing().issue(1)
    office.signer = MemorySigner(b"n" * 32)
    office.issuing().issue(2)
    assert len(office.statements().keys()) == 2
    for window in (1, 2):
        assert check_document(document(office, "harvest", window), office.statements().keys(), holds) == []


def test_a_partner_that_came_later_begins_with_number_one(office):
    office.issuing().work()
    office.partners_list.append(Partner("newcomer", "Newcomer", "USD", BEGIN_MS + 2 * DAY_MS))
    assert office.pass_days(1) == 3
    office.issuing().work()
    stated = document(office, "newcomer", 3)["statement"]
    assert (stated["number"], stated["previous_sha256"], stated["sums"]["lines"]) == (1, None, 0)
