"""What SQL reads of a partner's file is what the reader of single lines reads, and every mistake is the same."""

import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from partners.lake.database import Database
from partners.reconciliation import reading, upload
from partners.reconciliation.model import COMPARED_KINDS, Format
from partners.reconciliation.reading import read
from partners.reconciliation.upload import Row, Upload, read_upload
from partners.settlement.statements.lines import in_order, rows_of
from partners.settlement.statements.table import HEADING, csv_line
from partners.settlement.window import Window
from tests.unit.partners.reconciliation.test_upload import BEGIN_MS, END_MS
from tests.unit.partners.settlement.statement_examples import WEEK

WINDOW = Window(7, BEGIN_MS, ends_at_ms=END_MS)


def by_line(content: bytes, form: Format, window: Window = WINDOW) -> tuple[Upload, list[Row]]:
    upload = Upload()
    rows = list(read_upload(io.BytesIO(content), form, window.end_ms, upload))
    return upload, [] if upload.mistakes_count else rows


def by_sql(content: bytes, form: Format, window: Window = WINDOW) -> tuple[Upload, list[Row], int]:
    """The same, and how many lines were read one by one."""
    with tempfile.TemporaryDirectory() as folder, Database(Path(folder), 128) as database:
        file = Path(folder) / "upload"
        file.write_bytes(content)
        found = read(database, file, form, window)
        names = ", ".join(reading.SPOOLED)
        wanted = found.rows("line IN (SELECT line FROM checked WHERE compared)")
        rows = database.rows(f"SELECT {names} FROM ({wanted}) ORDER BY line")
        read_rows = [dict(zip(reading.SPOOLED, row, strict=True)) for row in rows]
        (odd,) = database.row("SELECT count(*) FROM odd")
        return found.upload, [] if found.upload.mistakes_count else read_rows, odd


def assert_same(content: bytes, form: Format, window: Window = WINDOW) -> None:
    found, rows, _ = by_sql(content, form, window)
    expected, expected_rows = by_line(content, form, window)
    assert (found.mistakes, found.mistakes_count, rows) == (expected.mistakes, expected.mistakes_count, expected_rows)
    if not found.mistakes:
        assert found == expected


PLAIN = {
    "kind": st.sampled_from([kind.value for kind in COMPARED_KINDS]),
    "entry_id": st.sampled_from(["4200000000-1", "4200000000-12345678"]),
    "location": st.sampled_from(["7", "store-7", "A_b.c"]),
    "receipt": st.sampled_from(["R1", "r 2", "#;!", "x" * 40, "a'b"]),
    "points": st.sampled_from(["0", "12", "0012", "999999999999", ""]),
    "amount_cents": st.sampled_from(["4210", ""]),
    "recorded_at": st.sampled_from(
        [
            "2026-11-21T00:00:00Z",
            "2026-11-27T23:59:59.999Z",
            "2026-11-21T00:59:59.1+01:00",
            "2026-11-24T23:30:00-05:45",
            "",
        ]
    ),
    "currency": st.sampled_from(["EUR", "", "é"]),
}
ODD = st.sampled_from(
    [
        "",
        " ",
        "earn",
        "enrol",
        "sale",
        "Earn",
        "4200000000-0",
        "4200000000-1 ",
        "12.50",
        "-5",
        "+5",
        "1e3",
        "1_0",
        "9" * 13,
        "9" * 4_000,
        "9" * 5_000,
        "'=1+1",
        "'-7",
        "=1",
        "R\u00e9",
        "\u0663",
        "\U0001f600",
        "\x1c",
        "\u2028",
        "\x0b",
        "\x85",
        "x" * 41,
        '"a"',
        '"a,b"',
        '"a""b"',
        '"',
        'a"b',
        '"a"b',
        ' "a"',
        '""',
        "\r",
        "\x00",
        "a\\b",
        "\t",
        ",",
        "2026-02-30T00:00:00Z",
        "2026-11-21T00:00:00",
        "2026-11-21t00:00:00z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T23:59:60Z",
        "2026-11-21T00:30:00+01:00",
        "2026-11-27T23:30:00-01:00",
        "2026-11-22T00:00:00+24:00",
        "2026-11-22T00:00:00.1234567Z",
        "2026-11-28T00:00:00Z",
    ]
)
NAMES = st.sampled_from(
    [
        ("kind", "location", "receipt", "points", "amount_cents"),
        ("kind", "entry_id", "points"),
        ("points", "receipt", "location", "kind", "entry_id", "recorded_at", "currency"),
        ("currency", "kind", "location", "receipt", "amount_cents", "recorded_at"),
    ]
)
ENDS = st.sampled_from(["\n", "\r\n", "\n\n", "\n \n", "\r\r\n", ""])


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    names = draw(NAMES)
    text = draw(st.sampled_from(["", "\ufeff", "\n"])) + ",".join(names) + draw(ENDS)
    for _ in range(draw(st.integers(0, 6))):
        values = [draw(PLAIN[name]) for name in names]
        if draw(st.booleans()):
            values[draw(st.integers(0, len(values) - 1))] = draw(ODD)
        if draw(st.booleans()):
            values = [f'"{value}"' for value in values]
        text += ",".join(values) + draw(ENDS)
    content = text.encode()
    return content + draw(st.sampled_from([b"", b"\xff", b"\xc3", b"\n", b"\xed\xa0\x80"]))


JSON_ODD = st.sampled_from(
    [
        "null",
        "true",
        "-1",
        "12.5",
        "1e3",
        "1E400",
        "9" * 13,
        "9" * 5_000,
        '"12"',
        '""',
        '"x"',
        "[1]",
        "{}",
        "NaN",
        "01",
        "-0",
        "1.0",
        '"\\u0052"',
        '"\\ud800"',
        '"R\u00e9"',
        '"=1"',
        '"\'=1"',
        '"a\\"b"',
        '"a\tb"',
        '"a',
        "1,",
        "1}",
        '1, "points": 2',
        '"enrol"',
        '"sale"',
        '"2026-11-28T00:00:00Z"',
        '"2026-11-21T00:30:00+01:00"',
        "\x00",
        "[" * 2_000,
    ]
)


@st.composite
def objects(draw: st.DrawFn) -> bytes:
    names = draw(NAMES)
    text = draw(st.sampled_from(["", "\ufeff", "\n"]))
    comma, colon = draw(st.sampled_from([(",", ":"), (", ", ": ")]))
    for _ in range(draw(st.integers(0, 6))):
        values = {name: draw(PLAIN[name]) for name in names}
        members = {
            name: value
            if name == "points" and value and draw(st.booleans()) and str(int(value)) == value
            else json.dumps(value)
            for name, value in values.items()
        }
        change = draw(st.sampled_from(["none", "none", "value", "left out", "order", "twice"]))
        if change == "value":
            members[draw(st.sampled_from(names))] = draw(JSON_ODD)
        if change == "left out":
            del members[draw(st.sampled_from(names))]
        told = [f'"{name}"{colon}{value}' for name, value in members.items()]
        if change == "order":
            told = told[::-1]
        if change == "twice":
            told += told[:1]
        text += "{" + comma.join(told) + "}" + draw(ENDS)
    return text.encode(errors="surrogatepass")


@given(tables())
@example(b"\xff\xfek\x00")
@example(b"")
@example(b"kind,location,receipt,points\r\n" + b"earn,7,R1,1\r\n" * 3)
@example(b"kind,location,receipt,points\nearn,7,R1,1\r\nearn,7,R2,1\n")
def test_sql_reads_a_table_as_the_reader_of_lines_does(content: bytes) -> None:
    assert_same(content, Format.CSV)


@given(objects())
@example(b'{"kind":"earn","entry_id":"4200000000-1","points":1}\n[1]')
@example(b'{"kind":[1],"entry_id":"4200000000-1","points":1}\n' * 2)
def test_sql_reads_json_lines_as_the_reader_of_lines_does(content: bytes) -> None:
    assert_same(content, Format.JSON_LINES)


TIMES = "2026-11-21T00:00:00Z", "2026-11-21T02:00:00.999+02:00", "2026-11-24T23:30:00-05:45"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quotes", ["", '"'])
def test_no_line_of_an_ordinary_table_is_read_by_itself(end: str, quotes: str) -> None:
    lines = ["kind,location,receipt,points,recorded_at"]
    for kind, points, moment in [("earn", "210", TIMES[0]), ("redeem", "", TIMES[1]), ("enrol", "-1", TIMES[2])]:
        values = (kind, "store-7", "R 1/2", points, moment)
        lines.append(",".join(f"{quotes}{value}{quotes}" for value in values))
    found, rows, odd = by_sql((end.join(lines) + end * 2).encode(), Format.CSV)
    assert (found.mistakes, found.lines, found.not_compared, len(rows), odd) == ([], 3, 1, 2, 0)


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_of_ordinary_json_lines_the_first_alone_is_read_by_itself(separators: tuple[str, str]) -> None:
    facts = [
        {
            "kind": kind,
            "location": "7",
            "receipt": "R,1",
            "points": points,
            "amount_cents": None,
            "recorded_at": TIMES[0],
        }
        for kind, points in (("earn", 210), ("redeem", "50"), ("enrol", 0), ("earn", 0))
    ]
    text = "".join(json.dumps(one, separators=separators) + "\n" for one in facts)
    found, rows, odd = by_sql(text.encode(), Format.JSON_LINES)
    assert (found.mistakes, found.lines, found.not_compared, len(rows), odd) == ([], 4, 1, 3, 1)


@pytest.mark.parametrize("form", Format)
def test_the_lines_of_a_statement_are_read_by_sql(form: Format) -> None:
    rows = list(rows_of(in_order(sorted(WEEK, key=lambda line: line.recorded_at_ms))))
    table = (HEADING + "".join(csv_line(row, "harvest", 7) for row in rows)).encode()
    content = table if form is Format.CSV else b"".join(row.text for row in rows)
    window = Window(7, 0, ends_at_ms=END_MS * 2)
    assert_same(content, form, window)
    _, _, odd = by_sql(content, form, window)
    assert odd <= 1


def test_a_file_of_too_many_lines_is_refused_at_the_first_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "MOST_LINES", 2)
    monkeypatch.setattr(reading, "MOST_LINES", 2)
    head = b"kind,location,receipt,points\n"
    for lines in (2, 3):
        assert_same(head + b"earn,7,R1,1\n" * lines, Format.CSV)
    assert by_sql(head + b"earn,7,R1,1\n" * 3, Format.CSV)[0].mistakes[0].line == 4


def test_every_mistake_is_told_as_the_reader_of_lines_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "MOST_MISTAKES", 5)
    content = b"kind,location,receipt,points\n" + b"earn,7,R1,1\nsale,7,R1,1\n" * 9
    found, _, _ = by_sql(content, Format.CSV)
    assert [one.line for one in found.mistakes] == [3, 5, 7, 9, 11]
    assert_same(content, Format.CSV)
