"""Partners' statements as operators read them."""

from chalicelib.api import statement_shape as shape
from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.statements import (
    CountedEntriesReply,
    LinesFileReply,
    PartnerChargeParams,
    PartnerLinesParams,
    PartnerStatementParams,
    PartnerStatementsParams,
    StatementReply,
    StatementsReply,
)
from chalicelib.errors import InvalidCursorError
from chalicelib.operations import Call, Reply, Resource
from partners.access.model import Scope
from partners.contracts.errors import UnknownPartnerError
from partners.settlement.statements.errors import UnknownChargeError, UnknownStatementError

resource = Resource("statements", __name__)

ALL = "/v1/partners/{partner_id}/statements"
ONE = f"{ALL}/{{window}}"
NOT_FOUND = (UnknownStatementError,)


@resource.get(
    ALL,
    scope=Scope.OPERATOR,
    params=PartnerStatementsParams,
    reply=StatementsReply,
    errors=(UnknownPartnerError, InvalidCursorError),
)
def list_partner_statements(call: Call[PartnerStatementsParams, NoBody]) -> Reply:
    """List a partner's settlement statements, newest first."""
    return shape.statements_of(call.params.partner_id, call.params)


@resource.get(ONE, scope=Scope.OPERATOR, params=PartnerStatementParams, reply=StatementReply, errors=NOT_FOUND)
def get_partner_statement(call: Call[PartnerStatementParams, NoBody]) -> Reply:
    """Get a partner's signed statement of a window."""
    return shape.document_of(call.params.partner_id, call.params.window)


@resource.csv(f"{ONE}/csv", scope=Scope.OPERATOR, params=PartnerStatementParams, errors=NOT_FOUND)
def get_partner_statement_csv(call: Call[PartnerStatementParams, NoBody]) -> Reply:
    """Get every figure of a partner's statement as CSV."""
    return shape.figures_of(call.params.partner_id, call.params.window)


@resource.pdf(f"{ONE}/pdf", scope=Scope.OPERATOR, params=PartnerStatementParams, errors=NOT_FOUND)
def get_partner_statement_pdf(call: Call[PartnerStatementParams, NoBody]) -> Reply:
    """Get a partner's statement as a PDF document.

    Send the header `Accept: application/pdf`.
    """
    return shape.paper_of(call.params.partner_id, call.params.window)


@resource.get(f"{ONE}/lines", scope=Scope.OPERATOR, params=PartnerLinesParams, reply=LinesFileReply, errors=NOT_FOUND)
def get_partner_statement_lines(call: Call[PartnerLinesParams, NoBody]) -> Reply:
    """Get a link to the file of all lines under a partner's statement, good for a quarter of an hour."""
    return shape.lines_of(call.params.partner_id, call.params.window, call.params.form)


@resource.get(
    f"{ONE}/charges/{{charge}}/entries",
    scope=Scope.OPERATOR,
    params=PartnerChargeParams,
    reply=CountedEntriesReply,
    errors=(UnknownStatementError, UnknownChargeError, InvalidCursorError),
)
def list_partner_charged_entries(call: Call[PartnerChargeParams, NoBody]) -> Reply:
    """List the entries under a charge of a partner's statement."""
    return shape.entries_under(call.params.partner_id, call.params, for_operator=True)
