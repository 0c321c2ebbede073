"""Reconciliations: a partner puts its lines of a window, sees what differs from ours, and opens cases from it."""

from typing import Any

from chalicelib.api.case_shape import case_out, summary
from chalicelib.api.schemas.cases import CaseReply
from chalicelib.api.schemas.fields import NoBody, NoParams
from chalicelib.api.schemas.reconciliations import (
    AmountsOut,
    DifferenceOut,
    DifferenceParams,
    DifferencesParams,
    DifferencesReply,
    DisputesBody,
    DisputesReply,
    MistakeOut,
    PartnerDifferencesParams,
    PartnerReconciliationParams,
    ReconciliationBody,
    ReconciliationParams,
    ReconciliationReply,
    ReconciliationsReply,
    ReconciliationSummary,
    ResultOut,
    TableReply,
    TotalOut,
    UploadOut,
)
from chalicelib.cursors import cursors
from chalicelib.errors import InvalidCursorError
from chalicelib.listing import PageParams
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.cases.errors import CaseBusyError, CaseFullError, CaseStateError
from partners.contracts.errors import NotInThisStateError
from partners.lake.errors import NotInLakeError
from partners.reconciliation.errors import (
    NoCaseOfDuplicateError,
    NothingUploadedError,
    ReconciliationBusyError,
    ReconciliationKeyReusedError,
    ReconciliationStateError,
    UnknownDifferenceError,
    UnknownReconciliationError,
)
from partners.reconciliation.model import Amounts, Asked, Difference, Format, Outcome, Reconciliation, Result
from partners.reconciliation.service import Link
from partners.settlement.errors import UnknownWindowError, WindowNotClosedError
from shared.kernel.clock import to_rfc3339

resource = Resource("reconciliations", __name__)

ONE = "/v1/reconciliations/{reconciliation}"
RESULT = (UnknownReconciliationError, ReconciliationStateError)
DISPUTED = (NotInThisStateError, CaseBusyError, CaseFullError, CaseStateError)


@resource.post(
    "/v1/reconciliations",
    scope=Scope.REPORTS,
    params=NoParams,
    body=ReconciliationBody,
    reply=ReconciliationReply,
    idempotent=True,
    errors=(
        UnknownWindowError,
        WindowNotClosedError,
        NotInLakeError,
        ReconciliationKeyReusedError,
        ReconciliationBusyError,
    ),
)
def ask_for_reconciliation(call: Call[NoParams, ReconciliationBody]) -> Reply:
    """Ask for a reconciliation of a closed window.

    The reply has a link to which the file is PUT within an hour; then start it. Again gives another link.
    """
    body, who = call.body, call.caller
    asked = Asked(body.window, Format(body.format), body.size_bytes)
    begun = bootstrap.services().reconciliations.ask(who.partner_id, who.key_id, call.idempotency_key, asked)
    return Reply(_shown(begun.reconciliation, begun.upload), replayed=begun.replayed)


@resource.get(
    "/v1/reconciliations",
    scope=Scope.REPORTS,
    params=PageParams,
    reply=ReconciliationsReply,
    errors=(InvalidCursorError,),
)
def list_reconciliations(call: Call[PageParams, NoBody]) -> Reply:
    """List your reconciliations, newest first."""
    partner_id, params = call.caller.partner_id, call.params
    binding = ("reconciliations", partner_id)
    before = None if params.cursor is None else int(cursors().read(binding, params.cursor)["before"])
    found = bootstrap.services().reconciliations.newest(partner_id, before, params.limit)
    more = len(found) == params.limit and found[-1].number > 1
    cursor = cursors().write(binding, {"before": found[-1].number}) if more else None
    shown = [ReconciliationSummary(**_facts(one)) for one in found]
    return Reply(ReconciliationsReply(reconciliations=shown, next_cursor=cursor))


@resource.get(
    ONE,
    scope=Scope.REPORTS,
    params=ReconciliationParams,
    reply=ReconciliationReply,
    errors=(UnknownReconciliationError,),
)
def get_reconciliation(call: Call[ReconciliationParams, NoBody]) -> Reply:
    """Get a reconciliation: how far it is, what it came to, or what is wrong with the file."""
    found = bootstrap.services().reconciliations.reconciliation(call.caller.partner_id, call.params.reconciliation)
    return Reply(_shown(found, None))


@resource.post(
    f"{ONE}/start",
    scope=Scope.REPORTS,
    params=ReconciliationParams,
    body=NoBody,
    reply=ReconciliationReply,
    status=200,
    errors=(UnknownReconciliationError, NothingUploadedError, ReconciliationBusyError),
)
def start_reconciliation(call: Call[ReconciliationParams, NoBody]) -> Reply:
    """Have the file compared, now that it is there.

    It takes seconds, or minutes for a million lines. What is put to the link later is not looked at. Again is a
    success.
    """
    found = bootstrap.services().reconciliations.start(call.caller.partner_id, call.params.reconciliation)
    return Reply(_shown(found, None))


@resource.get(f"{ONE}/table", scope=Scope.REPORTS, params=ReconciliationParams, reply=TableReply, errors=RESULT)
def get_reconciliation_table(call: Call[ReconciliationParams, NoBody]) -> Reply:
    """Get a link to what became of every line, as CSV; it is good for a quarter of an hour."""
    link = bootstrap.services().reconciliations.table(call.caller.partner_id, call.params.reconciliation)
    return Reply(TableReply(url=link.url, expires_at=to_rfc3339(link.expires_at_ms)))


@resource.get(
    f"{ONE}/differences",
    scope=Scope.REPORTS,
    params=DifferencesParams,
    reply=DifferencesReply,
    errors=(*RESULT, InvalidCursorError),
)
def list_differences(call: Call[DifferencesParams, NoBody]) -> Reply:
    """List what differs."""
    return _differences(call.caller.partner_id, call.params)


@resource.post(
    f"{ONE}/differences/{{difference}}/case",
    scope=Scope.REPORTS,
    params=DifferenceParams,
    body=NoBody,
    reply=CaseReply,
    status=200,
    errors=(*RESULT, UnknownDifferenceError, NoCaseOfDuplicateError, *DISPUTED),
)
def open_case_of_difference(call: Call[DifferenceParams, NoBody]) -> Reply:
    """Open a case from a difference.

    It claims what would make our books say what yours say. Again gives the same case, and so does the same difference
    in another reconciliation of the window. If that is a later one and finds another figure, the case claims that from
    then on; if the case has ended, there is another one.
    """
    services, who, where = bootstrap.services(), call.caller, call.params
    found = services.disputes.open(who.partner_id, who.key_id, where.reconciliation, where.difference)
    return Reply(case_out(found.case, services.cases.now_ms()))


@resource.post(
    f"{ONE}/cases",
    scope=Scope.REPORTS,
    params=ReconciliationParams,
    body=DisputesBody,
    reply=DisputesReply,
    status=200,
    errors=(*RESULT, *DISPUTED),
)
def open_cases_of_differences(call: Call[ReconciliationParams, DisputesBody]) -> Reply:
    """Open cases from many differences, up to 50 at once.

    Each difference has one case, however often this is asked. Where a later reconciliation finds another figure, its
    case claims that from then on, or there is another if it has ended.
    """
    services, who, body = bootstrap.services(), call.caller, call.body
    batch = services.disputes.open_all(
        who.partner_id,
        who.key_id,
        call.params.reconciliation,
        outcome=_outcome(body.outcome),
        after=body.above,
        limit=body.most,
    )
    now_ms = services.cases.now_ms()
    cases = [summary(case, now_ms) for case in batch.cases]
    return Reply(DisputesReply(cases=cases, existing=batch.existing, changed=batch.changed, next=batch.next))


@resource.get(
    "/v1/partners/{partner_id}/reconciliations/{reconciliation}",
    scope=Scope.OPERATOR,
    params=PartnerReconciliationParams,
    reply=ReconciliationReply,
    errors=(UnknownReconciliationError,),
)
def get_partner_reconciliation(call: Call[PartnerReconciliationParams, NoBody]) -> Reply:
    """Get a partner's reconciliation, which a case may name."""
    where = call.params
    return Reply(
        _shown(bootstrap.services().reconciliations.reconciliation(where.partner_id, where.reconciliation), None)
    )


@resource.get(
    "/v1/partners/{partner_id}/reconciliations/{reconciliation}/differences",
    scope=Scope.OPERATOR,
    params=PartnerDifferencesParams,
    reply=DifferencesReply,
    errors=(*RESULT, InvalidCursorError),
)
def list_partner_differences(call: Call[PartnerDifferencesParams, NoBody]) -> Reply:
    """List what differs in a partner's reconciliation."""
    return _differences(call.params.partner_id, call.params)


def _differences(partner_id: str, params: DifferencesParams) -> Reply:
    binding = ("differences", partner_id, str(params.reconciliation), params.outcome or "")
    after = 0 if params.cursor is None else int(cursors().read(binding, params.cursor)["after"])
    found = bootstrap.services().reconciliations.differences(
        partner_id, params.reconciliation, outcome=_outcome(params.outcome), after=after, limit=params.limit + 1
    )
    shown = found[: params.limit]
    cursor = cursors().write(binding, {"after": shown[-1].number}) if len(found) > params.limit else None
    return Reply(DifferencesReply(differences=[_difference(one) for one in shown], next_cursor=cursor))


def _outcome(name: str | None) -> Outcome | None:
    return None if name is None else Outcome(name)


def _shown(found: Reconciliation, upload: Link | None) -> ReconciliationReply:
    place = None if upload is None else UploadOut(url=upload.url, expires_at=to_rfc3339(upload.expires_at_ms))
    mistakes = [MistakeOut(line=one.line, says=one.says) for one in found.mistakes]
    return ReconciliationReply(**_facts(found), mistakes=mistakes, upload=place)


def _facts(found: Reconciliation) -> dict[str, Any]:
    return {
        "reconciliation": found.number,
        "state": found.state,
        "window": found.asked.window,
        "format": found.asked.format,
        "size_bytes": found.asked.size_bytes,
        "by": found.by,
        "asked_at": to_rfc3339(found.asked_at_ms),
        "ended_at": None if found.ended_at_ms is None else to_rfc3339(found.ended_at_ms),
        "mistakes_count": found.mistakes_count,
        "result": None if found.result is None else _result(found.result),
    }


def _result(result: Result) -> ResultOut:
    totals = [
        TotalOut(
            outcome=one.outcome, kind=one.kind, lines=one.lines, ours=_amounts(one.ours), theirs=_amounts(one.theirs)
        )
        for one in result.totals
    ]
    counts = {outcome.value: result.count(outcome) for outcome in Outcome}
    return ResultOut(**counts, not_compared=result.not_compared, compared=list(result.compared), totals=totals)


def _difference(found: Difference) -> DifferenceOut:
    return DifferenceOut(
        difference=found.number,
        outcome=found.outcome,
        kind=found.kind,
        entry_id=found.entry_id,
        location=found.location,
        receipt=found.receipt,
        line=found.line,
        their_kind=found.their_kind,
        ours=None if found.ours is None else _amounts(found.ours),
        theirs=None if found.theirs is None else _amounts(found.theirs),
    )


def _amounts(found: Amounts) -> AmountsOut:
    return AmountsOut(
        points=found.points,
        amount_cents=found.amount_cents,
        value_cents=found.value_cents,
        cashback_cents=found.cashback_cents,
    )
