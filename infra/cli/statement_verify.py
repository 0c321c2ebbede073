"""`tessera statement verify`: whether a statement and its lines are what the network signed. Needs no deployment."""

import gzip
import zlib
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from rich.console import Console
from rich.markup import escape

from partners.settlement.statements.comparing import check_figures
from partners.settlement.statements.keys import read_key_set
from partners.settlement.statements.table import FIGURES
from partners.settlement.statements.verifying import Finding, check_document, check_lines, check_previous
from shared.kernel.field_errors import MalformedJsonError
from shared.kernel.reading import read_json

_GZIP = b"\x1f\x8b"
_BY_THE_VERSION_BEFORE = (
    "         It is a table of before they said whose they are: keep it with its statement, or get it again.\n"
    "         Compared were all columns that it has:"
)


def verify(
    console: Console, document: Path, keys: Path, lines: Path | None, previous: Path | None, figures: Path | None = None
) -> bool:
    """Print what was checked and what is wrong; True if nothing is.

    Raises ValueError for a file that is no JSON, InvalidKeySetError, OSError.
    """
    read = _json(document)
    findings = check_document(read, read_key_set(_json(keys)), _holds)
    statement = read["statement"] if not findings else {}
    if findings:
        _tell(console, "statement", findings)
        return False
    partner, window = statement["partner"]["id"], statement["window"]["number"]
    console.print(f"Statement {statement['number']} of {escape(partner)}, window {window}:", highlight=False)
    _tell(console, "signature and sums", [])
    if previous is not None:
        before = check_previous(read, _json(previous))
        findings += before
        _tell(console, "the statement before", before)
    if figures is not None:
        with figures.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as table:
            compared = check_figures(read, table)
        findings += compared.findings
        _tell(console, "the table of figures", compared.findings)
        if compared.columns != FIGURES:
            columns = ", ".join(compared.columns)
            console.print(f"{_BY_THE_VERSION_BEFORE} {columns}.", style="yellow", highlight=False)
    if lines is not None:
        under = _check_lines(statement, lines)
        findings += under
        _tell(console, f"{statement['sums']['lines']:,} lines", under)
    else:
        console.print("  The lines were not checked: name their file with --lines.", style="yellow")
    if not findings:
        console.print(f"It holds. Closing position: {statement['closing_cents']} cents of {statement['currency']}.")
    return not findings


def _check_lines(statement: dict[str, Any], path: Path) -> list[Finding]:
    """Raises ValueError for a compressed file that does not unpack."""
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    try:
        # Bytes that are no UTF-8 must lead to the line that holds them, not to an error in reading.
        with (gzip.open if packed else open)(
            path, "rt", encoding="utf-8", errors="surrogateescape", newline="\n"
        ) as rows:
            return check_lines(statement, rows)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path.name} is compressed and does not unpack: {error}") from error


def _tell(console: Console, what: str, findings: list[Finding]) -> None:
    console.print(f"  [green]holds[/green]  {what}" if not findings else f"  [red]FALSE[/red]  {what}")
    for finding in findings:
        console.print(f"         {escape(finding.says)}", highlight=False)


def _json(path: Path) -> Any:
    try:
        # A name that stands twice could show a reader another figure than the one that is checked.
        return read_json(path.read_bytes())
    except MalformedJsonError as error:
        raise ValueError(f"{path.name} is not JSON as it was issued. {error}") from error


def _holds(public_key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True
