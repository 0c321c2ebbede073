"""A partner's file of late purchases: what reads, and what is said of what does not."""

import json

import pytest

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


def test_lines_keep_their_numbers_past_empty_lines_and_lines_within_quotes() -> None:
    raw = csv("", ROW, "", ROW.replace("k-1", "k-2").replace("r-1", "r-2"))
    assert [line.number for line in read_purchases(raw)] == [3, 5]
    assert [line.number for line in read_purchases(json_lines("", {}, "", {"idempotency_key": "k-2"}))] == [2, 4]
    wrong = csv(ROW, ROW.replace("r-1", '"r\n1"'))
    assert mistakes(wrong)[0].startswith("line 4: receipt: ")


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
