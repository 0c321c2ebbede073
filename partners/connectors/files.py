"""A file of purchases from a partner's folder: each line recorded by itself, the results written beside it."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

from partners.connectors.errors import KeyOfAnotherCardError
from partners.connectors.facts import Fact, Reason
from partners.connectors.foreign import TillFile
from partners.connectors.model import Connection
from partners.connectors.working import Sales, record_with
from partners.till.batch import Outcome, Record, record_purchases
from partners.till.errors import KeyNotUniqueError
from partners.till.imports import first_clash
from partners.till.model import Purchased, PurchaseRequest
from partners.till.purchase_file import BadFileError, BadLine, FileLine, read_lines
from shared.kernel.clock import Clock
from shared.kernel.errors import TesseraError, UnavailableError

INCOMING, RESULTS = "incoming", "results"
FILE_LIMIT_BYTES = 4_000_000
LINES_LIMIT = 20_000
COLUMNS = ("line", "idempotency_key", "outcome", "code", "detail", "points", "entry_id")
RECORDED, AGAIN, REFUSED = "recorded", "again", "refused"


class Bucket(Protocol):
    """Where files are; see `partners.connectors.bucket_gateway.BucketGateway`."""

    def read(self, key: str, limit_bytes: int) -> bytes | None: ...

    def write(self, key: str, text: str) -> None: ...


class LineBook(Protocol):
    """Which card a line has under its key; see `partners.connectors.store.ConnectorStore`."""

    def keep_card(self, partner_id: str, idempotency_key: str, card: str, run: str, now_ms: int) -> bool: ...

    def forget_card(self, partner_id: str, idempotency_key: str, run: str, now_ms: int) -> None: ...


def results_key(connection: Connection, name: str) -> str:
    return f"{RESULTS}/{connection.partner_id}/{connection.connection_id}/{name}.results.csv"


class Files:
    """The use case of a file that a partner has put."""

    def __init__(self, bucket: Bucket, book: LineBook, till: Sales, clock: Clock) -> None:
        self._bucket = bucket
        self._book = book
        self._till = till
        self._clock = clock

    def record(self, connection: Connection, fact: Fact) -> Reason | None:
        """Record the purchases of a file and write what became of each; the reason if not all were recorded.

        A line has the key that its till gave it, so it counts once, in however many files and requests it comes. The
        ledger knows the keys of each card; that a key stands on one card in all of the files is seen to here.
        Raises UnavailableError if lines are to be tried again; what was recorded by then is answered again.
        """
        file = fact.told
        if not isinstance(file, TillFile):
            raise TypeError(f"{fact.part} is no file")
        raw = self._bucket.read(file.key, FILE_LIMIT_BYTES)
        if raw is None:
            return Reason("file_gone", "The file is not there any more. Put it again.")
        if len(raw) > FILE_LIMIT_BYTES:
            return Reason("file_too_large", f"A file may have {FILE_LIMIT_BYTES:,} bytes at most: split it.")
        try:
            lines = read_lines(raw)
        except BadFileError as bad:
            return Reason("file_unreadable", "; ".join(bad.mistakes))
        if len(lines) > LINES_LIMIT:
            return Reason("file_too_large", f"A file may have {LINES_LIMIT:,} lines at most: split it.")
        outcomes = self._outcomes(fact, [line for line in lines if isinstance(line, FileLine)])
        self._bucket.write(results_key(connection, file.name), _results(lines, outcomes))
        refused = sum(not isinstance(outcomes.get(line.number), Purchased) for line in lines)
        if not refused:
            return None
        counts = f"{refused:,} of {len(lines):,} lines"
        return Reason("lines_refused", f"{counts} were refused; the file of results says why.")

    def _outcomes(self, fact: Fact, lines: Sequence[FileLine]) -> dict[int, Outcome]:
        """What became of each line, by its number."""
        clashing = _clashing(lines)
        good = [line for line in lines if line.purchase.idempotency_key not in clashing]
        done = record_purchases(self._on_one_card(fact), fact.partner_id, [line.purchase for line in good])
        for outcome in done:
            if isinstance(outcome, UnavailableError):
                raise outcome
        outcomes: dict[int, Outcome] = dict(zip((line.number for line in good), done, strict=True))
        for line in lines:
            key = line.purchase.idempotency_key
            if key in clashing:
                outcomes[line.number] = KeyNotUniqueError(key)
        return outcomes

    def _on_one_card(self, fact: Fact) -> Record:
        """Records a line, unless it stood on another card before and was not refused there."""
        record, run = record_with(self._till, any_age=fact.any_age), f"{fact.item_id}/{fact.version}"

        def on_one_card(partner_id: str, key: str, purchase: PurchaseRequest) -> Purchased:
            if not self._book.keep_card(partner_id, key, purchase.card_number.replace(" ", ""), run, self._clock()):
                raise KeyOfAnotherCardError(key)
            try:
                return record(partner_id, key, purchase)
            except UnavailableError:
                raise
            except TesseraError:
                self._book.forget_card(partner_id, key, run, self._clock())
                raise

        return on_one_card


def _clashing(lines: Sequence[FileLine]) -> set[str]:
    """The keys under which lines differ: there is no telling which of them is meant."""
    by_key: defaultdict[str, list[FileLine]] = defaultdict(list)
    for line in lines:
        by_key[line.purchase.idempotency_key].append(line)
    return {key for key, same in by_key.items() if first_clash([line.purchase for line in same]) is not None}


def _results(lines: Sequence[FileLine | BadLine], outcomes: Mapping[int, Outcome]) -> str:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for line in lines:
        if isinstance(line, BadLine):
            table.writerow([line.number, "", REFUSED, "bad_line", "; ".join(line.mistakes), "", ""])
            continue
        key, outcome = line.purchase.idempotency_key, outcomes[line.number]
        if isinstance(outcome, TesseraError):
            table.writerow([line.number, key, REFUSED, outcome.code, outcome.detail, "", ""])
        else:
            word = AGAIN if outcome.replayed else RECORDED
            table.writerow([line.number, key, word, "", "", outcome.entry.points, outcome.entry.entry_id])
    return text.getvalue()
