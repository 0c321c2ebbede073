"""The lake: lines come out as they went in, in the order of the statement, however often and wherever writing died."""

import hashlib
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings

from partners.lake.errors import BrokenLakeError, NotInLakeError
from partners.lake.model import Holding
from partners.lake.reading import records
from partners.lake.record import record_of
from partners.lake.schema import LINES, MOVES, TABLES, WINDOW, file_key
from partners.lake.service import Lake
from partners.settlement.statements.lines import in_order
from partners.visits.lines import line_of, recount
from partners.visits.model import Move, MoveKind
from shared.kernel.canonical import canonical_json
from shared.kernel.clock import utc_day
from tests.fakes.lake_shelf import DeathError, FakeLakeShelf
from tests.support.entries import random_book
from tests.support.examples import examples
from tests.support.lines import lines
from tests.unit.partners.settlement.statement_examples import WEEK

WINDOW_NUMBER = 7


def by_day(some):
    return sorted(some, key=lambda line: utc_day(line.recorded_at_ms))


def after(some):
    return lambda day: [line for line in by_day(some) if utc_day(line.recorded_at_ms) > day]


def filled(some, *, partner="harvest", lines_a_part=1_000_000, shelf=None):
    lake = Lake(shelf or FakeLakeShelf(), memory_mb=256, lines_a_part=lines_a_part)
    assert lake.write(WINDOW_NUMBER, partner, after(some), lambda: True)
    return lake


def opened(lake, *partners):
    return lake.opened([(WINDOW_NUMBER, partner) for partner in partners or ("harvest",)])


@pytest.mark.parametrize("points", [10**13, 10**17])
def test_a_figure_that_has_no_room_in_its_column_is_no_zero(points):
    fits = replace(WEEK[0], issued=9 * 10**9, price_micros=10**9)
    with opened(filled([fits])) as database:
        assert list(database.rows("SELECT position_micros FROM lines")) == [(record_of(fits)["position_micros"],)]
    with pytest.raises(Exception, match="INT64"):
        filled([replace(WEEK[0], issued=points, price_micros=10**9)])


def of_any_month(line):
    return tuple(replace(share, terms_day=None) for share in line.expired)


@given(some=lines())
@settings(max_examples=examples(quick=6, full=12), deadline=None)
def test_lines_come_back_as_the_same_records_in_the_order_of_the_statement_and_their_moves_add_up(some):
    by_key = "SELECT kind, issuer, currency, price_micros, sum(quantity)::BIGINT AS quantity FROM moves GROUP BY ALL"
    with opened(filled(some[::-1], lines_a_part=12)) as lake:
        ordered = list(in_order(some))
        wanted = [record_of(line) for line in ordered]
        assert list(records(lake)) == wanted
        rows = list(lake.rows("SELECT line, sha256, day, honoured_points FROM lines"))
        moves = list(lake.rows(f"FROM ({by_key}) WHERE quantity <> 0"))
    assert [row[0] for row in rows] == list(range(1, len(some) + 1))
    assert [row[1] for row in rows] == [hashlib.sha256(canonical_json(record)).digest() for record in wanted]
    assert [row[2].isoformat() for row in rows] == [utc_day(line.recorded_at_ms) for line in ordered]
    assert [row[3] for row in rows] == [sum(one.points for one in line.honoured) for line in ordered]
    moved = [Move(MoveKind(kind), *rest) for kind, *rest in moves]
    by_any_terms = [replace(line, terms_day=None, expired=of_any_month(line)) for line in some]
    assert sorted(moved, key=repr) == sorted(recount("harvest", by_any_terms).moves, key=repr)


def test_what_was_asked_of_cashback_is_the_line_s_own_figure():
    book = random_book(random.Random(3), 30, ["harvest"])
    some = [line_of(one) for one in book] + list(WEEK)
    with opened(filled(by_day(some))) as database:
        asked = dict(database.rows("SELECT entry_id, cashback_cents FROM lines"))
    assert asked == {line.entry_id: line.cashback_cents for line in some}
    assert any(asked.values())


def test_files_have_the_columns_of_the_schema():
    with opened(filled(WEEK)) as lake:
        for table in TABLES:
            described = lake.rows(f"SELECT column_name, column_type FROM (DESCRIBE {table.name})")
            # Milliseconds come back as microseconds.
            wanted = [(one.name, one.type.replace("TIMESTAMP_MS", "TIMESTAMP")) for one in table.columns]
            assert list(described) == [*wanted, (WINDOW, "BIGINT")]
            assert set(lake.rows(f"SELECT {WINDOW} FROM {table.name}")) == {(WINDOW_NUMBER,)}


def test_a_part_ends_with_a_day_and_numbers_its_lines_on():
    lake = filled(WEEK, lines_a_part=1)
    first, second = lake.holding(WINDOW_NUMBER, "harvest").parts
    assert (first.first_day, first.last_day, first.lines, first.last) == (first.last_day, first.first_day, 3, False)
    assert (second.first_line, second.lines, second.last) == (4, 2, True)
    assert second.first_day > first.last_day


def test_dying_before_any_write_or_after_the_last_changes_nothing_of_what_is_there_in_the_end():
    whole = FakeLakeShelf()
    filled(WEEK, lines_a_part=1, shelf=whole)
    for dies_at in range(1, whole.writes + 2):
        shelf = FakeLakeShelf(dies_at=min(dies_at, whole.writes), after=dies_at > whole.writes)
        with pytest.raises(DeathError):
            filled(WEEK, lines_a_part=1, shelf=shelf)
        filled(WEEK, lines_a_part=1, shelf=shelf)
        assert shelf.objects == whole.objects, dies_at


def test_writing_that_is_told_to_stop_goes_on_where_it_was():
    shelf = FakeLakeShelf()
    lake = Lake(shelf, memory_mb=256, lines_a_part=1)
    time = iter([True, False, True])
    assert not lake.write(WINDOW_NUMBER, "harvest", after(WEEK), lambda: next(time))
    with pytest.raises(NotInLakeError):
        lake.holding(WINDOW_NUMBER, "harvest")
    asked = []
    assert lake.write(WINDOW_NUMBER, "harvest", lambda day: asked.append(day) or after(WEEK)(day), lambda: next(time))
    assert asked == [lake.holding(WINDOW_NUMBER, "harvest").parts[0].last_day]
    assert lake.holding(WINDOW_NUMBER, "harvest").lines == len(WEEK)


def test_a_partner_without_lines_has_an_empty_holding_and_empty_tables():
    lake = filled([])
    assert lake.holding(WINDOW_NUMBER, "harvest").lines == 0
    with opened(lake) as database:
        assert [database.row(f"SELECT count(*) FROM {table.name}") for table in TABLES] == [(0,), (0,)]
        assert list(records(database)) == []


def test_what_is_opened_holds_the_lines_of_those_named_and_of_nobody_else():
    shelf = FakeLakeShelf()
    lake = filled(WEEK[:2], partner="city-market", shelf=shelf)
    filled(WEEK[2:], shelf=shelf)
    with opened(lake, "city-market") as database:
        assert set(database.rows("SELECT DISTINCT partner FROM lines")) == {("city-market",)}
    with opened(lake, "city-market", "harvest") as database:
        assert database.row("SELECT count(*) FROM lines") == (len(WEEK),)


def test_without_moves_there_are_lines_alone_and_no_other_file_is_fetched():
    shelf = FakeLakeShelf()
    lake = filled(WEEK, shelf=shelf)
    del shelf.objects[file_key(MOVES, WINDOW_NUMBER, "harvest", 1)]
    with lake.opened([(WINDOW_NUMBER, "harvest")], moves=False) as database:
        assert database.row("SELECT count(*) FROM lines") == (len(WEEK),)
        assert (
            list(
                database.rows(
                    "SELECT table_name FROM duckdb_tables() UNION SELECT 'moves' FROM duckdb_views() "
                    "WHERE view_name = 'moves'"
                )
            )
            == []
        )


def test_a_window_is_whole_only_when_every_partner_is():
    lake = filled(WEEK)
    with pytest.raises(NotInLakeError):
        lake.set_whole(WINDOW_NUMBER, ["harvest", "greenleaf"])
    assert not lake.is_whole(WINDOW_NUMBER)
    lake.set_whole(WINDOW_NUMBER, ["harvest"])
    assert lake.is_whole(WINDOW_NUMBER)


def test_a_file_with_other_rows_than_its_part_says_is_refused():
    shelf = FakeLakeShelf()
    lake = filled(WEEK, shelf=shelf)
    filled(WEEK[:2], partner="greenleaf", shelf=shelf)
    for table in (LINES, MOVES):
        key = file_key(table, WINDOW_NUMBER, "harvest", 1)
        kept, shelf.objects[key] = shelf.objects[key], shelf.objects[file_key(table, WINDOW_NUMBER, "greenleaf", 1)]
        with pytest.raises(BrokenLakeError), opened(lake):
            pass
        shelf.objects[key] = kept


def test_as_many_lines_of_something_else_are_refused():
    shelf, other = FakeLakeShelf(), FakeLakeShelf()
    lake = filled(WEEK, shelf=shelf)
    filled([*WEEK[:-1], replace(WEEK[-1], receipt="r-9")], shelf=other)
    shelf.objects |= {key: content for key, content in other.objects.items() if key.endswith(".parquet")}
    with pytest.raises(BrokenLakeError, match="not as filed"), opened(lake):
        pass


def test_a_database_reaches_no_file_outside_of_its_folder(tmp_path):
    (tmp_path / "other.csv").write_text("a\n1\n")
    with opened(filled(WEEK)) as database:
        (database.folder / "theirs.csv").write_text("a\n1\n")
        assert database.row(f"SELECT a FROM '{database.folder}/theirs.csv'") == (1,)
        for forbidden in (f"FROM '{tmp_path}/other.csv'", "SET enable_external_access = true", "INSTALL httpfs"):
            with pytest.raises(Exception, match=r"(Permission|Invalid) (Error|Input Error)"):
                database.execute(forbidden)


def test_holdings_are_plain():
    holding = filled(WEEK).holding(WINDOW_NUMBER, "harvest")
    assert isinstance(holding, Holding)
    assert holding.parts[0].sha256 == hashlib.sha256(
        b"".join(hashlib.sha256(canonical_json(record_of(line))).digest() for line in in_order(by_day(WEEK)))
    ).hexdigest()  # fmt: skip
