"""Settlements: calculated by one operator, approved by another, collected and paid leg by leg."""

from typing import TYPE_CHECKING

from chalicelib.api.schemas.fields import NoBody, WhyBody
from chalicelib.api.schemas.settlements import (
    DecisionBody,
    LegOut,
    LegStepOut,
    OutcomeBody,
    OutcomesBody,
    PartyNetOut,
    SettlementParams,
    SettlementReply,
    SettlementsReply,
    StageStepOut,
    TroubleOut,
)
from chalicelib.api.schemas.windows import WindowParams
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import SecondPersonNeededError
from partners.settlement.errors import UnknownWindowError, WindowNotClosedError
from partners.settlement.payments.errors import (
    CollateralTooLargeError,
    EvidenceNeededError,
    LegStateError,
    NoStripeAccountError,
    NotFundedError,
    PaidThroughStripeError,
    PayoutTakenBackError,
    SettlementBusyError,
    SettlementStateError,
    UnknownLegError,
    UnknownSettlementError,
)
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.settlement.payments.legs import Leg
    from partners.settlement.payments.model import PaidSettlement
    from partners.settlement.payments.service import BankWord

resource = Resource("positions", __name__)

OF_WINDOW = (UnknownWindowError, WindowNotClosedError)
CHANGED = (UnknownSettlementError, SettlementStateError, SettlementBusyError)
ONE = "/v1/windows/{window}/settlements/{currency}"


@resource.post(
    "/v1/windows/{window}/settlements",
    scope=Scope.OPERATOR,
    params=WindowParams,
    body=WhyBody,
    reply=SettlementsReply,
    status=200,
    errors=OF_WINDOW,
)
def calculate_settlements(call: Call[WindowParams, WhyBody]) -> Reply:
    """Calculate the settlements of a closed window.

    One for each currency in which something is owed. Another operator approves each. Again gives the same.
    """
    found = bootstrap.services().settlement_payments.calculate(call.params.window, call.caller.acting_as)
    return Reply(SettlementsReply(settlements=[_shown(one) for one in found]))


@resource.get(
    "/v1/windows/{window}/settlements",
    scope=Scope.OPERATOR,
    params=WindowParams,
    reply=SettlementsReply,
    errors=OF_WINDOW,
)
def list_settlements(call: Call[WindowParams, NoBody]) -> Reply:
    """List the settlements of a window, by currency, with every payment and what became of it."""
    found = bootstrap.services().settlement_payments.settlements(call.params.window)
    return Reply(SettlementsReply(settlements=[_shown(one) for one in found]))


@resource.post(
    f"{ONE}/approve",
    scope=Scope.OPERATOR,
    params=SettlementParams,
    before=lambda call: _as_it_is(call.params),
    body=WhyBody,
    reply=SettlementReply,
    status=200,
    errors=(*CHANGED, SecondPersonNeededError),
)
def approve_settlement(call: Call[SettlementParams, WhyBody]) -> Reply:
    """Approve a settlement that another operator calculated."""
    where, payments = call.params, bootstrap.services().settlement_payments
    return Reply(_shown(payments.approve(where.window, where.currency, call.caller.acting_as)))


@resource.post(
    f"{ONE}/collect",
    scope=Scope.OPERATOR,
    params=SettlementParams,
    before=lambda call: _as_it_is(call.params),
    body=WhyBody,
    reply=SettlementReply,
    status=200,
    errors=(*CHANGED, NoStripeAccountError),
)
def collect_settlement(call: Call[SettlementParams, WhyBody]) -> Reply:
    """Collect from debtors.

    Of a partner whose terms are prepaid what it has paid in is taken first, as far as it goes. Each payment that is
    planned is submitted, with a key of its own: to the bank, or to Stripe within a quarter of an hour. Again submits
    what was planned since.
    """
    where, payments = call.params, bootstrap.services().settlement_payments
    return Reply(_shown(payments.collect(where.window, where.currency, call.caller.acting_as)))


@resource.post(
    f"{ONE}/pay",
    scope=Scope.OPERATOR,
    params=SettlementParams,
    before=lambda call: _as_it_is(call.params),
    body=WhyBody,
    reply=SettlementReply,
    status=200,
    errors=(*CHANGED, NoStripeAccountError, NotFundedError, SecondPersonNeededError),
)
def pay_settlement(call: Call[SettlementParams, WhyBody]) -> Reply:
    """Pay creditors, once funds have been collected.

    Not by who alone said that what is paid from is there, or let a debtor default, unless another operator confirms it.
    What the network itself has to put in must have been collected in other settlements, or be advanced.
    Of a partially funded settlement each gets less, and the rest in a later window. Cashback that was paid out is a
    payment of its own for each payout.
    """
    where, payments = call.params, bootstrap.services().settlement_payments
    return Reply(_shown(payments.pay(where.window, where.currency, call.caller.acting_as)))


@resource.post(
    f"{ONE}/abort",
    scope=Scope.OPERATOR,
    params=SettlementParams,
    before=lambda call: _as_it_is(call.params),
    body=WhyBody,
    reply=SettlementReply,
    status=200,
    errors=CHANGED,
)
def abort_settlement(call: Call[SettlementParams, WhyBody]) -> Reply:
    """Abort a settlement, before any payout and while no payment is on its way.

    What is open then is carried into the open window.
    """
    where, payments = call.params, bootstrap.services().settlement_payments
    return Reply(_shown(payments.abort(where.window, where.currency, call.caller.acting_as)))


@resource.post(
    f"{ONE}/outcomes",
    scope=Scope.OPERATOR,
    params=SettlementParams,
    before=lambda call: _as_it_is(call.params),
    body=OutcomesBody,
    reply=SettlementReply,
    status=200,
    errors=(*CHANGED, UnknownLegError, LegStateError, PaidThroughStripeError, EvidenceNeededError),
)
def record_outcomes(call: Call[SettlementParams, OutcomesBody]) -> Reply:
    """Record what the bank says of payments.

    Of one through Stripe only Stripe says that it is pending or has failed; that it was paid elsewhere, or came back
    there, needs the `reference` that it has there. That a member was not paid, or that the money came back, needs the
    bank's `reference`. What was taken from a deposit may be `reversed`.
    What comes back after creditors were paid is carried into the open window; of a payout to a member, the cashback is
    the member's again. Again changes nothing, but that another operator confirms that a debtor's money is there; with a
    `booking` neither does another order.
    """
    where = call.params
    words = [word_of(one) for one in call.body.outcomes]
    payments = bootstrap.services().settlement_payments
    return Reply(_shown(payments.tell(where.window, where.currency, words, call.caller.acting_as)))


@resource.post(
    f"{ONE}/decisions",
    scope=Scope.OPERATOR,
    params=SettlementParams,
    before=lambda call: _as_it_is(call.params),
    body=DecisionBody,
    reply=SettlementReply,
    status=200,
    errors=(*CHANGED, CollateralTooLargeError, NoStripeAccountError, PayoutTakenBackError),
)
def decide_on_payment(call: Call[SettlementParams, DecisionBody]) -> Reply:
    """Decide about a payment that came to nothing, or say that its trouble is seen to.

    A retry is a payment of its own, sent with the next `collect` or `pay`. What a defaulting debtor leaves open is
    borne by its collateral, the network's own share and then the creditors, pro rata.
    """
    where, body, by = call.params, call.body, call.caller.acting_as
    payments = bootstrap.services().settlement_payments
    if body.decision == "retry":
        decided = payments.try_again(where.window, where.currency, body.party, by)
    elif body.decision == "recall":
        decided = payments.recall(where.window, where.currency, body.party)
    elif body.decision == "seen":
        decided = payments.see(where.window, where.currency, body.party, body.trouble)
    elif body.decision == "defer":
        decided = payments.give_up(where.window, where.currency, body.party, by)
    else:
        decided = payments.default(where.window, where.currency, body.party, body.collateral_cents, by)
    return Reply(_shown(decided))


def word_of(one: OutcomeBody) -> "BankWord":
    """What an outcome says."""
    from partners.settlement.payments.legs import Booked, LegState
    from partners.settlement.payments.service import BankWord

    booking = None
    if one.booking is not None and one.state != "pending":
        day = one.booking.on.isoformat() if one.booking.on is not None else ""
        booking = Booked(one.state == "succeeded", one.booking.name, day)
    return BankWord(one.leg, LegState(one.state), one.reference, booking)


def _as_it_is(where: SettlementParams) -> SettlementReply:
    return _shown(bootstrap.services().settlement_payments.settlement(where.window, where.currency))


def _shown(one: "PaidSettlement") -> SettlementReply:
    return SettlementReply(
        window=one.window,
        currency=one.currency,
        stage=one.stage,
        network_net_cents=one.network_net_cents,
        positions=[PartyNetOut(party=party, net_cents=cents) for party, cents in one.net_cents],
        collected_cents=one.collected_cents,
        paid_out_cents=one.paid_out_cents,
        missing_cents=one.missing_cents,
        legs=[_leg(leg) for leg in one.legs],
        troubles=[TroubleOut(leg=trouble.leg, text=trouble.text) for trouble in one.troubles],
        history=[StageStepOut(stage=step.stage, at=to_rfc3339(step.at_ms), by=step.by) for step in one.history],
    )


def _leg(leg: "Leg") -> LegOut:
    from partners.settlement.payments.legs import Direction

    steps = [
        LegStepOut(state=step.state, at=to_rfc3339(step.at_ms), by=step.by, reference=step.reference)
        for step in leg.history
    ]
    return LegOut(
        key=leg.key,
        end_to_end_id=leg.end_to_end_id,
        party=leg.party,
        payout=leg.payout or None,
        method=None if leg.direction is Direction.DEPOSIT else leg.means.method,
        account=leg.means.account or None,
        recalled=leg.recalled_at_ms is not None,
        direction=leg.direction,
        attempt=leg.attempt,
        amount_cents=leg.amount_cents,
        state=leg.state,
        history=steps,
    )
