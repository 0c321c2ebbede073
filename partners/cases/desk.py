"""What every use case of cases stands on: the book of cases, and how a case is changed and told of."""

from collections.abc import Callable
from typing import Protocol

from partners.cases.corrections import Corrections
from partners.cases.errors import CaseBusyError, CorrectionUnderWayError, UnknownCaseError
from partners.cases.model import Case, Marks, StepKind
from partners.contracts.life import New
from partners.contracts.model import Partner, Terms
from partners.settlement.window import Window
from shared.kernel.clock import Clock

ATTEMPTS = 10
NEWEST = 99_999_999


class CaseBook(Protocol):
    """See `partners.cases.store.CaseStore`."""

    def add(self, case: Case, request: str) -> bool: ...

    def replace(self, case: Case, *, ended_by: str | None = None) -> bool: ...

    def get(self, partner_id: str, number: int) -> Case | None: ...

    def opened_by(self, partner_id: str, request: str) -> int | None: ...

    def has_ended_a_case(self, entry_id: str) -> bool: ...

    def newest(self, partner_id: str, before: int, limit: int) -> list[Case]: ...

    def marks(self) -> Marks: ...

    def note_compared(self, at_ms: int) -> None: ...

    def mark(self, case: Case) -> bool: ...


class Windows(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def window(self, number: int) -> Window: ...


class Partners(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def check_new(self, partner_id: str, new: New) -> None: ...

    def partners(self) -> list[Partner]: ...

    def terms_at(self, partner_id: str, at_ms: int) -> Terms: ...


class Desk:
    """Every method may raise StoreUnavailableError.

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

    def case(self, partner_id: str, number: int) -> Case:
        """Raises UnknownCaseError."""
        case = self._book.get(partner_id, number)
        if case is None:
            raise UnknownCaseError(number)
        return case

    def _refuse_if_under_way(self, case: Case) -> None:
        if case.adjustment_id is not None and self._corrections.under_way(case):
            raise CorrectionUnderWayError(case.number, case.adjustment_id)

    def _change(self, partner_id: str, number: int, change: Callable[[Case, int], Case | None]) -> Case:
        """The case after `change`, which answers None where there is nothing left to do."""
        for _ in range(ATTEMPTS):
            case = self.case(partner_id, number)
            after = change(case, self._clock())
            if after is None or self._book.replace(after):
                self._tell(after or case)
                return after or case
        raise CaseBusyError(number)


def did(case: Case, kind: StepKind, by: str, text: str) -> bool:
    """Whether the latest that was done about a case is this."""
    last = case.steps[-1]
    return (last.kind, last.by, last.text) == (kind, by, text)
