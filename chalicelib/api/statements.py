"""Statements as a partner gets its own, and the keys that anyone can check them with."""

from chalicelib.api import statement_shape as shape
from chalicelib.api.schemas.fields import NoBody, NoParams
from chalicelib.api.schemas.statements import (
    ChargeParams,
    CountedEntriesReply,
    LinesFileReply,
    LinesParams,
    StatementKeyOut,
    StatementKeysReply,
    StatementParams,
    StatementReply,
    StatementsParams,
    StatementsReply,
)
from chalicelib.errors import InvalidCursorError
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.settlement.statements.errors import UnknownChargeError, UnknownStatementError

resource = Resource("statements", __name__)

KEYS_PUBLIC_FOR_SECONDS = 300

ONE = "/v1/statements/{window}"
NOT_FOUND = (UnknownStatementError,)


@resource.get(
    "/v1/statements",
    scope=Scope.REPORTS,
    params=StatementsParams,
    reply=StatementsReply,
    errors=(InvalidCursorError,),
)
def list_statements(call: Call[StatementsParams, NoBody]) -> Reply:
    """List your settlement statements, newest first.

    There is one for each closed window, within the hour.
    """
    return shape.statements_of(call.caller.partner_id, call.params)


@resource.get(ONE, scope=Scope.REPORTS, params=StatementParams, reply=StatementReply, errors=NOT_FOUND)
def get_statement(call: Call[StatementParams, NoBody]) -> Reply:
    """Get your signed statement of a window.

    Keep it as it comes: `tessera statement verify` checks it, and its lines, against `/v1/statement-keys`.
    """
    return shape.document_of(call.caller.partner_id, call.params.window)


@resource.csv(f"{ONE}/csv", scope=Scope.REPORTS, params=StatementParams, errors=NOT_FOUND)
def get_statement_csv(call: Call[StatementParams, NoBody]) -> Reply:
    """Get every figure of your statement as CSV.

    Its lines come as a file of their own: `/v1/statements/{window}/lines?form=csv`.
    """
    return shape.figures_of(call.caller.partner_id, call.params.window)


@resource.pdf(f"{ONE}/pdf", scope=Scope.REPORTS, params=StatementParams, errors=NOT_FOUND)
def get_statement_pdf(call: Call[StatementParams, NoBody]) -> Reply:
    """Get your statement as a PDF document.

    Send the header `Accept: application/pdf`.
    """
    return shape.paper_of(call.caller.partner_id, call.params.window)


@resource.get(f"{ONE}/lines", scope=Scope.REPORTS, params=LinesParams, reply=LinesFileReply, errors=NOT_FOUND)
def get_statement_lines(call: Call[LinesParams, NoBody]) -> Reply:
    """Get a link to the file of all lines under your statement.

    One line an entry, compressed with gzip. Whoever has the link may fetch the file, for a quarter of an hour.
    """
    return shape.lines_of(call.caller.partner_id, call.params.window, call.params.form)


@resource.get(
    f"{ONE}/charges/{{charge}}/entries",
    scope=Scope.REPORTS,
    params=ChargeParams,
    reply=CountedEntriesReply,
    errors=(UnknownStatementError, UnknownChargeError, InvalidCursorError),
)
def list_charged_entries(call: Call[ChargeParams, NoBody]) -> Reply:
    """List the entries under a charge of your statement.

    A page may be short or empty before the last. What is carried has none: its reference names the payment.
    """
    return shape.entries_under(call.caller.partner_id, call.params)


@resource.get("/v1/statement-keys", scope=None, params=NoParams, reply=StatementKeysReply)
def list_statement_keys(_: Call[NoParams, NoBody]) -> Reply:
    """List the public keys that statements are signed with, those of earlier times too.

    Anyone may, without a key: they are public, and say nothing of any partner. The answer may be kept for five minutes.
    """
    from partners.settlement.statements.keys import key_set

    found = key_set(bootstrap.services().statements.keys())["keys"]
    keys = [StatementKeyOut(**key) for key in found]
    return Reply(StatementKeysReply(keys=keys), public_for_seconds=KEYS_PUBLIC_FOR_SECONDS if keys else 0)
