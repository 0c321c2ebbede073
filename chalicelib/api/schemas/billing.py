"""Billing through Stripe as the operator sees it, and what the operator decides about it."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Body,
    Instant,
    Moment,
    Month,
    Params,
    PartnerId,
    PositiveCents,
    ReplyBody,
    SignedCents,
    SumCents,
)
from chalicelib.api.schemas.listings import NextCursor
from chalicelib.listing import PageParams
from partners.billing.decision import What
from partners.billing.dunning import Standing
from partners.billing.stripe_model import Invoicer, Parting
from partners.contracts.reasons import LONGEST_REASON

Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON, examples=["Agreed with Ann of Harvest, case 7"])]
StripeId = Annotated[str, Field(examples=["cus_NffrFeUfNV2Hib"])]


class BilledMonthParams(Params):
    """Which month of which partner."""

    partner_id: PartnerId
    month: Month


class BillingReasonBody(Body):
    """Why."""

    reason: Reason


class EndBillingBody(BillingReasonBody):
    """Why, and whether the running month is to be invoiced before it is over, of a partner without an open location."""

    at_once: bool = False


class BilledMonthDecisionBody(Body):
    """What to do with a month that is held.

    `release`: finalise its invoice in spite of what differs; what our bill has more goes on the next one. `confirm`:
    the same for an invoice that Stripe has finalised already. `write_off`: finalise, and neither claim nor owe the
    difference.
    """

    decision: Literal["release", "confirm", "write_off"]
    reason: Reason


class CreditBody(Body):
    """What to take back from a finalised month, and why."""

    amount_cents: PositiveCents
    reason: Reason


class ReplacementBody(Body):
    """Of which message the visits are to be told anew."""

    identifier: Annotated[str, Field(min_length=1, max_length=100, examples=["v1:harvest:2026121112:1"])]
    reason: Reason


class BackfillBody(Body):
    """From when on to ask Stripe for its events."""

    since: Moment
    reason: Reason


class BilledMonthOut(ReplyBody):
    """How a month's invoice stands. `troubles` say why it is held, or what is wrong with what was finalised.

    A month of which the operator is the `invoicer` came before the partner's first at Stripe; what becomes known of it
    later is billed there.
    """

    month: Month
    invoicer: Invoicer
    state: Literal["open", "held", "finalised"]
    invoice_id: StripeId | None
    billed_cents: SumCents
    written_off_cents: SignedCents
    troubles: list[str] = Field(examples=[["2026-12-11T12:00:00.000Z: 5 visits here, 4 at Stripe"]])


class PaymentStepOut(ReplyBody):
    """A change of standing and why."""

    at: Instant
    standing: Standing
    why: str = Field(examples=["in_1MtHbE is unpaid since 2026-12-15, 2 payments failed"])


class StandingOut(ReplyBody):
    """How a partner stands with its invoices: since when, how much is late, and how it came to that."""

    partner_id: PartnerId
    standing: Standing
    standing_since: Instant | None
    late_cents: SumCents
    steps: list[PaymentStepOut]


class StandingsReply(ReplyBody):
    """A page of the partners of which an invoice was ever late, by id."""

    standings: list[StandingOut]
    next_cursor: NextCursor


class BillingReply(StandingOut):
    """A partner billed through Stripe. `last_month` is null while it goes on.

    `parting` of who leaves at once: `asked` until Stripe counts all that it used, then `told`.
    """

    customer_id: StripeId
    subscription_id: StripeId | None
    first_month: Month
    last_month: Month | None
    parting: Parting | None
    months: list[BilledMonthOut]


class BillingOverviewReply(ReplyBody):
    """A page of the partners billed through Stripe.

    Each with its month that is closed last, the one after it, and older ones against which something stands.
    """

    partners: list[BillingReply]
    next_cursor: NextCursor


class BillingDecisionReply(ReplyBody):
    """A decision, by whose key it was made, and what came of it (null: not yet done, send it again)."""

    decision_id: str
    partner_id: str
    decision: What
    month: Month | None
    reason: str
    decided_by: str
    decided_at: Instant
    outcome: str | None = Field(examples=["62.00 is billed of 2026-12"])


class BillingDecisionsReply(ReplyBody):
    """A page of what was decided about a partner, latest first."""

    decisions: list[BillingDecisionReply]
    next_cursor: NextCursor


class PartnerDecisionsParams(PageParams):
    """A page of the decisions about a partner."""

    partner_id: PartnerId
