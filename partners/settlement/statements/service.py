"""Giving out statements that were issued: documents, the files of their lines, and the keys to check them with."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

from partners.contracts.model import Partner
from partners.settlement.statements.document import PublishedKey, statement_of
from partners.settlement.statements.errors import UnknownStatementError
from partners.settlement.statements.files import LinesForm
from partners.settlement.statements.model import Issued, Statement
from shared.kernel.clock import Clock

NEWEST = 99_999_999
KEYS_KEPT_MS = 60_000
"""A key is published long before a statement that is signed with it can be read."""
LINK_SECONDS = 900


class Partners(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partner(self, partner_id: str) -> Partner: ...


class StatementBook(Protocol):
    """See `partners.settlement.statements.store.StatementStore`."""

    def issued(self, partner_id: str, window: int) -> Issued | None: ...

    def newest(self, partner_id: str, before_window: int, limit: int) -> list[Issued]: ...

    def document(self, partner_id: str, issued: Issued) -> bytes: ...

    def keys(self) -> list[PublishedKey]: ...


class Files(Protocol):
    """See `partners.settlement.statements.files_gateway.LinesFiles`."""

    def link(self, partner_id: str, window: int, form: LinesForm, seconds: int) -> str: ...


@dataclass(frozen=True, slots=True)
class FileLink:
    """From where anyone may get the file of `lines` until it expires."""

    url: str
    expires_at_ms: int
    form: LinesForm
    lines: int


class Statements:
    """Use cases of reading statements. Every method may raise StoreUnavailableError.

    `partner_id` is whose statement it is, as the caller's key or an operator says; a window's number opens no other's.
    """

    def __init__(self, store: StatementBook, partners: Partners, files: Files, clock: Clock) -> None:
        self._store = store
        self._partners = partners
        self._files = files
        self._clock = clock
        self._keys: tuple[int, list[PublishedKey]] = 0, []

    def issued(self, partner_id: str, *, before_window: int = NEWEST, limit: int = 50) -> list[Issued]:
        """The partner's statements, newest first. Raises UnknownPartnerError."""
        self._partners.partner(partner_id)
        return self._store.newest(partner_id, before_window, limit)

    def document(self, partner_id: str, window: int) -> bytes:
        """The signed statement of a window, byte for byte as it was issued. Raises UnknownStatementError."""
        return self._store.document(partner_id, self._issued(partner_id, window))

    def statement(self, partner_id: str, window: int) -> tuple[Statement, Issued]:
        """The statement as plain types. Raises UnknownStatementError."""
        issued = self._issued(partner_id, window)
        document: dict[str, Any] = json.loads(self._store.document(partner_id, issued))
        return statement_of(document), issued

    def lines(self, partner_id: str, window: int, form: LinesForm) -> FileLink:
        """A link to the file of the lines under a statement, good for LINK_SECONDS. Raises UnknownStatementError."""
        statement, _ = self.statement(partner_id, window)
        url = self._files.link(partner_id, window, form, LINK_SECONDS)
        return FileLink(url, self._clock() + LINK_SECONDS * 1_000, form, statement.sums.lines)

    def keys(self) -> list[PublishedKey]:
        """All public keys that statements were ever signed with, as they were at most KEYS_KEPT_MS ago.

        Anyone may ask, so not every asking is a read.
        """
        read_at_ms, keys = self._keys
        now_ms = self._clock()
        if not keys or not 0 <= now_ms - read_at_ms < KEYS_KEPT_MS:
            keys = self._store.keys()
            self._keys = now_ms, keys
        return keys

    def _issued(self, partner_id: str, window: int) -> Issued:
        issued = self._store.issued(partner_id, window)
        if issued is None:
            raise UnknownStatementError(window)
        return issued
