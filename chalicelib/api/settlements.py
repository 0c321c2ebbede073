"""Settlements: calculated by one operator, approved by another, collected and paid leg by leg."""

from typing import TYPE_CHECKING

from chalicelib.api.schemas.fields import NoBody, WhyBody
from chalicelib.api.schemas.settlements import (
    DecisionBody,
    DefaultParams,
    OutcomeBody,
    OutcomesBody,
    SettlementParams,
    SettlementReply,
    SettlementsReply,
)
from chalicelib.api.schemas.terms import ReasonBody
from chalicelib.api.schemas.windows import WindowParams
from chalicelib.api.settlement_shape import as_it_is, shown
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import (
    InvalidReasonError,
    ProposalDecidedError,
    SecondPersonNeededError,
    UnknownProposalError,
)
from partners.funding.errors import CollateralNotPaidInError
from partners.settlement.errors import UnknownWindowError, WindowNotClosedError
from partners.settlement.payments.errors import (
    BankDayToComeError,
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
    WriteOffTooLargeError,
)

if TYPE_CHECKING:
    from partners.settlement.payments.telling import BankWord

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
    return Reply(SettlementsReply(settlements=[shown(one) for one in found]))


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
    return Reply(SettlementsReply(settlements=[shown(one) for one in found]))


@resource.post(
    f"{ONE}/approve",
    scope=Scope.OPERATOR,
    params=SettlementParams,
    before=lambda call: as_it_is(call.params),
    body=WhyBody,
    reply=SettlementReply,
    status=200,
    errors=(*CHANGED, SecondPersonNeededError),
)
def approve_settlement(call: Call[SettlementParams, WhyBody]) -> Reply:
    """Approve a settlement that another operator calculated."""
    where, payments = call.params, bootstrap.services().settlement_payments
    return Reply(shown(payments.approve(where.window, where.currency, call.caller.acting_as)))


@resource.post(
    f"{ONE}/collect",
    scope=Scope.OPERATOR,
    params=SettlementParams,
    before=lambda call: as_it_is(call.params),
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
    return Reply(shown(payments.collect(where.window, where.currency, call.caller.acting_as)))


@resource.post(
    f"{ONE}/pay",
    scope=Scope.OPERATOR,
    params=SettlementParams,
    before=lambda call: as_it_is(call.params),
    body=WhyBody,
    reply=SettlementReply,
    status=200,
    errors=(*CHANGED, NoStripeAccountError, NotFundedError, SecondPersonNeededError),
)
def pay_settlement(call: Call[SettlementParams, WhyBody]) -> Reply:
    """Pay creditors, once funds have been collected.

    Not by who alone said that what is paid from is there, or that what is paid again did not arrive, unless
    another operator confirms it.
    What the network itself has to put in must have been collected in other settlements, or be advanced.
    Of a partially funded settlement each gets less, and the rest in a later window. Cashback that was paid out is a
    payment of its own for each payout. Of more than 500 it is looked at as many whether the member has the cashback
    again: `more` says then that another request goes on, and nobody is paid until it has looked at all. Of those that
    are tried again it pays as many, and `more` says that others wait.
    """
    where, payments = call.params, bootstrap.services().settlement_payments
    return Reply(shown(payments.pay(where.window, where.currency, call.caller.acting_as)))


@resource.post(
    f"{ONE}/abort",
    scope=Scope.OPERATOR,
    params=SettlementParams,
    before=lambda call: as_it_is(call.params),
    body=WhyBody,
    reply=SettlementReply,
    status=200,
    errors=CHANGED,
)
def abort_settlement(call: Call[SettlementParams, WhyBody]) -> Reply:
    """Abort a settlement, before any payout and while no payment is on its way.

    What is open then is carried into the open window, 500 amounts by a request: if there is `more`, another request
    goes on, and so does the schedule.
    """
    where, payments = call.params, bootstrap.services().settlement_payments
    return Reply(shown(payments.abort(where.window, where.currency, call.caller.acting_as)))


@resource.post(
    f"{ONE}/outcomes",
    scope=Scope.OPERATOR,
    params=SettlementParams,
    before=lambda call: as_it_is(call.params),
    body=OutcomesBody,
    reply=SettlementReply,
    status=200,
    errors=(
        *CHANGED,
        UnknownLegError,
        LegStateError,
        PaidThroughStripeError,
        EvidenceNeededError,
        BankDayToComeError,
    ),
)
def record_outcomes(call: Call[SettlementParams, OutcomesBody]) -> Reply:
    """Record what the bank says of payments.

    Of one through Stripe only Stripe says that it is pending or has failed; that it was paid elsewhere, or came back
    there, needs the `reference` that it has there. That a member was not paid, or that the money came back, needs the
    bank's `reference`. What was taken from a deposit may be `reversed`.
    What comes back after creditors were paid is carried into the open window; of a payout to a member, the cashback is
    the member's again. Again changes nothing, but that another operator confirms it; with a `booking` neither
    does another order.
    """
    where = call.params
    words = [word_of(one) for one in call.body.outcomes]
    payments = bootstrap.services().settlement_payments
    return Reply(shown(payments.tell(where.window, where.currency, words, call.caller.acting_as)))


@resource.post(
    f"{ONE}/decisions",
    scope=Scope.OPERATOR,
    params=SettlementParams,
    before=lambda call: as_it_is(call.params),
    body=DecisionBody,
    reply=SettlementReply,
    status=200,
    errors=(
        *CHANGED,
        CollateralTooLargeError,
        WriteOffTooLargeError,
        NoStripeAccountError,
        PayoutTakenBackError,
        InvalidReasonError,
        SecondPersonNeededError,
    ),
)
def decide_on_payment(call: Call[SettlementParams, DecisionBody]) -> Reply:
    """Decide about a payment that came to nothing, or say that its trouble is seen to.

    A retry is a payment of its own, sent with the next `collect` or `pay`. A `default` needs a `reason`, and waits in
    `defaults` until another operator has approved it; a retry ends it. What a defaulting debtor leaves open then is
    borne by its collateral, the network's own share and then the creditors, pro rata. What it has owed since earlier
    defaults can be written off with that, and is then lost to those who bore it.
    """
    from partners.settlement.payments.model import Default

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
        wanted = Default(body.party, body.collateral_cents, by, write_off_cents=body.write_off_cents)
        decided = bootstrap.services().defaults.propose(where.window, where.currency, wanted, body.reason or "")
    return Reply(shown(decided))


DEFAULT = f"{ONE}/defaults/{{partner_id}}/proposals/{{proposal}}"
DECIDED = (*CHANGED, InvalidReasonError, UnknownProposalError, ProposalDecidedError)


@resource.post(
    f"{DEFAULT}/approve",
    scope=Scope.OPERATOR,
    params=DefaultParams,
    before=lambda call: as_it_is(call.params),
    body=ReasonBody,
    reply=SettlementReply,
    status=200,
    errors=(
        *DECIDED,
        SecondPersonNeededError,
        CollateralTooLargeError,
        CollateralNotPaidInError,
        WriteOffTooLargeError,
    ),
)
def approve_default(call: Call[DefaultParams, ReasonBody]) -> Reply:
    """Approve that a settlement goes on without a debtor, as another operator has decided.

    Its collateral is taken with that, and has to be in its deposit. Again is a success.
    """
    where, reason, by = call.params, call.body.reason, call.caller.acting_as
    defaults = bootstrap.services().defaults
    return Reply(shown(defaults.approve(where.window, where.currency, where.partner_id, where.proposal, reason, by)))


@resource.post(
    f"{DEFAULT}/decline",
    scope=Scope.OPERATOR,
    params=DefaultParams,
    before=lambda call: as_it_is(call.params),
    body=ReasonBody,
    reply=SettlementReply,
    status=200,
    errors=DECIDED,
)
def decline_default(call: Call[DefaultParams, ReasonBody]) -> Reply:
    """Withdraw what you have decided about a debtor, or reject what another did. Again is a success."""
    where, reason, by = call.params, call.body.reason, call.caller.acting_as
    defaults = bootstrap.services().defaults
    return Reply(shown(defaults.decline(where.window, where.currency, where.partner_id, where.proposal, reason, by)))


def word_of(one: OutcomeBody) -> "BankWord":
    """What an outcome says."""
    from partners.settlement.payments.legs import Booked, LegState
    from partners.settlement.payments.telling import BankWord

    booking = None
    if one.booking is not None and one.state != "pending":
        day = one.booking.on.isoformat() if one.booking.on is not None else ""
        booking = Booked(one.state == "succeeded", one.booking.name, day)
    return BankWord(one.leg, LegState(one.state), one.reference, booking, one.if_contradicting == "trouble")
