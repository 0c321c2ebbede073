"""A partner's file, read line by line however long it is: good lines, and every mistake with what to do. Pure."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from partners.contracts.model import LOCATION_ID
from partners.reconciliation.model import COMPARED_KINDS, MISTAKES_SHOWN, MOST_LINES, QUANTITIES, Format, Mistake
from partners.till.forms import ENTRY_ID, RECEIPT
from shared.kernel.clock import from_datetime, to_rfc3339
from shared.kernel.field_errors import MalformedJsonError
from shared.kernel.fields import RFC3339
from shared.kernel.reading import read_json
from shared.ledger.model import Op

LONGEST_LINE_BYTES = 4_096
MOST_MISTAKES = 1_000
"""After so many nothing more is read."""

TEXTS = ("entry_id", "location", "receipt", "kind", "recorded_at")
COLUMNS = (*TEXTS, *QUANTITIES)
OF_STATEMENTS = (
    "occurred_at", "currency", "price_micros", "issued", "owed", "honoured", "adjusted", "expired", "written_off",
    "cashback", "visit", "position_micros", "terms_day", "line", "sha256",
    "partner", "window",
)  # fmt: skip
"""In the lines under a statement too, and not compared."""
OF_A_STATEMENT, FIGURES_OF_STATEMENTS = "sha256", ("points", "amount_cents", "value_cents")
"""What tells the JSON lines of a statement, and which figures they have; one that is zero they leave out."""

_KINDS = frozenset(op.value for op in Op)
_COMPARED = frozenset(op.value for op in COMPARED_KINDS)
_WHOLE = re.compile(r"[0-9]{1,12}")
_DECIMAL = re.compile(r"[-+]?[0-9][0-9 .,']*")
_FORMS = (("entry_id", ENTRY_ID.fullmatch), ("location", LOCATION_ID.fullmatch), ("receipt", RECEIPT.fullmatch))
_SHIELDED = re.compile(r"'[=+@-]")
"""As our own tables write what a spreadsheet would take for a formula."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"

Row = dict[str, Any]
Numbered = tuple[int, str]
"""A line of a file by its number."""
_Read = tuple[int, Mapping[str, Any] | str]
"""A line's number, and its values by name, or what is wrong with it."""


class _MistakeError(Exception):
    """What is wrong with a line."""


class _UnreadableError(Exception):
    """From this line on there is no telling what the file means."""

    def __init__(self, line: int, says: str) -> None:
        super().__init__(says)
        self.line = line
        self.says = says


@dataclass(frozen=True, slots=True)
class Opening:
    """The first line that is not empty: the heading of a table, or a JSON object; and the figures that the file has."""

    line: int
    text: str
    names: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass
class Upload:
    """What was read of a file so far. `columns` are those of QUANTITIES that it has."""

    columns: tuple[str, ...] = ()
    lines: int = 0
    not_compared: int = 0
    mistakes: list[Mistake] = field(default_factory=list)
    mistakes_count: int = 0

    def mistake(self, line: int, says: str) -> None:
        self.mistakes_count += 1
        if len(self.mistakes) < MISTAKES_SHOWN:
            self.mistakes.append(Mistake(line, says))


def read_upload(content: IO[bytes], form: Format, ends_at_ms: int, upload: Upload) -> Iterator[Row]:
    """The lines of a file that can be compared; `upload` collects the rest.

    Lines of kinds that move nothing are counted only. If `upload` has a mistake in the end, no line may be used. A
    line whose `recorded_at` is after the window is a mistake too.
    """
    return read_lines(_lines(content), form, ends_at_ms, upload)


def read_lines(lines: Iterator[Numbered], form: Format, ends_at_ms: int, upload: Upload) -> Iterator[Row]:
    """The same of lines of a file, of which the first is its opening, if `upload` has counted those left out."""
    try:
        for number, values in (_csv_rows if form is Format.CSV else _json_rows)(lines, upload):
            upload.lines += 1
            if upload.lines > MOST_LINES:
                raise _UnreadableError(number, f"a file has {MOST_LINES} lines at most")
            try:
                row = _row(values, upload.columns)
                _check_recorded(values, ends_at_ms)
            except _MistakeError as wrong:
                upload.mistake(number, str(wrong))
                if upload.mistakes_count >= MOST_MISTAKES:
                    return
            else:
                if row is None:
                    upload.not_compared += 1
                else:
                    yield {"line": number, **row}
    except _UnreadableError as wrong:
        upload.mistake(wrong.line, wrong.says)
    else:
        if not upload.lines:
            upload.mistake(1, "there are no lines")


def read_opening(content: IO[bytes], form: Format) -> Opening | None:
    """None if there is none, or something is wrong with it, which `read_upload` says."""
    upload = Upload()
    try:
        number, text = next(line for line in _lines(content) if line[1].strip())
        if form is Format.CSV:
            next(_csv_rows(iter([(number, text)]), upload), None)
            return Opening(number, text, tuple(name.strip() for name in _values(number, text)), upload.columns)
        _, values = next(_json_rows(iter([(number, text)]), upload))
    except (StopIteration, _UnreadableError):
        return None
    return None if isinstance(values, str) else Opening(number, text, tuple(values), upload.columns)


def _lines(content: IO[bytes]) -> Iterator[Numbered]:
    """Numbered lines in UTF-8, with or without a byte order mark. Raises _UnreadableError."""
    number = 0
    while raw := content.readline(LONGEST_LINE_BYTES + 1):
        number += 1
        if number == 1:
            if raw.startswith(_UTF16):
                raise _UnreadableError(1, "the file is in UTF-16; save it as UTF-8")
            raw = raw.removeprefix(_BOM)
        if len(raw) > LONGEST_LINE_BYTES:
            raise _UnreadableError(number, f"a line has {LONGEST_LINE_BYTES} bytes at most")
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise _UnreadableError(number, "this is not UTF-8; save the file as UTF-8") from None
        if "\0" in text:
            raise _UnreadableError(number, "there is a character 0; save the file as UTF-8 text")
        yield number, text


def _csv_rows(lines: Iterator[Numbered], upload: Upload) -> Iterator[_Read]:
    header: list[str] = []
    for number, text in lines:
        if not text.strip():
            continue
        values = _values(number, text)
        if not header:
            header = [name.strip() for name in values]
            _check_header(number, header)
            upload.columns = tuple(name for name in QUANTITIES if name in header)
        elif len(values) != len(header):
            yield number, f"there are {len(values)} values for {len(header)} columns"
        else:
            yield number, dict(zip(header, values, strict=True))


def _values(number: int, text: str) -> list[str]:
    """No value may have a line break in it, so each line stands for itself."""
    if '"' not in text:
        return text.rstrip("\r\n").split(",")
    try:
        (values,) = csv.reader([text], strict=True)
    except (csv.Error, ValueError):
        raise _UnreadableError(number, "a quotation mark is not closed, or stands within a value") from None
    return values


def _check_header(number: int, header: list[str]) -> None:
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            raise _UnreadableError(number, f"columns are separated by {name}; use commas")
    unknown = [name[:40] for name in header if name not in (*COLUMNS, *OF_STATEMENTS)]
    if unknown:
        raise _UnreadableError(number, f"unknown columns: {', '.join(unknown[:5])}; leave them out")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise _UnreadableError(number, f"columns stand twice: {', '.join(twice)}")
    _check_names(number, set(header))


def _check_names(number: int, names: set[str]) -> None:
    if "kind" not in names or not ({"entry_id"} <= names or {"location", "receipt"} <= names):
        raise _UnreadableError(number, "name kind, and entry_id or both location and receipt")
    if not names & set(QUANTITIES):
        raise _UnreadableError(number, f"name one figure at least: {', '.join(QUANTITIES)}")


def _json_rows(lines: Iterator[Numbered], upload: Upload) -> Iterator[_Read]:
    """The first line says which figures are compared; another that has others is a mistake."""
    first = True
    for number, text in lines:
        if not text.strip():
            continue
        try:
            values = read_json(text.rstrip("\r\n").encode())
        except MalformedJsonError as wrong:
            yield number, wrong.detail.replace("at line 1, column", "at column")
            continue
        if not isinstance(values, dict):
            raise _UnreadableError(number, "write one JSON object a line")
        unknown = [name[:40] for name in values if name not in (*COLUMNS, *OF_STATEMENTS)]
        if unknown:
            raise _UnreadableError(number, f"unknown names: {', '.join(unknown[:5])}; leave them out")
        if OF_A_STATEMENT in values:
            values = dict.fromkeys(FIGURES_OF_STATEMENTS, 0) | values
        figures = tuple(name for name in QUANTITIES if name in values)
        if first:
            first = False
            _check_names(number, set(values))
            upload.columns = figures
        if figures == upload.columns:
            yield number, values
        else:
            yield number, f"name in each line the same figures as in the first: {', '.join(upload.columns)}"


def _row(values: Mapping[str, Any] | str, columns: tuple[str, ...]) -> Row | None:
    """What is compared of a line; None if its kind is not."""
    if isinstance(values, str):
        raise _MistakeError(values)
    kind = values.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise _MistakeError(f"kind: write one of {', '.join(sorted(_COMPARED))}")
    return {"kind": kind, **_named(values), **_figures(values, columns)} if kind in _COMPARED else None


def _check_recorded(values: Mapping[str, Any] | str, ends_at_ms: int) -> None:
    text = "" if isinstance(values, str) else values.get("recorded_at")
    if text in (None, ""):
        return
    if not isinstance(text, str) or not RFC3339.fullmatch(text):
        raise _MistakeError("recorded_at: write an RFC 3339 time with its offset, 2026-11-21T09:30:00+01:00")
    try:
        at_ms = from_datetime(datetime.fromisoformat(text.upper()))
    except (ValueError, OverflowError):
        raise _MistakeError("recorded_at: there is no such date or time") from None
    # What was recorded before the window can be in it: it was posted when the one before was closed.
    if at_ms >= ends_at_ms:
        raise _MistakeError(
            f"recorded_at: the window ends at {to_rfc3339(ends_at_ms)}; leave the line out, and upload it for its own"
        )


def _named(values: Mapping[str, Any]) -> Row:
    """Which entry a line means: by its id, or by location and receipt."""
    named = {name: _text(values, name, form) for name, form in _FORMS}
    if named["entry_id"] is None and (named["location"] is None or named["receipt"] is None):
        raise _MistakeError("write entry_id, or both location and receipt")
    return named


def _text(values: Mapping[str, Any], name: str, form: Callable[[str], re.Match[str] | None]) -> str | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str) and _SHIELDED.match(value):
        value = value[1:]
    if not isinstance(value, str) or form(value) is None:
        raise _MistakeError(f"{name}: write it as our entries have it")
    return value


def _figures(values: Mapping[str, Any], columns: tuple[str, ...]) -> Row:
    return {name: _whole(name, values[name]) if name in columns else 0 for name in QUANTITIES}


def _whole(name: str, value: Any) -> int:
    """A figure; nothing at all is none."""
    if value is None or value == "":
        return 0
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12:
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    unit = "points" if name == "points" else "cents"
    decimal = isinstance(value, float) or (isinstance(value, str) and _DECIMAL.fullmatch(value))
    raise _MistakeError(
        f"{name}: write whole {unit} without sign, point or comma{', 1234 for 12.34' if unit == 'cents' else ''}"
        if decimal
        else f"{name}: write a whole number of {unit}"
    )
