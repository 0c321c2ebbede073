"""`tessera statement fetch`: a partner's statement of a window, in every form, with all that is needed to check it."""

import json
import urllib.request
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from partners.bootstrap import Services
from partners.settlement.statements.files import LinesForm
from partners.settlement.statements.keys import key_set
from partners.settlement.statements.paper import statement_pdf
from partners.settlement.statements.table import figures_csv

COPY_BYTES = 1024 * 1024


def fetch(console: Console, services: Services, partner_id: str, window: int, into: Path) -> bool:
    """Put statement, lines and published keys into a folder, made if need be; files of these names are replaced.

    Raises UnknownStatementError, StoreUnavailableError, OSError.
    """
    statements = services.statements
    statement, issued = statements.statement(partner_id, window)
    into.mkdir(parents=True, exist_ok=True)
    (into / "statement.json").write_bytes(statements.document(partner_id, window))
    (into / "statement.csv").write_text(figures_csv(statement, issued.sha256), newline="")
    (into / "statement.pdf").write_bytes(statement_pdf(statement, issued.sha256))
    (into / "keys.json").write_text(json.dumps(key_set(statements.keys()), indent=2) + "\n")
    for form in LinesForm:
        _download(statements.lines(partner_id, window, form).url, into / form.file_name)
    console.print(f"Statement {statement.number} of {escape(partner_id)} is in {escape(str(into))}.", highlight=False)
    lines, keys = into / LinesForm.JSONL.file_name, into / "keys.json"
    figures = into / "statement.csv"
    again = f"tessera statement verify {into / 'statement.json'} --keys {keys} --lines {lines} --figures {figures}"
    console.print(f"Check it: {escape(again)}", highlight=False, soft_wrap=True)
    return True


def _download(url: str, file: Path) -> None:
    with urllib.request.urlopen(url) as answer, file.open("wb") as kept:  # noqa: S310 (a link of our own bucket)
        while piece := answer.read(COPY_BYTES):
            kept.write(piece)
