"""Cases: what a partner holds against the books, and how it ends."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.api.schemas.fields import (
    POINTS_LIMIT,
    Body,
    CardNumber,
    EntryId,
    Instant,
    Moment,
    Params,
    PartnerId,
    ReplyBody,
)
from chalicelib.api.schemas.listings import NextCursor
from chalicelib.api.schemas.windows import WindowNumber
from chalicelib.listing import PageParams
from partners.cases.model import LONGEST_TEXT, CaseState, Side, StepKind
from partners.contracts.reasons import LONGEST_REASON
from shared.kernel.fields import AMOUNT_LIMIT_CENTS

CaseNumber = Annotated[int, Field(ge=1, le=99_999_999, description="1, 2, ... of the partner.", examples=[17])]
Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_TEXT,
        description="What is meant, in words. Write no customer's name or card number.",
        examples=["Receipt 4711 was rung up twice; the second one was voided at the till."],
    ),
]
DueAt = Annotated[
    Moment | None,
    Field(description="When an answer is due, within 180 days; in `answer_days` of the terms if left out."),
]
_Points = Annotated[int, Field(ge=-POINTS_LIMIT, le=POINTS_LIMIT, examples=[-250])]
_Cents = Annotated[int, Field(ge=-AMOUNT_LIMIT_CENTS, le=AMOUNT_LIMIT_CENTS, examples=[-500])]


class ClaimBody(Body):
    """By how much the books are to change for the customer: negative takes back. What is left out stays as it is."""

    points: _Points = 0
    amount_cents: _Cents = Field(default=0, description="Purchases recorded, or, negative, returned.")
    cashback_cents: _Cents = 0


class CaseBody(Body):
    """What is wrong, and where. `window` and `entry_id` say it more closely, if there is one."""

    text: Text
    window: WindowNumber | None = None
    entry_id: EntryId | None = Field(default=None, max_length=40)
    claim: ClaimBody = ClaimBody()


class OperatorsCaseBody(CaseBody):
    """The same, and why the network opens it, for the audit trail."""

    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON, examples=["Told by telephone on Nov 20"])]


class CasesOfParams(Params):
    """Which partner."""

    partner_id: PartnerId


class CaseParams(Params):
    """Which case of yours."""

    case: CaseNumber


class PartnerCaseParams(Params):
    """Which case of which partner."""

    partner_id: PartnerId
    case: CaseNumber


class CasesParams(PageParams):
    """A page of your cases."""

    state: Literal[*CaseState] | None = None  # type: ignore[valid-type]
    overdue: bool | None = Field(default=None, description="Only those past their due date, or only the others.")


class PartnerCasesParams(CasesParams):
    """A page of a partner's cases."""

    partner_id: PartnerId


class OpenCasesParams(PageParams):
    """A page of the cases that have not ended."""

    overdue: bool = Field(default=False, description="Only those past their due date.")


class CommentBody(Body):
    """What is to be said about a case."""

    text: Text


class EndBody(Body):
    """Why a case ends here."""

    reason: Text


class TakeUpBody(Body):
    """By when the partner will have an answer."""

    due_at: DueAt = None


class AskBody(Body):
    """What the partner is asked."""

    text: Text
    due_at: DueAt = None


class CaseAdjustmentBody(Body):
    """Points to grant, to a card or, without one, to whose entry the case is about; or to take back (negative) of the
    adjustment for another case that it is about; or an amount to take back (negative) of the purchase that it is about,
    with all that it earned. Points or an amount."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "points": 250,
                    "reason": "Case 18: receipt 4712 is missing",
                    "card_number": "9770 0123 4567 8912",
                }
            ]
        }
    )

    points: _Points | None = None
    amount_cents: _Cents | None = None
    reason: Annotated[
        str, Field(min_length=1, max_length=LONGEST_REASON, examples=["Case 17: receipt 4711 counted twice"])
    ]
    card_number: CardNumber | None = None


class ResolveBody(Body):
    """The entry that corrects what the case is about; null: the adjustment that was applied for it.

    `agreed` is what the entry must carry, if that is not what the case claims.
    """

    reason: Text
    entry_id: EntryId | None = Field(default=None, max_length=40)
    agreed: ClaimBody | None = None


class QuantitiesOut(ReplyBody):
    """By how much the books are to change, or have changed, for the customer."""

    points: int = Field(examples=[-250])
    amount_cents: int = Field(examples=[-500])
    cashback_cents: int = Field(examples=[0])


class StepOut(ReplyBody):
    """What somebody did about a case. `by` is an operator, or the id of a key of the partner."""

    kind: StepKind
    side: Side
    by: str = Field(examples=["ann"])
    at: Instant
    text: str | None


class CaseSummary(ReplyBody):
    """A case and how it stands.

    `waiting_on` is whose turn it is until `due_at`, null once it has ended. `entry_id` is what it is about;
    `corrected_by` is the entry that ended it, which carries what was `agreed`.
    """

    case: CaseNumber
    partner_id: PartnerId
    state: CaseState
    text: str
    window: int | None
    entry_id: str | None
    reconciliation: int | None
    difference: int | None
    claim: QuantitiesOut
    opened_at: Instant
    due_at: Instant
    overdue: bool
    waiting_on: Side | None
    adjustment_id: str | None
    corrected_by: str | None
    agreed: QuantitiesOut | None


class CaseReply(CaseSummary):
    """A case with all that was done about it, oldest first."""

    steps: list[StepOut]


class CasesReply(ReplyBody):
    """A page of cases, newest first. A page may be shorter than `limit`, or empty, before the last one."""

    cases: list[CaseSummary]
    next_cursor: NextCursor
