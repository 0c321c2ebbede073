"""What the API takes and answers.

Written by `python -m infra.api_docs` from the API's OpenAPI document: do not edit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

Act = Literal["look_up", "issue", "honour", "undo", "import"]

AdjustmentState = Literal["proposed", "applied", "rejected"]

CardPlace = Literal["note_attribute", "customer_tag", "metafield", "reference_id", "note"]

CaseState = Literal["open", "under_review", "waiting_for_partner", "resolved_by_entry", "refused", "withdrawn"]

Direction = Literal["in", "out", "deposit"]

Format = Literal["csv", "jsonl"]

FundingKind = Literal["postpaid", "prepaid"]

Invoicer = Literal["operator", "stripe"]

Kind = Literal["shopify", "square", "file"]

LegState = Literal["planned", "submitted", "pending", "succeeded", "disputed", "failed", "returned", "reversed"]

New = Literal[
    "key", "terms", "location", "webhook_endpoint", "connection", "upload_link", "case", "adjustment", "payment"
]

Op = Literal[
    "enrol",
    "earn",
    "redeem",
    "reserve",
    "capture",
    "void",
    "return",
    "cancel",
    "adjust",
    "lapse",
    "spend",
    "payout",
    "transfer",
    "join",
    "leave",
    "merge",
    "unmerge",
    "close",
]

Outcome = Literal["amount_differs", "only_ours", "only_theirs", "duplicate", "matched"]

Parting = Literal["asked", "told"]

PartnerState = Literal["invited", "verified", "active", "suspended", "closed"]

PaymentMethod = Literal["bank_file", "stripe", "by_hand"]

Phase = Literal["begun", "done", "refused", "unknown"]

ProposalState = Literal["proposed", "approved", "rejected", "withdrawn"]

ReconciliationState = Literal["awaiting_upload", "comparing", "done", "refused"]

RequestState = Literal["proposed", "applied", "rejected"]

Side = Literal["partner", "network"]

Stage = Literal["calculated", "approved", "collecting", "funded", "partially_funded", "paying", "settled", "aborted"]

Standing = Literal["good", "overdue", "restricted", "suspended_for_payment"]

State = Literal["heard", "planned", "recorded", "not_ours", "unmapped", "dismissed"]

StepKind = Literal[
    "opened", "commented", "claim_changed", "taken_up", "asked", "adjusted", "resolved", "refused", "withdrawn"
]

Tier = Literal["standard", "large"]

What = Literal[
    "open", "end", "confirm", "release", "write_off", "credit", "replace", "backfill", "retry_event", "dismiss_event"
]

WindowState = Literal["open", "closing", "closed", "settling", "settled", "aborted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentOfMonthOut:
    """What an earlier month costs more (or less) than was invoiced for it before."""

    month: str
    """A calendar month in UTC."""
    amount_cents: int
    """Minor units of the currency."""
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentReply:
    """An adjustment and how far it has come; `entry_id` is its journal entry once applied.

    `case` is the issuer's case that it corrects, at the issuer's cost or to its credit; `amount_cents` then
    what is
    taken back of the purchase that the case is about, and `points` what that earned.
    """

    adjustment_id: str
    state: AdjustmentState
    issuer: str
    """The partner's id."""
    points: int
    reason: str
    proposed_by: str
    """Id of an operator's key."""
    proposed_at: datetime
    """RFC 3339 time in UTC."""
    decided_by: str | None
    entry_id: str | None
    case: int | None
    amount_cents: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentsReply:
    """All adjustments, newest first."""

    adjustments: list[AdjustmentReply]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvanceProposalReply:
    """An advance that one operator proposes and another approves."""

    proposal: int
    state: ProposalState
    reason: str
    proposed_by: str
    """Who acted, an operator."""
    proposed_at: datetime
    """RFC 3339 time in UTC."""
    decision: DecisionReply | None
    advanced_cents: int
    """Minor units of the currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvanceReply:
    """What two operators agreed the network advances, and the latest proposal of another amount."""

    currency: str
    """ISO 4217 code, upper case."""
    advanced_cents: int
    """Minor units of the currency."""
    proposal: AdvanceProposalReply | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeOut:
    """What of a cohort was granted, redeemed and expired up to the end of a month."""

    granted: int
    """Points, or minor units of cashback."""
    redeemed: int
    """Points, or minor units of cashback."""
    expired: int
    """Points, or minor units of cashback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedReply:
    """What terms say."""

    effective_from: datetime
    """RFC 3339 time in UTC."""
    earn_points: int
    """Whole points."""
    earn_per_cents: int
    issue_price_micros: int
    """Millionths of a currency unit for one point."""
    redeem_price_micros: int
    """Millionths of a currency unit for one point."""
    expiry_months: int
    waiting_days: int
    late_days: int
    answer_days: int
    cashback_bps: int
    commission_bps: int
    """Hundredths of a percent of what the partner is paid for points it honours, kept by the network."""
    breakage_share_bps: int
    """Hundredths of a percent of the partner's expired points, at its redeem price, that it gets back."""
    cashback_expiry_months: int | None
    """Null: cashback never expires."""
    cashback_breakage_share_bps: int
    """Hundredths of a percent of the partner's expired cashback that it gets back."""
    funding: FundingBody
    payment_method: PaymentMethod
    exchange_rates: list[ExchangeRateBody]
    """What the partner's currency is worth in those of other partners, for comparing prices."""
    plan: PlanBody


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountsOut:
    """Figures of lines. One that the file does not have is 0 on both sides."""

    points: int
    amount_cents: int
    value_cents: int
    cashback_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalReply:
    """Who agreed to terms, and why."""

    proposal: int
    proposed_by: str
    """Who acted, an operator."""
    approved_by: str
    """Who acted, an operator."""
    approved_at: datetime
    """RFC 3339 time in UTC."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedTermsReply:
    """Agreed terms, and who agreed; `approval` is null of terms older than two-person approval."""

    effective_from: datetime
    """RFC 3339 time in UTC."""
    earn_points: int
    """Whole points."""
    earn_per_cents: int
    issue_price_micros: int
    """Millionths of a currency unit for one point."""
    redeem_price_micros: int
    """Millionths of a currency unit for one point."""
    expiry_months: int
    waiting_days: int
    late_days: int
    answer_days: int
    cashback_bps: int
    commission_bps: int
    """Hundredths of a percent of what the partner is paid for points it honours, kept by the network."""
    breakage_share_bps: int
    """Hundredths of a percent of the partner's expired points, at its redeem price, that it gets back."""
    cashback_expiry_months: int | None
    """Null: cashback never expires."""
    cashback_breakage_share_bps: int
    """Hundredths of a percent of the partner's expired cashback that it gets back."""
    funding: FundingBody
    payment_method: PaymentMethod
    exchange_rates: list[ExchangeRateBody]
    """What the partner's currency is worth in those of other partners, for comparing prices."""
    plan: PlanBody
    partner_id: str
    """The partner's id."""
    version: int
    currency: str
    """ISO 4217 code, upper case."""
    approval: ApprovalReply | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPayoutReply:
    """The same, and once it is applied when that was, and what the account held then in that currency."""

    request_id: str
    state: RequestState
    member: str
    card_member: str
    entry_id: str | None
    cashback: MoneyOut
    paid_by: PaymentMethod
    member_account_fingerprint: str | None
    asked_by: str
    """Id of an operator's key."""
    asked_at: datetime
    """RFC 3339 time in UTC."""
    decided_by: str | None
    recorded_at: datetime | None
    cashback_balance: MoneyOut | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptOut:
    """One attempt to send an event, or that an event was given up without one."""

    at: datetime
    """RFC 3339 time in UTC."""
    event_id: str
    """The same each time the event is sent: `webhook-id`."""
    event_type: str
    """An event type, or `ping`."""
    replay_id: str | None
    attempt: int
    """1 for the first; 0 if none was made."""
    outcome: Literal["delivered", "failed", "dead_lettered"]
    """`failed` is tried again at `next_attempt_at`; `dead_lettered` only by a replay."""
    status: int | None
    """The HTTP status that you answered."""
    error: str | None
    """Why there was no answer, in one word."""
    latency_ms: int
    response: str
    """The first characters of what you answered."""
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptsReply:
    """A page of the log, newest first."""

    deliveries: list[AttemptOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceOut:
    """An account: `opening` + `debits` - `credits` = `closing`. All accounts of a unit sum to zero."""

    unit: str
    """`points`, or the currency of cashback, which is in minor units."""
    account: str
    opening: int
    """Points, or minor units of cashback."""
    debits: int
    """Points, or minor units of cashback."""
    credits: int
    """Points, or minor units of cashback."""
    closing: int
    """Points, or minor units of cashback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BandBody:
    """Visits of a month up to number `up_to`; null in the last band."""

    up_to: int | None
    flat_fee_cents: int = 0
    """Minor units of the currency."""
    visit_fee_micros: int = 0
    """Millionths of a currency unit for one visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLineOut:
    """`quantity` / `divisor` at `unit_price_micros` each plus `flat_fee_cents`, rounded to whole cents, half a
    cent up.

    The quantity of `locations` is location-days, their `divisor` the days of the month. `minimum`, `cap` and
    `trial`
    are what has to be added to the lines before, or taken off them.
    """

    kind: Literal["locations", "visits", "minimum", "cap", "trial"]
    location_id: str | None
    """Where bands are filled by each location for itself."""
    quantity: int
    divisor: int
    unit_price_micros: int
    """Millionths of a currency unit."""
    flat_fee_cents: int
    """Minor units of the currency."""
    amount_cents: int
    """Minor units of the currency."""
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillReply:
    """What a month costs.

    running: it counts visits posted by now, and open locations to the month's end. closing: the month is over,
    late
    visits of its last hours may still be posted. held: Stripe's invoice waits for the operator to look at a
    difference.
    final: it has been invoiced. By the operator: the figures are those of the invoice. By Stripe: the figures
    are
    counted now, and what they have more than `invoiced_cents` is on the next invoice.
    """

    state: Literal["running", "closing", "held", "final"]
    invoicer: Literal["operator", "stripe"] | None
    """Null if it is not yet known."""
    invoice_number: str | None
    """Of the operator's own invoice."""
    invoiced_cents: int | None
    """Invoiced by Stripe, later items included. Else null."""
    partner_id: str
    """The partner's id."""
    month: str
    """A calendar month in UTC."""
    currency: str
    """ISO 4217 code, upper case."""
    terms_version: int | None
    """Null if the plan is only tried out."""
    location_count: int
    """Locations with at least one location-day."""
    location_days: int
    """Days on which a location was open, by its own calendar."""
    visits: int
    late_visits: int
    """Visits that happened before the month and were reported in it."""
    locations: list[LocationUsageOut]
    lines: list[BillLineOut]
    total_cents: int
    """Minor units of the currency."""
    month_over: bool
    projection: ProjectionOut | None
    """Null once the month is over, and on its first day."""
    spend_alert: SpendAlertOut | None
    """Null if the plan has none, or the bill is final."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledMonthOut:
    """How a month's invoice stands. `troubles` say why it is held, or what is wrong with what was finalised.

    A month of which the operator is the `invoicer` came before the partner's first at Stripe; what becomes
    known of it
    later is billed there.
    """

    month: str
    """A calendar month in UTC."""
    invoicer: Invoicer
    state: Literal["open", "held", "finalised"]
    invoice_id: str | None
    billed_cents: int
    """Minor units of the currency."""
    written_off_cents: int
    """Minor units of the currency."""
    troubles: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingContactReply:
    """Where a partner's invoices are sent; null before anybody has said so, and since it was removed.

    `version` counts the changes.
    """

    partner_id: str
    """The partner's id."""
    email: str | None
    changed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingDecisionReply:
    """A decision, by whose key it was made, and what came of it (null: not yet done, send it again)."""

    decision_id: str
    partner_id: str
    decision: What
    month: str | None
    reason: str
    decided_by: str
    decided_at: datetime
    """RFC 3339 time in UTC."""
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingDecisionsReply:
    """A page of what was decided about a partner, latest first."""

    decisions: list[BillingDecisionReply]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingOverviewReply:
    """A page of the partners billed through Stripe.

    Each with its month that is closed last, the one after it, and older ones against which something stands.
    """

    partners: list[BillingReply]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingReply:
    """A partner billed through Stripe. `last_month` is null while it goes on.

    `parting` of who leaves at once: `asked` until Stripe counts all that it used, then `told`.
    """

    partner_id: str
    """The partner's id."""
    standing: Standing
    standing_since: datetime | None
    late_cents: int
    """Minor units of the currency."""
    steps: list[PaymentStepOut]
    customer_id: str
    subscription_id: str | None
    first_month: str
    """A calendar month in UTC."""
    last_month: str | None
    parting: Parting | None
    months: list[BilledMonthOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookOut:
    """That the books of a month are closed. They never change."""

    month: str
    """A calendar month in UTC."""
    closed_at: datetime
    """RFC 3339 time in UTC."""
    digest: str
    """SHA-256 of the books as canonical JSON."""
    contradictions: list[str]
    """In what the books contradict accounts, pages, or the month before; empty if they hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookReply:
    """The books of a month."""

    month: str
    """A calendar month in UTC."""
    closed_at: datetime
    """RFC 3339 time in UTC."""
    digest: str
    """SHA-256 of the books as canonical JSON."""
    contradictions: list[str]
    """In what the books contradict accounts, pages, or the month before; empty if they hold."""
    members: int
    entries: int
    totals: list[TotalRollOut]
    """Points and cashback of all issuers, by currency; none with `issuer`."""
    issuers: list[IssuerRollOut]
    cohorts: list[CohortRollOut]
    matrix: list[HonouredOut]
    trial_balance: list[BalanceOut]
    valuation: ValuationOut | None
    """Null in books of the first format."""
    breakage: BreakageOut
    money: MonthMoneyOut | None
    """Null in books that were closed before it was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingBody:
    """A booking in the bank's statement of account, by what tells it from others of that payment the same way."""

    name: str
    """The bank's own reference."""
    on: date | None = None
    """The bank's day, tomorrow (UTC) at the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksReply:
    """A page of months, newest first."""

    books: list[BookOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakageOut:
    """The triangle, and by which method and version of it the estimates were made."""

    method: str
    version: int
    cohorts: list[DevelopedOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledReply:
    """Points or cashback given back; `value` is what the till had taken off the receipt for them."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    points: int
    """Whole points."""
    points_restored: int
    """Whole points."""
    points_lapsed: int
    """Had expired since they were redeemed, and stay expired."""
    points_balance: int
    """Whole points."""
    value: MoneyOut
    cashback_restored: MoneyOut
    cashback_lapsed: MoneyOut
    """Had expired since it was redeemed, and stays expired."""
    cashback_balance: MoneyOut


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedReply:
    """The points taken, at the value promised when they were set aside."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    visit: bool
    """Whether this entry made its receipt a loyalty visit; later ones of the receipt did not."""
    points: int
    """Whole points."""
    points_released: int
    """Whole points."""
    points_balance: int
    """Whole points."""
    value: MoneyOut


@dataclass(frozen=True, slots=True, kw_only=True)
class CardReply:
    """What a card holds, whoever granted it."""

    card_number: str
    """16 digits."""
    points_balance: int
    """Can be spent now, at any partner."""
    points_pending: int
    """Can be spent when their waiting period is over."""
    points_held: int
    """Reserved at a till."""
    points_owed: int
    """Spent before their purchase was returned; later points repay them."""
    expiring: list[ExpiringPoints]
    """All points of the balance, soonest expiry first."""
    cashback: list[CashbackOut]
    """One for each currency in which there is any."""
    shared_with: int
    """Other cards that use the same points: of the household, and merged ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSourceBody:
    """Where a sale carries the card's number. `name` is given for a note attribute, customer tag or metafield."""

    place: Literal["note_attribute", "customer_tag", "metafield", "reference_id", "note"]
    name: str = ""
    """The attribute's name, the beginning of the tag, or namespace.key of the metafield."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSourceOut:
    """Where a sale carries the card's number."""

    place: CardPlace
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReply:
    """A case with all that was done about it, oldest first."""

    case: int
    """1, 2, ... of the partner."""
    partner_id: str
    """The partner's id."""
    state: CaseState
    text: str
    window: int | None
    entry_id: str | None
    reconciliation: int | None
    difference: int | None
    claim: QuantitiesOut
    opened_at: datetime
    """RFC 3339 time in UTC."""
    due_at: datetime
    """RFC 3339 time in UTC."""
    overdue: bool
    waiting_on: Side | None
    adjustment_id: str | None
    corrected_by: str | None
    agreed: QuantitiesOut | None
    steps: list[StepOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """A case and how it stands.

    `waiting_on` is whose turn it is until `due_at`, null once it has ended. `entry_id` is what it is about;
    `corrected_by` is the entry that ended it, which carries what was `agreed`.
    """

    case: int
    """1, 2, ... of the partner."""
    partner_id: str
    """The partner's id."""
    state: CaseState
    text: str
    window: int | None
    entry_id: str | None
    reconciliation: int | None
    difference: int | None
    claim: QuantitiesOut
    opened_at: datetime
    """RFC 3339 time in UTC."""
    due_at: datetime
    """RFC 3339 time in UTC."""
    overdue: bool
    waiting_on: Side | None
    adjustment_id: str | None
    corrected_by: str | None
    agreed: QuantitiesOut | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesReply:
    """A page of cases, newest first. A page may be shorter than `limit`, or empty, before the last one."""

    cases: list[CaseSummary]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashbackFlowOut:
    """What became of one issuer's cashback in the period, anywhere in the network, undone subtracted.

    Members hold issued + adjusted - redeemed - paid out - forfeited - expired more than before.
    """

    currency: str
    """ISO 4217 code, upper case."""
    issued_cents: int
    """Minor units of the currency; negative if more was undone than done."""
    redeemed_cents: int
    """Minor units of the currency; negative if more was undone than done."""
    paid_out_cents: int
    """Minor units of the currency; negative if more was undone than done."""
    forfeited_cents: int
    """Held by accounts when they were closed."""
    owed_cents: int
    """By how much members' debts grew: cashback that a return took back after it was spent."""
    written_off_cents: int
    """Owed by accounts when they were closed."""
    adjusted_cents: int
    """Given back to the issuer for a case after it was spent: the network bears it."""
    expired_cents: int
    """Not spent or paid out by the end of its month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashbackOut:
    """A card's cashback in one currency."""

    balance: MoneyOut
    """Can be spent now, wherever this currency is taken."""
    pending: MoneyOut
    """Can be spent when its waiting period is over."""
    owed: MoneyOut
    """Spent before its purchase was returned; later cashback repays it."""
    expiring: list[ExpiringCashback]
    """What of the balance expires, soonest first; the rest of it never does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashbackRedeemedReply:
    """The cashback taken: the till takes as much off the receipt."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    visit: bool
    """Whether this entry made its receipt a loyalty visit; later ones of the receipt did not."""
    cashback: MoneyOut
    cashback_balance: MoneyOut


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimBody:
    """By how much the books are to change for the customer: negative takes back. What is left out stays as it is."""

    points: int = 0
    amount_cents: int = 0
    """Purchases recorded, or, negative, returned."""
    cashback_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedReply:
    """What was lost to the customer, and what the customer owed and need not repay."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    points_forfeited: int
    """Whole points."""
    cashback_forfeited: list[MoneyOut]
    """By currency."""
    points_written_off: int
    """Whole points."""
    cashback_written_off: list[MoneyOut]
    """By currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRollOut:
    """The same of what runs out on one day."""

    unit: str
    """`points`, or the currency of cashback, which is in minor units."""
    opening: int
    """Points, or minor units of cashback."""
    issued: int
    """Points, or minor units of cashback."""
    taken_back: int
    """Points, or minor units of cashback."""
    redeemed: int
    """Points, or minor units of cashback."""
    given_back: int
    """Points, or minor units of cashback."""
    expired: int
    """Points, or minor units of cashback."""
    adjusted: int
    """Points, or minor units of cashback."""
    moved: int
    """Points, or minor units of cashback."""
    closing: int
    """Points, or minor units of cashback."""
    currency: str | None
    """Of the amounts: of the issuer's books, of the partner that came first for points of `network`. As all
    amounts but the closing's, null in books of the first format.
    """
    opening_micros: int | None
    """Millionths of a unit of `currency`."""
    issued_micros: int | None
    """Millionths of a unit of `currency`."""
    taken_back_micros: int | None
    """Millionths of a unit of `currency`."""
    redeemed_micros: int | None
    """Millionths of a unit of `currency`."""
    given_back_micros: int | None
    """Millionths of a unit of `currency`."""
    expired_micros: int | None
    """Millionths of a unit of `currency`."""
    adjusted_micros: int | None
    """Millionths of a unit of `currency`."""
    moved_micros: int | None
    """Millionths of a unit of `currency`."""
    repriced_micros: int | None
    """By how much the opening is worth more or less than a month before, in micros."""
    closing_micros: int
    """`closing` at the price of `valuation`, cashback at par: millionths of a currency unit."""
    issuer: str
    """The partner's id."""
    runs_out: str
    """The day after which they expire, or `never`. `owed` are members' debts, which have no such day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollateralProposalReply:
    """Collateral that one operator proposes and another approves."""

    proposal: int
    state: ProposalState
    reason: str
    proposed_by: str
    """Who acted, an operator."""
    proposed_at: datetime
    """RFC 3339 time in UTC."""
    decision: DecisionReply | None
    held_cents: int
    """Minor units of the currency."""
    guarantee_cents: int
    """What of it is a guarantee: promised, and not in the deposit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollateralReply:
    """What two operators agreed is held, what was taken since, and the latest proposal of another amount."""

    partner_id: str
    """The partner's id."""
    currency: str
    """ISO 4217 code, upper case."""
    held_cents: int
    """Minor units of the currency."""
    guarantee_cents: int
    """What of it is a guarantee: promised, and not in the deposit."""
    taken: list[TakenReply]
    left_cents: int
    """What a default may take now."""
    proposal: CollateralProposalReply | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReply:
    """A connection. It hears once it has a secret, until it is disabled."""

    connection_id: str
    """The connection's id."""
    kind: Kind
    account: str
    card_source: CardSourceOut | None
    locations: dict[str, Any]
    created_at: datetime
    """RFC 3339 time in UTC."""
    disabled_at: datetime | None
    secrets: list[SecretOut]
    unmapped: int
    """How many items wait in its queue; 100 are that many or more."""
    without_card: int
    """How many of its sales of the last 30 days named no card, as far as was read; 100 are that many or more. If
    that is most of them, `card_source` may be wrong.
    """
    webhook_path: str | None
    """Where the vendor is to send its events on this host; null for files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionsReply:
    """All connections, oldest first."""

    connections: list[ConnectionReply]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedEntriesReply:
    """Entries under a charge; of all pages together the quantities sum to the charge's."""

    charge: StatementChargeOut
    entries: list[CountedEntryOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedEntryOut:
    """An entry under a figure. Of one at another partner, in which points of yours ran out, only the day is told."""

    day: date
    """A day in UTC."""
    quantity: int
    """By how much it adds to the charge's quantity."""
    entry_id: str | None
    recorded_at: datetime | None
    location_id: str | None
    receipt: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialReply:
    """What is known of a credential. Its text is not."""

    key_id: str
    """The id, the part after tso_live_ or tsk_live_."""
    operator_id: str
    """The operator's id."""
    created_at: datetime
    """RFC 3339 time in UTC."""
    expires_at: datetime | None
    revoked_at: datetime | None
    issued_by: str | None
    """null: who has the rights of the AWS account."""
    confirmed_by: str | None
    waits: bool
    """Whether it signs nobody in: its owner has not replaced it, or no second admin has confirmed it."""
    replaces: str | None
    """The credential that its owner has replaced by this one."""
    replaced_by: str | None
    """The credential by which its owner has replaced it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsReply:
    """A page of an operator's credentials, in the order they were issued."""

    credentials: list[CredentialReply]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyAgedOut:
    """What all partners of a currency owe."""

    not_due_cents: int
    """Minor units of the currency."""
    days_1_30_cents: int
    """Minor units of the currency."""
    days_31_60_cents: int
    """Minor units of the currency."""
    days_61_90_cents: int
    """Minor units of the currency."""
    days_over_90_cents: int
    """Minor units of the currency."""
    total_cents: int
    """Minor units of the currency."""
    currency: str
    """ISO 4217 code, upper case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyTotalOut:
    """All positions in a currency; with the network's they sum to zero, in micros and in cents."""

    currency: str
    """ISO 4217 code, upper case."""
    parties: int
    """How many have a position, the network included."""
    owed_cents: int
    """What all that owe something owe together, which is what the others are owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionReply:
    """Who approved, rejected or withdrew a proposal, and why."""

    by: str
    """Who acted, an operator."""
    at: datetime
    """RFC 3339 time in UTC."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultOut:
    """That a settlement goes on without a debtor (`in_force`), or that this waits for another operator's approval.

    `decided_by` are who answers for it; earlier ones one person had decided, and of the first it is not known
    who.
    """

    party: str
    """A partner's id, `members`, to whom the network pays cashback out, or `network`."""
    in_force: bool
    collateral_cents: int
    """Minor units of the currency."""
    write_off_cents: int
    """Minor units of the currency."""
    decided_by: list[str]
    proposal: PartnerProposalReply | None
    """The latest; null of what one person had decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartedReply:
    """What the card holds now, by itself."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    points: int
    """Whole points."""
    points_balance: int
    """Whole points."""
    points_pending: int
    """Of the card's own earlier purchases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopedOut:
    """A cohort from its first month on, one of `ages` for each month.

    `estimated_breakage` is what will have expired in the end; null where too little is known.
    """

    issuer: str
    """The partner's id."""
    unit: str
    """`points`, or the currency of cashback, which is in minor units."""
    runs_out: str
    """The day after which they expire, or `never`. `owed` are members' debts, which have no such day."""
    ages: list[AgeOut]
    ended: bool
    estimated_breakage: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceOut:
    """A difference. `line` is that of the file; `entry_id` is our entry, or else the one that the file named."""

    difference: int
    """1, 2, ... of the result."""
    outcome: Outcome
    kind: str
    entry_id: str | None
    location: str | None
    receipt: str | None
    line: int | None
    their_kind: str | None
    """The kind of your line, if it is another than that of our entry."""
    ours: AmountsOut | None
    theirs: AmountsOut | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencesReply:
    """A page of differences, by number."""

    differences: list[DifferenceOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputesReply:
    """The cases of these differences; `next` if there are more.

    `existing` of them were there before, and `changed` of those claim something else since.
    """

    cases: list[CaseSummary]
    existing: int
    changed: int
    next: int | None
    """Send it as `above` for the next ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointReply:
    """A webhook endpoint."""

    endpoint_id: str
    """The endpoint's id."""
    url: str
    """An https URL of a public domain name, on port 443."""
    event_types: list[
        Literal[
            "member.enrolled",
            "points.earned",
            "points.redeemed",
            "points.reserved",
            "points.captured",
            "points.voided",
            "points.transferred",
            "purchase.returned",
            "redemption.cancelled",
            "cashback.spent",
            "household.joined",
            "household.left",
            "invoice.issued",
            "case.updated",
        ]
    ]
    """What the endpoint is told of."""
    enabled: bool
    disabled_because: Literal["by_you", "failing", "gone", "partner_closed"] | None
    """`by_you`; `failing`: nothing arrived for three days; `gone`: it answered 410; `partner_closed`: your
    contract has ended.
    """
    created_at: datetime
    """RFC 3339 time in UTC."""
    second_secret_until: datetime | None
    """Until then the secret before the newest one signs too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointWithSecretReply:
    """A webhook endpoint with its newest secret."""

    endpoint_id: str
    """The endpoint's id."""
    url: str
    """An https URL of a public domain name, on port 443."""
    event_types: list[
        Literal[
            "member.enrolled",
            "points.earned",
            "points.redeemed",
            "points.reserved",
            "points.captured",
            "points.voided",
            "points.transferred",
            "purchase.returned",
            "redemption.cancelled",
            "cashback.spent",
            "household.joined",
            "household.left",
            "invoice.issued",
            "case.updated",
        ]
    ]
    """What the endpoint is told of."""
    enabled: bool
    disabled_because: Literal["by_you", "failing", "gone", "partner_closed"] | None
    """`by_you`; `failing`: nothing arrived for three days; `gone`: it answered 410; `partner_closed`: your
    contract has ended.
    """
    created_at: datetime
    """RFC 3339 time in UTC."""
    second_secret_until: datetime | None
    """Until then the secret before the newest one signs too."""
    secret: str
    """Signs what is sent, see Standard Webhooks. Shown this once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointsReply:
    """Your webhook endpoints, in order of creation."""

    endpoints: list[EndpointReply]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledReply:
    """The new member's card."""

    card_number: str
    """16 digits."""
    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    visit: bool
    """Whether this entry made its receipt a loyalty visit; later ones of the receipt did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesReply:
    """A page of entries. A page may be shorter than `limit`, or empty, before the last one."""

    entries: list[EntryOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOut:
    """What happened at one of your tills. `total` belongs to purchases and returns, `value` to redemptions."""

    entry_id: str
    """The journal entry's id."""
    op: Op
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    occurred_at: datetime
    """RFC 3339 time in UTC."""
    location_id: str
    receipt: str | None
    points: int
    """Granted, taken, held, released, taken or given back, or moved, as `op` says; of an `adjust`, which corrects
    a case of yours, negative if they were taken.
    """
    cashback: MoneyOut | None
    """Granted, taken, taken or given back, as `op` says."""
    price_micros: int | None
    """Millionths of a currency unit that you pay for each point granted, or are paid for each taken."""
    total: MoneyOut | None
    value: MoneyOut | None
    visit: bool
    """Whether this entry made its receipt a loyalty visit; later ones of the receipt did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedReply:
    """How many events were erased."""

    erased: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRateBody:
    """What one unit of the partner's currency is worth in another, in billionths of a unit."""

    currency: str
    """ISO 4217 code, upper case."""
    nanos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringCashback:
    """Cashback that expires together."""

    cashback: MoneyOut
    last_day: date
    """The last day, in UTC, on which it can be spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringPoints:
    """Points that expire together."""

    points: int
    """Whole points."""
    last_day: date
    """The last day, in UTC, on which these points can be spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowOut:
    """What became of one issuer's points, null if none moved, and of its cashback, by currency."""

    issuer: str
    """The partner's id."""
    points_flow: PointsFlowOut | None
    cashback_flows: list[CashbackFlowOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowsReply:
    """A page of issuers, by id."""

    flows: list[FlowOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingBody:
    """How far the partner may go in granting. `net_debit_cap_cents` limits what a postpaid partner may owe."""

    kind: FundingKind = "postpaid"
    net_debit_cap_cents: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrossLineOut:
    """All points, or all cashback, that moved one way at one price, undone ones subtracted.

    `acceptor` is who took them, null for what was issued.
    """

    currency: str
    """ISO 4217 code, upper case."""
    kind: Literal[
        "issued",
        "redeemed",
        "cashback_issued",
        "cashback_redeemed",
        "cashback_paid_out",
        "commission",
        "breakage_share",
        "cashback_breakage_share",
        "carried",
    ]
    issuer: str
    """The partner's id."""
    acceptor: str | None
    price_micros: int
    """Of a point, or of a cent of cashback: 10,000, which is par."""
    points: int | None
    """Null for cashback and for what is carried."""
    cashback_cents: int | None
    """Null for points and for what is carried."""
    amount_micros: int
    """Millionths of a currency unit; positive is owed to the party, negative by it."""
    rate_bps: int | None
    """Of a commission or breakage share, hundredths of a percent."""
    sources: list[SourceOut]
    """The days whose entries the line comes from."""
    reference: str | None
    """Of what is carried from an earlier settlement: why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReply:
    """The API answers."""

    status: Literal["ok"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReply:
    """A hold: capture or void it before `expires_at`."""

    entry_id: str
    """Names the hold."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    expires_at: datetime
    """RFC 3339 time in UTC."""
    points: int
    """Whole points."""
    points_balance: int
    """Whole points."""
    value: MoneyOut


@dataclass(frozen=True, slots=True, kw_only=True)
class HonouredOut:
    """What `acceptor` honoured of `issuer` in the month, less what was cancelled. `network` paid cashback out."""

    issuer: str
    """The partner's id."""
    unit: str
    """`points`, or the currency of cashback, which is in minor units."""
    acceptor: str
    quantity: int
    """Points, or minor units of cashback."""
    currency: str | None
    """In which that is paid; null in books of the first format."""
    paid_micros: int | None
    """What that comes to at the price of each entry, before commission: micros, null likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InTransitOut:
    """A payment that the bank had booked then and nobody had recorded, or the other way round."""

    currency: str
    """ISO 4217 code, upper case."""
    payment: str
    """Its key."""
    state: str
    amount_cents: int
    """Positive is what the account had more than was recorded."""
    booked_on: date | None
    """The bank's day; null if it is not known."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePaymentReply:
    """The same, and who recorded it, when and why."""

    payment_id: str
    amount_cents: int
    """Minor units of the currency."""
    day: date
    """A day in UTC."""
    reference: str | None
    reverses: str | None
    recorded_by: str
    """Who acted, an operator."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceReply:
    """Your invoice of a month, with what you paid for it: `payments` as they were recorded, oldest first."""

    number: str
    """Unique in the network."""
    partner_id: str
    """The partner's id."""
    month: str
    """A calendar month in UTC."""
    issued_at: datetime
    """RFC 3339 time in UTC."""
    currency: str
    """ISO 4217 code, upper case."""
    total_cents: int
    """Minor units of the currency."""
    status: Literal["open", "part_paid", "paid", "overdue", "credit"]
    due_at: datetime | None
    """Null where there is nothing to pay."""
    paid_cents: int
    """Minor units of the currency."""
    open_cents: int
    """Minor units of the currency."""
    partner_name: str
    bill: BillReply
    adjustments: list[AdjustmentOfMonthOut]
    payments: list[OwnInvoicePaymentOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSummaryOut:
    """An invoice in one line, and how it stands now; a negative total is a credit.

    `overdue`: something is open after `due_at`, however much was paid. `open_cents` is what is left to pay.
    """

    number: str
    """Unique in the network."""
    partner_id: str
    """The partner's id."""
    month: str
    """A calendar month in UTC."""
    issued_at: datetime
    """RFC 3339 time in UTC."""
    currency: str
    """ISO 4217 code, upper case."""
    total_cents: int
    """Minor units of the currency."""
    status: Literal["open", "part_paid", "paid", "overdue", "credit"]
    due_at: datetime | None
    """Null where there is nothing to pay."""
    paid_cents: int
    """Minor units of the currency."""
    open_cents: int
    """Minor units of the currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicesReply:
    """A page of invoices, newest first."""

    invoices: list[InvoiceSummaryOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCredentialReply:
    """A new credential. `credential` is shown this once and stored nowhere."""

    key_id: str
    """The id, the part after tso_live_ or tsk_live_."""
    operator_id: str
    """The operator's id."""
    created_at: datetime
    """RFC 3339 time in UTC."""
    expires_at: datetime | None
    revoked_at: datetime | None
    issued_by: str | None
    """null: who has the rights of the AWS account."""
    confirmed_by: str | None
    waits: bool
    """Whether it signs nobody in: its owner has not replaced it, or no second admin has confirmed it."""
    replaces: str | None
    """The credential that its owner has replaced by this one."""
    replaced_by: str | None
    """The credential by which its owner has replaced it."""
    credential: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedKeyReply:
    """A new key. `api_key` is shown this once and stored nowhere."""

    key_id: str
    """The key's id, the part after tsk_live_ or tsk_test_."""
    partner_id: str
    """The partner's id."""
    scopes: list[str]
    live: bool
    """False on a deployment for tests: tsk_test_..."""
    allowed_networks: list[str]
    created_at: datetime
    """RFC 3339 time in UTC."""
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    """To the hour; null: never."""
    replaces: str | None
    """The key in whose place this one was issued."""
    replaced_by: str | None
    """The key that was issued in its place."""
    api_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerRollOut:
    """What is owed of what one issuer granted."""

    unit: str
    """`points`, or the currency of cashback, which is in minor units."""
    opening: int
    """Points, or minor units of cashback."""
    issued: int
    """Points, or minor units of cashback."""
    taken_back: int
    """Points, or minor units of cashback."""
    redeemed: int
    """Points, or minor units of cashback."""
    given_back: int
    """Points, or minor units of cashback."""
    expired: int
    """Points, or minor units of cashback."""
    adjusted: int
    """Points, or minor units of cashback."""
    moved: int
    """Points, or minor units of cashback."""
    closing: int
    """Points, or minor units of cashback."""
    currency: str | None
    """Of the amounts: of the issuer's books, of the partner that came first for points of `network`. As all
    amounts but the closing's, null in books of the first format.
    """
    opening_micros: int | None
    """Millionths of a unit of `currency`."""
    issued_micros: int | None
    """Millionths of a unit of `currency`."""
    taken_back_micros: int | None
    """Millionths of a unit of `currency`."""
    redeemed_micros: int | None
    """Millionths of a unit of `currency`."""
    given_back_micros: int | None
    """Millionths of a unit of `currency`."""
    expired_micros: int | None
    """Millionths of a unit of `currency`."""
    adjusted_micros: int | None
    """Millionths of a unit of `currency`."""
    moved_micros: int | None
    """Millionths of a unit of `currency`."""
    repriced_micros: int | None
    """By how much the opening is worth more or less than a month before, in micros."""
    closing_micros: int
    """`closing` at the price of `valuation`, cashback at par: millionths of a currency unit."""
    issuer: str
    """The partner's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedReply:
    """The points that the card brought along, and the household's with them."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    points: int
    """Whole points."""
    points_balance: int
    """The household's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyReply:
    """What is known of a key. Its text is not."""

    key_id: str
    """The key's id, the part after tsk_live_ or tsk_test_."""
    partner_id: str
    """The partner's id."""
    scopes: list[str]
    live: bool
    """False on a deployment for tests: tsk_test_..."""
    allowed_networks: list[str]
    created_at: datetime
    """RFC 3339 time in UTC."""
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    """To the hour; null: never."""
    replaces: str | None
    """The key in whose place this one was issued."""
    replaced_by: str | None
    """The key that was issued in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysReply:
    """A page of keys, in the order they were issued."""

    keys: list[KeyReply]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegOut:
    """A payment, collected from (`in`) or paid to (`out`) a party, and all that became of it; or what was taken
    from
    what the party has paid in (`deposit`).
    """

    key: str
    """A payment's key or end-to-end id."""
    end_to_end_id: str
    """The key as the bank has it."""
    party: str
    """A partner's id, `members`, to whom the network pays cashback out, or `network`."""
    payout: str | None
    """The entry of the payout that a member is paid, of `members` alone."""
    method: PaymentMethod | None
    """How the money is moved; null of what is taken from a deposit."""
    account: str | None
    """Through Stripe: the customer or connected account there."""
    recalled: bool
    """It is to be called off at Stripe, unless it is paid before."""
    direction: Direction
    attempt: int
    amount_cents: int
    state: LegState
    rests_on: list[str]
    """By whose word money is there or is to be paid again: of who recorded that it succeeded or was paid in, or,
    of a payout, that it did not arrive or came back. None of them pays creditors by that alone.
    """
    confirmed_by: list[str]
    """Who else has said that it is in this state."""
    history: list[LegStepOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegStepOut:
    """That a payment came into a state."""

    state: LegState
    at: datetime
    """RFC 3339 time in UTC."""
    by: str
    """Who answers for it."""
    reference: str
    """The bank's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOutcome:
    """What became of one line: the status and body that it would have got alone."""

    line: int
    """Its place in the request, from 0."""
    status: int
    replayed: bool
    """Whether an earlier delivery had recorded it."""
    purchase: PurchasedReply | None
    problem: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesFileReply:
    """Where the file of the lines can be fetched, without a key, until it expires."""

    url: str
    expires_at: datetime
    """RFC 3339 time in UTC."""
    form: Literal["jsonl", "csv"]
    """`jsonl`, with which the statement is checked, or `csv` for a spreadsheet."""
    lines: int
    """How many it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReply:
    """A URL that works for a while without a key: PUT a file there, or GET one."""

    url: str
    expires_at: datetime
    """RFC 3339 time in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationReply:
    """A store or web shop of a partner."""

    partner_id: str
    """The partner's id."""
    location_id: str
    """The partner's own number of the store."""
    name: str
    time_zone: str
    """IANA time zone."""
    opened_at: datetime
    """RFC 3339 time in UTC."""
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationUsageOut:
    """What one location had in the month."""

    location_id: str
    location_days: int
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationsReply:
    """A page of a partner's locations, by id."""

    locations: list[LocationReply]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAccountProposalReply:
    """Members that one operator proposes and another approves."""

    proposal: int
    state: ProposalState
    reason: str
    proposed_by: str
    """Who acted, an operator."""
    proposed_at: datetime
    """RFC 3339 time in UTC."""
    decision: DecisionReply | None
    members: list[str]
    """Each as the ids of its payouts begin, up to the hyphen. None: nobody but who has told it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAccountReply:
    """Who may all be paid at an account, as two operators agreed, and the latest proposal of others."""

    member_account_fingerprint: str
    """Of the IBAN that the member is paid at: SHA-256 of `tessera-iban-v1:` and it. `tessera settlement
    fingerprint` prints it.
    """
    members: list[str]
    """Each as the ids of its payouts begin, up to the hyphen. None: nobody but who has told it."""
    proposal: MemberAccountProposalReply | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedReply:
    """The points that were moved, and the account's with them."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    points: int
    """Whole points."""
    points_balance: int
    """Whole points."""
    reversible_until: datetime
    """RFC 3339 time in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakeOut:
    """What is wrong in a line of the file, and what to do."""

    line: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in minor units of a currency."""

    amount_cents: int
    """Minor units of the currency."""
    currency: str
    """ISO 4217 code, upper case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyAccountOut:
    """An account of money: what a partner owes is a debit."""

    currency: str
    """ISO 4217 code, upper case."""
    account: str
    """A partner's id, `members`, `network`, `(bank)`, `(collateral)`, `(deposits)`, `(advances)`, `(write-offs)`,
    or `(in transit)`.
    """
    debits_cents: int
    """Minor units of the currency."""
    credits_cents: int
    """Minor units of the currency."""
    balance_cents: int
    """Debits less credits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyBalanceReply:
    """Every account of money at `as_of`, and in words what contradicts them."""

    as_of: datetime
    """RFC 3339 time in UTC."""
    accounts: list[MoneyAccountOut]
    in_transit: list[InTransitOut]
    contradictions: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyOut:
    """An amount in minor units of a currency."""

    amount_cents: int
    """Minor units of the currency."""
    currency: str
    """ISO 4217 code, upper case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthAccountOut:
    """An account of money over a month: opening, what was recorded late and what moved come to the closing."""

    currency: str
    """ISO 4217 code, upper case."""
    account: str
    opening_cents: int
    """What the month before closed with."""
    recorded_late_cents: int
    """By how much that is another now: by what the bank had booked and nobody had recorded."""
    moved_cents: int
    """Minor units of the currency."""
    debits_cents: int
    """Since the beginning of all."""
    credits_cents: int
    """Since the beginning of all."""
    closing_cents: int
    """Debits less credits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthMoneyOut:
    """The trial balance of money of the month's end, as it was kept when the month was closed."""

    as_of: datetime
    """RFC 3339 time in UTC."""
    digest: str
    """The SHA-256 of its document."""
    accounts: list[MonthAccountOut]
    in_transit: list[InTransitOut]
    """What `(in transit)` is at the closing, payment by payment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedTokenReply:
    """A new token. `token` is shown this once and stored nowhere."""

    token_id: str
    """The id, the part after tso_live_ or tsk_live_."""
    operator_id: str
    """The operator's id."""
    created_at: datetime
    """RFC 3339 time in UTC."""
    expires_at: datetime | None
    revoked_at: datetime | None
    token: str
    roles: list[Literal["viewer", "settler", "approver", "admin"]]
    """What the operator may do; see docs/operators.md."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorReply:
    """An operator."""

    operator_id: str
    """The operator's id."""
    name: str
    roles: list[Literal["viewer", "settler", "approver", "admin"]]
    """What the operator may do; see docs/operators.md."""
    created_at: datetime
    """RFC 3339 time in UTC."""
    disabled_at: datetime | None
    asked_roles: list[Literal["viewer", "settler", "approver", "admin"]] | None
    """What the roles are to be once a second admin asks for the same."""
    asked_by: str | None
    """Who asked for them first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorsReply:
    """A page of operators, by id."""

    operators: list[OperatorReply]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalsReply:
    """Events as their vendor sent them. Their order says nothing."""

    events: list[ReceivedEventReply]
    next_after: str | None
    """If there are more: ask again with this as `after`. Else null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeBody:
    """What the bank says of a payment.

    With a `booking`: money has gone the payment's way (`succeeded`) or back (`failed`, `returned`, `reversed`).
    Each
    booking counts once, in whatever order they come. One that can't be of a payment which is made once, and
    comes back
    once at most, is not refused: it stands in `troubles`. Of one that is `pending` nothing is booked yet.

    Without one, what the payment can't come to any more is refused, or stands in `troubles` as well.
    """

    leg: str
    """A payment's key or end-to-end id."""
    state: Literal["pending", "succeeded", "failed", "returned", "reversed"]
    reference: str = ""
    """The bank's own."""
    booking: BookingBody | None = None
    if_contradicting: Literal["refuse", "trouble"] = "refuse"
    """Of an outcome without `booking` that contradicts what is recorded: `refuse` the whole request (`leg_state`),
    or take all else and note this as a `trouble` of the payment, once.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedOut:
    """One thing that is owed."""

    reference: str
    """A settlement (`7-USD`), what is carried into a window without one, or an invoice: the number of the
    operator's own, or Stripe's id.
    """
    amount_cents: int
    """Minor units of the currency."""
    due_at: datetime | None
    """Since when it is due; null if it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFundingReply:
    """Your funding: what was agreed on, how you stand (null: not measured yet), and payments, newest first."""

    currency: str
    """ISO 4217 code, upper case."""
    funding: FundingBody
    standing: StandingReply | None
    waiting_cents: int
    """Recorded as paid in, and no part of what may be used before a second person has confirmed it."""
    payments: list[OwnPaymentReply]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnInvoicePaymentOut:
    """Money that came in for an invoice on `day`; negative: a payment that came back, which this `reverses`."""

    payment_id: str
    amount_cents: int
    """Minor units of the currency."""
    day: date
    """A day in UTC."""
    reference: str | None
    reverses: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPaymentReply:
    """A payment. `paid_ahead_cents` is how far the partner was ahead of what it owed after it, as then known.

    While it `waits` for a second person to confirm it, it lifts no limit.
    """

    payment_id: str
    paid_cents: int
    """Minor units of the currency."""
    currency: str
    """ISO 4217 code, upper case."""
    at: datetime
    """RFC 3339 time in UTC."""
    paid_ahead_cents: int
    """Minor units of the currency."""
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPositionReply:
    """Your positions of a closed window; empty if nothing was owed."""

    positions: list[PositionOut]
    lines: list[GrossLineOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""
    window: WindowReply


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTermsReply:
    """Your terms: the version in force at `at`, if any, and all versions, oldest first."""

    at: datetime
    """RFC 3339 time in UTC."""
    in_force: TermsReply | None
    versions: list[TermsReply]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairOut:
    """Points, not cashback, of `payer` that `payee` honoured, and what the one owes the other before netting.

    A party's position is what it receives of these less what it pays. An issuer owes who honours its points and
    cashback what they are paid, and the network the rest of what it was charged for granting.
    """

    currency: str
    """ISO 4217 code, upper case."""
    payer: str
    """A partner's id, `members`, to whom the network pays cashback out, or `network`."""
    payee: str
    """A partner's id, `members`, to whom the network pays cashback out, or `network`."""
    points: int
    """The payer's, that the payee honoured."""
    points_micros: int
    """What the payee is paid for them."""
    amount_micros: int
    """What the payer owes the payee in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsReply:
    """A page of pairs of parties, by payer, currency and payee; who honours what it granted is a pair with itself."""

    pairs: list[PairOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerAgedOut:
    """What a partner owes, and what it consists of, oldest first."""

    not_due_cents: int
    """Minor units of the currency."""
    days_1_30_cents: int
    """Minor units of the currency."""
    days_31_60_cents: int
    """Minor units of the currency."""
    days_61_90_cents: int
    """Minor units of the currency."""
    days_over_90_cents: int
    """Minor units of the currency."""
    total_cents: int
    """Minor units of the currency."""
    partner_id: str
    """The partner's id."""
    currency: str
    """ISO 4217 code, upper case."""
    owed: list[OwedOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerFundingReply:
    """A partner's funding, with who recorded its payments and why."""

    partner_id: str
    """The partner's id."""
    currency: str
    """ISO 4217 code, upper case."""
    funding: FundingBody
    standing: StandingReply | None
    waiting_cents: int
    """Recorded as paid in, and no part of what may be used before a second person has confirmed it."""
    deposit_held_cents: int
    """What it has paid in besides settlements, less what they took of it. No more can be given back."""
    payments: list[PaymentReply]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerInvoiceReply:
    """A partner's invoice of a month, with what it paid for it: `payments` as they were recorded, oldest first."""

    number: str
    """Unique in the network."""
    partner_id: str
    """The partner's id."""
    month: str
    """A calendar month in UTC."""
    issued_at: datetime
    """RFC 3339 time in UTC."""
    currency: str
    """ISO 4217 code, upper case."""
    total_cents: int
    """Minor units of the currency."""
    status: Literal["open", "part_paid", "paid", "overdue", "credit"]
    due_at: datetime | None
    """Null where there is nothing to pay."""
    paid_cents: int
    """Minor units of the currency."""
    open_cents: int
    """Minor units of the currency."""
    partner_name: str
    bill: BillReply
    adjustments: list[AdjustmentOfMonthOut]
    payments: list[InvoicePaymentReply]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerLifeReply:
    """A partner, what its tills may do now, what new it may get, and every change of its state, oldest first.

    A partner that is older than the states of partners is active and has no changes.
    """

    partner_id: str
    """The partner's id."""
    name: str
    currency: str
    """ISO 4217 code, upper case."""
    created_at: datetime
    """RFC 3339 time in UTC."""
    state: PartnerState
    may: list[Act]
    may_get: list[New]
    changes: list[StateChangeReply]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerProposalReply:
    """What one operator proposes about a partner, and what became of it."""

    proposal: int
    state: ProposalState
    reason: str
    proposed_by: str
    """Who acted, an operator."""
    proposed_at: datetime
    """RFC 3339 time in UTC."""
    decision: DecisionReply | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerReply:
    """A partner."""

    partner_id: str
    """The partner's id."""
    name: str
    currency: str
    """ISO 4217 code, upper case."""
    created_at: datetime
    """RFC 3339 time in UTC."""
    state: PartnerState


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerTermsReply:
    """A partner's terms: the version in force at `at`, if any; all versions and all proposals, oldest first."""

    at: datetime
    """RFC 3339 time in UTC."""
    in_force: ApprovedTermsReply | None
    versions: list[ApprovedTermsReply]
    proposals: list[ProposalReply]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnersReply:
    """A page of partners, by id."""

    partners: list[PartnerReply]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyNetOut:
    """A party's position: negative is what it owes. What it is owed since an old default is paid apart."""

    party: str
    """A partner's id, `members`, to whom the network pays cashback out, or `network`."""
    net_cents: int
    """Minor units of the currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeAccountsOut:
    """Where a partner is collected from and paid."""

    customer_id: str | None
    connected_account_id: str | None
    collection: Literal["send_invoice", "charge_automatically"]
    """What it owes is invoiced, or charged to what it has left at Stripe for that."""
    bank_account_fingerprint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeAccountsReply:
    """Where a partner is collected from and paid, and the latest proposal. `version` counts the changes of both."""

    customer_id: str | None
    connected_account_id: str | None
    collection: Literal["send_invoice", "charge_automatically"]
    """What it owes is invoiced, or charged to what it has left at Stripe for that."""
    bank_account_fingerprint: str | None
    partner_id: str
    """The partner's id."""
    proposal: PayeeProposalReply | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeProposalReply:
    """Accounts that one operator proposes and another approves."""

    proposal: int
    state: ProposalState
    reason: str
    proposed_by: str
    """Who acted, an operator."""
    proposed_at: datetime
    """RFC 3339 time in UTC."""
    decision: DecisionReply | None
    accounts: PayeeAccountsOut


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReply:
    """A payment, who recorded it and why, and who confirmed or declined it, if it waited and somebody has."""

    payment_id: str
    paid_cents: int
    """Minor units of the currency."""
    currency: str
    """ISO 4217 code, upper case."""
    at: datetime
    """RFC 3339 time in UTC."""
    paid_ahead_cents: int
    """Minor units of the currency."""
    waits: bool
    partner_id: str
    """The partner's id."""
    by: str
    """Who acted, an operator."""
    reason: str
    confirmed_by: str | None
    declined_by: str | None
    """As much was recorded with the opposite sign with that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStepOut:
    """A change of standing and why."""

    at: datetime
    """RFC 3339 time in UTC."""
    standing: Standing
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutOriginReply:
    """A payout: who asked for it, the second operator if one was needed, and where it goes."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    cashback: MoneyOut
    paid_by: PaymentMethod
    member_account_fingerprint: str | None
    asked_by: str
    """Id of an operator's key."""
    approved_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutReply:
    """The cashback that came back to an account, and what it holds now in that currency."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    cashback: MoneyOut
    cashback_balance: MoneyOut


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRequestReply:
    """A request for a payout and how far it has come: `proposed` waits for a second operator.

    `card_member` is the customer whose card was named: digits 5 to 14 of its number. `member` is the account
    that the
    cashback is taken from: the same, but after a merge or in a household the one that answers. The payout's id
    begins
    so. Once it is `applied`, `entry_id` is that. `paid_by` says whether the money goes by bank file, or you
    move it by
    hand.
    """

    request_id: str
    state: RequestState
    member: str
    card_member: str
    entry_id: str | None
    cashback: MoneyOut
    paid_by: PaymentMethod
    member_account_fingerprint: str | None
    asked_by: str
    """Id of an operator's key."""
    asked_at: datetime
    """RFC 3339 time in UTC."""
    decided_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRequestsReply:
    """Requests for payouts that needed two operators, newest first."""

    requests: list[PayoutRequestReply]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PingReply:
    """A test event on its way."""

    event_id: str
    """The same each time the event is sent: `webhook-id`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBody:
    """What a month costs: a fee for each location, and bands of visits.

    graduated: each visit pays the price of the band it falls in. whole_band: all visits of the month pay
    the price of the one band that their number falls in.
    """

    location_fee_cents: int
    """For a whole month; part of one is charged by the day."""
    mode: Literal["graduated", "whole_band"]
    bands: list[BandBody]
    scope: Literal["pooled", "per_location"] = "pooled"
    """Whose visits fill the bands: those of all locations together, or each one's own."""
    included_visits: int = 0
    """So many visits a month cost nothing, of each location if bands are."""
    minimum_cents: int = 0
    """What a month with a location or a visit costs at least."""
    trial_months: int = 0
    """Months that begin within so long of your first terms are free."""
    trial_until: date | None = None
    """Instead: months that begin before this day are free."""
    spend_alert_cents: int | None = None
    """From this amount on an alert is raised."""
    spend_cap_cents: int | None = None
    """What a month costs at most. Visits go on and are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointPriceOut:
    """What a point costs at most in a currency, and at which partner; null if it can be spent nowhere."""

    currency: str
    """ISO 4217 code, upper case."""
    price_micros: int
    partner_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsFlowOut:
    """What became of one issuer's points in the period, anywhere in the network, undone ones subtracted."""

    points_issued: int
    """Whole points; negative if more was undone than done."""
    points_redeemed: int
    """Whole points; negative if more was undone than done."""
    points_expired: int
    """Whole points."""
    points_adjusted: int
    """By the operator's decision."""
    points_owed: int
    """By how much members' debts grew: points that a return took back after they were spent."""
    points_written_off: int
    """Owed by accounts when they were closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionLinesReply:
    """A party's positions, one a currency, and a page of the lines that they are the sums of.

    Empty if nothing was owed. A page is shorter than `limit` where lines have many sources.
    """

    positions: list[PositionOut]
    lines: list[GrossLineOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionOut:
    """What a party owes (negative) or is owed in a currency: the exact sum of its lines, and that in whole cents."""

    currency: str
    """ISO 4217 code, upper case."""
    party: str
    """A partner's id, `members`, to whom the network pays cashback out, or `network`."""
    net_micros: int
    """Millionths of a currency unit; positive is owed to the party, negative by it."""
    net_cents: int
    """Minor units of the currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionsReply:
    """A page of positions, by currency: partners by id, then members, the network last. Totals are of all pages."""

    totals: list[CurrencyTotalOut]
    positions: list[PositionOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositiveMoney:
    """An amount of a cent or more, in minor units of a currency."""

    amount_cents: int
    """Minor units of the currency."""
    currency: str
    """ISO 4217 code, upper case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedOut:
    """A partner's terms in force at the month's end; null if it had none.

    `honours`: points can be spent there, or could again without new terms.
    """

    partner_id: str
    """The partner's id."""
    currency: str
    """ISO 4217 code, upper case."""
    honours: bool
    terms_version: int | None
    redeem_price_micros: int | None
    exchange_rates: list[RateOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionOut:
    """What the month comes to if visits go on at the rate at which they have come since it began."""

    visits: int
    total_cents: int
    """Minor units of the currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalReply:
    """Proposed terms, and what became of them: `version` is that of the terms, once approved."""

    partner_id: str
    """The partner's id."""
    proposal: int
    state: ProposalState
    terms: AgreedReply
    reason: str
    proposed_by: str
    """Who acted, an operator."""
    proposed_at: datetime
    """RFC 3339 time in UTC."""
    decision: DecisionReply | None
    version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasedReply:
    """The points and the cashback that a purchase granted."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    visit: bool
    """Whether this entry made its receipt a loyalty visit; later ones of the receipt did not."""
    points: int
    """Whole points."""
    points_balance: int
    """Whole points."""
    cashback: MoneyOut
    cashback_balance: MoneyOut
    """What can be spent now wherever this currency is taken."""
    expires_on: date | None
    """Last day of the granted points; null if none were granted."""
    cashback_expires_on: date | None
    """Last day of the granted cashback; null if it never expires, or none was granted."""
    pending_until: datetime | None
    """When what was granted joins the balances; null if it is in them already."""
    explanation: list[str]
    """How the points came about, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasesReply:
    """Every line's outcome, in the order of the request."""

    recorded: int
    """Lines recorded now."""
    replayed: int
    """Lines recorded by an earlier delivery."""
    refused: int
    """Lines with a problem; send those with status 503 again."""
    outcomes: list[LineOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantitiesOut:
    """By how much the books are to change, or have changed, for the customer."""

    points: int
    amount_cents: int
    cashback_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedReply:
    """The points and the cashback that the same purchase would grant now."""

    points: int
    """Whole points."""
    cashback: MoneyOut
    explanation: list[str]
    """How the points came about, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateOut:
    """A unit of the partner's currency is worth so many billionths of a unit of this one."""

    currency: str
    """ISO 4217 code, upper case."""
    nanos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivablesReply:
    """What partners owed to the network at `as_of`. Who owed nothing is left out."""

    as_of: datetime
    """RFC 3339 time in UTC."""
    partners: list[PartnerAgedOut]
    totals: list[CurrencyAgedOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedEventReply:
    """An event that its vendor sent; its signature was verified when it came."""

    headers: dict[str, Any]
    """Those that carry the signature and tell what the event is."""
    body_base64: str
    """What is kept of the body: JSON, in base64."""
    body_sha256: str
    """Of the body as it was sent, to compare with the vendor's own record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationReply:
    """A reconciliation; `upload` while it waits for its file."""

    reconciliation: int
    """1, 2, ... of the partner."""
    state: ReconciliationState
    window: int
    """1, 2, ... in the network."""
    format: Format
    size_bytes: int
    by: str
    """Id of the key that asked for it."""
    asked_at: datetime
    """RFC 3339 time in UTC."""
    ended_at: datetime | None
    mistakes_count: int
    """1,000 stands for that many or more."""
    result: ResultOut | None
    mistakes: list[MistakeOut]
    """The first 100."""
    upload: UploadOut | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationSummary:
    """A reconciliation and how far it is. A file with a mistake is `refused`, and nothing of it was compared."""

    reconciliation: int
    """1, 2, ... of the partner."""
    state: ReconciliationState
    window: int
    """1, 2, ... in the network."""
    format: Format
    size_bytes: int
    by: str
    """Id of the key that asked for it."""
    asked_at: datetime
    """RFC 3339 time in UTC."""
    ended_at: datetime | None
    mistakes_count: int
    """1,000 stands for that many or more."""
    result: ResultOut | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationsReply:
    """Reconciliations, newest first."""

    reconciliations: list[ReconciliationSummary]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOut:
    """One record. An act has two: `begun` before anything is done, then `done`, `refused` or `unknown`.

    `unknown`: the answer was a 503, and it may have been done.
    """

    record_id: str
    """UTC day and number."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    phase: Phase
    of: str | None
    """The record that began what this one ends."""
    by: str
    """Operator, id of the partner's key, or AWS identity of `operator_key`."""
    partner_id: str
    """Whose key it was; `network` for operators."""
    action: str
    """An operationId of this API, or `operator_key`."""
    about: dict[str, Any]
    """What the path named."""
    reason: str | None
    asked: dict[str, Any] | None
    """What the request said."""
    outcome: str | None
    """Code of the refusal, or of the 503."""
    before: dict[str, Any] | None
    """The state before, where there was one."""
    after: dict[str, Any] | None
    """The answer."""
    request_id: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsReply:
    """A page of records, oldest first. A page may be shorter than `limit`, or empty, before the last one."""

    records: list[RecordOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemedReply:
    """The points taken, and what they are worth on this receipt."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    visit: bool
    """Whether this entry made its receipt a loyalty visit; later ones of the receipt did not."""
    points: int
    """Whole points."""
    points_balance: int
    """Whole points."""
    value: MoneyOut


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReply:
    """A replay that has been asked for, of all events between two moments."""

    replay_id: str
    """Names the replay in the log."""
    since: datetime
    """RFC 3339 time in UTC."""
    until: datetime
    """RFC 3339 time in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultOut:
    """What the comparison came to.

    Our lines are `matched`, `amount_differs` or `only_ours`; yours `matched`, `amount_differs`, `only_theirs`
    or
    `duplicate`. `compared` names the figures that the file has; `not_compared` are its lines of kinds that move
    nothing.
    """

    matched: int
    amount_differs: int
    only_ours: int
    only_theirs: int
    duplicate: int
    not_compared: int
    compared: list[str]
    totals: list[TotalOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetriesReply:
    """How many items were put in line again. They leave the queue when they are settled."""

    retried: int
    next_after: str | None
    """If more wait: ask again with this as `after`. Else null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedReply:
    """What the returned part of the purchase had earned is taken back."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    total: MoneyOut
    points_taken_back: int
    """Whole points."""
    points_owed: int
    """Had been spent already: the member's debt to you, which your next points repay."""
    points_balance: int
    """Whole points."""
    cashback_taken_back: MoneyOut
    cashback_owed: MoneyOut
    """Had been spent already: the member's debt to you, which your next cashback repays."""
    cashback_balance: MoneyOut


@dataclass(frozen=True, slots=True, kw_only=True)
class RotatedKeyReply:
    """A new key and the one that it follows. `api_key` is shown this once and stored nowhere."""

    key_id: str
    """The key's id, the part after tsk_live_ or tsk_test_."""
    partner_id: str
    """The partner's id."""
    scopes: list[str]
    live: bool
    """False on a deployment for tests: tsk_test_..."""
    allowed_networks: list[str]
    created_at: datetime
    """RFC 3339 time in UTC."""
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    """To the hour; null: never."""
    replaces: str | None
    """The key in whose place this one was issued."""
    replaced_by: str | None
    """The key that was issued in its place."""
    api_key: str
    predecessor: KeyReply


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretOut:
    """A secret that verifies, without its text. The newest has no end."""

    added_at: datetime
    """RFC 3339 time in UTC."""
    ends_at: datetime | None
    notification_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsideEventOut:
    """An event that had no effect, and why. What it says is kept by Stripe alone, for 30 days."""

    event_id: str
    type: str
    why: str
    first_tried_at: datetime
    """RFC 3339 time in UTC."""
    last_tried_at: datetime
    """RFC 3339 time in UTC."""
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsideEventsReply:
    """A page of the events that had no effect, by id."""

    events: list[SetAsideEventOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementReply:
    """How the positions of a window in a currency are paid, and how far that is."""

    window: int
    """1, 2, ... in the network."""
    currency: str
    """ISO 4217 code, upper case."""
    stage: Stage
    more: bool
    """Paying or aborting it was too much for one request: what was done is kept, and the same request again goes
    on, until this is false. Nobody is paid before `stage` says so. Also while payouts to members that are tried
    again wait for a request to pay.
    """
    network_net_cents: int
    """Minor units of the currency."""
    positions: list[PartyNetOut]
    collected_cents: int
    """From debtors, with collateral of defaulting ones."""
    paid_out_cents: int
    """To creditors, or on its way to them."""
    missing_cents: int
    """Left open by defaulting debtors."""
    defaults: list[DefaultOut]
    legs: list[LegOut]
    troubles: list[TroubleOut]
    history: list[StageStepOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementsReply:
    """The settlements of a window, one a currency."""

    settlements: list[SettlementReply]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureOut:
    """Of "tessera-statement-v1:" followed by the SHA-256 of `statement` as canonical JSON (RFC 8785), hexadecimal."""

    algorithm: Literal["Ed25519"]
    key_id: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOut:
    """What the entries of a partner on a UTC day of recording add to a line: points, or cents of cashback."""

    partner_id: str | None
    """`null` in a position of your own for all other partners together, where points of yours ran out."""
    day: date
    """A day in UTC."""
    quantity: int
    terms_day: date | None
    """Of a commission given back: the day of the redemptions called off, by whose terms it is. Of a breakage
    share: the last day of the month with which the points ran out, likewise. `null` where that is `day`.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendAlertOut:
    """Whether the month costs the plan's `spend_alert_cents`: already, or by its projection."""

    limit_cents: int
    """Minor units of the currency."""
    reached: bool
    expected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStepOut:
    """That the settlement came to a stage."""

    stage: Stage
    at: datetime
    """RFC 3339 time in UTC."""
    by: str
    """Who answers for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingOut:
    """How a partner stands with its invoices: since when, how much is late, and how it came to that."""

    partner_id: str
    """The partner's id."""
    standing: Standing
    standing_since: datetime | None
    late_cents: int
    """Minor units of the currency."""
    steps: list[PaymentStepOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingReply:
    """How a partner stood at `as_of`, by all that was posted then.

    `exposure_cents` is what it owes for what it granted, less what it honoured and paid; negative if it is owed
    or
    has paid ahead. Of `limit_cents` (null: no limit) it has used `used_cents`; near the end of it it is
    `stopped`:
    it can grant nothing. `alert` from 80 % on.
    """

    as_of: datetime
    """RFC 3339 time in UTC."""
    stopped: bool
    alert: bool
    exposure_cents: int
    """Minor units of the currency."""
    limit_cents: int | None
    used_cents: int
    """Minor units of the currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingsReply:
    """A page of the partners of which an invoice was ever late, by id."""

    standings: list[StandingOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChangeReply:
    """A change of a partner's state: who made it, when and why."""

    state: PartnerState
    by: str
    """Who acted, an operator."""
    at: datetime
    """RFC 3339 time in UTC."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementBlockOut:
    """What the lines of a location and day add up to, and the running hash of the lines at its end."""

    lines: int
    visits: int
    sales_cents: int
    """Minor units of the currency."""
    issued_points: int
    """Whole points; negative if more was undone than done."""
    honoured_points: int
    """Whole points; negative if more was undone than done."""
    position_micros: int
    """Millionths of the currency's unit."""
    issued_cashback_cents: int | None = None
    """Left out in formats 1 and 2."""
    honoured_cashback_cents: int | None = None
    """Left out in formats 1 and 2."""
    location: str
    """`*`: all of them, where blocks would be too many."""
    day: date
    """A day in UTC."""
    chain_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementBridgeOut:
    """A step from what the lines, and so locations and days, add up to, to the net position."""

    item: str
    """`lines`, each kind of charge that has no lines, `net`."""
    amount_micros: int
    """Millionths of the currency's unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementChargeOut:
    """A figure of the net position; what it does not have is left out."""

    kind: Literal[
        "issued",
        "redeemed",
        "cashback_issued",
        "cashback_redeemed",
        "cashback_paid_out",
        "commission",
        "breakage_share",
        "cashback_breakage_share",
        "carried",
    ]
    issuer: str
    """A partner's id, `members`, to whom the network pays cashback out, or `network`."""
    acceptor: str | None = None
    price_micros: int
    """Millionths of the currency's unit."""
    quantity: int
    """Points, or cents of cashback or money, as `kind` says."""
    amount_micros: int
    """Millionths of the currency's unit."""
    rate_bps: int | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementDepositOut:
    """What the network holds of what the partner has paid in; it is in no position."""

    opening_cents: int
    """What the statement before says is held."""
    paid_in_cents: int
    """Minor units of the currency."""
    used_cents: int
    """Minor units of the currency."""
    closing_cents: int
    """Opening + paid in - used: what is held."""
    paid_in: list[StatementPaidInOut]
    used: list[StatementUsedOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementKeyOut:
    """A public key (RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str
    kid: str
    use: Literal["sig"]
    alg: Literal["EdDSA"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementKeysReply:
    """A JSON Web Key Set (RFC 7517) of all keys that statements were ever signed with."""

    keys: list[StatementKeyOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLocationOut:
    """What the lines of a location add up to."""

    lines: int
    visits: int
    sales_cents: int
    """Minor units of the currency."""
    issued_points: int
    """Whole points; negative if more was undone than done."""
    honoured_points: int
    """Whole points; negative if more was undone than done."""
    position_micros: int
    """Millionths of the currency's unit."""
    issued_cashback_cents: int | None = None
    """Left out in formats 1 and 2."""
    honoured_cashback_cents: int | None = None
    """Left out in formats 1 and 2."""
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementOut:
    """What is signed."""

    format: Literal["tessera-statement/1", "tessera-statement/2", "tessera-statement/3"]
    number: int
    network: str
    partner: StatementPartnerOut
    window: StatementWindowOut
    issued_at: datetime
    """Payments count as far as they were known then."""
    currency: str
    """ISO 4217 code, upper case."""
    opening_cents: int
    """Minor units of the currency."""
    paid_cents: int
    """Minor units of the currency."""
    net_cents: int
    """Minor units of the currency."""
    carried_cents: int
    """Left open by an earlier settlement: in `net_cents` to be paid now, and in `opening_cents`."""
    closing_cents: int
    """Opening + paid + net - carried: what is open."""
    net_micros: int
    """Millionths of the currency's unit."""
    payments: list[StatementPaymentOut]
    deposit: StatementDepositOut | None = None
    """Left out in format 1."""
    to_pay: StatementToPayOut | None = None
    """Left out in formats 1 and 2."""
    totals: list[StatementTotalOut] | None = None
    """One of each kind of charge; their sum is `net_micros`. Left out in formats 1 and 2."""
    charges: list[StatementChargeOut]
    bridge: list[StatementBridgeOut] | None = None
    """Left out in formats 1 and 2."""
    sums: StatementSumsOut
    locations: list[StatementLocationOut]
    blocks: list[StatementBlockOut]
    previous_sha256: str | None
    """Of the statement before; null of the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPaidInOut:
    """What the partner paid besides settlements, or got back if negative, by its id in `/v1/funding`."""

    payment_id: str
    cents: int
    """Minor units of the currency."""
    at: datetime
    """RFC 3339 time in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPartnerOut:
    """Whose statement it is."""

    id: str
    """The partner's id."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPaymentOut:
    """What the partner paid, or was paid if negative: by its key, and what became of it; or what was taken from
    its
    deposit or collateral. What is `written_off`, or `forgone` for a debt that is, is no money.
    """

    reference: str
    cents: int
    """Minor units of the currency."""
    at: datetime
    """RFC 3339 time in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementReply:
    """A signed statement. It never changes: the same bytes each time."""

    statement: StatementOut
    signature: SignatureOut


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementSummaryOut:
    """A statement in one line; positive is what the network owes the partner then."""

    window: int
    """1, 2, ... in the network."""
    number: int
    """1, 2, ... of the partner."""
    issued_at: datetime
    """RFC 3339 time in UTC."""
    currency: str
    """ISO 4217 code, upper case."""
    closing_cents: int
    """Minor units of the currency."""
    sha256: str
    """Of the part that is signed, as canonical JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementSumsOut:
    """What lines add up to."""

    lines: int
    visits: int
    sales_cents: int
    """Minor units of the currency."""
    issued_points: int
    """Whole points; negative if more was undone than done."""
    honoured_points: int
    """Whole points; negative if more was undone than done."""
    position_micros: int
    """Millionths of the currency's unit."""
    issued_cashback_cents: int | None = None
    """Left out in formats 1 and 2."""
    honoured_cashback_cents: int | None = None
    """Left out in formats 1 and 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementToPayOut:
    """How the net position is paid, as was agreed when the statement was issued."""

    cents: int
    """As `net_cents`."""
    method: Literal["bank_file", "stripe", "by_hand"]
    deposit_first: bool
    """What is owed is taken from the deposit as far as that goes."""
    charged: bool
    """Through Stripe: charged to what was agreed on there, or else by an invoice."""
    due_at: datetime | None
    """When it was first collected; null if it had not been yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTotalOut:
    """All charges of a kind together."""

    kind: Literal[
        "issued",
        "redeemed",
        "cashback_issued",
        "cashback_redeemed",
        "cashback_paid_out",
        "commission",
        "breakage_share",
        "cashback_breakage_share",
        "carried",
    ]
    quantity: int
    """Points, or cents of cashback or money, as `kind` says."""
    amount_micros: int
    """Millionths of the currency's unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementUsedOut:
    """One of the `payments`, that was taken from what the network held of the partner."""

    reference: str
    cents: int
    """Minor units of the currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementWindowOut:
    """The window: entries recorded from its beginning until its end, itself excluded."""

    number: int
    """1, 2, ... in the network."""
    begins_at: datetime
    """RFC 3339 time in UTC."""
    ends_at: datetime
    """RFC 3339 time in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementsReply:
    """Statements, newest first."""

    statements: list[StatementSummaryOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOut:
    """What somebody did about a case. `by` is an operator, or the id of a key of the partner."""

    kind: StepKind
    side: Side
    by: str
    at: datetime
    """RFC 3339 time in UTC."""
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReply:
    """Where to get what became of every line, as CSV."""

    url: str
    expires_at: datetime
    """RFC 3339 time in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenReply:
    """What the partner's default in a settlement took."""

    settlement: str
    """A window and currency."""
    taken_cents: int
    """Minor units of the currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsReply:
    """Agreed terms; each version stays as it is for ever. All amounts are settled in `currency`."""

    effective_from: datetime
    """RFC 3339 time in UTC."""
    earn_points: int
    """Whole points."""
    earn_per_cents: int
    issue_price_micros: int
    """Millionths of a currency unit for one point."""
    redeem_price_micros: int
    """Millionths of a currency unit for one point."""
    expiry_months: int
    waiting_days: int
    late_days: int
    answer_days: int
    cashback_bps: int
    commission_bps: int
    """Hundredths of a percent of what the partner is paid for points it honours, kept by the network."""
    breakage_share_bps: int
    """Hundredths of a percent of the partner's expired points, at its redeem price, that it gets back."""
    cashback_expiry_months: int | None
    """Null: cashback never expires."""
    cashback_breakage_share_bps: int
    """Hundredths of a percent of the partner's expired cashback that it gets back."""
    funding: FundingBody
    payment_method: PaymentMethod
    exchange_rates: list[ExchangeRateBody]
    """What the partner's currency is worth in those of other partners, for comparing prices."""
    plan: PlanBody
    partner_id: str
    """The partner's id."""
    version: int
    currency: str
    """ISO 4217 code, upper case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenReply:
    """What is known of a token. Its text is not."""

    token_id: str
    """The id, the part after tso_live_ or tsk_live_."""
    operator_id: str
    """The operator's id."""
    created_at: datetime
    """RFC 3339 time in UTC."""
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalOut:
    """The lines of one kind that came to one outcome, and what they sum to on either side."""

    outcome: Outcome
    kind: str
    lines: int
    ours: AmountsOut
    theirs: AmountsOut


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalRollOut:
    """Points or cashback of all issuers in a currency."""

    unit: str
    """`points`, or the currency of cashback, which is in minor units."""
    opening: int
    """Points, or minor units of cashback."""
    issued: int
    """Points, or minor units of cashback."""
    taken_back: int
    """Points, or minor units of cashback."""
    redeemed: int
    """Points, or minor units of cashback."""
    given_back: int
    """Points, or minor units of cashback."""
    expired: int
    """Points, or minor units of cashback."""
    adjusted: int
    """Points, or minor units of cashback."""
    moved: int
    """Points, or minor units of cashback."""
    closing: int
    """Points, or minor units of cashback."""
    currency: str | None
    """Of the amounts: of the issuer's books, of the partner that came first for points of `network`. As all
    amounts but the closing's, null in books of the first format.
    """
    opening_micros: int | None
    """Millionths of a unit of `currency`."""
    issued_micros: int | None
    """Millionths of a unit of `currency`."""
    taken_back_micros: int | None
    """Millionths of a unit of `currency`."""
    redeemed_micros: int | None
    """Millionths of a unit of `currency`."""
    given_back_micros: int | None
    """Millionths of a unit of `currency`."""
    expired_micros: int | None
    """Millionths of a unit of `currency`."""
    adjusted_micros: int | None
    """Millionths of a unit of `currency`."""
    moved_micros: int | None
    """Millionths of a unit of `currency`."""
    repriced_micros: int | None
    """By how much the opening is worth more or less than a month before, in micros."""
    closing_micros: int
    """`closing` at the price of `valuation`, cashback at par: millionths of a currency unit."""
    owed_micros: int
    """What of `closing_micros` members owe, negative. What they hold can cost the closing without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedEntryOut:
    """An entry, and why it is counted as a visit or not."""

    entry: EntryOut
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailCheckReply:
    """What a day's chain of hashes says. `first_broken` is the first record that is missing or changed, if one is."""

    day: str
    records: int
    first_broken: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferredReply:
    """The points given, and what is left of the giver's."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    points: int
    """Whole points."""
    points_balance: int
    """The giver's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleOut:
    """What of a payment a person must look at. A new outcome of the payment ends it, or the decision `seen`."""

    leg: str
    """A payment's key or end-to-end id."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmappedOut:
    """What waits, and why. `state` is `heard` while another try is under way."""

    item_id: str
    """The item's id."""
    kind: Literal["sale", "refund", "file"]
    foreign_id: str
    """Of the sale or refund there, or the file's name."""
    sale_id: str | None
    """Of a refund: the sale that it belongs to."""
    state: State
    reason_code: str
    reason: str
    heard_at: datetime
    """RFC 3339 time in UTC."""
    occurred_at: datetime | None
    total: MoneyOut | None
    foreign_location: str | None
    card_ends_in: str | None
    """The last four characters of what was read as card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmappedReply:
    """A page of the queue, oldest first."""

    items: list[UnmappedOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmergedReply:
    """What the card holds again, by itself."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    points: int
    """Whole points."""
    points_balance: int
    """Whole points."""
    points_pending: int
    """Whole points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadOut:
    """Where to PUT the file, as many bytes as announced."""

    url: str
    expires_at: datetime
    """RFC 3339 time in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsagePlanReply:
    """How fast a partner may send requests.

    Until the plan is in force, the partner has its plan of before, or only the limit that all partners share.
    """

    partner_id: str
    """The partner's id."""
    tier: Tier
    requests_per_second: int
    requests_at_once: int
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuationOut:
    """At what points are valued, by which method and version of it, and all that this follows from.

    With `issuer`, of `partners` that one alone and those whose price counts.
    """

    method: str
    version: int
    network_currency: str
    """ISO 4217 code, upper case."""
    prices: list[PointPriceOut]
    partners: list[PricedOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCountOut:
    """Visits recorded at one location in the day or hour that begins at `begins_at` (UTC; null: in all)."""

    begins_at: datetime | None
    location_id: str
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCountsReply:
    """Visits by location and time. Where there were none, nothing is listed."""

    first_day: date
    """A day in UTC."""
    last_day: date
    """A day in UTC."""
    visits: int
    """The sum of the counts."""
    counts: list[VisitCountOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTraceReply:
    """All your entries of one receipt of one customer, and those that undo them, oldest first."""

    visit_entry_id: str | None
    """The one that is counted; null if none is."""
    entries: list[TracedEntryOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidedReply:
    """The points that are active again."""

    entry_id: str
    """The journal entry's id."""
    recorded_at: datetime
    """RFC 3339 time in UTC."""
    points_released: int
    """Whole points."""
    points_balance: int
    """Whole points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfReply:
    """The month by its own plan, and by the one tried out. `difference_cents` is how much more the latter costs.

    Both are of one count: that of the invoice, if the operator has invoiced the month, else of now.
    """

    actual: BillReply
    what_if: BillReply
    difference_cents: int
    """Minor units of the currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowReply:
    """A settlement window: entries recorded from its beginning until its end, itself excluded."""

    window: int
    """1, 2, ... in the network."""
    state: WindowState
    begins_at: datetime
    """RFC 3339 time in UTC."""
    ends_at: datetime | None
    """Null for the open window."""
    closed_by: str | None
    """Id of the operator's key, or `schedule`."""
    closed_at: datetime | None
    digest: str | None
    """SHA-256 of its positions as canonical JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowsReply:
    """A page of windows, newest first."""

    windows: list[WindowReply]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last page."""
