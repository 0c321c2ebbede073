"""The SQL matches as the plain reference does, whatever the order, and loses and doubles no line."""

import csv
import io
import random
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from partners.lake.record import record_of
from partners.lake.service import Lake
from partners.reconciliation.matching import compare, differences, write_table
from partners.reconciliation.model import DIFFERENCES, QUANTITIES, Difference, Outcome, Result
from partners.reconciliation.reading import spooled
from partners.reconciliation.upload import Upload
from partners.visits.model import CashMove, Line, MoveKind
from shared.kernel.clock import DAY_MS, utc_day
from shared.ledger.model import Op
from tests.fakes.lake_shelf import FakeLakeShelf
from tests.support.entries import NOON_MS
from tests.support.examples import examples
from tests.unit.partners.reconciliation.reference import Compared, Row, matched

ALL = QUANTITIES
KINDS = ["earn", "return", "redeem", "spend", "enrol"]


def our_line(number: int, kind: str, receipt: str, points: int, cents: int, location: str = "7") -> Line:
    cash = (CashMove(MoveKind.CASHBACK_ISSUED, "harvest", "USD", points % 3),) if points % 3 else ()
    return Line(
        entry_id=f"4200000000-{number}",
        op=Op(kind),
        location=location,
        receipt=receipt,
        recorded_at_ms=NOON_MS + number,
        occurred_at_ms=NOON_MS,
        currency="USD",
        amount_cents=cents or None,
        points=points,
        value_cents=None,
        price_micros=6_000,
        issued=0,
        owed=0,
        honoured=(),
        adjusted=(),
        expired=(),
        written_off=(),
        cashback_cents=None,
        cash=cash,
        visit=False,
    )


def their_row(line: int, entry_id: str | None, kind: str, receipt: str, points: int, cents: int) -> Row:
    return {
        "line": line,
        "kind": kind,
        "entry_id": entry_id,
        "location": "7",
        "receipt": receipt,
        "points": points,
        "amount_cents": cents,
        "value_cents": 0,
        "cashback_cents": points % 3,
    }


def run(
    ours: list[Line], theirs: list[Row], columns: tuple[str, ...] = ALL
) -> tuple[Result, list[Compared], list[Any], str]:
    """The result, what became of every line, the differences, and the table as CSV."""
    lake = Lake(FakeLakeShelf(), memory_mb=256)
    lake.write(7, "harvest", lambda day: ours if not day else [], lambda: True)
    with lake.opened([(7, "harvest")]) as database:
        table = database.folder / "table.csv"
        masked = ({**row, **{name: 0 for name in ALL if name not in columns}} for row in theirs)
        result = compare(database, spooled(database, masked, Upload(columns=columns)))
        rows = database.rows(
            "SELECT outcome, if(outcome = 'only_theirs' OR outcome = 'duplicate', NULL, entry_id), line FROM compared "
            "UNION ALL SELECT 'matched', entry_id, line FROM pairs WHERE line IS NOT NULL"
        )
        found = [Compared(*row) for row in rows]
        write_table(database, table)
        return result, found, list(differences(database)), table.read_text()


def by_line(found: list[Compared]) -> list[Any]:
    return sorted((one.outcome, one.entry_id or "", one.line or 0) for one in found)


amounts = st.tuples(st.sampled_from([0, 10, 25]), st.sampled_from([0, 100, 200]))
receipts, kinds = st.sampled_from(["1", "2"]), st.sampled_from(KINDS)
our_lines = st.lists(st.tuples(kinds, receipts, amounts), max_size=9).map(
    lambda drawn: [our_line(place, kind, receipt, *figures) for place, (kind, receipt, figures) in enumerate(drawn, 1)]
)
entry_ids = st.none() | st.sampled_from([f"4200000000-{number}" for number in range(1, 12)])
their_lines = st.lists(st.tuples(entry_ids, st.sampled_from(KINDS[:4]), receipts, amounts), max_size=9).map(
    lambda drawn: [their_row(line, *rest, *figures) for line, (*rest, figures) in enumerate(drawn, 2)]
)
column_sets = st.sampled_from([ALL, ("points",), ("amount_cents", "cashback_cents")])


@given(ours=our_lines, theirs=their_lines, columns=column_sets, shuffled=st.randoms(use_true_random=False))
@settings(max_examples=examples(quick=6, full=12), deadline=None)
def test_the_sql_matches_as_the_reference_does_in_any_order(
    ours: list[Line], theirs: list[Row], columns: tuple[str, ...], shuffled: random.Random
) -> None:
    masked = [{**row, **{name: 0 for name in ALL if name not in columns}} for row in theirs]
    result, found, listed, _ = run(ours, theirs, columns)
    assert by_line(found) == by_line(matched([record_of(line) for line in ours], masked, columns))
    compared = [line for line in ours if line.op is not Op.ENROL]
    both = result.count(Outcome.MATCHED) + result.count(Outcome.AMOUNT_DIFFERS)
    assert both + result.count(Outcome.ONLY_OURS) == len(compared)
    assert both + result.count(Outcome.ONLY_THEIRS) + result.count(Outcome.DUPLICATE) == len(theirs)
    for name in columns:
        assert sum(getattr(total.theirs, name) for total in result.totals) == sum(row[name] for row in theirs)
    shuffled.shuffle(theirs)
    shuffled.shuffle(ours)
    again, _, _, _ = run(ours, [{**row, "line": line} for line, row in enumerate(theirs, 2)], columns)
    assert again == result
    assert [one.number for one in listed] == list(range(1, result.differences + 1))
    assert len(
        {one.key for one in listed if one.outcome is not Outcome.DUPLICATE}
    ) == result.differences - result.count(Outcome.DUPLICATE)


def planted() -> tuple[list[Line], list[Row]]:
    ours = [our_line(number, "earn", f"R{number}", 10, 100 * number) for number in range(1, 6)]
    theirs = [their_row(number, None, "earn", f"R{number}", 10, 100 * number) for number in range(1, 6)]
    theirs[1] |= {"amount_cents": 250}
    theirs[2] |= {"receipt": "R33"}
    return ours, [*theirs, {**theirs[0], "line": 6}]


def test_planted_differences_are_found_exactly() -> None:
    result, _, listed, _ = run(*planted())
    assert {outcome: result.count(outcome) for outcome in Outcome} == {
        Outcome.MATCHED: 3,
        Outcome.AMOUNT_DIFFERS: 1,
        Outcome.ONLY_OURS: 1,
        Outcome.ONLY_THEIRS: 1,
        Outcome.DUPLICATE: 1,
    }
    assert [(one.outcome, one.receipt, one.line) for one in listed] == [
        (Outcome.AMOUNT_DIFFERS, "R2", 2),
        (Outcome.ONLY_OURS, "R3", None),
        (Outcome.ONLY_THEIRS, "R33", 3),
        (Outcome.DUPLICATE, "R1", 6),
    ]
    first: Difference = listed[0]
    assert first.ours is not None
    assert first.theirs is not None
    assert (first.ours.amount_cents, first.theirs.amount_cents) == (200, 250)
    assert [result.first(outcome) for outcome in DIFFERENCES] == [1, 2, 3, 4]


def test_a_line_of_theirs_alone_is_the_same_difference_whatever_figures_the_file_has() -> None:
    row = their_row(1, None, "earn", "R1", 210, 4_210)
    files = (([row], ALL), ([row], ("points",)), ([row | {"points": 200}], ALL), ([row | {"entry_id": "9-9"}], ALL))
    assert len({one.key for rows, columns in files for one in run([], rows, columns)[2]}) == 1
    others = [
        row,
        row | {"line": 2, "points": 200},
        row | {"line": 3, "receipt": "R2"},
        row | {"line": 4, "kind": "spend"},
    ]
    assert len({one.key for one in run([], others)[2]}) == len(others)


def test_cashback_is_what_the_entry_was_asked_for_also_where_it_repaid_a_debt() -> None:
    line = our_line(1, "earn", "R1", 12, 100)
    cash = (
        CashMove(MoveKind.CASHBACK_ISSUED, "harvest", "USD", 90),
        CashMove(MoveKind.CASHBACK_OWED, "harvest", "USD", -60),
    )
    row = {**their_row(1, None, "earn", "R1", 12, 100), "cashback_cents": 150}
    result, _, _, _ = run([replace(line, cash=cash)], [row])
    assert result.count(Outcome.MATCHED) == 1


def test_the_table_has_every_line_and_no_formula() -> None:
    ours, theirs = planted()
    ours[0] = replace(ours[0], receipt="=1+1", location="-7")
    theirs[3] |= {"receipt": '@a,"b"'}
    result, found, _, table = run(ours, theirs)
    rows = list(csv.DictReader(table.splitlines()))
    assert len(rows) == len(found)
    assert {"'=1+1", '\'@a,"b"'} <= {row["receipt"] for row in rows}
    assert "'-7" in {row["location"] for row in rows}
    assert [row["number"] for row in rows if row["number"]] == [str(n) for n in range(1, result.differences + 1)]


def test_of_two_entries_that_say_the_same_one_has_a_line_that_says_it_once() -> None:
    ours = [our_line(number, "earn", receipt, 10, 100) for number, receipt in enumerate(["R1", "R1", "R2"], 1)]
    theirs = [their_row(line, None, "earn", receipt, 10, 100) for line, receipt in ((2, "R1"), (3, "R2"))]
    _, found, _, _ = run(ours, theirs)
    first, second, other = (line.entry_id for line in ours)
    assert by_line(found) == [("matched", first, 2), ("matched", other, 3), ("only_ours", second, 0)]


def test_texts_are_quoted_where_they_have_to_be_whatever_became_of_their_line() -> None:
    receipts_there = [f"{before}{chr(one)}" for one in range(33, 127) for before in ("", "a")]
    ours = [our_line(number, "earn", receipt, 10, 100) for number, receipt in enumerate(receipts_there, 1)]
    theirs = [their_row(line, None, "earn", receipt, 10, 100) for line, receipt in enumerate(receipts_there, 2)]
    theirs[::3] = [row | {"points": 11} for row in theirs[::3]]

    def field(receipt: str) -> str:
        shielded = f"'{receipt}" if receipt[0] in "=+-@" else receipt
        return '"' + shielded.replace('"', '""') + '"' if {*receipt} & {*',"#'} else shielded

    written = {}
    for line in run(ours, theirs)[3].splitlines()[1:]:
        written[line.split(",")[3]] = line.split(",7,")[1].rsplit(",", 9)[0]
    assert [written[line.entry_id] for line in ours] == [field(receipt) for receipt in receipts_there]


def test_lines_of_several_files_stand_beside_what_they_were_paired_with() -> None:
    ours = [
        replace(our_line(number, "enrol" if number % 3 == 0 else "earn", f"R{number}", 10, 100), recorded_at_ms=at_ms)
        for number, at_ms in enumerate(range(NOON_MS, NOON_MS + 6 * DAY_MS, DAY_MS // 2), 1)
    ]
    theirs = [their_row(20 - number, None, "earn", f"R{number}", 10, 100) for number in range(1, 13) if number != 4]
    lake = Lake(FakeLakeShelf(), memory_mb=256, lines_a_part=2)
    lake.write(7, "harvest", lambda day: [line for line in ours if utc_day(line.recorded_at_ms) > day], lambda: True)
    assert len(lake.holding(7, "harvest").parts) > 2
    with lake.opened([(7, "harvest")], moves=False) as database:
        compare(database, spooled(database, theirs, Upload(columns=ALL)))
        found = list(database.rows("SELECT receipt, line FROM pairs WHERE line IS NOT NULL"))
    assert found == [(f"R{number}", 20 - number) for number in (1, 2, 5, 7, 8, 10, 11)]


def test_of_two_lines_that_name_an_entry_the_one_that_says_the_same_counts() -> None:
    entry = our_line(1, "earn", "R1", 25, 100)
    theirs = [their_row(line, entry.entry_id, "earn", "R1", points, 100) for line, points in ((2, 10), (3, 25))]
    _, found, _, _ = run([entry], theirs)
    assert by_line(found) == [("duplicate", "", 2), ("matched", entry.entry_id, 3)]


def test_a_line_is_never_held_against_an_entry_of_another_kind() -> None:
    theirs = [their_row(2, None, "return", "R1", 25, 100)]
    _, found, _, _ = run([our_line(1, "earn", "R1", 25, 200)], theirs)
    assert [one.outcome for one in found] == ["only_theirs", "only_ours"]


def test_the_table_lists_what_matched_as_the_statement_does_whatever_the_order_of_the_file() -> None:
    receipts_in_time = ["9", "1", "=5", "3"]
    ours = [our_line(number, "earn", receipt, 10, 100) for number, receipt in enumerate(receipts_in_time, 1)]
    theirs = [
        their_row(line, None, "earn", receipt, 10, 100) for line, receipt in enumerate(sorted(receipts_in_time), 2)
    ]
    *_, table = run(ours, theirs)
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [(row["outcome"], row["receipt"]) for row in rows] == [
        ("matched", receipt) for receipt in ("9", "1", "'=5", "3")
    ]
