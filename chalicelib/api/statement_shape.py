"""Statements as the API gives them out, to a partner and to operators alike."""

from typing import TYPE_CHECKING

from chalicelib.api.schemas.statements import (
    CountedEntriesReply,
    CountedEntryOut,
    LinesFileReply,
    StatementChargeOut,
    StatementsReply,
    StatementSummaryOut,
)
from chalicelib.cursors import cursors
from chalicelib.operations import Reply
from partners import bootstrap
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from chalicelib.api.schemas.statements import ChargeParams, Form
    from chalicelib.listing import PageParams
    from partners.settlement.model import GrossLine

NEWEST = 99_999_999


def statements_of(partner_id: str, params: "PageParams") -> Reply:
    """Raises UnknownPartnerError, InvalidCursorError."""
    binding, before = ("statements", partner_id), NEWEST
    if params.cursor is not None:
        before = int(cursors().read(binding, params.cursor)["before"])
    found = bootstrap.services().statements.issued(partner_id, before_window=before, limit=params.limit + 1)
    shown = found[: params.limit]
    more = cursors().write(binding, {"before": shown[-1].window}) if len(found) > params.limit else None
    summaries = [
        StatementSummaryOut(
            window=one.window,
            number=one.number,
            issued_at=to_rfc3339(one.issued_at_ms),
            currency=one.currency,
            closing_cents=one.closing_cents,
            sha256=one.sha256,
        )
        for one in shown
    ]
    return Reply(StatementsReply(statements=summaries, next_cursor=more))


def document_of(partner_id: str, window: int) -> Reply:
    """Byte for byte as it was signed. Raises UnknownStatementError."""
    return Reply(bootstrap.services().statements.document(partner_id, window).decode())


def figures_of(partner_id: str, window: int) -> Reply:
    """Raises UnknownStatementError."""
    from partners.settlement.statements.table import figures_csv

    statement, issued = bootstrap.services().statements.statement(partner_id, window)
    return Reply(figures_csv(statement, issued.sha256))


def paper_of(partner_id: str, window: int) -> Reply:
    """Raises UnknownStatementError."""
    statement, issued = bootstrap.services().statements.statement(partner_id, window)
    from partners.settlement.statements.paper import statement_pdf

    return Reply(statement_pdf(statement, issued.sha256))


def lines_of(partner_id: str, window: int, form: "Form") -> Reply:
    """Raises UnknownStatementError."""
    from partners.settlement.statements.files import LinesForm

    link = bootstrap.services().statements.lines(partner_id, window, LinesForm(form))
    expires_at = to_rfc3339(link.expires_at_ms)
    return Reply(LinesFileReply(url=link.url, expires_at=expires_at, form=form, lines=link.lines))


def entries_under(partner_id: str, params: "ChargeParams", *, for_operator: bool = False) -> Reply:
    """Raises UnknownStatementError, UnknownChargeError, InvalidCursorError."""
    from chalicelib.api.bookmarks import bookmark_of, position_of
    from partners.settlement.statements.explaining import Place

    binding, after = ("charge", partner_id, str(params.window), str(params.charge), str(for_operator)), None
    if params.cursor is not None:
        position = cursors().read(binding, params.cursor)
        after = Place(str(position["partner"]), bookmark_of(position))
    found = bootstrap.services().explanations.entries(
        partner_id, params.window, params.charge, after=after, limit=params.limit, for_operator=for_operator
    )
    cursor = None
    if found.next is not None:
        cursor = cursors().write(binding, {"partner": found.next.partner_id, **position_of(found.next.bookmark)})
    entries = [
        CountedEntryOut(
            day=one.day,
            quantity=one.quantity,
            entry_id=None if one.line is None else one.line.entry_id,
            recorded_at=None if one.line is None else to_rfc3339(one.line.recorded_at_ms),
            location_id=None if one.line is None else one.line.location,
            receipt=None if one.line is None else one.line.receipt,
        )
        for one in found.entries
    ]
    return Reply(CountedEntriesReply(charge=_charge(found.figure), entries=entries, next_cursor=cursor))


def _charge(line: "GrossLine") -> StatementChargeOut:
    return StatementChargeOut(
        kind=line.kind.value,
        issuer=line.issuer,
        acceptor=line.acceptor,
        price_micros=line.price_micros,
        quantity=line.quantity,
        amount_micros=line.amount_micros,
        rate_bps=line.rate_bps,
        reference=line.reference,
    )
