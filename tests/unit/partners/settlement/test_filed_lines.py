"""Large statements are made from the lake: byte for byte what is made from pages line by line."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from partners.lake import writing
from partners.lake.database import Database
from partners.lake.errors import NotInLakeError
from partners.lake.record import record_of
from partners.lake.schema import LINES, LISTED, file_key
from partners.lake.service import Lake
from partners.settlement.statements.filed import FiledLines
from partners.settlement.statements.lines import blocks_of, in_order, rows_of
from partners.visits.model import CashMove, MoveKind, Share
from shared.kernel.clock import utc_day
from tests.fakes.lake_shelf import DeathError, FakeLakeShelf
from tests.support.examples import examples
from tests.support.lines import lines
from tests.unit.partners.settlement.statement_examples import WEEK, a_line, by_day, files_of

OF_ALL = a_line(
    9,
    2,
    "harbour",
    honoured=(Share("city-market", 3), Share("harvest", -4)),
    adjusted=(Share("harvest", 5),),
    expired=(Share("city-market", 6, "2026-09-30"), Share("greenleaf", 7), Share("greenleaf", 8, "2026-10-31")),
    written_off=(Share("harvest", 8),),
    cash=tuple(CashMove(kind, "harvest", "USD", -9) for kind in MoveKind if kind.value.startswith("cashback_w")),
    terms_day="2026-11-02",
)
RAN_OUT = replace(
    OF_ALL,
    cash=(
        CashMove(MoveKind.CASHBACK_ISSUED, "harvest", "USD", 9),
        CashMove(MoveKind.CASHBACK_EXPIRED, "harvest", "USD", 4, "2026-10-31"),
        CashMove(MoveKind.CASHBACK_EXPIRED, "harvest", "USD", 5, "2026-09-30"),
    ),
)


def stated(lake):
    """Both files, and the blocks."""
    jsonl, csv = bytearray(), bytearray()
    blocks = FiledLines(lake).written(7, "harvest", jsonl.extend, csv.extend)
    return (jsonl.decode(), csv.decode()), blocks


def as_of_pages(some):
    wanted = list(rows_of(in_order(some)))
    return files_of(wanted), list(blocks_of(wanted))


@given(some=lines())
@settings(max_examples=examples(quick=6, full=15), deadline=None)
def test_files_and_blocks_from_the_lake_are_those_from_pages(some):
    lake = Lake(FakeLakeShelf(), memory_mb=256, lines_a_part=12)
    assert lake.write(7, "harvest", lambda _: some, lambda: True)
    assert stated(lake) == as_of_pages(some)


@pytest.mark.parametrize("older", [(1,), (2, 3), (1, 2, 3)])
def test_files_from_before_lists_had_columns_are_stated_alike(tmp_path, older):
    some, shelf = by_day([*WEEK, OF_ALL]), FakeLakeShelf()
    lake = Lake(shelf, memory_mb=256, lines_a_part=1)
    assert lake.write(
        7, "harvest", lambda day: [one for one in some if utc_day(one.recorded_at_ms) > day], lambda: True
    )
    assert len(lake.holding(7, "harvest").parts) == 3
    for part in older:
        make_older(tmp_path, shelf, file_key(LINES, 7, "harvest", part))
    assert stated(lake) == as_of_pages(some)
    with lake.opened([(7, "harvest")]) as database:
        found = database.rows("SELECT column_name, column_type FROM (DESCRIBE lines)")
        wanted = [(one.name, one.type.replace("TIMESTAMP_MS", "TIMESTAMP")) for one in LINES.columns]
        assert list(found) == [*wanted, ("window_number", "BIGINT")]


def test_files_that_an_earlier_version_left_before_it_died_are_counted_as_they_are(monkeypatch):
    some, shelf = by_day([*WEEK, OF_ALL]), FakeLakeShelf(dies_at=3)
    with monkeypatch.context() as earlier:
        earlier.setattr(writing, "record_of", lambda line: record_of(line, months=False))
        with pytest.raises(DeathError):
            Lake(shelf, memory_mb=256).write(7, "harvest", lambda _: some, lambda: True)
    lake = Lake(shelf, memory_mb=256)
    assert lake.write(7, "harvest", lambda _: some, lambda: True)
    wanted = list(rows_of(in_order(some), months=False))
    assert stated(lake) == (files_of(wanted), list(blocks_of(wanted)))


def test_what_ran_out_says_with_which_month_in_both_files():
    lake = Lake(FakeLakeShelf(), memory_mb=256)
    assert lake.write(7, "harvest", lambda _: [RAN_OUT], lambda: True)
    (jsonl, csv), _ = stated(lake)
    assert (
        '"expired":[{"issuer":"city-market","points":6,"with_month":"2026-09"},{"issuer":"greenleaf","points":7},'
        in jsonl
    )
    assert ",city-market:6:2026-09 greenleaf:7 greenleaf:8:2026-10," in csv
    assert ",cashback_issued:harvest:9 cashback_expired:harvest:4:2026-10 cashback_expired:harvest:5:2026-09," in csv
    assert (jsonl, csv) == as_of_pages([RAN_OUT])[0]


def make_older(folder: Path, shelf, key):
    """Leave out of a file what earlier versions wrote no columns for."""
    new, old = folder / "new.parquet", folder / "old.parquet"
    new.write_bytes(shelf.objects[key])
    with Database(folder) as database:
        less = ", ".join(column.name for column in LISTED)
        database.execute(f"COPY (SELECT * EXCLUDE ({less}) FROM '{new}') TO '{old}' (FORMAT parquet)")
    shelf.objects[key] = old.read_bytes()


def test_what_is_not_filed_yet_is_not_stated():
    with pytest.raises(NotInLakeError):
        FiledLines(Lake(FakeLakeShelf())).written(7, "harvest", print, print)
