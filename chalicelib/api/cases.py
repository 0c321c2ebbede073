"""A partner's cases: opened, commented on, withdrawn."""

from chalicelib.api.case_shape import Found, case_out, listed, quantities
from chalicelib.api.schemas.cases import (
    CaseBody,
    CaseParams,
    CaseReply,
    CasesParams,
    CasesReply,
    CommentBody,
    EndBody,
)
from chalicelib.api.schemas.fields import NoBody, NoParams
from chalicelib.errors import InvalidCursorError
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.cases.errors import (
    CaseBusyError,
    CaseFullError,
    CaseKeyReusedError,
    CaseStateError,
    CorrectionUnderWayError,
    InvalidCaseError,
    UnknownCaseError,
)
from partners.cases.listing import CasePage
from partners.cases.model import Side, Subject
from partners.contracts.errors import NotInThisStateError
from partners.settlement.errors import UnknownWindowError
from partners.till.errors import UnknownEntryError

resource = Resource("cases", __name__)

CHANGED = (UnknownCaseError, CaseStateError, CaseFullError, CaseBusyError, InvalidCaseError)


@resource.post(
    "/v1/cases",
    scope=Scope.REPORTS,
    params=NoParams,
    body=CaseBody,
    reply=CaseReply,
    idempotent=True,
    errors=(
        NotInThisStateError,
        InvalidCaseError,
        UnknownWindowError,
        UnknownEntryError,
        CaseKeyReusedError,
        CaseBusyError,
    ),
)
def open_case(call: Call[NoParams, CaseBody]) -> Reply:
    """Open a case against the books.

    It ends in a journal entry that corrects them, or in a refusal with its reasons. An answer is due in `answer_days`
    of your terms.
    """
    body, cases = call.body, bootstrap.services().cases
    subject = Subject(window=body.window, entry_id=body.entry_id)
    found = cases.open(
        call.caller.partner_id, call.caller.key_id, call.idempotency_key, subject, quantities(body.claim), body.text
    )
    return Reply(case_out(found.case, cases.now_ms()), replayed=found.replayed)


@resource.get("/v1/cases", scope=Scope.REPORTS, params=CasesParams, reply=CasesReply, errors=(InvalidCursorError,))
def list_cases(call: Call[CasesParams, NoBody]) -> Reply:
    """List your cases, newest first."""
    return list_cases_of(call.caller.partner_id, call.params, "cases")


@resource.get("/v1/cases/{case}", scope=Scope.REPORTS, params=CaseParams, reply=CaseReply, errors=(UnknownCaseError,))
def get_case(call: Call[CaseParams, NoBody]) -> Reply:
    """Get a case with all that was done about it."""
    cases = bootstrap.services().cases
    return Reply(case_out(cases.case(call.caller.partner_id, call.params.case), cases.now_ms()))


@resource.post(
    "/v1/cases/{case}/comments",
    scope=Scope.REPORTS,
    params=CaseParams,
    body=CommentBody,
    reply=CaseReply,
    idempotent=True,
    errors=(*CHANGED, CaseKeyReusedError),
)
def comment_on_case(call: Call[CaseParams, CommentBody]) -> Reply:
    """Say something about a case, or answer what you were asked."""
    cases, who = bootstrap.services().cases, call.caller
    found = cases.comment(
        who.partner_id, call.params.case, Side.PARTNER, who.key_id, call.idempotency_key, call.body.text
    )
    return Reply(case_out(found.case, cases.now_ms()), replayed=found.replayed)


@resource.post(
    "/v1/cases/{case}/withdraw",
    scope=Scope.REPORTS,
    params=CaseParams,
    body=EndBody,
    reply=CaseReply,
    status=200,
    errors=(*CHANGED, CorrectionUnderWayError),
)
def withdraw_case(call: Call[CaseParams, EndBody]) -> Reply:
    """Withdraw a case. Again is a success."""
    cases, who = bootstrap.services().cases, call.caller
    case = cases.withdraw(who.partner_id, call.params.case, who.key_id, call.body.reason)
    return Reply(case_out(case, cases.now_ms()))


def list_cases_of(partner_id: str, params: CasesParams, listing: str) -> Reply:
    """A page of a partner's cases. Raises InvalidCursorError."""
    cases = bootstrap.services().cases
    now_ms = cases.now_ms()
    state, overdue = params.state, params.overdue

    def page(after: Found) -> CasePage:
        return cases.cases(
            [partner_id],
            wanted=lambda case: state in (None, case.state) and overdue in (None, case.overdue_at(now_ms)),
            after=after,
            limit=params.limit,
        )

    return Reply(listed(page, (listing, partner_id, state or "", str(overdue)), params, now_ms))
