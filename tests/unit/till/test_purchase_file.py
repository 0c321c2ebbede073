"""A partner's file of late purchases: what reads, and what is said of what does not."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.till.batch import Line
from partners.till.model import PurchaseRequest
from partners.till.purchase_file import COLUMNS, BadFileError, BadLine, FileLine, read_lines, read_purchases
from shared.kernel.clock import to_rfc3339

HEADER = ",".join(COLUMNS)
ROW = "k-1,9770 0123 4567 8912,s1,r-1,2026-09-01T12:00:00+02:00,4210,USD"
BOUGHT_AT = "2026-09-01T10:00:00.000Z"


def csv(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows)).encode()


def json_lines(*changes: object) -> bytes:
    line = {
        "idempotency_key": "k-1",
        "card_number": "9770 0123 4567 8912",
        "location_id": "s1",
        "receipt": "r-1",
        "occurred_at": "2026-09-01T12:00:00+02:00",
        "total": {"amount_cents": 4_210, "currency": "USD"},
    }
    return "\n".join(one if isinstance(one, str) else json.dumps({**line, **one}) for one in changes).encode()


def mistakes(raw: bytes) -> list[str]:
    with pytest.raises(BadFileError) as bad:
        read_purchases(raw)
    return bad.value.mistakes


def test_csv_and_json_lines_of_the_same_purchase_read_alike() -> None:
    [from_csv], [from_json] = read_purchases(csv(ROW)), read_purchases(json_lines({}))
    request = from_csv.line.request
    assert to_rfc3339(request.occurred_at_ms) == BOUGHT_AT
    expected = PurchaseRequest("9770 0123 4567 8912", "s1", "r-1", request.occurred_at_ms, 4_210, "USD")
    assert from_csv.line == from_json.line == Line("k-1", expected)
    assert (from_csv.number, from_json.number) == (2, 1)


def test_columns_may_come_in_any_order_quoted_and_after_a_byte_order_mark() -> None:
    turned = "\r\n".join([",".join(f'"{name}"' for name in reversed(COLUMNS)), ",".join(reversed(ROW.split(",")))])
    assert read_purchases(b"\xef\xbb\xbf" + turned.encode()) == read_purchases(csv(ROW))


def test_lines_keep_their_numbers_past_empty_lines() -> None:
    raw = csv("", ROW, "", ROW.replace("k-1", "k-2").replace("r-1", "r-2"))
    assert [line.number for line in read_purchases(raw)] == [3, 5]
    assert [line.number for line in read_purchases(json_lines("", {}, "", {"idempotency_key": "k-2"}))] == [2, 4]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "line 1: there are no purchases"),
        (csv(), "line 1: there are no purchases"),
        (csv(ROW) + b"\nk-2,\xe9", "line 3: this is not UTF-8"),
        (HEADER.replace(",currency", "").encode(), "line 1: the header lacks currency"),
        (f"{HEADER},colour".encode(), "line 1: the header has the unknown colour"),
        (f"{HEADER},receipt".encode(), "line 1: the header has twice receipt"),
        (csv(ROW, "k-2,9770"), "line 3: there are 2 values for 7 columns"),
        (csv(ROW.replace("4210", "42.10")), "line 2: amount_cents: write a whole number of cents"),
        (csv(ROW.replace("4210", "-1")), "line 2: amount_cents: write an amount of 0 or more"),
        (csv(ROW.replace("4210", "many")), "line 2: amount_cents: "),
        (csv(ROW.replace("+02:00", "")), "line 2: occurred_at: write an RFC 3339 time"),
        (csv(ROW.replace("USD", "dollars")), "line 2: currency: "),
        (csv(ROW.replace("9770", "977")), "line 2: card_number: "),
        (csv(ROW.replace("k-1", "")), "line 2: idempotency_key: "),
        (csv('"k-1'), "line 2: unexpected end of data"),
        (json_lines({}, "{"), "line 2: Expecting property name enclosed in double quotes at column 2."),
        (json_lines({}, "[1]"), "line 2: "),
        (json_lines({"total": {"amount_cents": 1.5, "currency": "USD"}}), "line 1: amount_cents: "),
        (json_lines({"colour": "red"}), "line 1: colour: there is no such field"),
        (json_lines({}, '{"receipt": 1, "receipt": 2}'), "line 2: An object in the body has the same name twice."),
        (csv(ROW, ROW.replace("4210", "1")), "line 3: idempotency_key 'k-1' is that of line 2, but they differ"),
    ],
)
def test_a_mistake_is_named_with_its_line(raw: bytes, says: str) -> None:
    [mistake] = mistakes(raw)
    assert mistake.startswith(says)


def test_the_same_purchase_twice_is_no_mistake() -> None:
    assert len(read_purchases(csv(ROW, ROW))) == 2


def test_every_mistake_is_found_and_the_first_twenty_are_shown() -> None:
    with pytest.raises(BadFileError) as bad:
        read_purchases(csv(*[ROW.replace("4210", "x")] * 25))
    assert len(bad.value.mistakes) == 25
    assert str(bad.value).startswith("Nothing was recorded.")
    assert str(bad.value).endswith("and 5 more")
    assert "line 21:" in str(bad.value)
    assert "line 22:" not in str(bad.value)


def test_a_bad_line_keeps_no_other_from_being_read() -> None:
    good, bad = ROW.replace("k-1", "k-2"), ROW.replace("4210", "-1").replace("USD", "dollars")
    first, second, third = read_lines(csv(ROW, bad, good))
    assert [one.number for one in (first, second, third)] == [2, 3, 4]
    assert isinstance(second, BadLine)
    assert [says.split(":")[0] for says in second.mistakes] == ["amount_cents", "currency"]
    assert isinstance(third, FileLine)
    assert third.line.idempotency_key == "k-2"


def rows(count: int, **others: str) -> list[str]:
    """Good ones k1 to k`count`, or `others` in their places."""
    return [others.get(f"k{n}", ROW.replace("k-1", f"k{n}").replace("r-1", f"r{n}")) for n in range(1, count + 1)]


def keys(raw: bytes) -> list[str]:
    """The key of each line that reads, and what is said of the others."""
    return [one.mistakes[0] if isinstance(one, BadLine) else one.line.idempotency_key for one in read_lines(raw)]


LONG = ROW.replace("r-1", "x" * 140_000)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (ROW.replace("r-1", '"r"2'), "',' expected after '\"'"),
        (ROW.replace("r-1", '"r"2"r"'), "',' expected after '\"'"),
        (LONG, "field larger than field limit (131072)"),
        (ROW.replace("r-1", f'"{"x" * 140_000}"'), "field larger than field limit (131072)"),
    ],
)
def test_a_line_that_is_no_csv_keeps_no_other_from_being_read(bad: str, says: str) -> None:
    assert keys(csv(*rows(4, k2=bad))) == ["k1", says, "k3", "k4"]


def test_quotes_that_are_never_closed_spoil_all_lines_behind_them_and_each_is_told() -> None:
    spoilt = "quotes run on from line 3 to line 6: close them on the line that they open in"
    assert keys(csv(*rows(5, k2=ROW.replace("r-1", '"r2')))) == ["k1"] + [spoilt] * 4
    # Where they meet others it is not known which of them open.
    quoted = ROW.replace("r-1", '"r3"')
    assert keys(csv(*rows(5, k2=ROW.replace("r-1", '"r2'), k3=quoted))) == ["k1"] + [spoilt] * 4
    assert keys(csv(*rows(5, k2=ROW.replace("r-1", '"' + "x" * 140_000)))) == ["k1"] + [spoilt] * 4


def test_what_stands_within_quotes_is_never_taken_for_a_line() -> None:
    scanned = ROW.replace("9770 0123 4567 8912", f'"9770\n{ROW.replace("k-1", "k-forged")}\n"')
    spoilt = "quotes run on from line 3 to line 5: close them on the line that they open in"
    assert keys(csv(*rows(3, k2=scanned))) == ["k1"] + [spoilt] * 3 + ["k3"]
    too_long = scanned.replace("\n", "x" * 140_000 + "\n", 1)
    assert "k-forged" not in keys(csv(*rows(3, k2=too_long)))
    # A loose quote makes them even, but the one that opens is not the one that closes.
    for loose in ('5" pipe,"x"y', '5" pipe,"x""y"z'):
        assert "k-forged" not in keys(csv(*rows(3, k2=f"{loose},{scanned}")))


def test_a_header_that_is_no_csv_has_nothing_recorded() -> None:
    assert mistakes(b'"a"b,c\n' + ROW.encode()) == ["line 1: ',' expected after '\"'"]
    assert mistakes(b'"a\n' + ROW.encode()) == [
        "line 2: quotes run on from line 1 to line 2: close them on the line that they open in"
    ]


@given(st.lists(st.lists(st.sampled_from(['"', ",", "k", "\r", ROW, '"r"']), min_size=1).map("".join), max_size=8))
def test_each_line_is_told_of_once(lines: list[str]) -> None:
    told = [one.number for one in read_lines(csv(*lines))]
    written = [n for n, line in enumerate(io.StringIO(csv(*lines).decode(), newline=""), 1) if line.strip("\r\n")]
    assert told == sorted(set(told))
    assert set(written[1:]) <= set(told)
