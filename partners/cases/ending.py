"""A case ends, once: withdrawn, refused with reasons, or by the entry that corrects the books."""

from dataclasses import replace

from partners.cases.desk import ATTEMPTS, Desk, did
from partners.cases.errors import CaseBusyError, CorrectionUsedError
from partners.cases.model import Case, CaseState, Quantities, Side, Step, StepKind, checked_text


class Ending(Desk):
    """Use cases that end a case."""

    def withdraw(self, partner_id: str, number: int, by: str, reason: str) -> Case:
        """The partner's end of a case. Again is a success.

        Raises UnknownCaseError, CaseStateError, CorrectionUnderWayError, InvalidCaseError.
        """
        return self._end_without_entry(partner_id, number, Side.PARTNER, by, reason)

    def refuse(self, partner_id: str, number: int, operator: str, reason: str) -> Case:
        """The network's end of a case, with its reason. Again is a success.

        Raises UnknownCaseError, CaseStateError, CorrectionUnderWayError, InvalidCaseError.
        """
        return self._end_without_entry(partner_id, number, Side.NETWORK, operator, reason)

    def resolve(
        self,
        partner_id: str,
        number: int,
        operator: str,
        reason: str,
        entry_id: str | None = None,
        agreed: Quantities | None = None,
    ) -> Case:
        """End a case by the entry that corrects it: `entry_id`, or the adjustment that was applied for it.

        The entry must be the partner's and carry what the case claims, or what is said to be `agreed`; and it ends
        one case only. Again is a success. Raises UnknownCaseError, CaseStateError, UnknownEntryError,
        NoCorrectionError, CorrectionMismatchError, CorrectionUsedError, CorrectionUnderWayError, InvalidCaseError.
        """
        checked_text(reason)
        for _ in range(ATTEMPTS):
            case = self.case(partner_id, number)
            if case.state is CaseState.RESOLVED_BY_ENTRY and entry_id in (None, case.entry_id):
                self._tell(case)
                return case
            step = Step(StepKind.RESOLVED, Side.NETWORK, operator, self._clock(), reason)
            after = case.with_step(step, CaseState.RESOLVED_BY_ENTRY)
            settled = agreed or case.claim
            if entry_id is None:
                by_entry = self._corrections.applied_adjustment(case, settled)
            else:
                self._refuse_if_under_way(case)
                by_entry = self._corrections.correcting_entry(case, entry_id, settled)
            after = replace(after, entry_id=by_entry, agreed=settled)
            if self._book.replace(after, ended_by=by_entry):
                self._tell(after)
                return after
            if self._book.has_ended_a_case(by_entry) and self.case(partner_id, number).unended:
                raise CorrectionUsedError(by_entry)
        raise CaseBusyError(number)

    def _end_without_entry(self, partner_id: str, number: int, side: Side, by: str, reason: str) -> Case:
        checked_text(reason)
        partners = side is Side.PARTNER
        kind = StepKind.WITHDRAWN if partners else StepKind.REFUSED
        state = CaseState.WITHDRAWN if partners else CaseState.REFUSED

        def ended(case: Case, now_ms: int) -> Case | None:
            if case.state is state and did(case, kind, by, reason):
                return None
            after = case.with_step(Step(kind, side, by, now_ms, reason), state)
            self._refuse_if_under_way(case)
            return after

        return self._change(partner_id, number, ended)
