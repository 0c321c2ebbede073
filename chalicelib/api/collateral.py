"""Collateral: what is held of a partner, proposed by one operator and approved by another."""

from typing import TYPE_CHECKING

from chalicelib.api.agreed_shape import proposal_facts
from chalicelib.api.schemas.collateral import CollateralBody, CollateralProposalReply, CollateralReply, TakenReply
from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.api.schemas.terms import ProposalParams, ReasonBody
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import (
    InvalidReasonError,
    ProposalDecidedError,
    SecondPersonNeededError,
    UnknownPartnerError,
    UnknownProposalError,
)

if TYPE_CHECKING:
    from partners.settlement.payments.agreed import Agreed
    from partners.settlement.payments.collateral import Collateral

resource = Resource("positions", __name__)

PATH = "/v1/partners/{partner_id}/collateral"
DECIDED = (UnknownPartnerError, UnknownProposalError, InvalidReasonError, ProposalDecidedError)


@resource.get(PATH, scope=Scope.OPERATOR, params=PartnerParams, reply=CollateralReply, errors=(UnknownPartnerError,))
def get_collateral(call: Call[PartnerParams, NoBody]) -> Reply:
    """Get what is held of a partner in case it does not pay, and what defaults took of it."""
    return Reply(_as_it_is(call.params.partner_id))


@resource.post(
    PATH,
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=CollateralBody,
    reply=CollateralReply,
    status=200,
    errors=(UnknownPartnerError, InvalidReasonError),
    before=lambda call: _as_it_is(call.params.partner_id),
)
def propose_collateral(call: Call[PartnerParams, CollateralBody]) -> Reply:
    """Propose what is held of a partner.

    It counts when another operator has approved it; until then what was agreed before does. A new proposal takes the
    place of one that waits. The same request again changes nothing.
    """
    from partners.settlement.payments.collateral import Collateral

    body, people = call.body, bootstrap.services().collateral.people
    wanted = Collateral(body.held_cents)
    return Reply(_shown(people.propose(call.caller.acting_as, call.params.partner_id, wanted, body.reason)))


@resource.post(
    f"{PATH}/proposals/{{proposal}}/approve",
    scope=Scope.OPERATOR,
    params=ProposalParams,
    body=ReasonBody,
    reply=CollateralReply,
    status=200,
    errors=(*DECIDED, SecondPersonNeededError),
    before=lambda call: _as_it_is(call.params.partner_id),
)
def approve_collateral(call: Call[ProposalParams, ReasonBody]) -> Reply:
    """Approve what another operator has proposed to be held of a partner. Again is a success."""
    where, people = call.params, bootstrap.services().collateral.people
    return Reply(_shown(people.approve(call.caller.acting_as, where.partner_id, where.proposal, call.body.reason)))


@resource.post(
    f"{PATH}/proposals/{{proposal}}/decline",
    scope=Scope.OPERATOR,
    params=ProposalParams,
    body=ReasonBody,
    reply=CollateralReply,
    status=200,
    errors=DECIDED,
    before=lambda call: _as_it_is(call.params.partner_id),
)
def decline_collateral(call: Call[ProposalParams, ReasonBody]) -> Reply:
    """Withdraw what you have proposed to be held of a partner, or reject what another did. Again is a success."""
    where, people = call.params, bootstrap.services().collateral.people
    return Reply(_shown(people.decline(call.caller.acting_as, where.partner_id, where.proposal, call.body.reason)))


def _as_it_is(partner_id: str) -> CollateralReply:
    return _shown(bootstrap.services().collateral.people.of(partner_id))


def _shown(one: "Agreed[Collateral]") -> CollateralReply:
    held, proposal = one.value, one.proposal
    return CollateralReply(
        partner_id=one.subject,
        currency=bootstrap.services().contracts.partner(one.subject).currency,
        held_cents=held.held_cents,
        taken=[TakenReply(settlement=settlement, taken_cents=cents) for settlement, cents in held.taken],
        left_cents=held.left_cents,
        proposal=None
        if proposal is None
        else CollateralProposalReply(**proposal_facts(proposal), held_cents=proposal.value.held_cents),
    )
