"""A case begins: a partner or an operator opens it, or a difference becomes one."""

from dataclasses import dataclass
from itertools import count

from partners.cases.desk import ATTEMPTS, NEWEST, Desk
from partners.cases.errors import CaseBusyError, CaseKeyReusedError
from partners.cases.model import Case, Quantities, Side, Step, StepKind, Subject, checked_text, opened, with_claim
from partners.contracts.errors import NoTermsInForceError
from partners.contracts.life import New
from partners.contracts.model import NETWORK, USUAL_ANSWER_DAYS
from partners.till.requests import key_hash


@dataclass(frozen=True, slots=True)
class Opened:
    """A case, whether it had been opened before, and whether what it claims is now another figure than then."""

    case: Case
    replayed: bool
    changed: bool = False


class Opening(Desk):
    """Use cases by which a case begins."""

    def open(
        self,
        partner_id: str,
        by: str,
        idempotency_key: str,
        subject: Subject,
        claim: Quantities,
        text: str,
        side: Side = Side.PARTNER,
    ) -> Opened:
        """Open a case of a partner, once for its key. `by` is the id of the partner's key, or an operator.

        Raises UnknownPartnerError, NotInThisStateError (it is closed), InvalidCaseError, UnknownWindowError,
        UnknownEntryError, CaseKeyReusedError, InvalidIdempotencyKeyError.
        """
        checked_text(text)
        request = key_hash(NETWORK if side is Side.NETWORK else partner_id, idempotency_key).hex()
        found = self._opened_by(partner_id, request)
        if found is None:
            if subject.window is not None:
                self._windows.window(subject.window)
            if subject.entry_id is not None:
                self._corrections.own_entry(partner_id, subject.entry_id)
            found = self._open(partner_id, by, request, subject, claim, text, side)
        case = found.case
        if (case.subject, case.claim, case.text) != (subject, claim, text):
            raise CaseKeyReusedError(case.number)
        self._tell(case)
        return found

    def open_for_difference(
        self, partner_id: str, by: str, difference: str, subject: Subject, claim: Quantities, text: str
    ) -> Opened:
        """Open the case of a difference, which `difference` names; the one that is there, if it was opened before.

        If a later reconciliation finds the difference in another size, the case then claims that, and says so; if it
        has ended, there is another case for it. Raises CaseFullError, CaseStateError if it ends meanwhile, or
        NotInThisStateError if the partner is closed and there is no case yet.
        """
        request, latest = f"difference-{difference}", None
        for turn in count(2):
            found = self._opened_by(partner_id, request)
            if found is None:
                break
            request, latest = f"difference-{difference}-{turn}", found
        if latest is None:
            latest = self._open(partner_id, by, request, subject, claim, text)
        elif latest.case.claim != claim and _is_later(subject, latest.case.subject):
            if latest.case.unended:
                latest = self._claimed(latest.case, by, subject, claim, text)
            else:
                latest = self._open(partner_id, by, request, subject, claim, text)
        self._tell(latest.case)
        return latest

    def _claimed(self, case: Case, by: str, subject: Subject, claim: Quantities, text: str) -> Opened:
        def claimed(now: Case, now_ms: int) -> Case | None:
            if now.claim == claim or not _is_later(subject, now.subject):
                return None
            return with_claim(now, subject, claim, Step(StepKind.CLAIM_CHANGED, Side.PARTNER, by, now_ms, text))

        after = self._change(case.partner_id, case.number, claimed)
        return Opened(after, replayed=True, changed=after.version != case.version)

    def _opened_by(self, partner_id: str, request: str) -> Opened | None:
        number = self._book.opened_by(partner_id, request)
        return None if number is None else Opened(self.case(partner_id, number), replayed=True)

    def _open(
        self,
        partner_id: str,
        by: str,
        request: str,
        subject: Subject,
        claim: Quantities,
        text: str,
        side: Side = Side.PARTNER,
    ) -> Opened:
        self._partners.check_new(partner_id, New.CASE)
        answer_days = self._answer_days(partner_id)
        number = 1
        for _ in range(ATTEMPTS):
            number = max(number, 1 + max((one.number for one in self._book.newest(partner_id, NEWEST, 1)), default=0))
            step = Step(StepKind.OPENED, side, by, self._clock(), text)
            case = opened(number, partner_id, subject, claim, step, answer_days)
            if self._book.add(case, request):
                return Opened(case, replayed=False)
            found = self._opened_by(partner_id, request)
            if found is not None:
                return found
        raise CaseBusyError(number)

    def _answer_days(self, partner_id: str) -> int:
        try:
            return self._partners.terms_at(partner_id, self._clock()).answer_days
        except NoTermsInForceError:
            return USUAL_ANSWER_DAYS


def _is_later(subject: Subject, known: Subject) -> bool:
    """Whether one difference was found by a later reconciliation than another, or the same one."""
    return (subject.reconciliation or 0) > (known.reconciliation or 0)
