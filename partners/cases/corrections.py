"""What ends a case in the books: an adjustment made for it, or an entry that a till or operator made."""

from dataclasses import dataclass
from typing import Protocol

from partners.adjustments.errors import UnknownAdjustmentError
from partners.adjustments.model import Adjustment, AdjustmentState, Asked
from partners.adjustments.service import adjustment_id_of
from partners.cases.correcting import (
    check_adjustment_corrects,
    check_carries,
    check_corrects,
    check_may_correct,
)
from partners.cases.errors import InvalidCaseError, NoCorrectionError
from partners.cases.model import Case, Quantities, StepKind, Wanted
from partners.till.errors import UnknownEntryError
from partners.till.requests import key_hash, read_entry_id
from shared.kernel.clock import Clock, month_number
from shared.ledger.model import Entry
from shared.members.card import Card

UNKNOWN_FOR_MS = 3_600_000
"""So long a case waits for an adjustment that it noted and nobody knows: whoever proposes it may still be at it."""


class Adjustments(Protocol):
    """See `partners.adjustments.service.Adjustments`."""

    def propose_as_asked(self, operator: str, idempotency_key: str, asked: Asked) -> Adjustment: ...

    def check(self, operator: str, asked: Asked) -> None: ...

    def get(self, adjustment_id: str) -> Adjustment: ...


class Journal(Protocol):
    """See `shared.ledger.service.Ledger`."""

    def entry(self, member: str, seq: int) -> Entry | None: ...


class Cards(Protocol):
    """See `shared.members.service.Members`."""

    def card(self, number: str) -> Card: ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """An adjustment that is to be proposed for a case, under a key that no other case has."""

    key: str
    asked: Asked

    @property
    def adjustment_id(self) -> str:
        return adjustment_id_of(self.key)


class Corrections:
    """All may raise StoreUnavailableError."""

    def __init__(self, adjustments: Adjustments, journal: Journal, cards: Cards, clock: Clock) -> None:
        self._adjustments = adjustments
        self._journal = journal
        self._cards = cards
        self._clock = clock

    def own_entry(self, partner_id: str, entry_id: str) -> Entry:
        """Raises UnknownEntryError if the partner has no such entry."""
        entry = self._journal.entry(*read_entry_id(entry_id))
        if entry is None or entry.partner != partner_id:
            raise UnknownEntryError(entry_id)
        return entry

    def proposal(self, case: Case, idempotency_key: str, wanted: Wanted, reason: str) -> Proposal:
        """What is to be proposed. Raises InvalidCaseError, UnknownEntryError, InvalidCardNumberError."""
        key = f"case-{key_hash(f'{case.partner_id}#{case.number}', idempotency_key).hex()}"
        named = case.subject.entry_id
        about = None if named is None else self.own_entry(case.partner_id, named)
        if wanted.card_number is not None:
            member = self._cards.card(wanted.card_number).member
        elif about is not None:
            member = about.member
        else:
            raise InvalidCaseError("The case is about no entry: say whose card it is.")
        if case.adjustment_id != adjustment_id_of(key):
            check_may_correct(wanted, about, month_number(self._clock()))
        cents = None if wanted.amount_cents is None else -wanted.amount_cents
        return Proposal(key, Asked(member, case.partner_id, wanted.points or 0, reason, case.number, named, cents))

    def check(self, proposal: Proposal, operator: str) -> None:
        """Raises what proposing it anew would be refused with."""
        self._adjustments.check(operator, proposal.asked)

    def propose(self, proposal: Proposal, operator: str) -> Adjustment:
        """Raises what proposing an adjustment raises."""
        return self._adjustments.propose_as_asked(operator, proposal.key, proposal.asked)

    def under_way(self, case: Case) -> bool:
        """Whether the adjustment that the case noted was applied or may still be."""
        adjustment = self._adjustment(case)
        if adjustment is not None:
            return adjustment.state is not AdjustmentState.REJECTED
        noted_ms = max((step.at_ms for step in case.steps if step.kind is StepKind.ADJUSTED), default=0)
        return case.adjustment_id is not None and self._clock() < noted_ms + UNKNOWN_FOR_MS

    def applied_adjustment(self, case: Case, agreed: Quantities) -> str:
        """The entry of the case's adjustment. Raises NoCorrectionError, CorrectionMismatchError."""
        adjustment = self._adjustment(case)
        if adjustment is None or adjustment.state is not AdjustmentState.APPLIED or adjustment.entry_id is None:
            raise NoCorrectionError(case.number, None if adjustment is None else adjustment.state.value)
        if adjustment.case is None:
            check_adjustment_corrects(case, adjustment.entry_id, adjustment.points, agreed)
        else:
            check_carries(case, self.own_entry(case.partner_id, adjustment.entry_id), agreed)
        return adjustment.entry_id

    def correcting_entry(self, case: Case, entry_id: str, agreed: Quantities) -> str:
        """Raises UnknownEntryError, CorrectionMismatchError."""
        entry = self.own_entry(case.partner_id, entry_id)
        check_corrects(case, entry, agreed)
        return entry.entry_id

    def _adjustment(self, case: Case) -> Adjustment | None:
        if case.adjustment_id is None:
            return None
        try:
            return self._adjustments.get(case.adjustment_id)
        except UnknownAdjustmentError:
            return None
