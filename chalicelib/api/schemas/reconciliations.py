"""Reconciliations: a partner's own lines of a window against ours."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.cases import CaseSummary
from chalicelib.api.schemas.fields import Body, Instant, Params, PartnerId, ReplyBody
from chalicelib.api.schemas.listings import NextCursor
from chalicelib.api.schemas.windows import WindowNumber
from chalicelib.listing import PageParams
from partners.reconciliation.model import LONGEST_FILE_BYTES, MISTAKES_SHOWN, Format, Outcome, ReconciliationState

ReconciliationNumber = Annotated[int, Field(ge=1, le=99_999_999, description="1, 2, ... of the partner.", examples=[3])]
DifferenceNumber = Annotated[int, Field(ge=1, le=99_999_999, description="1, 2, ... of the result.", examples=[12])]
MOST_CASES = 50


class ReconciliationBody(Body):
    """What is to be compared: a file of this size with our lines of a closed window."""

    window: WindowNumber
    format: Literal[*Format] = Field(examples=["csv"])  # type: ignore[valid-type]
    size_bytes: Annotated[int, Field(ge=1, le=LONGEST_FILE_BYTES, description="Of the file.", examples=[48_213])]


class ReconciliationParams(Params):
    """Which reconciliation of yours."""

    reconciliation: ReconciliationNumber


class PartnerReconciliationParams(Params):
    """Which reconciliation of which partner."""

    partner_id: PartnerId
    reconciliation: ReconciliationNumber


class DifferencesParams(PageParams):
    """A page of differences, of one outcome or of all."""

    reconciliation: ReconciliationNumber
    outcome: Literal["amount_differs", "only_ours", "only_theirs", "duplicate"] | None = None


class PartnerDifferencesParams(DifferencesParams):
    """A page of a partner's differences."""

    partner_id: PartnerId


class DifferenceParams(Params):
    """Which difference."""

    reconciliation: ReconciliationNumber
    difference: DifferenceNumber


class DisputesBody(Body):
    """Which differences become cases: those behind `above`, of one outcome or of all but duplicates."""

    outcome: Literal["amount_differs", "only_ours", "only_theirs"] | None = None
    above: Annotated[int, Field(ge=0, le=99_999_999, description="`next` of the reply before.", examples=[0])] = 0
    most: Annotated[int, Field(ge=1, le=MOST_CASES, description="So many differences at once.")] = MOST_CASES


class AmountsOut(ReplyBody):
    """Figures of lines. One that the file does not have is 0 on both sides."""

    points: int = Field(examples=[210])
    amount_cents: int = Field(examples=[4210])
    value_cents: int = Field(examples=[0])
    cashback_cents: int = Field(examples=[0])


class TotalOut(ReplyBody):
    """The lines of one kind that came to one outcome, and what they sum to on either side."""

    outcome: Outcome
    kind: str = Field(examples=["earn"])
    lines: int
    ours: AmountsOut
    theirs: AmountsOut


class ResultOut(ReplyBody):
    """What the comparison came to.

    Our lines are `matched`, `amount_differs` or `only_ours`; yours `matched`, `amount_differs`, `only_theirs` or
    `duplicate`. `compared` names the figures that the file has; `not_compared` are its lines of kinds that move
    nothing.
    """

    matched: int
    amount_differs: int
    only_ours: int
    only_theirs: int
    duplicate: int
    not_compared: int
    compared: list[str] = Field(examples=[["points", "amount_cents"]])
    totals: list[TotalOut]


class MistakeOut(ReplyBody):
    """What is wrong in a line of the file, and what to do."""

    line: int = Field(examples=[17])
    says: str = Field(examples=["amount_cents: write whole cents without sign, point or comma, 1234 for 12.34"])


class UploadOut(ReplyBody):
    """Where to PUT the file, as many bytes as announced."""

    url: str = Field(examples=["https://records.example/reconciliation/uploads/harvest/3?X-Amz-Signature=..."])
    expires_at: Instant


class ReconciliationSummary(ReplyBody):
    """A reconciliation and how far it is. A file with a mistake is `refused`, and nothing of it was compared."""

    reconciliation: ReconciliationNumber
    state: ReconciliationState
    window: WindowNumber
    format: Format
    size_bytes: int = Field(examples=[48_213])
    by: str = Field(description="Id of the key that asked for it.", examples=["7h2k9m4p0q"])
    asked_at: Instant
    ended_at: Instant | None
    mistakes_count: int = Field(description="1,000 stands for that many or more.")
    result: ResultOut | None


class ReconciliationReply(ReconciliationSummary):
    """A reconciliation; `upload` while it waits for its file."""

    mistakes: list[MistakeOut] = Field(description=f"The first {MISTAKES_SHOWN}.")
    upload: UploadOut | None


class ReconciliationsReply(ReplyBody):
    """Reconciliations, newest first."""

    reconciliations: list[ReconciliationSummary]
    next_cursor: NextCursor


class TableReply(ReplyBody):
    """Where to get what became of every line, as CSV."""

    url: str = Field(
        examples=["https://records.example/reconciliation/results/harvest/3/lines.csv?X-Amz-Signature=..."]
    )
    expires_at: Instant


class DifferenceOut(ReplyBody):
    """A difference. `line` is that of the file; `entry_id` is our entry, or else the one that the file named."""

    difference: DifferenceNumber
    outcome: Outcome
    kind: str = Field(examples=["earn"])
    entry_id: str | None
    location: str | None
    receipt: str | None
    line: int | None
    their_kind: str | None = Field(description="The kind of your line, if it is another than that of our entry.")
    ours: AmountsOut | None
    theirs: AmountsOut | None


class DifferencesReply(ReplyBody):
    """A page of differences, by number."""

    differences: list[DifferenceOut]
    next_cursor: NextCursor


class DisputesReply(ReplyBody):
    """The cases of these differences; `next` if there are more.

    `existing` of them were there before, and `changed` of those claim something else since.
    """

    cases: list[CaseSummary]
    existing: int
    changed: int
    next: int | None = Field(description="Send it as `above` for the next ones.", examples=[50])
