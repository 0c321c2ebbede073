"""A partner's file of purchases, CSV or JSON lines. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from partners.till.batch import BatchLine
from partners.till.imports import first_clash
from partners.till.wire import PurchaseLine, purchase_request
from shared.kernel.field_errors import InvalidFieldError, MalformedJsonError
from shared.kernel.reading import read_json, validated

COLUMNS = ("idempotency_key", "card_number", "location_id", "receipt", "occurred_at", "amount_cents", "currency")
MISTAKES_SHOWN = 20
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]+)?")


class BadFileError(ValueError):
    """The file can't be read as purchases; the text names each mistake with its line."""

    def __init__(self, mistakes: list[str]) -> None:
        shown = mistakes[:MISTAKES_SHOWN]
        more = [f"and {len(mistakes) - len(shown)} more"] if len(mistakes) > len(shown) else []
        super().__init__("\n  ".join(["Nothing was recorded. The file has mistakes:", *shown, *more]))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class FileLine:
    """A purchase and the number, from 1, of the line of the file that it ends on."""

    number: int
    purchase: BatchLine


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no purchase, and every mistake in it."""

    number: int
    mistakes: tuple[str, ...]


_Raw = tuple[int, object]
"""A line's number, and the object that it would be in the API's request, or the mistake in it."""


def read_lines(raw: bytes) -> list[FileLine | BadLine]:
    """The lines of a file in UTF-8, one a purchase, empty lines left out.

    JSON lines are objects as in the request of POST /v1/purchases/batch. Anything else is CSV with a header
    that names COLUMNS in any order. Raises BadFileError if there is no telling lines apart: the file is not
    UTF-8, or its header is wrong.
    """
    text = _decoded(raw)
    return [_read(*one) for one in (_from_json(text) if text.lstrip().startswith("{") else _from_csv(text))]


def read_purchases(raw: bytes) -> list[FileLine]:
    """The purchases of a file, as `read_lines` has them. Raises BadFileError if any line is bad."""
    read = read_lines(raw)
    lines = [line for line in read if isinstance(line, FileLine)]
    mistakes = [f"line {bad.number}: {says}" for bad in read if isinstance(bad, BadLine) for says in bad.mistakes]
    clash = first_clash([line.purchase for line in lines])
    if clash is not None:
        first, second = (lines[place] for place in clash)
        key = first.purchase.idempotency_key
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


def _read(number: int, values: object) -> FileLine | BadLine:
    if isinstance(values, _Mistake):
        return BadLine(number, (values.says,))
    try:
        line = validated(PurchaseLine, values, "pointer")
    except InvalidFieldError as invalid:
        return BadLine(number, tuple(f"{_field(one)}{one['detail']}" for one in invalid.problems))
    return FileLine(number, BatchLine(line.idempotency_key, purchase_request(line)))


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
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    try:
        for row in reader:
            if not row:
                continue
            if not header:
                header = [name.strip() for name in row]
                _check_header(header, reader.line_num)
            elif len(row) != len(header):
                yield reader.line_num, _Mistake(f"there are {len(row)} values for {len(header)} columns")
            else:
                yield reader.line_num, _as_in_json(dict(zip(header, row, strict=True)))
    except csv.Error as wrong:
        yield reader.line_num, _Mistake(str(wrong))


def _check_header(header: list[str], number: int) -> None:
    missing = [name for name in COLUMNS if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    twice = sorted({name for name in header if header.count(name) > 1})
    wrong = {"lacks": missing, "has the unknown": unknown, "has twice": twice}
    mistakes = [f"line {number}: the header {says} {', '.join(names)}" for says, names in wrong.items() if names]
    if mistakes:
        raise BadFileError(mistakes)


def _as_in_json(row: Mapping[str, str]) -> dict[str, object]:
    """What does not look like a number stays text, which the check of the field refuses."""
    texts: dict[str, object] = {name: row[name] for name in COLUMNS if name not in ("amount_cents", "currency")}
    text = row["amount_cents"]
    number = _NUMBER.fullmatch(text)
    amount: object = text if number is None else float(text) if number[1] else int(text)
    return {**texts, "total": {"amount_cents": amount, "currency": row["currency"]}}


def _field(problem: Mapping[str, str]) -> str:
    name = problem["pointer"].rpartition("/")[2]
    return f"{name}: " if name else ""
