"""Partners' cases as operators work on them: taken up, asked about, corrected, refused."""

from chalicelib.api import refusals
from chalicelib.api.case_shape import case_out, listed, quantities
from chalicelib.api.cases import CHANGED, list_cases_of
from chalicelib.api.schemas.cases import (
    AskBody,
    CaseAdjustmentBody,
    CaseReply,
    CasesOfParams,
    CasesReply,
    CommentBody,
    EndBody,
    OpenCasesParams,
    OperatorsCaseBody,
    PartnerCaseParams,
    PartnerCasesParams,
    ResolveBody,
    TakeUpBody,
)
from chalicelib.api.schemas.fields import NoBody
from chalicelib.errors import InvalidCursorError
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.adjustments.errors import InvalidAdjustmentError
from partners.cases.errors import (
    CaseBusyError,
    CaseKeyReusedError,
    CorrectionMismatchError,
    CorrectionUnderWayError,
    CorrectionUsedError,
    InvalidCaseError,
    InvalidDueDateError,
    NoCorrectionError,
    UnknownCaseError,
)
from partners.cases.model import Case, Side, Subject, Wanted
from partners.contracts.errors import NoTermsInForceError, NotInThisStateError, UnknownPartnerError
from partners.settlement.errors import UnknownWindowError
from partners.till.errors import UnknownEntryError
from shared.ledger.errors import (
    AccountBusyError,
    IdempotencyKeyReusedError,
    ReturnExceedsPurchaseError,
    UndoExceedsAdjustmentError,
)

resource = Resource("cases", __name__)

ONE = "/v1/partners/{partner_id}/cases/{case}"


@resource.get(
    "/v1/open-cases", scope=Scope.OPERATOR, params=OpenCasesParams, reply=CasesReply, errors=(InvalidCursorError,)
)
def list_open_cases(call: Call[OpenCasesParams, NoBody]) -> Reply:
    """List the cases of all partners that have not ended, by partner, newest first."""
    cases, params = bootstrap.services().cases, call.params
    binding = ("open cases", str(params.overdue))

    return Reply(
        listed(
            lambda after: cases.unended(overdue=params.overdue, after=after, limit=params.limit),
            binding,
            params,
            cases.now_ms(),
        )
    )


@resource.get(
    "/v1/partners/{partner_id}/cases",
    scope=Scope.OPERATOR,
    params=PartnerCasesParams,
    reply=CasesReply,
    errors=(InvalidCursorError, UnknownPartnerError),
)
def list_partner_cases(call: Call[PartnerCasesParams, NoBody]) -> Reply:
    """List a partner's cases, newest first."""
    partner = bootstrap.services().contracts.partner(call.params.partner_id)
    return list_cases_of(partner.partner_id, call.params, "partner cases")


@resource.post(
    "/v1/partners/{partner_id}/cases",
    scope=Scope.OPERATOR,
    params=CasesOfParams,
    body=OperatorsCaseBody,
    reply=CaseReply,
    idempotent=True,
    errors=(
        UnknownPartnerError,
        NotInThisStateError,
        InvalidCaseError,
        UnknownWindowError,
        UnknownEntryError,
        CaseKeyReusedError,
        CaseBusyError,
    ),
)
def open_partner_case(call: Call[CasesOfParams, OperatorsCaseBody]) -> Reply:
    """Open a case of a partner.

    What the network has found, or been told in another way. The partner sees it as any case of its own, opened by the
    network.
    """
    body, cases = call.body, bootstrap.services().cases
    found = cases.open(
        call.params.partner_id,
        call.caller.acting_as,
        call.idempotency_key,
        Subject(window=body.window, entry_id=body.entry_id),
        quantities(body.claim),
        body.text,
        Side.NETWORK,
    )
    return Reply(_shown(found.case), replayed=found.replayed)


@resource.get(ONE, scope=Scope.OPERATOR, params=PartnerCaseParams, reply=CaseReply, errors=(UnknownCaseError,))
def get_partner_case(call: Call[PartnerCaseParams, NoBody]) -> Reply:
    """Get a partner's case with all that was done about it."""
    return Reply(_as_it_is(call.params))


@resource.post(
    f"{ONE}/comments",
    scope=Scope.OPERATOR,
    params=PartnerCaseParams,
    before=lambda call: _as_it_is(call.params),
    body=CommentBody,
    reply=CaseReply,
    idempotent=True,
    errors=(*CHANGED, CaseKeyReusedError),
)
def comment_on_partner_case(call: Call[PartnerCaseParams, CommentBody]) -> Reply:
    """Say something about a case, to the partner as well."""
    where, cases = call.params, bootstrap.services().cases
    found = cases.comment(
        where.partner_id, where.case, Side.NETWORK, call.caller.acting_as, call.idempotency_key, call.body.text
    )
    return Reply(_shown(found.case), replayed=found.replayed)


@resource.post(
    f"{ONE}/take-up",
    scope=Scope.OPERATOR,
    params=PartnerCaseParams,
    before=lambda call: _as_it_is(call.params),
    body=TakeUpBody,
    reply=CaseReply,
    status=200,
    errors=(*CHANGED, InvalidDueDateError),
)
def take_up_case(call: Call[PartnerCaseParams, TakeUpBody]) -> Reply:
    """Take a case up, and say by when it will be answered."""
    where = call.params
    case = bootstrap.services().cases.take_up(where.partner_id, where.case, call.caller.acting_as, call.body.due_at)
    return Reply(_shown(case))


@resource.post(
    f"{ONE}/ask",
    scope=Scope.OPERATOR,
    params=PartnerCaseParams,
    before=lambda call: _as_it_is(call.params),
    body=AskBody,
    reply=CaseReply,
    status=200,
    errors=(*CHANGED, InvalidDueDateError),
)
def ask_about_case(call: Call[PartnerCaseParams, AskBody]) -> Reply:
    """Ask the partner something.

    The case waits for the partner, whose next comment has it under review again.
    """
    where = call.params
    case = bootstrap.services().cases.ask(
        where.partner_id, where.case, call.caller.acting_as, call.body.text, call.body.due_at
    )
    return Reply(_shown(case))


@resource.post(
    f"{ONE}/adjustments",
    scope=Scope.OPERATOR,
    params=PartnerCaseParams,
    before=lambda call: _as_it_is(call.params),
    body=CaseAdjustmentBody,
    reply=CaseReply,
    idempotent=True,
    errors=(
        *CHANGED,
        CorrectionUnderWayError,
        NotInThisStateError,
        UnknownEntryError,
        *refusals.CARD,
        NoTermsInForceError,
        InvalidAdjustmentError,
        ReturnExceedsPurchaseError,
        UndoExceedsAdjustmentError,
        IdempotencyKeyReusedError,
        AccountBusyError,
    ),
)
def adjust_for_case(call: Call[PartnerCaseParams, CaseAdjustmentBody]) -> Reply:
    """Propose what corrects a case: points, or a return of the purchase that it is about.

    The partner pays for the points, or is paid back, in the window of the correction: at the price of the entry that
    the case is about, or else of the day. What the customer has spent of what goes back, the network bears. It waits
    until another operator approves the adjustment. Then resolve the case with it.
    """
    where, body = call.params, call.body
    case = bootstrap.services().cases.adjust(
        where.partner_id,
        where.case,
        call.caller.acting_as,
        call.idempotency_key,
        Wanted(body.points, body.amount_cents, body.card_number),
        body.reason,
    )
    return Reply(_shown(case))


@resource.post(
    f"{ONE}/resolve",
    scope=Scope.OPERATOR,
    params=PartnerCaseParams,
    before=lambda call: _as_it_is(call.params),
    body=ResolveBody,
    reply=CaseReply,
    status=200,
    errors=(
        *CHANGED,
        UnknownEntryError,
        NoCorrectionError,
        CorrectionMismatchError,
        CorrectionUsedError,
        CorrectionUnderWayError,
    ),
)
def resolve_case(call: Call[PartnerCaseParams, ResolveBody]) -> Reply:
    """End a case by the journal entry that corrects it.

    The adjustment that was made for it, or a purchase, return or cancellation of the partner's. It must carry what the
    case claims, or what was agreed on, and can end no other case. Again is a success.
    """
    where, body = call.params, call.body
    agreed = None if body.agreed is None else quantities(body.agreed)
    case = bootstrap.services().cases.resolve(
        where.partner_id, where.case, call.caller.acting_as, body.reason, body.entry_id, agreed
    )
    return Reply(_shown(case))


@resource.post(
    f"{ONE}/refuse",
    scope=Scope.OPERATOR,
    params=PartnerCaseParams,
    before=lambda call: _as_it_is(call.params),
    body=EndBody,
    reply=CaseReply,
    status=200,
    errors=(*CHANGED, CorrectionUnderWayError),
)
def refuse_case(call: Call[PartnerCaseParams, EndBody]) -> Reply:
    """Refuse a case, with the reasons. Again is a success."""
    where = call.params
    case = bootstrap.services().cases.refuse(where.partner_id, where.case, call.caller.acting_as, call.body.reason)
    return Reply(_shown(case))


def _as_it_is(where: PartnerCaseParams) -> CaseReply:
    return _shown(bootstrap.services().cases.case(where.partner_id, where.case))


def _shown(case: Case) -> CaseReply:
    return case_out(case, bootstrap.services().cases.now_ms())
