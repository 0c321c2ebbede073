"""Fetches every retailer's statement of a window and checks it as the retailer would, offline, with the published keys.

A copy of one retailer's lines is altered in one place, which has to be named.
"""

import gzip
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from infra.cli.statement_verify import verify
from infra.demo.client import TIMEOUT_SECONDS, Api
from infra.demo.errors import UnexpectedAnswerError
from infra.demo.figures import Figure
from infra.demo.retailers import RETAILERS
from partners.settlement.model import LineKind

_SUMS = {
    "stated_visits": "visits",
    "stated_issued": "issued_points",
    "stated_honoured": "honoured_points",
}
_TOTALS = {
    "stated_issued_micros": LineKind.ISSUED,
    "stated_honoured_micros": LineKind.REDEEMED,
}


@dataclass(frozen=True, slots=True)
class Stated:
    """Figures of statements, how many lines stand under them; whose copy was altered, in which line, what was found."""

    figures: Mapping[Figure, int]
    lines: int
    altered: str
    altered_line: int
    found: str


def fetch_and_check(api: Api, keys: Sequence[str], window: int, folder: Path, advance: Callable[[], None]) -> Stated:
    """Leave each statement in a folder of its own in `folder`. Raises UnexpectedAnswerError for one that does not hold,
    or an alteration that is not found."""
    folder.mkdir(parents=True, exist_ok=True)
    published = folder / "keys.json"
    published.write_bytes(api.get("/v1/statement-keys", keys[0]).raw)
    figures: dict[Figure, int] = {}
    lines = 0
    for retailer, key in zip(RETAILERS, keys, strict=True):
        own = folder / retailer.partner_id
        statement = _fetched(api, key, window, own)
        holds, says = _verified(own, published, "lines.jsonl.gz")
        if not holds:
            raise UnexpectedAnswerError(f"The statement of {retailer.partner_id} does not hold: {says}")
        sums: dict[str, int] = statement["sums"]
        figures["stated_cents", retailer.partner_id, ""] = int(statement["closing_cents"])
        figures["paid_in_cents", retailer.partner_id, ""] = int(statement["deposit"]["paid_in_cents"])
        figures |= {(name, retailer.partner_id, ""): sums[of] for name, of in _SUMS.items()}
        totals = {total["kind"]: int(total["amount_micros"]) for total in statement["totals"]}
        figures |= {(name, retailer.partner_id, ""): totals.get(kind, 0) for name, kind in _TOTALS.items()}
        lines += sums["lines"]
        advance()
    altered, line = RETAILERS[0].partner_id, _alter_a_line(folder / RETAILERS[0].partner_id)
    holds, found = _verified(folder / altered, published, "altered.jsonl")
    if holds or f"Line {line} " not in found:
        raise UnexpectedAnswerError(f"Line {line} of {altered} was altered, and the check says: {found}")
    return Stated(figures, lines, altered, line, found)


def _fetched(api: Api, key: str, window: int, own: Path) -> dict[str, Any]:
    own.mkdir(exist_ok=True)
    one = f"/v1/statements/{window}"
    document = api.get(one, key)
    (own / "statement.json").write_bytes(document.raw)
    (own / "statement.csv").write_bytes(api.get(f"{one}/csv", key, accept="text/csv").raw)
    (own / "statement.pdf").write_bytes(api.get(f"{one}/pdf", key, accept="application/pdf").pdf)
    link = api.get(f"{one}/lines", key).body["url"]
    (own / "lines.jsonl.gz").write_bytes(_download(link))
    statement: dict[str, Any] = document.body["statement"]
    return statement


def _download(link: str) -> bytes:
    answer = httpx.get(link, timeout=TIMEOUT_SECONDS, trust_env=False)
    if not answer.is_success:
        raise UnexpectedAnswerError(f"A file of lines: {answer.status_code} {answer.text[:500]}")
    return answer.content


def _verified(own: Path, published: Path, lines: str) -> tuple[bool, str]:
    """Whether `tessera statement verify` says that it holds, and what it prints."""
    told = io.StringIO()
    holds = verify(
        Console(file=told, width=200), own / "statement.json", published, own / lines, None, own / "statement.csv"
    )
    return holds, " ".join(told.getvalue().split())


def _alter_a_line(own: Path) -> int:
    """Write a copy of the lines in which one grants a point more; its number, from 1."""
    rows = gzip.decompress((own / "lines.jsonl.gz").read_bytes()).decode().splitlines(keepends=True)
    number = max(place for place, row in enumerate(rows, 1) if json.loads(row).get("issued"))
    issued = json.loads(rows[number - 1])["issued"]
    rows[number - 1] = rows[number - 1].replace(f'"issued":{issued}', f'"issued":{issued + 1}')
    (own / "altered.jsonl").write_text("".join(rows))
    return number
