"""A case: its subject, what it claims, its states, and all that was done about it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from partners.cases.errors import CaseFullError, CaseStateError, InvalidCaseError, InvalidDueDateError
from partners.contracts.model import USUAL_ANSWER_DAYS
from shared.kernel.clock import DAY_MS

MOST_DUE_DAYS = 180
LONGEST_TEXT = 1_000
MOST_STEPS = 80
RESERVED_STEPS = 2
"""Left for ending a case, however much was written to it."""
QUANTITY_LIMIT = 10_000_000_000_000
"""More than a line of ours and one of a partner's file can differ by."""


class CaseState(StrEnum):
    """The first three are open; a case ends in one of the others."""

    OPEN = "open"
    UNDER_REVIEW = "under_review"
    WAITING_FOR_PARTNER = "waiting_for_partner"
    RESOLVED_BY_ENTRY = "resolved_by_entry"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


UNENDED = frozenset({CaseState.OPEN, CaseState.UNDER_REVIEW, CaseState.WAITING_FOR_PARTNER})


class Side(StrEnum):
    """Who did something, or whose turn it is."""

    PARTNER = "partner"
    NETWORK = "network"


class StepKind(StrEnum):
    OPENED = "opened"
    COMMENTED = "commented"
    CLAIM_CHANGED = "claim_changed"
    TAKEN_UP = "taken_up"
    ASKED = "asked"
    ADJUSTED = "adjusted"
    RESOLVED = "resolved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody did about a case. `by` is an operator, or a key of the partner; `request` is what asked."""

    kind: StepKind
    side: Side
    by: str
    at_ms: int
    text: str | None = None
    request: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about: a window's line, a difference found by a reconciliation, or, if empty, what its text says.

    `difference` is a number in `reconciliation`, of window `window`.
    """

    window: int | None = None
    entry_id: str | None = None
    reconciliation: int | None = None
    difference: int | None = None


@dataclass(frozen=True, slots=True)
class Quantities:
    """By how much the books are to change for the customer, each signed: points and cashback granted (plus) or taken
    (minus), and cents of purchases recorded (plus) or returned (minus)."""

    points: int = 0
    amount_cents: int = 0
    cashback_cents: int = 0

    def __post_init__(self) -> None:
        if any(abs(one) > QUANTITY_LIMIT for one in self.each):
            raise InvalidCaseError("A claim is too large to be meant.")

    @property
    def each(self) -> tuple[int, int, int]:
        return self.points, self.amount_cents, self.cashback_cents


@dataclass(frozen=True, slots=True)
class Wanted:
    """What corrects a case: `points`, signed; or minus `amount_cents` of the purchase that it is about, which are
    returned with all that they earned. Of `card_number`'s account, or else of the entry that the case is about."""

    points: int | None = None
    amount_cents: int | None = None
    card_number: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Case `number` of a partner.

    `due_at_ms` is when whoever's turn it is should have acted, usually `answer_days` after its turn began, as the
    terms said when it was opened. `adjustment_id` is the correction that an operator
    proposed for it, `entry_id` the journal entry that ended it, which carries what was `agreed`. `version` counts
    its changes. Raises InvalidCaseError.
    """

    number: int
    partner_id: str
    subject: Subject
    claim: Quantities
    state: CaseState
    opened_at_ms: int
    due_at_ms: int
    steps: tuple[Step, ...]
    adjustment_id: str | None = None
    entry_id: str | None = None
    agreed: Quantities | None = None
    answer_days: int = USUAL_ANSWER_DAYS
    version: int = 1

    @property
    def text(self) -> str:
        """What it is about, as it was said when it was opened."""
        return self.steps[0].text or ""

    @property
    def unended(self) -> bool:
        return self.state in UNENDED

    @property
    def turn(self) -> Side | None:
        """Who has to act now; nobody once it has ended."""
        if not self.unended:
            return None
        return Side.PARTNER if self.state is CaseState.WAITING_FOR_PARTNER else Side.NETWORK

    def overdue_at(self, now_ms: int) -> bool:
        return self.unended and self.due_at_ms < now_ms

    def answer_due_ms(self, now_ms: int) -> int:
        """When a turn that begins now is over."""
        return now_ms + self.answer_days * DAY_MS

    def step_of(self, request: str) -> Step | None:
        """What this very request did before."""
        return next((step for step in self.steps if step.request == request), None)

    def with_step(self, step: Step, state: CaseState, due_at_ms: int | None = None) -> "Case":
        """The case after a step. Raises CaseStateError if it has ended, CaseFullError."""
        if not self.unended:
            raise CaseStateError(self.number, self.state)
        ends = state not in UNENDED
        if len(self.steps) >= MOST_STEPS - (0 if ends else RESERVED_STEPS):
            raise CaseFullError(self.number, MOST_STEPS)
        due = self.due_at_ms if due_at_ms is None else due_at_ms
        return replace(self, state=state, steps=(*self.steps, step), due_at_ms=due, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class Mark:
    """That case `number` of a partner has not ended, and when it is due."""

    partner_id: str
    number: int
    due_at_ms: int


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks by partner and number, and when they were last `compared_at_ms` with all cases. If never, some may have
    none.
    """

    compared_at_ms: int | None
    of: Mapping[tuple[str, int], Mark]


def opened(
    number: int, partner_id: str, subject: Subject, claim: Quantities, step: Step, answer_days: int = USUAL_ANSWER_DAYS
) -> Case:
    """A new case, for the network to answer. Raises InvalidCaseError."""
    if step.kind is not StepKind.OPENED or not step.text:
        raise InvalidCaseError("Say what the case is about.")
    due_at_ms = step.at_ms + answer_days * DAY_MS
    state = CaseState.OPEN
    return Case(number, partner_id, subject, claim, state, step.at_ms, due_at_ms, (step,), answer_days=answer_days)


def with_claim(case: Case, subject: Subject, claim: Quantities, step: Step) -> Case:
    """The case of a difference that a later reconciliation finds in another size. If it waited for the partner, this is
    the answer. Raises CaseStateError if it has ended, CaseFullError."""
    said = replace(step, text=f"{step.text} This is {_told(claim)}, no longer {_told(case.claim)}.")
    if case.state is CaseState.WAITING_FOR_PARTNER:
        after = case.with_step(said, CaseState.UNDER_REVIEW, case.answer_due_ms(step.at_ms))
    else:
        after = case.with_step(said, case.state)
    return replace(after, subject=subject, claim=claim)


def _told(claim: Quantities) -> str:
    return f"{claim.points} points, {claim.amount_cents} cents of purchases and {claim.cashback_cents} of cashback"


def checked_due_ms(case: Case, due_at_ms: int | None, now_ms: int) -> int:
    """`due_at_ms`, or the usual time for an answer. Raises InvalidDueDateError."""
    if due_at_ms is None:
        return case.answer_due_ms(now_ms)
    if not now_ms < due_at_ms <= now_ms + MOST_DUE_DAYS * DAY_MS:
        raise InvalidDueDateError(MOST_DUE_DAYS)
    return due_at_ms


def checked_text(text: str) -> str:
    """`text` if it can be kept: printable lines, not all of them empty. Raises InvalidCaseError."""
    readable = all(line.isprintable() for line in text.split("\n"))
    if not (1 <= len(text) <= LONGEST_TEXT and readable and text.strip()):
        raise InvalidCaseError(f"Write 1 to {LONGEST_TEXT} printable characters.")
    return text
