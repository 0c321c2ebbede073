"""What the network advances in a currency, so that creditors can be paid before debtors have paid."""

from typing import TYPE_CHECKING

from chalicelib.api.agreed_routes import Agreement, Texts, agreed_routes
from chalicelib.api.agreed_shape import proposal_facts
from chalicelib.api.schemas.advances import (
    AdvanceBody,
    AdvanceProposalParams,
    AdvanceProposalReply,
    AdvanceReply,
    CurrencyParams,
)
from chalicelib.operations import Resource
from partners import bootstrap
from partners.contracts.errors import (
    UnsupportedCurrencyError,
)
from partners.settlement.payments.errors import AdvanceInUseError

if TYPE_CHECKING:
    from partners.settlement.payments.advances import Advance
    from partners.settlement.payments.agreed import Agreed

resource = Resource("positions", __name__)


def _wanted(body: AdvanceBody) -> "Advance":
    from partners.settlement.payments.advances import Advance

    return Advance(body.advanced_cents)


def _shown(one: "Agreed[Advance]") -> AdvanceReply:
    proposal = one.proposal
    return AdvanceReply(
        currency=one.subject,
        advanced_cents=one.value.advanced_cents,
        proposal=None
        if proposal is None
        else AdvanceProposalReply(**proposal_facts(proposal), advanced_cents=proposal.value.advanced_cents),
    )


routes = agreed_routes(
    resource,
    Agreement(
        name="advance",
        path="/v1/advances/{currency}",
        subject="currency",
        texts=Texts(
            get="Get what the network itself has put in to pay the creditors of a currency.",
            propose="Propose what the network advances in a currency, in all.\n\n"
            "It counts when another operator has approved it; until then what was agreed before does. A new "
            "proposal takes the\n"
            "place of one that waits. The same request again changes nothing.",
            approve="Approve what another operator has proposed to advance. Again is a success.",
            decline="Withdraw what you have proposed to advance, or reject what another did. Again is a success.",
        ),
        params=CurrencyParams,
        proposal_params=AdvanceProposalParams,
        body=AdvanceBody,
        reply=AdvanceReply,
        unknown=UnsupportedCurrencyError,
        people=lambda: bootstrap.services().advances.people,
        wanted=_wanted,
        shown=_shown,
        approve=lambda: bootstrap.services().advances.approve,
        refusals=(AdvanceInUseError,),
    ),
)
