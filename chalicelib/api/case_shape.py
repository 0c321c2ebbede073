"""Cases as the API shows them, to a partner and to operators alike."""

from collections.abc import Callable
from typing import Any

from chalicelib.api.schemas.cases import CaseReply, CasesReply, CaseSummary, ClaimBody, QuantitiesOut, StepOut
from chalicelib.cursors import cursors
from chalicelib.listing import PageParams
from partners.cases.listing import CasePage
from partners.cases.model import Case, Quantities
from shared.kernel.clock import to_rfc3339

Found = tuple[str, int] | None
"""Behind which partner and case a listing goes on."""


def quantities(claim: ClaimBody) -> Quantities:
    """Raises InvalidCaseError."""
    return Quantities(claim.points, claim.amount_cents, claim.cashback_cents)


def case_out(case: Case, now_ms: int) -> CaseReply:
    steps = [
        StepOut(kind=step.kind, side=step.side, by=step.by, at=to_rfc3339(step.at_ms), text=step.text)
        for step in case.steps
    ]
    return CaseReply(**_facts(case, now_ms), steps=steps)


def summary(case: Case, now_ms: int) -> CaseSummary:
    return CaseSummary(**_facts(case, now_ms))


def listed(
    list_from: Callable[[Found], CasePage], binding: tuple[str, ...], params: PageParams, now_ms: int
) -> CasesReply:
    """A page of what `list_from` gives behind the cursor. Raises InvalidCursorError."""
    after = None
    if params.cursor is not None:
        position = cursors().read(binding, params.cursor)
        after = (str(position["partner"]), int(position["case"]))
    page = list_from(after)
    cursor = page.next and cursors().write(binding, {"partner": page.next[0], "case": page.next[1]})
    return CasesReply(cases=[summary(case, now_ms) for case in page.cases], next_cursor=cursor)


def _facts(case: Case, now_ms: int) -> dict[str, Any]:
    return {
        "case": case.number,
        "partner_id": case.partner_id,
        "state": case.state,
        "text": case.text,
        "window": case.subject.window,
        "entry_id": case.subject.entry_id,
        "reconciliation": case.subject.reconciliation,
        "difference": case.subject.difference,
        "claim": _quantities(case.claim),
        "opened_at": to_rfc3339(case.opened_at_ms),
        "due_at": to_rfc3339(case.due_at_ms),
        "overdue": case.overdue_at(now_ms),
        "waiting_on": case.turn,
        "adjustment_id": case.adjustment_id,
        "corrected_by": case.entry_id,
        "agreed": None if case.agreed is None else _quantities(case.agreed),
    }


def _quantities(found: Quantities) -> QuantitiesOut:
    return QuantitiesOut(points=found.points, amount_cents=found.amount_cents, cashback_cents=found.cashback_cents)
