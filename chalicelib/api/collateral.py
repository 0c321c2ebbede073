"""Collateral: what is held of a partner, proposed by one operator and approved by another."""

from functools import partial
from typing import TYPE_CHECKING

from chalicelib.api.agreed_routes import Agreement, Texts, agreed_routes
from chalicelib.api.agreed_shape import proposal_facts
from chalicelib.api.schemas.collateral import CollateralBody, CollateralProposalReply, CollateralReply, TakenReply
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.api.schemas.terms import ProposalParams
from chalicelib.operations import Resource
from partners import bootstrap
from partners.contracts.errors import (
    UnknownPartnerError,
)
from partners.funding.errors import CollateralNotPaidInError
from partners.settlement.payments.errors import InvalidCollateralError

if TYPE_CHECKING:
    from partners.settlement.payments.agreed import Agreed
    from partners.settlement.payments.collateral import Collateral

resource = Resource("positions", __name__)


def _wanted(body: CollateralBody) -> "Collateral":
    from partners.settlement.payments.collateral import Collateral

    if body.guarantee_cents > body.held_cents:
        raise InvalidCollateralError(body.held_cents, body.guarantee_cents)
    return Collateral(body.held_cents, guarantee_cents=body.guarantee_cents)


def _shown(one: "Agreed[Collateral]") -> CollateralReply:
    held, proposal = one.value, one.proposal
    return CollateralReply(
        partner_id=one.subject,
        currency=bootstrap.services().contracts.partner(one.subject).currency,
        held_cents=held.held_cents,
        guarantee_cents=held.guarantee_cents,
        taken=[TakenReply(settlement=settlement, taken_cents=cents) for settlement, cents in held.taken],
        left_cents=held.left_cents,
        proposal=None
        if proposal is None
        else CollateralProposalReply(
            **proposal_facts(proposal),
            held_cents=proposal.value.held_cents,
            guarantee_cents=proposal.value.guarantee_cents,
        ),
    )


routes = agreed_routes(
    resource,
    Agreement(
        name="collateral",
        path="/v1/partners/{partner_id}/collateral",
        subject="partner_id",
        texts=Texts(
            get="Get what is held of a partner in case it does not pay, and what defaults took of it.",
            propose="Propose what is held of a partner.\n\n"
            "It counts when another operator has approved it; until then what was agreed before does. A new "
            "proposal takes the\n"
            "place of one that waits. The same request again changes nothing.",
            approve="Approve what another operator has proposed to be held of a partner. Again is a success.\n\n"
            "But for what is a guarantee it has to be in the partner's deposit.",
            decline="Withdraw what you have proposed to be held of a partner, or reject what another did. "
            "Again is a success.",
        ),
        params=PartnerParams,
        proposal_params=ProposalParams,
        body=CollateralBody,
        reply=CollateralReply,
        unknown=UnknownPartnerError,
        people=lambda: bootstrap.services().collateral.people,
        wanted=_wanted,
        shown=_shown,
        approve=lambda: partial(bootstrap.services().collateral.approve, bootstrap.services().deposits),
        refusals=(CollateralNotPaidInError,),
        invalid=(InvalidCollateralError,),
    ),
)
