"""A case goes on: both sides comment, operators take it up, ask, and propose what corrects it."""

from dataclasses import replace

from partners.cases.desk import Desk, did
from partners.cases.errors import CaseKeyReusedError
from partners.cases.model import Case, CaseState, Side, Step, StepKind, Wanted, checked_due_ms, checked_text
from partners.cases.opening import Opened
from partners.contracts.life import New
from partners.contracts.model import NETWORK
from partners.till.requests import key_hash


class Handling(Desk):
    """Use cases that leave a case open."""

    def comment(self, partner_id: str, number: int, side: Side, by: str, idempotency_key: str, text: str) -> Opened:
        """Say something about a case, once for its key; if it waited for the partner, it is under review again.

        Raises UnknownCaseError, CaseStateError, CaseFullError, InvalidCaseError, CaseKeyReusedError.
        """
        checked_text(text)
        request = key_hash(NETWORK if side is Side.NETWORK else partner_id, idempotency_key).hex()
        known = self.case(partner_id, number).step_of(request)
        if known is not None and (known.text, known.side) != (text, side):
            raise CaseKeyReusedError(number)

        def commented(case: Case, now_ms: int) -> Case | None:
            if case.step_of(request) is not None:
                return None
            step = Step(StepKind.COMMENTED, side, by, now_ms, text, request)
            answered = side is Side.PARTNER and case.state is CaseState.WAITING_FOR_PARTNER
            if answered:
                return case.with_step(step, CaseState.UNDER_REVIEW, case.answer_due_ms(now_ms))
            return case.with_step(step, case.state)

        return Opened(self._change(partner_id, number, commented), known is not None)

    def take_up(self, partner_id: str, number: int, operator: str, due_at_ms: int | None) -> Case:
        """Have a case under review, to be answered by then. Again with the same day is a success.

        Raises UnknownCaseError, CaseStateError, CaseFullError, InvalidDueDateError.
        """

        def taken_up(case: Case, now_ms: int) -> Case | None:
            if case.state is CaseState.UNDER_REVIEW and due_at_ms in (None, case.due_at_ms):
                return None
            step = Step(StepKind.TAKEN_UP, Side.NETWORK, operator, now_ms)
            return case.with_step(step, CaseState.UNDER_REVIEW, checked_due_ms(case, due_at_ms, now_ms))

        return self._change(partner_id, number, taken_up)

    def ask(self, partner_id: str, number: int, operator: str, text: str, due_at_ms: int | None) -> Case:
        """Ask the partner something, to be answered by then. Again with the same question is a success.

        Raises UnknownCaseError, CaseStateError, CaseFullError, InvalidCaseError, InvalidDueDateError.
        """
        checked_text(text)

        def asked(case: Case, now_ms: int) -> Case | None:
            if case.state is CaseState.WAITING_FOR_PARTNER and did(case, StepKind.ASKED, operator, text):
                return None
            step = Step(StepKind.ASKED, Side.NETWORK, operator, now_ms, text)
            return case.with_step(step, CaseState.WAITING_FOR_PARTNER, checked_due_ms(case, due_at_ms, now_ms))

        return self._change(partner_id, number, asked)

    def adjust(
        self,
        partner_id: str,
        number: int,
        operator: str,
        idempotency_key: str,
        wanted: Wanted,
        reason: str,
    ) -> Case:
        """Propose what corrects the case: points that the partner pays for, or is paid back, or a return.

        It waits for a second person. The case notes it first, so that it can't be corrected twice; but not what is
        refused anyway, for what was noted and never made holds the case a while. Raises
        UnknownCaseError, CaseStateError, CaseFullError, CorrectionUnderWayError, InvalidCaseError, and what proposing
        an adjustment raises.
        """
        case = self.case(partner_id, number)
        proposal = self._corrections.proposal(case, idempotency_key, wanted, reason)

        def noted(found: Case, now_ms: int) -> Case | None:
            if found.adjustment_id == proposal.adjustment_id:
                return None
            self._refuse_if_under_way(found)
            self._partners.check_new(partner_id, New.ADJUSTMENT)
            step = Step(StepKind.ADJUSTED, Side.NETWORK, operator, now_ms, reason)
            after = found.with_step(step, CaseState.UNDER_REVIEW)
            return replace(after, adjustment_id=proposal.adjustment_id)

        if noted(case, self._clock()) is not None:
            self._corrections.check(proposal, operator)
        case = self._change(partner_id, number, noted)
        self._corrections.propose(proposal, operator)
        return case
