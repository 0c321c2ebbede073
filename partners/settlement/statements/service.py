"""Issuing statements of closed windows, once each, and giving them out with their lines."""

import json
from collections.abc import Iterator
from typing import Any, Protocol

from partners.contracts.model import NETWORK, Partner
from partners.settlement.model import Book, GrossLine, PartnerPosition
from partners.settlement.statements.document import PublishedKey, Signer, signed
from partners.settlement.statements.errors import StatementsBeforeError, UnknownStatementError
from partners.settlement.statements.lines import Row, blocks_of, in_order, rows_of
from partners.settlement.statements.model import Charge, Issued, Statement
from partners.settlement.window import HAS_POSITIONS, Window
from partners.visits.model import Line
from shared.kernel.canonical import canonical_json, sha256_hex

NEWEST = 99_999_999


class ClosedWindows(Protocol):
    """What statements need of windows; see `partners.settlement.windows.Windows`."""

    def window(self, number: int) -> Window: ...

    def book(self, number: int) -> Book: ...

    def lines(self, number: int, partner_id: str) -> Iterator[Line]: ...


class Partners(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partner(self, partner_id: str) -> Partner: ...


class Payments(Protocol):
    """What was paid between partners and network."""

    def paid_cents(self, partner_id: str, currency: str, after_ms: int, until_ms: int) -> int:
        """What the partner paid less what it was paid, after one moment and up to another."""
        ...


class StatementBook(Protocol):
    """See `partners.settlement.statements.store.StatementStore`."""

    def add(self, partner_id: str, issued: Issued, document: bytes) -> None: ...

    def issued(self, partner_id: str, window: int) -> Issued | None: ...

    def newest(self, partner_id: str, before_window: int, limit: int) -> list[Issued]: ...

    def document(self, partner_id: str, window: int) -> bytes: ...


class Statements:
    """Use cases of statements. Every method may raise StoreUnavailableError.

    A statement follows from the closed window, the statement before and the payments up to the closing, so whoever
    issues it a second time comes to the same bytes.
    """

    def __init__(
        self,
        store: StatementBook,
        windows: ClosedWindows,
        partners: Partners,
        payments: Payments,
        signer: Signer,
        network_name: str,
    ) -> None:
        self._store = store
        self._windows = windows
        self._partners = partners
        self._payments = payments
        self._signer = signer
        self._network_name = network_name

    def issue(self, number: int) -> list[Issued]:
        """Issue the statements of all partners in a closed window; those that are there stay as they are.

        Raises UnknownWindowError, WindowNotClosedError, and StatementsBeforeError if those of the window before
        are to be issued first.
        """
        book = self._windows.book(number)
        window = self._windows.window(number)
        return [self._issued(window, book, party) for party in window.parties if party != NETWORK]

    def issued(self, partner_id: str, *, before_window: int = NEWEST, limit: int = 50) -> list[Issued]:
        """The partner's statements, newest first. Raises UnknownPartnerError."""
        self._partners.partner(partner_id)
        return self._store.newest(partner_id, before_window, limit)

    def document(self, partner_id: str, window: int) -> dict[str, Any]:
        """The signed statement of a window. Raises UnknownStatementError."""
        if self._store.issued(partner_id, window) is None:
            raise UnknownStatementError(window)
        document: dict[str, Any] = json.loads(self._store.document(partner_id, window))
        return document

    def rows(self, partner_id: str, window: int) -> Iterator[Row]:
        """The lines under a statement, in its order. Raises UnknownStatementError."""
        if self._store.issued(partner_id, window) is None:
            raise UnknownStatementError(window)
        return rows_of(in_order(self._windows.lines(window, partner_id)))

    def statement(self, partner_id: str, window: int) -> Statement:
        """The statement as plain types, computed anew. Raises UnknownStatementError."""
        if self._store.issued(partner_id, window) is None:
            raise UnknownStatementError(window)
        return self._stated(self._windows.window(window), self._windows.book(window), partner_id)

    def keys(self) -> list[PublishedKey]:
        """The public keys that statements are checked with."""
        return [self._signer.key()]

    def _issued(self, window: Window, book: Book, partner_id: str) -> Issued:
        standing = self._store.issued(partner_id, window.number)
        if standing is not None:
            return standing
        statement = self._stated(window, book, partner_id)
        document = signed(statement, self._signer)
        issued = Issued(window.number, statement.number, sha256_hex(document["statement"]), statement.closing_cents)
        self._store.add(partner_id, issued, canonical_json(document))
        return issued

    def _stated(self, window: Window, book: Book, partner_id: str) -> Statement:
        partner = self._partners.partner(partner_id)
        before = self._before(window, partner_id)
        position = _position(book, partner)
        closed_at_ms = window.closed_at_ms or 0
        paid_after_ms = (self._windows.window(before.window).closed_at_ms or 0) if before else 0
        return Statement(
            number=before.number + 1 if before else 1,
            partner_id=partner_id,
            partner_name=partner.name,
            network_name=self._network_name,
            window=window.number,
            opens_at_ms=window.begins_at_ms,
            closes_at_ms=window.end_ms,
            issued_at_ms=closed_at_ms,
            currency=partner.currency,
            opening_cents=before.closing_cents if before else 0,
            paid_cents=self._payments.paid_cents(partner_id, partner.currency, paid_after_ms, closed_at_ms),
            net_cents=position.net_cents,
            net_micros=position.net_micros,
            charges=tuple(_charge(line) for line in position.lines),
            blocks=tuple(blocks_of(rows_of(in_order(self._windows.lines(window.number, partner_id))))),
            previous_sha256=before.sha256 if before else None,
        )

    def _before(self, window: Window, partner_id: str) -> Issued | None:
        if window.number == 1:
            return None
        earlier = self._windows.window(window.number - 1)
        if partner_id not in earlier.parties:
            return None
        before = self._store.issued(partner_id, earlier.number)
        if before is None or earlier.state not in HAS_POSITIONS:
            raise StatementsBeforeError(earlier.number)
        return before


def _position(book: Book, partner: Partner) -> PartnerPosition:
    for settled in book.currencies:
        if settled.currency == partner.currency:
            for position in settled.positions:
                if position.party == partner.partner_id:
                    return position
    return PartnerPosition(partner.partner_id, (), 0, 0)


def _charge(line: GrossLine) -> Charge:
    return Charge(
        kind=line.kind,
        issuer=line.issuer,
        acceptor=line.acceptor,
        price_micros=line.price_micros,
        quantity=line.quantity,
        amount_micros=line.amount_micros,
        rate_bps=line.rate_bps,
        reference=line.reference,
    )
