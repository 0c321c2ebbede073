"""A reconciliation: what was asked for, how far it is, and what it came to. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from shared.ledger.model import Op

LONGEST_FILE_BYTES = 256_000_000
MOST_LINES = 1_000_000
MISTAKES_SHOWN = 100


class Format(StrEnum):
    """Of a partner's file."""

    CSV = "csv"
    JSON_LINES = "jsonl"


class ReconciliationState(StrEnum):
    """REFUSED: the file has mistakes, and nothing of it was compared."""

    AWAITING_UPLOAD = "awaiting_upload"
    COMPARING = "comparing"
    DONE = "done"
    REFUSED = "refused"


class Outcome(StrEnum):
    """What became of a line, in the order in which a result lists them. DUPLICATE is twice in the partner's file."""

    AMOUNT_DIFFERS = "amount_differs"
    ONLY_OURS = "only_ours"
    ONLY_THEIRS = "only_theirs"
    DUPLICATE = "duplicate"
    MATCHED = "matched"


DIFFERENCES = (Outcome.AMOUNT_DIFFERS, Outcome.ONLY_OURS, Outcome.ONLY_THEIRS, Outcome.DUPLICATE)
"""Numbered on from 1 in this order."""

COMPARED_KINDS = (Op.EARN, Op.REDEEM, Op.CAPTURE, Op.RETURN, Op.CANCEL, Op.SPEND)
"""What a till takes or gives; lines of other kinds move neither points nor money of the partner."""

QUANTITIES = ("points", "amount_cents", "value_cents", "cashback_cents")
"""What is compared, as far as the partner's file has it."""

GRANTING = frozenset({Op.EARN, Op.CANCEL})
"""Kinds by which a customer gets points or cashback; the others take them."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Figures of a line, or sums of them, as QUANTITIES names them."""

    points: int = 0
    amount_cents: int = 0
    value_cents: int = 0
    cashback_cents: int = 0


@dataclass(frozen=True, slots=True)
class Total:
    """The lines of one kind that came to one outcome, and what they sum to on either side."""

    outcome: Outcome
    kind: str
    lines: int
    ours: Amounts
    theirs: Amounts


@dataclass(frozen=True, slots=True)
class Result:
    """What a comparison came to.

    Our lines are those matched, differing or only ours; theirs those matched, differing, only theirs or duplicate.
    `not_compared` are lines of the file whose kind moves nothing.
    """

    totals: tuple[Total, ...]
    compared: tuple[str, ...]
    not_compared: int

    def count(self, outcome: Outcome) -> int:
        return sum(total.lines for total in self.totals if total.outcome is outcome)

    @property
    def differences(self) -> int:
        return sum(self.count(outcome) for outcome in DIFFERENCES)

    def first(self, outcome: Outcome) -> int:
        """The number of the first difference of this outcome, if there is one."""
        return 1 + sum(self.count(one) for one in DIFFERENCES[: DIFFERENCES.index(outcome)])


@dataclass(frozen=True, slots=True)
class Difference:
    """Difference `number` of a reconciliation. `line` is the line of the partner's file, None if it is only ours.

    `entry_id` is our entry, or else the one that the file named. `key` tells it from every other difference of the
    partner's window, in whatever upload it is found. `kind` is of our entry, if there is one, and `their_kind` that of
    the line where it is another.
    """

    number: int
    outcome: Outcome
    kind: str
    entry_id: str | None
    location: str | None
    receipt: str | None
    line: int | None
    ours: Amounts | None
    theirs: Amounts | None
    key: str
    their_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a line of the partner's file, and what to do."""

    line: int
    says: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: to compare a file of this size and form with our lines of a closed window."""

    window: int
    format: Format
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Reconciliation `number` of a partner. `version_id` is the file as it was when the comparison was asked for."""

    number: int
    partner_id: str
    asked: Asked
    by: str
    asked_at_ms: int
    state: ReconciliationState = ReconciliationState.AWAITING_UPLOAD
    version_id: str | None = None
    ended_at_ms: int | None = None
    result: Result | None = None
    mistakes: tuple[Mistake, ...] = ()
    mistakes_count: int = 0
    version: int = 1
