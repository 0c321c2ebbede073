"""Opening cases from differences, each once, in however many reconciliations of a window it shows."""

from dataclasses import dataclass
from typing import Protocol

from partners.cases.model import Case, Quantities, Subject
from partners.cases.opening import Opened
from partners.reconciliation.errors import NoCaseOfDuplicateError
from partners.reconciliation.model import GRANTING, Amounts, Difference, Outcome, Reconciliation
from shared.kernel.ids import digest
from shared.ledger.model import Op

_WORDS = {
    Outcome.AMOUNT_DIFFERS: "Our figures differ",
    Outcome.ONLY_OURS: "We have no such line",
    Outcome.ONLY_THEIRS: "You have no such entry",
}


class Cases(Protocol):
    """See `partners.cases.service.Cases`."""

    def open_for_difference(
        self, partner_id: str, by: str, difference: str, subject: Subject, claim: Quantities, text: str
    ) -> Opened: ...


class Differences(Protocol):
    """See `partners.reconciliation.service.Reconciliations`."""

    def reconciliation(self, partner_id: str, number: int) -> Reconciliation: ...

    def difference(self, partner_id: str, number: int, difference: int) -> Difference: ...

    def differences(
        self, partner_id: str, number: int, *, outcome: Outcome | None, after: int, limit: int
    ) -> list[Difference]: ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Cases of some differences, how many of them there were before, how many of these now claim something else, and
    behind which difference to go on, if any."""

    cases: list[Case]
    existing: int
    changed: int
    next: int | None


class Disputes:
    """May raise StoreUnavailableError, UnknownReconciliationError, ReconciliationStateError, CaseBusyError."""

    def __init__(self, differences: Differences, cases: Cases) -> None:
        self._differences = differences
        self._cases = cases

    def open(self, partner_id: str, by: str, number: int, difference: int) -> Opened:
        """The case of a difference, opened now or before.

        Raises UnknownDifferenceError, NoCaseOfDuplicateError, NotInThisStateError (the partner is closed).
        """
        found = self._differences.difference(partner_id, number, difference)
        return self._open(by, self._differences.reconciliation(partner_id, number), found)

    def open_all(
        self, partner_id: str, by: str, number: int, *, outcome: Outcome | None, after: int, limit: int
    ) -> Batch:
        """The cases of up to `limit` differences behind `after`, of one outcome or of all but duplicates.

        Raises NoCaseOfDuplicateError if duplicates are asked for, NotInThisStateError (the partner is closed).
        """
        if outcome is Outcome.DUPLICATE:
            raise NoCaseOfDuplicateError(after)
        reconciliation = self._differences.reconciliation(partner_id, number)
        found = self._differences.differences(partner_id, number, outcome=outcome, after=after, limit=limit)
        opened = [self._open(by, reconciliation, one) for one in found if one.outcome is not Outcome.DUPLICATE]
        more = len(found) == limit and found[-1].outcome is not Outcome.DUPLICATE
        return Batch(
            [one.case for one in opened],
            sum(one.replayed for one in opened),
            sum(one.changed for one in opened),
            found[-1].number if more else None,
        )

    def _open(self, by: str, reconciliation: Reconciliation, difference: Difference) -> Opened:
        if difference.outcome is Outcome.DUPLICATE:
            raise NoCaseOfDuplicateError(difference.number)
        window = reconciliation.asked.window
        name = digest(str(window), difference.key).hex()[:32]
        subject = Subject(
            window=window,
            entry_id=None if difference.outcome is Outcome.ONLY_THEIRS else difference.entry_id,
            reconciliation=reconciliation.number,
            difference=difference.number,
        )
        kinds = difference.kind
        if difference.their_kind is not None:
            kinds = f"{difference.their_kind}, which is {difference.kind} with you,"
        text = f"{_WORDS[difference.outcome]}: {kinds} {_where(difference)}, window {window}."
        return self._cases.open_for_difference(reconciliation.partner_id, by, name, subject, claim_of(difference), text)


def claim_of(difference: Difference) -> Quantities:
    """What would make our books say what the partner's say, seen from the customer; each line counts by its kind."""
    ours = _effect(difference.kind, difference.ours)
    theirs = _effect(difference.their_kind or difference.kind, difference.theirs)
    return Quantities(*(wanted - had for wanted, had in zip(theirs, ours, strict=True)))


def _effect(kind: str, figures: Amounts | None) -> tuple[int, int, int]:
    """What a line changes for the customer: points, cents of purchases and of cashback."""
    if figures is None:
        return 0, 0, 0
    sign = 1 if Op(kind) in GRANTING else -1
    purchase = sign if Op(kind) in (Op.EARN, Op.RETURN) else 0
    return sign * figures.points, purchase * figures.amount_cents, sign * figures.cashback_cents


def _where(difference: Difference) -> str:
    if difference.location is None or difference.receipt is None:
        return f"{difference.entry_id}"
    return f"on receipt {difference.receipt} at {difference.location}"
