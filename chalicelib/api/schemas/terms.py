"""Terms between a partner and the network, and proposals of them."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Body,
    Currency,
    Instant,
    Moment,
    MomentOrDay,
    Params,
    PartnerId,
    PointsCount,
    PositiveCents,
    ReplyBody,
)
from chalicelib.api.schemas.plans import PlanBody
from partners.contracts.model import (
    LONGEST_EXPIRY_MONTHS,
    MOST_ANSWER_DAYS,
    MOST_CASHBACK_BPS,
    USUAL_ANSWER_DAYS,
    WHOLE_BPS,
)
from partners.contracts.payment import FundingKind, PaymentMethod
from partners.contracts.proposals import ProposalState
from partners.contracts.reasons import LONGEST_REASON
from shared.ledger.limits import LATE_LIMIT_DAYS

PRICE_LIMIT_MICROS = 1_000_000_000

PriceMicros = Annotated[
    int,
    Field(
        ge=0,
        le=PRICE_LIMIT_MICROS,
        description="Millionths of a currency unit for one point.",
        examples=[10_000],
    ),
]
Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON, examples=["Renewal 2027, signed on Nov 20"])]
OperatorId = Annotated[str, Field(description="Who acted, an operator.", examples=["7h2k9m4p0q"])]
ProposalNumber = Annotated[int, Field(ge=1, le=999_999, examples=[1])]
CommissionBps = Annotated[
    int,
    Field(
        ge=0,
        le=WHOLE_BPS,
        description="Hundredths of a percent of what the partner is paid for points it honours, kept by the network.",
        examples=[200],
    ),
]
BreakageShareBps = Annotated[
    int,
    Field(
        ge=0,
        le=WHOLE_BPS,
        description="Hundredths of a percent of the partner's expired points, at its redeem price, that it gets back.",
        examples=[3_000],
    ),
]
CashbackBreakageShareBps = Annotated[
    int,
    Field(
        ge=0,
        le=WHOLE_BPS,
        description="Hundredths of a percent of the partner's expired cashback that it gets back.",
        examples=[5_000],
    ),
]


class FundingBody(Body):
    """How far the partner may go in granting. `net_debit_cap_cents` limits what a postpaid partner may owe."""

    kind: Annotated[FundingKind, Field(strict=False)] = FundingKind.POSTPAID
    net_debit_cap_cents: PositiveCents | None = None


class ExchangeRateBody(Body):
    """What one unit of the partner's currency is worth in another, in billionths of a unit."""

    currency: Currency
    nanos: Annotated[int, Field(ge=1, le=10**18, examples=[1_080_000_000])]


ExchangeRates = Annotated[
    list[ExchangeRateBody],
    Field(
        max_length=200,
        description="What the partner's currency is worth in those of other partners, for comparing prices.",
    ),
]


class TermsBody(Body):
    """New terms between partner and network, and why.

    `earn_points` for every `earn_per_cents` paid. The partner pays the issue price for a point it grants
    and is paid the redeem price for a point it honours.
    """

    effective_from: Moment
    earn_points: Annotated[int, Field(ge=0, le=1_000_000, examples=[5])]
    earn_per_cents: Annotated[int, Field(ge=1, le=100_000_000, examples=[100])]
    issue_price_micros: PriceMicros
    redeem_price_micros: PriceMicros
    expiry_months: Annotated[int, Field(ge=1, le=120, examples=[24])]
    waiting_days: Annotated[
        int, Field(ge=0, le=90, description="So long after a purchase its points can't be spent.", examples=[14])
    ] = 0
    late_days: Annotated[
        int,
        Field(
            ge=0,
            le=LATE_LIMIT_DAYS,
            description="So long after a purchase made under these terms a till that was offline may deliver it.",
            examples=[14],
        ),
    ] = LATE_LIMIT_DAYS
    answer_days: Annotated[
        int,
        Field(ge=1, le=MOST_ANSWER_DAYS, description="So long either side has for its turn in a case.", examples=[14]),
    ] = USUAL_ANSWER_DAYS
    cashback_bps: Annotated[
        int,
        Field(
            ge=0,
            le=MOST_CASHBACK_BPS,
            description="Hundredths of a percent of what was paid that come back as cashback, at the partner's cost.",
            examples=[150],
        ),
    ] = 0
    commission_bps: CommissionBps = 0
    breakage_share_bps: BreakageShareBps = 0
    cashback_expiry_months: (
        Annotated[
            int,
            Field(
                ge=1,
                le=LONGEST_EXPIRY_MONTHS,
                description="Cashback expires at the end of a month, so many months after the purchase.",
                examples=[24],
            ),
        ]
        | None
    ) = Field(default=None, description="Left out or null: cashback never expires.")
    cashback_breakage_share_bps: CashbackBreakageShareBps = 0
    funding: FundingBody = Field(default_factory=FundingBody)
    payment_method: Annotated[PaymentMethod, Field(strict=False)] | None = Field(
        default=None, description="How positions are paid. Left out: `bank_file` in EUR, else `by_hand`."
    )
    exchange_rates: ExchangeRates = Field(default_factory=list)
    plan: PlanBody
    reason: Reason


class AgreedReply(ReplyBody):
    """What terms say."""

    effective_from: Instant
    earn_points: PointsCount
    earn_per_cents: int
    issue_price_micros: PriceMicros
    redeem_price_micros: PriceMicros
    expiry_months: int
    waiting_days: int
    late_days: int
    answer_days: int
    cashback_bps: int
    commission_bps: CommissionBps
    breakage_share_bps: BreakageShareBps
    cashback_expiry_months: Annotated[int | None, Field(description="Null: cashback never expires.")]
    cashback_breakage_share_bps: CashbackBreakageShareBps
    funding: FundingBody
    payment_method: PaymentMethod
    exchange_rates: ExchangeRates
    plan: PlanBody


class TermsReply(AgreedReply):
    """Agreed terms; each version stays as it is for ever. All amounts are settled in `currency`."""

    partner_id: PartnerId
    version: Annotated[int, Field(ge=1)]
    currency: Currency


class ApprovalReply(ReplyBody):
    """Who agreed to terms, and why."""

    proposal: ProposalNumber
    proposed_by: OperatorId
    approved_by: OperatorId
    approved_at: Instant
    reason: str


class ApprovedTermsReply(TermsReply):
    """Agreed terms, and who agreed; `approval` is null of terms older than two-person approval."""

    approval: ApprovalReply | None


class DecisionReply(ReplyBody):
    """Who approved, rejected or withdrew a proposal, and why."""

    by: OperatorId
    at: Instant
    reason: str


class PartnerProposalReply(ReplyBody):
    """What one operator proposes about a partner, and what became of it."""

    proposal: ProposalNumber
    state: ProposalState
    reason: str
    proposed_by: OperatorId
    proposed_at: Instant
    decision: DecisionReply | None


class ProposalReply(ReplyBody):
    """Proposed terms, and what became of them: `version` is that of the terms, once approved."""

    partner_id: PartnerId
    proposal: ProposalNumber
    state: ProposalState
    terms: AgreedReply
    reason: str
    proposed_by: OperatorId
    proposed_at: Instant
    decision: DecisionReply | None
    version: int | None


class ReasonBody(Body):
    """Why."""

    reason: Reason


class ProposalParams(Params):
    """Which proposal to which partner."""

    partner_id: PartnerId
    proposal: ProposalNumber


class AtParams(Params):
    """At which moment or day."""

    at: MomentOrDay | None = Field(default=None, description="Now, if left out.")


class PartnerAtParams(AtParams):
    """Which partner, and at which moment."""

    partner_id: PartnerId


class OwnTermsReply(ReplyBody):
    """Your terms: the version in force at `at`, if any, and all versions, oldest first."""

    at: Instant
    in_force: TermsReply | None
    versions: list[TermsReply]


class PartnerTermsReply(ReplyBody):
    """A partner's terms: the version in force at `at`, if any; all versions and all proposals, oldest first."""

    at: Instant
    in_force: ApprovedTermsReply | None
    versions: list[ApprovedTermsReply]
    proposals: list[ProposalReply]
