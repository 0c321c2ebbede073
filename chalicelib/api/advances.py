"""What the network advances in a currency, so that creditors can be paid before debtors have paid."""

from typing import TYPE_CHECKING

from chalicelib.api.agreed_shape import proposal_facts
from chalicelib.api.schemas.advances import (
    AdvanceBody,
    AdvanceProposalParams,
    AdvanceProposalReply,
    AdvanceReply,
    CurrencyParams,
)
from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.terms import ReasonBody
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import (
    InvalidReasonError,
    ProposalDecidedError,
    SecondPersonNeededError,
    UnknownProposalError,
    UnsupportedCurrencyError,
)
from partners.settlement.payments.errors import AdvanceInUseError

if TYPE_CHECKING:
    from partners.settlement.payments.advances import Advance
    from partners.settlement.payments.agreed import Agreed

resource = Resource("positions", __name__)

PATH = "/v1/advances/{currency}"
DECIDED = (UnsupportedCurrencyError, UnknownProposalError, InvalidReasonError, ProposalDecidedError)


@resource.get(PATH, scope=Scope.OPERATOR, params=CurrencyParams, reply=AdvanceReply, errors=(UnsupportedCurrencyError,))
def get_advance(call: Call[CurrencyParams, NoBody]) -> Reply:
    """Get what the network itself has put in to pay the creditors of a currency."""
    return Reply(_as_it_is(call.params.currency))


@resource.post(
    PATH,
    scope=Scope.OPERATOR,
    params=CurrencyParams,
    body=AdvanceBody,
    reply=AdvanceReply,
    status=200,
    errors=(UnsupportedCurrencyError, InvalidReasonError),
    before=lambda call: _as_it_is(call.params.currency),
)
def propose_advance(call: Call[CurrencyParams, AdvanceBody]) -> Reply:
    """Propose what the network advances in a currency, in all.

    It counts when another operator has approved it; until then what was agreed before does. A new proposal takes the
    place of one that waits. The same request again changes nothing.
    """
    from partners.settlement.payments.advances import Advance

    body, people = call.body, bootstrap.services().advances.people
    wanted = Advance(body.advanced_cents)
    return Reply(_shown(people.propose(call.caller.acting_as, call.params.currency, wanted, body.reason)))


@resource.post(
    f"{PATH}/proposals/{{proposal}}/approve",
    scope=Scope.OPERATOR,
    params=AdvanceProposalParams,
    body=ReasonBody,
    reply=AdvanceReply,
    status=200,
    errors=(*DECIDED, SecondPersonNeededError, AdvanceInUseError),
    before=lambda call: _as_it_is(call.params.currency),
)
def approve_advance(call: Call[AdvanceProposalParams, ReasonBody]) -> Reply:
    """Approve what another operator has proposed to advance. Again is a success."""
    where, advances = call.params, bootstrap.services().advances
    return Reply(_shown(advances.approve(call.caller.acting_as, where.currency, where.proposal, call.body.reason)))


@resource.post(
    f"{PATH}/proposals/{{proposal}}/decline",
    scope=Scope.OPERATOR,
    params=AdvanceProposalParams,
    body=ReasonBody,
    reply=AdvanceReply,
    status=200,
    errors=DECIDED,
    before=lambda call: _as_it_is(call.params.currency),
)
def decline_advance(call: Call[AdvanceProposalParams, ReasonBody]) -> Reply:
    """Withdraw what you have proposed to advance, or reject what another did. Again is a success."""
    where, people = call.params, bootstrap.services().advances.people
    return Reply(_shown(people.decline(call.caller.acting_as, where.currency, where.proposal, call.body.reason)))


def _as_it_is(currency: str) -> AdvanceReply:
    return _shown(bootstrap.services().advances.people.of(currency))


def _shown(one: "Agreed[Advance]") -> AdvanceReply:
    proposal = one.proposal
    return AdvanceReply(
        currency=one.subject,
        advanced_cents=one.value.advanced_cents,
        proposal=None
        if proposal is None
        else AdvanceProposalReply(**proposal_facts(proposal), advanced_cents=proposal.value.advanced_cents),
    )
