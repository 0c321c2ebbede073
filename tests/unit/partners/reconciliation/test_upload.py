"""A partner's file: what is read of it, and each mistake with its line and what to do."""

import io
from dataclasses import replace
from typing import Any

import pytest

from partners.reconciliation import upload as uploads
from partners.reconciliation.model import Format
from partners.reconciliation.upload import Row, Upload, read_upload
from partners.settlement.statements.lines import in_order, rows_of
from partners.settlement.statements.table import HEADING, csv_line
from tests.unit.partners.settlement.statement_examples import WEEK

BEGIN_MS, END_MS = 1_795_219_200_000, 1_795_824_000_000
"""2026-11-21 and a week later."""
HEAD = "kind,location,receipt,points,amount_cents\n"


def read(text: str | bytes, form: Format = Format.CSV) -> tuple[list[Row], Upload]:
    upload = Upload()
    content = io.BytesIO(text.encode() if isinstance(text, str) else text)
    return list(read_upload(content, form, END_MS, upload)), upload


def mistakes(text: str | bytes, form: Format = Format.CSV) -> list[tuple[int, str]]:
    return [(one.line, one.says) for one in read(text, form)[1].mistakes]


def test_csv_and_json_lines_say_the_same() -> None:
    table = HEAD + "earn,7,R1,210,4210\nredeem,7,R2,50,\n"
    lines = '{"kind":"earn","location":"7","receipt":"R1","points":210,"amount_cents":4210}\n'
    lines += '\n{"kind":"redeem","location":"7","receipt":"R2","points":50,"amount_cents":null}'
    from_csv, upload = read(table)
    from_json, json_upload = read(lines, Format.JSON_LINES)
    assert [{**row, "line": 0} for row in from_csv] == [{**row, "line": 0} for row in from_json]
    assert [row["line"] for row in from_csv + from_json] == [2, 3, 1, 3]
    assert from_csv[0] == {
        **{"line": 2, "kind": "earn", "entry_id": None, "location": "7", "receipt": "R1"},
        **{"points": 210, "amount_cents": 4210, "value_cents": 0, "cashback_cents": 0},
    }
    assert upload.columns == json_upload.columns == ("points", "amount_cents")


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_byte_order_mark_and_the_ends_of_lines_do_not_matter(start: bytes, end: bytes) -> None:
    rows, upload = read(start + HEAD.strip().encode() + end + b'earn,7,"R1",1,2' + end + end)
    assert ([row["receipt"] for row in rows], upload.mistakes) == (["R1"], [])


@pytest.mark.parametrize("form", Format)
def test_the_lines_of_a_statement_can_be_sent_back_as_they_are(form: Format) -> None:
    formula = replace(WEEK[-1], receipt="=1+1", entry_id="4200000099-1")
    lines = sorted([*WEEK, formula], key=lambda line: line.recorded_at_ms)
    table = (HEADING + "".join(csv_line(row, "harvest", 7) for row in rows_of(in_order(lines)))).encode()
    texts = b"".join(row.text for row in rows_of(in_order(lines)))
    upload = Upload()
    rows = list(read_upload(io.BytesIO(table if form is Format.CSV else texts), form, END_MS, upload))
    assert (upload.mistakes, len(rows) + upload.not_compared) == ([], len(WEEK) + 1)
    assert "=1+1" in {row["receipt"] for row in rows}


def test_kinds_that_move_nothing_are_counted_only() -> None:
    rows, upload = read(HEAD + "enrol,7,R1,0,0\nearn,7,R1,1,2\nlapse,,,0,0\n")
    assert (len(rows), upload.not_compared, upload.lines, upload.mistakes) == (1, 2, 3, [])


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("12.34", "write whole cents without sign, point or comma, 1234 for 12.34"),
        ('"12,34"', "write whole cents without sign, point or comma, 1234 for 12.34"),
        ('"1.234,00"', "write whole cents without sign, point or comma, 1234 for 12.34"),
        ("-5", "write whole cents without sign, point or comma, 1234 for 12.34"),
        ("12 EUR", "write a whole number of cents"),
        ("٣", "write a whole number of cents"),
        ("9999999999999", "write whole cents without sign, point or comma, 1234 for 12.34"),
    ],
)
def test_an_amount_is_whole_cents(value: str, says: str) -> None:
    assert mistakes(f"{HEAD}earn,7,R1,1,{value}\n") == [(2, f"amount_cents: {says}")]


@pytest.mark.parametrize("value", ["12.34", "true", '"x"', "1e3", "-1", "[1]"])
def test_an_amount_of_json_is_a_whole_number(value: str) -> None:
    line = f'{{"kind":"earn","location":"7","receipt":"R1","points":{value}}}'
    ((number, says),) = mistakes(line, Format.JSON_LINES)
    assert (number, says[:13]) == (1, "points: write")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "there are no lines"),
        (HEAD, 1, "there are no lines"),
        ("kind;location;receipt;points\n", 1, "columns are separated by semicolons; use commas"),
        ("kind\tlocation\treceipt\tpoints\n", 1, "columns are separated by tabs; use commas"),
        ("\ufeffKind,location,receipt,points\n", 1, "unknown columns: Kind; leave them out"),
        ("kind,location,points\n", 1, "name kind, and entry_id or both location and receipt"),
        ("kind,entry_id\n", 1, "name one figure at least: points, amount_cents, value_cents, cashback_cents"),
        ("kind,entry_id,points,points\n", 1, "columns stand twice: points"),
        (HEAD + "earn,7,R1,1\n", 2, "there are 4 values for 5 columns"),
        (HEAD + 'earn,7,"R1,1,2\nearn,7,R2,1,2\n', 2, "a quotation mark is not closed, or stands within a value"),
        (HEAD + "sale,7,R1,1,2\n", 2, "kind: write one of cancel, capture, earn, redeem, return, spend"),
        (HEAD + "earn,7,,1,2\n", 2, "write entry_id, or both location and receipt"),
        (HEAD + "earn,7,Ré,1,2\n", 2, "receipt: write it as our entries have it"),
        (HEAD + f"earn,7,{'9' * 5000},1,2\n", 2, "a line has 4096 bytes at most"),
        (HEAD + "earn,7,R1\0,1,2\n", 2, "there is a character 0; save the file as UTF-8 text"),
    ],
)
def test_what_can_not_be_read_says_where_and_what_to_do(text: str, line: int, says: str) -> None:
    assert mistakes(text) == [(line, says)]


def test_other_encodings_are_told() -> None:
    assert mistakes(HEAD.encode("utf-16")) == [(1, "the file is in UTF-16; save it as UTF-8")]
    latin = HEAD.encode() + "earn,Zürich,R1,1,2\n".encode("latin-1")
    assert mistakes(latin) == [(2, "this is not UTF-8; save the file as UTF-8")]


@pytest.mark.parametrize(
    ("moment", "fine"),
    [
        ("2026-11-21T00:00:00Z", True),
        ("2026-11-28T00:59:59.999+01:00", True),
        ("2026-11-28T00:00:00Z", False),
        ("2026-11-20T23:59:59Z", True),
        ("2026-11-21 10:00", False),
        ("2026-13-21T00:00:00Z", False),
    ],
)
def test_a_line_of_a_later_window_is_a_mistake_and_one_of_before_may_have_come_late(moment: str, fine: bool) -> None:
    _, upload = read(f"kind,entry_id,recorded_at,points\nearn,4200000000-1,{moment},1\n")
    assert [one.says[:12] for one in upload.mistakes] == ([] if fine else ["recorded_at:"])


def test_a_json_line_is_one_object_with_the_figures_of_the_first() -> None:
    good = '{"kind":"earn","location":"7","receipt":"R1","points":1}\n'
    assert mistakes(good + '{"kind":"earn","entry_id":"4200000000-1"}', Format.JSON_LINES)[0][0] == 2
    assert mistakes(good + "{", Format.JSON_LINES)[0][0] == 2
    assert mistakes("[1]", Format.JSON_LINES) == [(1, "write one JSON object a line")]
    assert mistakes(good + '{"card_number":"1"}', Format.JSON_LINES) == [
        (2, "unknown names: card_number; leave them out")
    ]


def test_every_mistake_is_counted_up_to_a_bound_and_the_first_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_MISTAKES", 5)
    monkeypatch.setattr(uploads, "MISTAKES_SHOWN", 2)
    _, upload = read(HEAD + "sale,7,R1,1,2\n" * 9)
    assert (upload.mistakes_count, [one.line for one in upload.mistakes]) == (5, [2, 3])


def test_a_file_has_no_more_lines_than_can_be_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_LINES", 2)
    rows: Any = HEAD + "".join(f"earn,7,R{number},1,2\n" for number in range(3))
    assert mistakes(rows) == [(4, "a file has 2 lines at most")]
