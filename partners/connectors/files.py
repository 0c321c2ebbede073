"""A file of purchases and returns from a partner's folder: each line recorded by itself, results beside it."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from partners.connectors.commands import Sales, record_with
from partners.connectors.facts import Fact, Reason
from partners.connectors.foreign import TillFile
from partners.connectors.line_cards import LineCards
from partners.connectors.model import Connection
from partners.connectors.words import FILE_LIMIT_BYTES
from partners.till.batch import Line, TillRequest, record_lines
from partners.till.errors import KeyNotUniqueError, ReceiptNotRecordedError
from partners.till.imports import first_clash
from partners.till.model import Purchased, ReceiptReturnRequest, Returned
from partners.till.purchase_file import PURCHASE, RETURN, BadFileError, BadLine, FileLine, read_lines
from shared.kernel.errors import TesseraError, UnavailableError

INCOMING, RESULTS = "incoming", "results"
LINES_LIMIT = 20_000
COLUMNS = ("line", "idempotency_key", "outcome", "code", "detail", "points", "entry_id", "kind")
"""`points` of a return are what it took, less than zero."""
RECORDED, AGAIN, REFUSED = "recorded", "again", "refused"
BAD_LINE = "bad_line"


class Bucket(Protocol):
    """Where files are; see `partners.connectors.bucket_gateway.BucketGateway`."""

    def read(self, key: str, limit_bytes: int, tag: str = "") -> bytes | None: ...

    def write(self, key: str, text: str) -> None: ...


class GoodsBack(Protocol):
    """See `partners.till.receipts.ReceiptReturns`."""

    def return_goods(self, partner_id: str, idempotency_key: str, request: ReceiptReturnRequest) -> Returned: ...

    def import_return(self, partner_id: str, idempotency_key: str, request: ReceiptReturnRequest) -> Returned: ...


Outcome = Purchased | Returned | TesseraError


def results_key(connection: Connection, name: str) -> str:
    return f"{RESULTS}/{connection.partner_id}/{connection.connection_id}/{name}.results.csv"


class Files:
    """The use case of a file that a partner has put."""

    def __init__(self, bucket: Bucket, cards: LineCards, till: Sales, returns: GoodsBack) -> None:
        self._bucket = bucket
        self._cards = cards
        self._till = till
        self._returns = returns

    def record(self, connection: Connection, fact: Fact) -> Reason | None:
        """Record the purchases and returns of a file and write what became of each; the reason if not all were.

        A line has the key that its till gave it, so it counts once, in however many files and requests it comes.
        Raises UnavailableError if lines are to be tried again; what was recorded by then is answered again.
        """
        file = fact.told
        if not isinstance(file, TillFile):
            raise TypeError(f"{fact.part} is no file")
        # What the operator asks for is the file that waited, not one that was put in its place since.
        raw = self._bucket.read(file.key, FILE_LIMIT_BYTES, file.etag if fact.any_age else "")
        if raw is None:
            return Reason("file_gone", "The file is not there any more, or is another by now. Put it again.")
        if len(raw) > FILE_LIMIT_BYTES:
            return Reason("file_too_large", f"A file may have {FILE_LIMIT_BYTES:,} bytes at most: split it.")
        try:
            lines = read_lines(raw)
        except BadFileError as bad:
            return Reason("file_unreadable", "; ".join(bad.mistakes))
        if len(lines) > LINES_LIMIT:
            return Reason("file_too_large", f"A file may have {LINES_LIMIT:,} lines at most: split it.")
        outcomes = self._outcomes(fact, [one for one in lines if isinstance(one, FileLine)])
        self._bucket.write(results_key(connection, file.name), _results(lines, outcomes))
        refused = Counter(_code(outcomes.get(one.number)) for one in lines) - Counter([""] * len(lines))
        if not refused:
            return None
        counts = f"{refused.total():,} of {len(lines):,} lines were refused"
        codes = ", ".join(f"{count:,} {code}" for code, count in refused.most_common())
        return Reason("lines_refused", f"{counts} ({codes}); the file of results says why.")

    def _outcomes(self, fact: Fact, lines: Sequence[FileLine[TillRequest]]) -> dict[int, Outcome]:
        """What became of each line, by its number.

        Lines of one card are recorded in their order, those of different cards side by side. So a return that stands
        before its purchase, or has another card of its household, is tried again once that purchase is recorded.
        """
        clashing = _clashing(lines)
        good = [one for one in lines if one.line.idempotency_key not in clashing]
        outcomes = self._recorded(fact, good)
        bought = {_bought(one) for one in good if isinstance(outcomes[one.number], Purchased)}
        early = [one for one in good if isinstance(outcomes[one.number], ReceiptNotRecordedError)]
        outcomes |= self._recorded(fact, [one for one in early if _brought_back(one) in bought])
        for one in lines:
            key = one.line.idempotency_key
            if key in clashing:
                outcomes[one.number] = KeyNotUniqueError(key)
        return outcomes

    def _recorded(self, fact: Fact, lines: Sequence[FileLine[TillRequest]]) -> dict[int, Outcome]:
        done = record_lines(self._on_one_card(fact), fact.partner_id, [one.line for one in lines])
        for outcome in done:
            if isinstance(outcome, UnavailableError):
                raise outcome
        return dict(zip((one.number for one in lines), done, strict=True))

    def _on_one_card(self, fact: Fact) -> Callable[[str, str, TillRequest], Purchased | Returned]:
        """Records a line, unless it counts on another card."""
        buy = record_with(self._till, any_age=fact.any_age)
        take_back = self._returns.import_return if fact.any_age else self._returns.return_goods

        def on_one_card(partner_id: str, key: str, request: TillRequest) -> Purchased | Returned:
            def act() -> Purchased | Returned:
                if isinstance(request, ReceiptReturnRequest):
                    return take_back(partner_id, key, request)
                return buy(partner_id, key, request)

            return self._cards.on_one_card(partner_id, key, request.card_number.replace(" ", ""), act)

        return on_one_card


def _bought(one: FileLine[TillRequest]) -> tuple[str, str]:
    return one.line.request.location_id, one.line.request.receipt


def _brought_back(one: FileLine[TillRequest]) -> tuple[str, str] | None:
    """Location and receipt of what comes back with a line."""
    request = one.line.request
    if not isinstance(request, ReceiptReturnRequest):
        return None
    return request.original_location_id, request.original_receipt


def _code(outcome: Outcome | None) -> str:
    """Why a line was refused, empty if it was not."""
    if outcome is None:
        return BAD_LINE
    return outcome.code if isinstance(outcome, TesseraError) else ""


def _clashing(lines: Sequence[FileLine[TillRequest]]) -> set[str]:
    """The keys under which lines differ: there is no telling which of them is meant."""
    by_key: defaultdict[str, list[Line[TillRequest]]] = defaultdict(list)
    for one in lines:
        by_key[one.line.idempotency_key].append(one.line)
    return {key for key, same in by_key.items() if first_clash(same) is not None}


def _results(lines: Sequence[FileLine[TillRequest] | BadLine], outcomes: Mapping[int, Outcome]) -> str:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for one in lines:
        if isinstance(one, BadLine):
            table.writerow([one.number, "", REFUSED, BAD_LINE, "; ".join(one.mistakes), "", "", ""])
            continue
        key, outcome = one.line.idempotency_key, outcomes[one.number]
        kind = RETURN if isinstance(one.line.request, ReceiptReturnRequest) else PURCHASE
        if isinstance(outcome, TesseraError):
            table.writerow([one.number, key, REFUSED, outcome.code, outcome.detail, "", "", kind])
        else:
            word, entry = AGAIN if outcome.replayed else RECORDED, outcome.entry
            points = -entry.points if kind == RETURN else entry.points
            table.writerow([one.number, key, word, "", "", points, entry.entry_id, kind])
    return text.getvalue()
