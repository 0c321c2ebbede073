"""Use cases of reconciliations: asked for, uploaded, compared, and looked into."""

from dataclasses import dataclass, replace
from typing import Protocol

from partners.lake.model import Holding
from partners.reconciliation.codec import differences_from_json
from partners.reconciliation.errors import (
    NothingUploadedError,
    ReconciliationBusyError,
    ReconciliationKeyReusedError,
    ReconciliationStateError,
    UnknownDifferenceError,
    UnknownReconciliationError,
)
from partners.reconciliation.model import Asked, Difference, Outcome, Reconciliation, ReconciliationState, Result
from partners.settlement.errors import UnknownWindowError, WindowNotClosedError
from partners.settlement.window import HAS_POSITIONS, Window
from partners.till.requests import key_hash
from shared.kernel.clock import Clock

ATTEMPTS = 10
NEWEST = 99_999_999
UPLOAD_LINK_SECONDS = 3_600
RESULT_LINK_SECONDS = 900
DIFFERENCES_A_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that a partner has put, and its version."""

    size_bytes: int
    version_id: str


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that lets its holder do one thing with one file."""

    url: str
    expires_at_ms: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A reconciliation, where to put its file while it waits for one, and whether it was asked for before."""

    reconciliation: Reconciliation
    upload: Link | None
    replayed: bool


class Book(Protocol):
    """See `partners.reconciliation.store.ReconciliationStore`."""

    def add(self, reconciliation: Reconciliation, request: str) -> bool: ...

    def replace(self, reconciliation: Reconciliation) -> bool: ...

    def get(self, partner_id: str, number: int) -> Reconciliation | None: ...

    def begun_by(self, partner_id: str, request: str) -> int | None: ...

    def newest(self, partner_id: str, before: int, limit: int) -> list[Reconciliation]: ...


class Files(Protocol):
    """See `partners.reconciliation.bucket_gateway.ReconciliationBucket`."""

    def link_to_put(self, key: str, size_bytes: int, seconds: int) -> str: ...

    def link_to_get(self, key: str, name: str, seconds: int) -> str: ...

    def uploaded(self, key: str) -> Uploaded | None: ...

    def read(self, key: str) -> bytes: ...


class Queue(Protocol):
    """See `partners.reconciliation.queue_gateway.ComparisonQueue`."""

    def put(self, partner_id: str, number: int) -> None: ...


class Windows(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def window(self, number: int) -> Window: ...


class FiledLines(Protocol):
    """See `partners.lake.service.Lake`."""

    def holding(self, window: int, partner: str) -> Holding: ...


def upload_key(partner_id: str, number: int) -> str:
    return f"reconciliation/uploads/{partner_id}/{number}"


def table_key(partner_id: str, number: int) -> str:
    return f"reconciliation/results/{partner_id}/{number}/lines.csv"


def differences_key(partner_id: str, number: int, chunk: int) -> str:
    return f"reconciliation/results/{partner_id}/{number}/differences/{chunk:05d}.json"


class Reconciliations:
    """Every method may raise StoreUnavailableError."""

    def __init__(
        self, book: Book, files: Files, queue: Queue, windows: Windows, lines: FiledLines, clock: Clock
    ) -> None:
        self._book = book
        self._files = files
        self._queue = queue
        self._windows = windows
        self._lines = lines
        self._clock = clock

    def ask(self, partner_id: str, by: str, idempotency_key: str, asked: Asked) -> Begun:
        """Ask for a place to put a file that is to be compared with a closed window, once for its key.

        Raises UnknownWindowError, WindowNotClosedError, NotInLakeError, ReconciliationKeyReusedError,
        ReconciliationBusyError, InvalidIdempotencyKeyError.
        """
        request = key_hash(partner_id, idempotency_key).hex()
        number = self._book.begun_by(partner_id, request)
        replayed = number is not None
        if number is None:
            self._check_window(partner_id, asked.window)
            number = self._begin(partner_id, by, request, asked)
        reconciliation = self.reconciliation(partner_id, number)
        if reconciliation.asked != asked:
            raise ReconciliationKeyReusedError(number)
        waits = reconciliation.state is ReconciliationState.AWAITING_UPLOAD
        return Begun(reconciliation, self._upload_link(reconciliation) if waits else None, replayed)

    def start(self, partner_id: str, number: int) -> Reconciliation:
        """Have the file that was put compared. Again is a success, and makes sure that it is in line.

        Raises UnknownReconciliationError, NothingUploadedError, ReconciliationBusyError.
        """
        for _ in range(ATTEMPTS):
            found = self.reconciliation(partner_id, number)
            if found.state is ReconciliationState.AWAITING_UPLOAD:
                file = self._files.uploaded(upload_key(partner_id, number))
                if file is None or file.size_bytes != found.asked.size_bytes:
                    raise NothingUploadedError(found.asked.size_bytes, None if file is None else file.size_bytes)
                comparing = replace(
                    found, state=ReconciliationState.COMPARING, version_id=file.version_id, version=found.version + 1
                )
                if not self._book.replace(comparing):
                    continue
                found = comparing
            if found.state is ReconciliationState.COMPARING:
                self._queue.put(partner_id, number)
            return found
        raise ReconciliationBusyError

    def reconciliation(self, partner_id: str, number: int) -> Reconciliation:
        """Raises UnknownReconciliationError."""
        found = self._book.get(partner_id, number)
        if found is None:
            raise UnknownReconciliationError(number)
        return found

    def newest(self, partner_id: str, before: int | None, limit: int) -> list[Reconciliation]:
        """Up to `limit` of the partner's with a number below `before`, newest first."""
        return self._book.newest(partner_id, NEWEST if before is None else before, limit)

    def table(self, partner_id: str, number: int) -> Link:
        """Where to get what became of every line, as CSV.

        Raises UnknownReconciliationError, ReconciliationStateError.
        """
        found, _ = self._done(partner_id, number)
        name = f"reconciliation-{number}-window-{found.asked.window}.csv"
        url = self._files.link_to_get(table_key(partner_id, number), name, RESULT_LINK_SECONDS)
        return Link(url, self._clock() + RESULT_LINK_SECONDS * 1_000)

    def differences(
        self, partner_id: str, number: int, *, outcome: Outcome | None, after: int, limit: int
    ) -> list[Difference]:
        """Up to `limit` differences with a number above `after`, of one outcome or of all.

        Raises UnknownReconciliationError, ReconciliationStateError.
        """
        _, result = self._done(partner_id, number)
        first, last = 1, result.differences
        if outcome is not None:
            first = result.first(outcome)
            last = first + result.count(outcome) - 1
        first = max(first, after + 1)
        last = min(last, first + limit - 1)
        chunks = (
            range((first - 1) // DIFFERENCES_A_CHUNK, (last - 1) // DIFFERENCES_A_CHUNK + 1) if first <= last else ()
        )
        found: list[Difference] = []
        for chunk in chunks:
            found += differences_from_json(self._files.read(differences_key(partner_id, number, chunk)))
        return [one for one in found if first <= one.number <= last]

    def difference(self, partner_id: str, number: int, difference: int) -> Difference:
        """Raises UnknownReconciliationError, ReconciliationStateError, UnknownDifferenceError."""
        found = self.differences(partner_id, number, outcome=None, after=difference - 1, limit=1)
        if not found:
            raise UnknownDifferenceError(number, difference)
        return found[0]

    def _check_window(self, partner_id: str, number: int) -> None:
        window = self._windows.window(number)
        if window.state not in HAS_POSITIONS:
            raise WindowNotClosedError(number, window.state.value)
        if partner_id not in window.parties:
            raise UnknownWindowError(number)
        self._lines.holding(number, partner_id)

    def _begin(self, partner_id: str, by: str, request: str, asked: Asked) -> int:
        for _ in range(ATTEMPTS):
            number = 1 + max((one.number for one in self._book.newest(partner_id, NEWEST, 1)), default=0)
            if self._book.add(Reconciliation(number, partner_id, asked, by, self._clock()), request):
                return number
            begun = self._book.begun_by(partner_id, request)
            if begun is not None:
                return begun
        raise ReconciliationBusyError

    def _upload_link(self, found: Reconciliation) -> Link:
        key = upload_key(found.partner_id, found.number)
        url = self._files.link_to_put(key, found.asked.size_bytes, UPLOAD_LINK_SECONDS)
        return Link(url, self._clock() + UPLOAD_LINK_SECONDS * 1_000)

    def _done(self, partner_id: str, number: int) -> tuple[Reconciliation, Result]:
        found = self.reconciliation(partner_id, number)
        if found.result is None:
            raise ReconciliationStateError(number, found.state)
        return found, found.result
