"""Billing through Stripe, for the operator: how it stands, what is held, and what is decided about it."""

from typing import TYPE_CHECKING, Any

from chalicelib.api.schemas.billing import (
    BackfillBody,
    BilledMonthDecisionBody,
    BilledMonthOut,
    BilledMonthParams,
    BillingDecisionReply,
    BillingDecisionsReply,
    BillingOverviewReply,
    BillingReasonBody,
    BillingReply,
    CreditBody,
    EndBillingBody,
    PartnerDecisionsParams,
    PaymentStepOut,
    ReplacementBody,
    StandingOut,
    StandingsReply,
)
from chalicelib.api.schemas.fields import NoBody, NoParams
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.errors import InvalidCursorError
from chalicelib.listing import PageParams, page_of
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.billing.contact_errors import BillingEmailMissingError
from partners.billing.decision import Asked, What
from partners.billing.errors import InvalidMonthError
from partners.billing.stripe_errors import (
    ConcurrentRunError,
    DecisionNotPossibleError,
    NotBilledThroughStripeError,
    StripeNotConfiguredError,
    StripeRefusedError,
    StripeUnavailableError,
)
from partners.contracts.errors import UnknownPartnerError
from partners.contracts.model import NETWORK
from shared.kernel.clock import to_rfc3339
from shared.ledger.errors import IdempotencyKeyReusedError

if TYPE_CHECKING:
    from partners.billing.decision import Decision
    from partners.billing.desk import Standing
    from partners.billing.dunning import PaymentState
    from partners.billing.stripe_model import Closing

resource = Resource("billing", __name__)

AT_STRIPE = (StripeNotConfiguredError, StripeUnavailableError, StripeRefusedError)
DECIDING = (*AT_STRIPE, IdempotencyKeyReusedError, ConcurrentRunError)
OF_A_MONTH = (*DECIDING, NotBilledThroughStripeError, DecisionNotPossibleError, InvalidMonthError)


@resource.get(
    "/v1/billing", scope=Scope.OPERATOR, params=PageParams, reply=BillingOverviewReply, errors=(InvalidCursorError,)
)
def list_billing(call: Call[PageParams, NoBody]) -> Reply:
    """List the partners billed through Stripe: who is late, and what is held and why."""
    desk = bootstrap.services().billing_desk
    page, next_cursor = page_of(desk.accounts(), lambda one: one.partner_id, ("billing",), call.params)
    partners = [_shown(one) for one in desk.overview(page)]
    return Reply(BillingOverviewReply(partners=partners, next_cursor=next_cursor))


@resource.get(
    "/v1/standings", scope=Scope.OPERATOR, params=PageParams, reply=StandingsReply, errors=(InvalidCursorError,)
)
def list_standings(call: Call[PageParams, NoBody]) -> Reply:
    """List how partners stand with their invoices, the operator's own and Stripe's: all that were ever late."""
    states = bootstrap.services().payments.states()
    page, next_cursor = page_of(states, lambda one: one.partner_id, ("standings",), call.params)
    return Reply(StandingsReply(standings=[StandingOut(**_payment_out(one)) for one in page], next_cursor=next_cursor))


@resource.get(
    "/v1/partners/{partner_id}/billing",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    reply=BillingReply,
    errors=(NotBilledThroughStripeError,),
)
def get_billing(call: Call[PartnerParams, NoBody]) -> Reply:
    """Get how a partner's billing through Stripe stands, with all its months, and how it pays."""
    return Reply(_shown(bootstrap.services().billing_desk.standing(call.params.partner_id)))


@resource.get(
    "/v1/partners/{partner_id}/billing/decisions",
    scope=Scope.OPERATOR,
    params=PartnerDecisionsParams,
    reply=BillingDecisionsReply,
    errors=(InvalidCursorError,),
)
def list_billing_decisions(call: Call[PartnerDecisionsParams, NoBody]) -> Reply:
    """List what was decided about a partner's billing, latest first. The network's own are listed as `network`."""
    params = call.params
    latest_first = sorted(bootstrap.services().billing_desk.decisions(params.partner_id), key=_place, reverse=True)
    binding = ("billing decisions", params.partner_id)
    page, next_cursor = page_of(latest_first, _place, binding, params, descending=True)
    return Reply(BillingDecisionsReply(decisions=[_decision_out(one) for one in page], next_cursor=next_cursor))


def _place(decision: "Decision") -> str:
    return f"{decision.decided_at_ms:015d}{decision.decision_id}"


@resource.post(
    "/v1/partners/{partner_id}/billing",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    before=lambda call: _as_it_is(call.params.partner_id),
    body=BillingReasonBody,
    reply=BillingDecisionReply,
    idempotent=True,
    errors=(*DECIDING, UnknownPartnerError, BillingEmailMissingError, DecisionNotPossibleError),
)
def open_billing(call: Call[PartnerParams, BillingReasonBody]) -> Reply:
    """Bill a partner through Stripe from this month on.

    The rest of this month is rated by us and invoiced at its end. Who is billed so already stays as it is. Its billing
    contact must be known. Whose billing there ends may be opened again once its last month is closed.
    """
    return decided(call, Asked(What.OPEN, call.params.partner_id, call.body.reason))


@resource.post(
    "/v1/partners/{partner_id}/billing/end",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    before=lambda call: _as_it_is(call.params.partner_id),
    body=EndBillingBody,
    reply=BillingDecisionReply,
    idempotent=True,
    errors=(*DECIDING, NotBilledThroughStripeError, DecisionNotPossibleError),
)
def end_billing(call: Call[PartnerParams, EndBillingBody]) -> Reply:
    """End a partner's billing through Stripe with this month.

    Its subscription ends with the month, so that no visit of it is lost; one that has not begun to bill is cancelled
    now. The month is invoiced when it is over; you invoice later ones. With `at_once` a partner without an open
    location is invoiced from the day after it had one, as soon as Stripe counts all its visits.
    """
    body = call.body
    return decided(call, Asked(What.END, call.params.partner_id, body.reason, at_once=body.at_once))


@resource.post(
    "/v1/partners/{partner_id}/billing/{month}/decisions",
    scope=Scope.OPERATOR,
    params=BilledMonthParams,
    before=lambda call: _as_it_is(call.params.partner_id),
    body=BilledMonthDecisionBody,
    reply=BillingDecisionReply,
    idempotent=True,
    errors=OF_A_MONTH,
)
def decide_month(call: Call[BilledMonthParams, BilledMonthDecisionBody]) -> Reply:
    """Release, confirm or write off a month that is held.

    A month that is finalised stays as it is, but what is wrong with it can be written off.
    """
    params, body = call.params, call.body
    return decided(call, Asked(What(body.decision), params.partner_id, body.reason, month=params.month))


@resource.post(
    "/v1/partners/{partner_id}/billing/{month}/credits",
    scope=Scope.OPERATOR,
    params=BilledMonthParams,
    before=lambda call: _as_it_is(call.params.partner_id),
    body=CreditBody,
    reply=BillingDecisionReply,
    idempotent=True,
    errors=OF_A_MONTH,
)
def credit_month(call: Call[BilledMonthParams, CreditBody]) -> Reply:
    """Take back a part of a finalised month by a credit note."""
    params, body = call.params, call.body
    asked = Asked(What.CREDIT, params.partner_id, body.reason, month=params.month, amount_cents=body.amount_cents)
    return decided(call, asked)


@resource.post(
    "/v1/partners/{partner_id}/billing/replacements",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    before=lambda call: _as_it_is(call.params.partner_id),
    body=ReplacementBody,
    reply=BillingDecisionReply,
    idempotent=True,
    errors=(*DECIDING, DecisionNotPossibleError),
)
def replace_message(call: Call[PartnerParams, ReplacementBody]) -> Reply:
    """Have the visits of a message told anew that was rejected, or was lost and can't count any more."""
    body = call.body
    return decided(call, Asked(What.REPLACE, call.params.partner_id, body.reason, identifier=body.identifier))


@resource.post(
    "/v1/billing/backfills",
    scope=Scope.OPERATOR,
    params=NoParams,
    body=BackfillBody,
    reply=BillingDecisionReply,
    idempotent=True,
    errors=DECIDING,
)
def backfill_webhooks(call: Call[NoParams, BackfillBody]) -> Reply:
    """Ask Stripe for webhooks that were missed since a moment, of the last 30 days.

    What the schedule asks for every 15 minutes by itself goes back an hour before its last time.
    """
    return decided(call, Asked(What.BACKFILL, NETWORK, call.body.reason, since_s=call.body.since // 1_000))


def _as_it_is(partner_id: str) -> BillingReply | None:
    """How the partner's billing stands, None if it is not billed through Stripe."""
    try:
        return _shown(bootstrap.services().billing_desk.standing(partner_id))
    except NotBilledThroughStripeError:
        return None


def decided(call: Call[Any, Any], asked: Asked) -> Reply:
    desk = bootstrap.services().billing_desk
    decision, replayed = desk.decide(call.caller.acting_as, call.idempotency_key, asked)
    return Reply(_decision_out(decision), replayed)


def _decision_out(decision: "Decision") -> BillingDecisionReply:
    asked = decision.asked
    return BillingDecisionReply(
        decision_id=decision.decision_id,
        partner_id=asked.partner_id,
        decision=asked.what,
        month=asked.month or None,
        reason=asked.reason,
        decided_by=decision.decided_by,
        decided_at=to_rfc3339(decision.decided_at_ms),
        outcome=decision.outcome,
    )


def _shown(one: "Standing") -> BillingReply:
    account = one.account
    return BillingReply(
        **_payment_out(one.payment),
        customer_id=account.customer_id,
        subscription_id=account.subscription_id,
        first_month=account.first_month,
        last_month=account.last_month,
        parting=account.parting,
        months=[_month_out(closing) for closing in one.closings],
    )


def _payment_out(payment: "PaymentState") -> dict[str, Any]:
    steps = [PaymentStepOut(at=to_rfc3339(step.at_ms), standing=step.standing, why=step.why) for step in payment.steps]
    return {
        "partner_id": payment.partner_id,
        "standing": payment.standing,
        "standing_since": to_rfc3339(payment.since_ms) if payment.steps else None,
        "late_cents": payment.late_cents,
        "steps": steps,
    }


def _month_out(closing: "Closing") -> BilledMonthOut:
    return BilledMonthOut(
        month=closing.month,
        invoicer=closing.invoicer,
        state=closing.state.value,
        invoice_id=closing.invoice_id,
        billed_cents=closing.billed_cents,
        written_off_cents=closing.written_off_cents,
        troubles=list(closing.troubles),
    )
