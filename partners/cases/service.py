"""Use cases of cases: the partner opens and comments, operators answer, and each ends once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol

from partners.cases.corrections import Corrections
from partners.cases.errors import (
    CaseBusyError,
    CaseKeyReusedError,
    CorrectionUnderWayError,
    CorrectionUsedError,
    UnknownCaseError,
)
from partners.cases.model import (
    Case,
    CaseState,
    Quantities,
    Side,
    Step,
    StepKind,
    Subject,
    checked_due_ms,
    checked_text,
    opened,
    with_claim,
)
from partners.contracts.errors import NoTermsInForceError
from partners.contracts.model import NETWORK, USUAL_ANSWER_DAYS, Partner, Terms
from partners.settlement.window import Window
from partners.till.requests import key_hash
from shared.kernel.clock import Clock

ATTEMPTS = 10
NEWEST = 99_999_999
MOST_READ_FOR_A_PAGE = 1_000


class CaseBook(Protocol):
    """See `partners.cases.store.CaseStore`."""

    def add(self, case: Case, request: str) -> bool: ...

    def replace(self, case: Case, *, ended_by: str | None = None) -> bool: ...

    def get(self, partner_id: str, number: int) -> Case | None: ...

    def opened_by(self, partner_id: str, request: str) -> int | None: ...

    def has_ended_a_case(self, entry_id: str) -> bool: ...

    def newest(self, partner_id: str, before: int, limit: int) -> list[Case]: ...


class Windows(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def window(self, number: int) -> Window: ...


class Partners(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partner(self, partner_id: str) -> Partner: ...

    def partners(self) -> list[Partner]: ...

    def terms_at(self, partner_id: str, at_ms: int) -> Terms: ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A case, whether it had been opened before, and whether what it claims is now another figure than then."""

    case: Case
    replayed: bool
    changed: bool = False


@dataclass(frozen=True, slots=True)
class CasePage:
    """Cases, and behind which partner and number the listing goes on, None at its end."""

    cases: list[Case]
    next: tuple[str, int] | None


class Cases:
    """Use cases of cases. Every method may raise StoreUnavailableError.

    `tell` is called after each change, and again when the same request is repeated: it must mind neither.
    """

    def __init__(
        self,
        book: CaseBook,
        partners: Partners,
        windows: Windows,
        corrections: Corrections,
        tell: Callable[[Case], None],
        clock: Clock,
    ) -> None:
        self._book = book
        self._partners = partners
        self._windows = windows
        self._corrections = corrections
        self._tell = tell
        self._clock = clock

    def now_ms(self) -> int:
        """The moment by which cases are overdue or not."""
        return self._clock()

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

        Raises UnknownPartnerError, InvalidCaseError, UnknownWindowError, UnknownEntryError, CaseKeyReusedError,
        InvalidIdempotencyKeyError.
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
        has ended, there is another case for it. Raises CaseFullError, or CaseStateError if it ends meanwhile.
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

    def case(self, partner_id: str, number: int) -> Case:
        """Raises UnknownCaseError."""
        case = self._book.get(partner_id, number)
        if case is None:
            raise UnknownCaseError(number)
        return case

    def cases(
        self, partner_ids: list[str], *, wanted: Callable[[Case], bool], after: tuple[str, int] | None, limit: int
    ) -> CasePage:
        """The cases of these partners, by partner, newest first. A page may be short before the last."""
        found: list[Case] = []
        read = 0
        for partner_id in sorted(one for one in partner_ids if after is None or one >= after[0]):
            place = after[1] if after is not None and after[0] == partner_id else NEWEST
            while batch := self._book.newest(partner_id, place, limit):
                for case in batch:
                    place = case.number
                    if wanted(case):
                        found.append(case)
                    if len(found) == limit:
                        return CasePage(found, (partner_id, place))
                read += len(batch)
                if read >= MOST_READ_FOR_A_PAGE:
                    return CasePage(found, (partner_id, place))
        return CasePage(found, None)

    def unended(self, *, overdue: bool, after: tuple[str, int] | None, limit: int) -> CasePage:
        """The cases of all partners that have not ended, or those of them that are overdue."""
        now_ms = self._clock()
        ids = [partner.partner_id for partner in self._partners.partners()]
        wanted = (lambda case: case.overdue_at(now_ms)) if overdue else (lambda case: case.unended)
        return self.cases(ids, wanted=wanted, after=after, limit=limit)

    def overdue_count(self) -> int:
        """How many cases of all partners are overdue."""
        count, after = 0, None
        while True:
            page = self.unended(overdue=True, after=after, limit=200)
            count, after = count + len(page.cases), page.next
            if after is None:
                return count

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
            if case.state is CaseState.WAITING_FOR_PARTNER and _did(case, StepKind.ASKED, operator, text):
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
        points: int,
        reason: str,
        card_number: str | None = None,
    ) -> Case:
        """Propose an adjustment that corrects the case, of the card, or else of the customer whose entry it is about.

        Above the limit of one person it waits for a second one, as any adjustment. The case notes it first, so that
        it can't be corrected twice. Raises UnknownCaseError, CaseStateError, CaseFullError, CorrectionUnderWayError,
        InvalidCaseError, and what proposing an adjustment raises.
        """
        case = self.case(partner_id, number)
        proposal = self._corrections.proposal(case, idempotency_key, points, reason, card_number)

        def noted(found: Case, now_ms: int) -> Case | None:
            if found.adjustment_id == proposal.adjustment_id:
                return None
            self._refuse_if_under_way(found)
            step = Step(StepKind.ADJUSTED, Side.NETWORK, operator, now_ms, reason)
            after = found.with_step(step, CaseState.UNDER_REVIEW)
            return replace(after, adjustment_id=proposal.adjustment_id)

        case = self._change(partner_id, number, noted)
        self._corrections.propose(proposal, operator)
        return case

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
            if case.state is state and _did(case, kind, by, reason):
                return None
            after = case.with_step(Step(kind, side, by, now_ms, reason), state)
            self._refuse_if_under_way(case)
            return after

        return self._change(partner_id, number, ended)

    def _refuse_if_under_way(self, case: Case) -> None:
        if case.adjustment_id is not None and self._corrections.under_way(case):
            raise CorrectionUnderWayError(case.number, case.adjustment_id)

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
        self._partners.partner(partner_id)
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

    def _change(self, partner_id: str, number: int, change: Callable[[Case, int], Case | None]) -> Case:
        """The case after `change`, which answers None where there is nothing left to do."""
        for _ in range(ATTEMPTS):
            case = self.case(partner_id, number)
            after = change(case, self._clock())
            if after is None or self._book.replace(after):
                self._tell(after or case)
                return after or case
        raise CaseBusyError(number)


def _is_later(subject: Subject, known: Subject) -> bool:
    """Whether one difference was found by a later reconciliation than another, or the same one."""
    return (subject.reconciliation or 0) > (known.reconciliation or 0)


def _did(case: Case, kind: StepKind, by: str, text: str) -> bool:
    last = case.steps[-1]
    return (last.kind, last.by, last.text) == (kind, by, text)
