"""A partner's file of purchases and returns, CSV or JSON lines. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

from partners.till.batch import Asked, Line, TillRequest
from partners.till.imports import first_clash
from partners.till.model import PurchaseRequest
from partners.till.wire import PurchaseLine, ReturnLine, purchase_request, return_request
from shared.kernel.field_errors import InvalidFieldError, MalformedJsonError
from shared.kernel.reading import read_json, validated

COLUMNS = ("idempotency_key", "card_number", "location_id", "receipt", "occurred_at", "amount_cents", "currency")
OF_RETURNS = ("original_receipt", "original_location_id")
MORE_COLUMNS = ("kind", *OF_RETURNS)
"""What only files with returns need. A line without a kind is a purchase, as all were before there were returns."""
PURCHASE, RETURN = "purchase", "return"
MISTAKES_SHOWN = 20
_VALUE = r'(?:"(?:[^"]|"")*+"[^,]*+|[^",][^,]*+|)'
_CLOSED = re.compile(rf"{_VALUE}(?:,{_VALUE})*+")
"""Values of which each that opens with a quote closes, whatever stands loose in them or behind."""
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]+)?")


class BadFileError(ValueError):
    """The file can't be read as purchases; the text names each mistake with its line."""

    def __init__(self, mistakes: list[str]) -> None:
        shown = mistakes[:MISTAKES_SHOWN]
        more = [f"and {len(mistakes) - len(shown)} more"] if len(mistakes) > len(shown) else []
        super().__init__("\n  ".join(["Nothing was recorded. The file has mistakes:", *shown, *more]))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class FileLine(Generic[Asked]):
    """A purchase or return and the number, from 1, of the line of the file that it ends on."""

    number: int
    line: Line[Asked]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is neither, and every mistake in it."""

    number: int
    mistakes: tuple[str, ...]


_Raw = tuple[int, object]
"""A line's number, and the object that it would be in the API's request, or the mistake in it."""


def read_lines(raw: bytes) -> list[FileLine[TillRequest] | BadLine]:
    """The lines of a file in UTF-8, one a purchase or a return, empty lines left out.

    JSON lines are objects as in the request of POST /v1/purchases/batch. Anything else is CSV with a header
    that names COLUMNS in any order, and any of MORE_COLUMNS. Raises BadFileError if there is no telling lines apart:
    the file is not UTF-8, or its header is wrong.
    """
    text = _decoded(raw)
    return [_read(*one) for one in (_from_json(text) if text.lstrip().startswith("{") else _from_csv(text))]


def read_purchases(raw: bytes) -> list[FileLine[PurchaseRequest]]:
    """The purchases of a file, as `read_lines` has them. Raises BadFileError if any line is bad, or is a return."""
    lines: list[FileLine[PurchaseRequest]] = []
    mistakes: list[str] = []
    for read in read_lines(raw):
        if isinstance(read, BadLine):
            mistakes += [f"line {read.number}: {says}" for says in read.mistakes]
        elif isinstance(read.line.request, PurchaseRequest):
            lines.append(FileLine(read.number, Line(read.line.idempotency_key, read.line.request)))
        else:
            mistakes.append(f"line {read.number}: a return is taken from a file in the partner's folder only")
    clash = first_clash([one.line for one in lines])
    if clash is not None:
        first, second = (lines[place] for place in clash)
        key = first.line.idempotency_key
        mistakes.append(
            f"line {second.number}: idempotency_key {key!r} is that of line {first.number}, but they differ"
        )
    if not lines and not mistakes:
        mistakes.append("line 1: there are no purchases")
    if mistakes:
        raise BadFileError(mistakes)
    return lines


@dataclass(frozen=True, slots=True)
class _Mistake:
    says: str


def _read(number: int, values: object) -> FileLine[TillRequest] | BadLine:
    if isinstance(values, _Mistake):
        return BadLine(number, (values.says,))
    plain = values if isinstance(values, dict) else {}
    kind = plain.get("kind", PURCHASE)
    if kind not in (PURCHASE, RETURN):
        return BadLine(number, (f"kind: write {PURCHASE} or {RETURN}",))
    of_returns = [name for name in OF_RETURNS if name in plain]
    if kind == PURCHASE and of_returns:
        return BadLine(number, tuple(f"{name}: only a {RETURN} has it" for name in of_returns))
    try:
        if kind == RETURN:
            back = validated(ReturnLine, values, "pointer")
            return FileLine(number, Line(back.idempotency_key, return_request(back)))
        # The API's own line knows no kind.
        without_kind = {name: value for name, value in plain.items() if name != "kind"} if plain else values
        bought = validated(PurchaseLine, without_kind, "pointer")
        return FileLine(number, Line(bought.idempotency_key, purchase_request(bought)))
    except InvalidFieldError as invalid:
        return BadLine(number, tuple(f"{_field(one)}{one['detail']}" for one in invalid.problems))


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        number = raw[: wrong.start].count(b"\n") + 1
        raise BadFileError([f"line {number}: this is not UTF-8"]) from None


def _from_json(text: str) -> Iterator[_Raw]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, read_json(line.encode())
        except MalformedJsonError as wrong:
            yield number, _Mistake(wrong.detail.replace("at line 1, column", "at column"))


def _from_csv(text: str) -> Iterator[_Raw]:
    header: list[str] = []
    for numbers, row in _rows(list(io.StringIO(text, newline=""))):
        last = numbers[-1]
        if not header:
            if isinstance(row, _Mistake):
                raise BadFileError([f"line {last}: {row.says}"])
            header = [name.strip() for name in row]
            _check_header(header, last)
        elif isinstance(row, _Mistake):
            yield from ((number, row) for number in numbers)
        elif len(row) != len(header):
            yield last, _Mistake(f"there are {len(row)} values for {len(header)} columns")
        else:
            yield last, _as_in_json(dict(zip(header, row, strict=True)))


def _rows(lines: Sequence[str]) -> Iterator[tuple[range, list[str] | _Mistake]]:
    """The rows of a CSV file but for empty ones, each with the numbers of its lines; or the mistake in all of those.

    What stands within quotes is never taken for a line: a card's number is what somebody has scanned. So quotes that
    run on past the end of their line spoil all lines up to where they close, and if that is nowhere, all to the end.
    """
    reader = csv.reader(lines, strict=True)
    done = 0
    while done < len(lines):
        row: list[str] | _Mistake
        try:
            row = next(reader)
        except csv.Error as wrong:
            row = _Mistake(str(wrong))
        first, last = done + 1, reader.line_num
        if isinstance(row, _Mistake) and _may_run_on("".join(lines[done:last])):
            last = len(lines)
        if last > first:
            row = _Mistake(f"quotes run on from line {first} to line {last}: close them on the line that they open in")
        if row:
            yield range(first, last + 1), row
        done = last


def _may_run_on(broken: str) -> bool:
    """Whether a quote of lines that are no CSV may close further on: one has no partner, or a value opens with one
    that does not close, whatever stands loose before it.
    """
    return broken.count('"') % 2 == 1 or _CLOSED.fullmatch(broken) is None


def _check_header(header: list[str], number: int) -> None:
    missing = [name for name in COLUMNS if name not in header]
    unknown = [name for name in header if name not in COLUMNS + MORE_COLUMNS]
    twice = sorted({name for name in header if header.count(name) > 1})
    wrong = {"lacks": missing, "has the unknown": unknown, "has twice": twice}
    mistakes = [f"line {number}: the header {says} {', '.join(names)}" for says, names in wrong.items() if names]
    if mistakes:
        raise BadFileError(mistakes)


def _as_in_json(row: Mapping[str, str]) -> dict[str, object]:
    """What does not look like a number stays text, which the check of the field refuses."""
    texts: dict[str, object] = {name: row[name] for name in COLUMNS if name not in ("amount_cents", "currency")}
    texts |= {name: row[name] for name in MORE_COLUMNS if row.get(name)}
    text = row["amount_cents"]
    number = _NUMBER.fullmatch(text)
    amount: object = text if number is None else float(text) if number[1] else int(text)
    return {**texts, "total": {"amount_cents": amount, "currency": row["currency"]}}


def _field(problem: Mapping[str, str]) -> str:
    name = problem["pointer"].rpartition("/")[2]
    return f"{name}: " if name else ""
