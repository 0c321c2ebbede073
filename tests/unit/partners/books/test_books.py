"""The books of a month roll forward, agree with what else tells of it, and are the same however they are counted."""

import json
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.audit.conservation import issuer_books
from partners.audit.service import Audit
from partners.billing.model import month_of
from partners.books import breakage, service
from partners.books.checks import contradictions
from partners.books.document import Methods, rolls_of
from partners.books.errors import MonthNotOverError, UnknownBooksError
from partners.books.rolling import COLUMNS, roll_forward, summed
from partners.books.work import SegmentCount
from partners.visits.model import MoveKind
from shared.kernel.clock import DAY_MS
from shared.kernel.errors import StoreUnavailableError
from shared.ledger.model import Place
from tests.fakes.audited import FakeAuditBook, FakeTables
from tests.fakes.contract_book import contracts_of
from tests.fakes.page_book import FakePageBook
from tests.unit.ledger import commands
from tests.unit.partners.books.world import FAR_MS, World
from tests.unit.partners.settlement.coalition import MEMBERS

seeds = st.integers(0, 10**9)


def rows(world, run, name):
    return json.loads(world.book.documents[run.digest])[name]


@settings(max_examples=6)
@given(seeds)
def test_books_of_all_months_hold_and_follow_each_other(seed):
    world = World(seed)
    for run in world.close_all():
        assert run.contradictions == ()
        for row in rows(world, run, "cohorts"):
            assert row["closing"] == sum(row[name] for name in COLUMNS)
        for unit in {row["unit"] for row in rows(world, run, "trial_balance")}:
            of_unit = [row for row in rows(world, run, "trial_balance") if row["unit"] == unit]
            assert sum(row["closing"] for row in of_unit) == sum(row["opening"] for row in of_unit) == 0
            assert sum(row["debits"] for row in of_unit) == sum(row["credits"] for row in of_unit)


@settings(max_examples=6)
@given(seeds)
def test_the_last_books_close_with_what_the_audit_says_members_hold(seed):
    world = World(seed)
    world.coalition.clock.advance(days=40)
    newest = world.close_all()[-1]
    tables = FakeTables(world.coalition.ledger._journal, FakePageBook())
    partners = contracts_of("alpha", "beta", "gamma", clock=world.coalition.clock)
    audit = Audit(tables, world.coalition.ledger._journal, partners, FakeAuditBook(), world.coalition.clock)
    verdict = audit.work(audit.begin("a", segments=1, settled_for_ms=0), for_ms=FAR_MS)
    audited = {(book.issuer, book.unit): book.with_members for book in issuer_books(verdict.total)}
    closed = {(row["issuer"], row["unit"]): row["closing"] for row in rows(world, newest, "issuers")}
    assert {of: held for of, held in closed.items() if held} == {of: held for of, held in audited.items() if held}


@settings(max_examples=6)
@given(
    seed=st.integers(0, 5),
    segments=st.integers(1, 4),
    per_scan=st.integers(1, 20),
    splits=st.booleans(),
    stops=st.lists(st.integers(1, 40), max_size=10),
    fails_at=st.none() | st.integers(1, 12),
)
def test_wherever_counting_is_cut_the_books_have_the_same_bytes(seed, segments, per_scan, splits, stops, fails_at):
    world = World(seed)
    world.coalition.clock.advance(days=31)
    whole = world.close_all()
    first = whole[0].run_id
    world.book = type(world.book)()
    books = world.books(per_scan=per_scan, splits_members=splits)
    run = books.begin(first, segments=segments)
    world.book.fails_at = fails_at
    for milliseconds in [*stops, FAR_MS, FAR_MS]:
        try:
            run = books.work(run, for_ms=milliseconds)
        except StoreUnavailableError:
            world.coalition.clock.advance(days=1)
    assert run.digest == whole[0].digest
    assert books.recount(first) == type(books.recount(first))(same=True, contradictions=())


def test_a_month_is_closed_after_its_end_and_after_the_month_before():
    world = World(1, steps=5)
    books = world.books()
    month = books.next_month()
    world.coalition.clock.now_ms = month.ends_at_ms
    assert books.due(segments=1) is None
    with pytest.raises(MonthNotOverError):
        books.begin(month.name, segments=1)
    with pytest.raises(UnknownBooksError):
        books.document(month.name)
    world.coalition.clock.advance(days=40)
    with pytest.raises(MonthNotOverError):
        books.begin("2027-01", segments=1)
    assert books.unfinished_for_ms() > 30 * DAY_MS
    world.close_all()
    assert books.due(segments=1) is None


def counted(world: World, month: str):
    books = world.books()
    run = books.run(month)
    of = month_of(month)
    work = SegmentCount(books._journal, 0, 1, of.begins_at_ms, of.ends_at_ms, None)
    while not work.finished:
        work.step()
    return run, work.cut()


@pytest.fixture(scope="module")
def lived() -> World:
    world = World(3, steps=10)
    world.coalition.buys("alpha", 10_000)
    assert world.coalition.redeems("beta", 100) is not None
    world.coalition.clock.advance(days=31)
    world.close_all()
    return world


def test_a_state_that_its_entries_do_not_lead_to_is_said(lived):
    world, newest = deepcopy(lived), lived.close_all()[-1]
    books = world.books()
    items = next(items for items in world.coalition.ledger._journal.items.values() if "lots" in items[-1])
    items[-1] = {name: value for name, value in items[-1].items() if name != "lots"}
    found = books.recount(newest.run_id)
    assert any("accounts hold" in words for words in found.contradictions)


def test_an_item_that_does_not_read_is_said_and_keeps_no_books_open(lived):
    world = deepcopy(lived)
    first, *_ = world.close_all()
    foreign = {"pk": {"S": "M#0000000099"}, "sk": {"S": "E#00000001"}, "what": {"S": "no entry"}}
    books = world.books()
    world.coalition.ledger._journal.items["0000000099"] = [foreign]
    again = books.recount(first.run_id)
    assert again.same
    assert [words for words in again.contradictions if "M#0000000099 E#00000001 does not read" in words]


def test_an_entry_that_is_missing_before_another_is_said(lived):
    world = deepcopy(lived)
    newest = world.close_all()[-1]
    books = world.books()
    del next(iter(world.coalition.ledger._journal.items.values()))[0]
    assert any("there is no entry before it" in words for words in books.recount(newest.run_id).contradictions)


def test_a_document_that_was_changed_is_not_the_same(lived):
    world = deepcopy(lived)
    first = world.close_all()[0]
    document = world.book.documents[first.digest]
    world.book.documents[first.digest] = document.replace(b"1", b"2", 1)
    assert not world.books().recount(first.run_id).same
    world.book.documents[first.digest] = document
    assert world.books().recount(first.run_id).same
    world.book.by_name[first.run_id] = replace(first, digest="0" * 64)
    world.book.documents["0" * 64] = document
    assert not world.books().recount(first.run_id).same


def test_books_of_an_earlier_version_of_the_estimate_are_checked_by_that_version(monkeypatch):
    world = World(3)
    world.coalition.clock.advance(days=31)
    books = world.books()
    monkeypatch.setitem(breakage._VERSIONS, 2, ("all of it", lambda cohort, alike: cohort.ages[-1].granted))
    first = books.work(books.due(segments=3), for_ms=FAR_MS)
    monkeypatch.setattr(service, "METHODS", Methods(breakage=2))
    written = rows(world, first, "breakage")
    assert (written["method"], written["version"]) == ("chain-ladder", 1)
    assert written["cohorts"]
    assert books.recount(first.run_id) == service.Recounted(same=True, contradictions=())
    world.coalition.clock.advance(days=31)
    later = books.work(books.due(segments=3), for_ms=FAR_MS)
    written = rows(world, later, "breakage")
    assert (written["method"], written["version"], later.contradictions) == ("all of it", 2, ())
    assert books.recount(later.run_id) == service.Recounted(same=True, contradictions=())


@pytest.mark.parametrize(
    ("changes", "says"), [({"issued": 7_777}, "granted by the journal"), ({"honoured": ()}, "honoured by")]
)
def test_pages_that_say_otherwise_are_named(lived, changes, says):
    books = lived.books()
    (_, day), lines = next(
        (at, lines) for at, lines in books._pages.lines.items() if any(line.honoured for line in lines)
    )
    place = next(place for place, line in enumerate(lines) if line.honoured)
    lines[place] = replace(lines[place], **changes)
    found = books.recount(day[:7])
    assert found.same
    assert any(says in words for words in found.contradictions), found


def test_a_cohort_that_opens_with_what_the_month_before_did_not_close_with_is_named(lived):
    world = deepcopy(lived)
    world.coalition.clock.advance(days=31)
    *_, earlier, newest = world.close_all()
    _, count = counted(world, newest.run_id)
    before = [roll for roll in rolls_of(world.book.documents[earlier.digest]) if roll.closing]
    assert not [words for words in contradictions(count, before, ()) if "the month before" in words]
    named = [words for words in contradictions(count, before[1:], ()) if "the month before" in words]
    assert len(named) == 1
    assert named[0].startswith(before[0].issuer)


def test_points_that_the_pages_say_were_honoured_by_somebody_else_are_named(lived):
    books, month = lived.books(), month_of(lived.close_all()[0].run_id)
    _, count = counted(lived, month.name)
    parties = ("alpha", "beta", "gamma", "network")
    pages = [day for one in parties for day in books._pages.day_totals(one, month.first_day, month.last_day)]
    assert not contradictions(count, (), pages)
    place = next(at for at, day in enumerate(pages) if any(move.kind is MoveKind.REDEEMED for move in day.totals.moves))
    honoured_by = pages[place].partner_id
    other = next(one for one in parties if one != honoured_by)
    pages[place] = replace(pages[place], partner_id=other)
    found = contradictions(count, (), pages)
    assert found
    assert all(words.endswith("the journal and the pages do not agree") for words in found)
    assert {words.split()[-9] for words in found} == {f"{honoured_by}:", f"{other}:"}


def test_points_that_the_pages_say_were_honoured_at_another_price_are_named(lived):
    books, month = lived.books(), month_of(lived.close_all()[0].run_id)
    _, count = counted(lived, month.name)
    parties = ("alpha", "beta", "gamma", "network")
    pages = [day for one in parties for day in books._pages.day_totals(one, month.first_day, month.last_day)]
    assert not contradictions(count, (), pages)
    place = next(at for at, day in enumerate(pages) if any(move.kind is MoveKind.REDEEMED for move in day.totals.moves))
    moves = tuple(replace(move, price_micros=move.price_micros + 1) for move in pages[place].totals.moves)
    pages[place] = replace(pages[place], totals=replace(pages[place].totals, moves=moves))
    said = "points of alpha honoured by beta: the journal and the pages do not agree"
    assert contradictions(count, (), pages) == [said]


def test_transfers_between_members_change_no_cohort():
    world = World(4, steps=0)
    world.coalition.buys("alpha", 10_000)
    pair = {"member": MEMBERS[0], "other": MEMBERS[1], "partner": "network"}
    assert world.coalition.do(commands.transfer, 200, **pair) is not None
    world.coalition.clock.advance(days=31)
    run, count = counted(world, world.close_all()[0].run_id)
    assert any(Place.TRANSFER in flow[3:] for flow in count.within)
    assert all(row.moved == 0 for row in summed(roll_forward(count)))
    assert run.contradictions == ()
