"""Which members are paid at one bank account: proposed by one operator, in force when another has approved it."""

from typing import TYPE_CHECKING

from chalicelib.api.agreed_routes import Agreement, Texts, agreed_routes
from chalicelib.api.agreed_shape import proposal_facts
from chalicelib.api.schemas.member_accounts import (
    MemberAccountBody,
    MemberAccountParams,
    MemberAccountProposalParams,
    MemberAccountProposalReply,
    MemberAccountReply,
)
from chalicelib.operations import Resource
from partners import bootstrap

if TYPE_CHECKING:
    from partners.settlement.payments.agreed import Agreed
    from partners.settlement.payments.member_accounts import PaidThere

resource = Resource("payouts", __name__)


def _wanted(body: MemberAccountBody) -> "PaidThere":
    from partners.settlement.payments.member_accounts import PaidThere

    return PaidThere(tuple(sorted(set(body.members))))


def _shown(one: "Agreed[PaidThere]") -> MemberAccountReply:
    proposal = one.proposal
    return MemberAccountReply(
        member_account_fingerprint=one.subject,
        members=list(one.value.members),
        proposal=None
        if proposal is None
        else MemberAccountProposalReply(**proposal_facts(proposal), members=list(proposal.value.members)),
    )


routes = agreed_routes(
    resource,
    Agreement(
        name="member_account",
        path="/v1/member-accounts/{member_account_fingerprint}",
        subject="member_account_fingerprint",
        texts=Texts(
            get="Get which members two operators agreed may be paid at one bank account.",
            propose="Propose which members may be paid at one bank account.\n\n"
            "For those who share one, and for payouts whose account was not told or was wrong: no bank file pays them "
            "there else. It\n"
            "counts when another operator has approved it. A new proposal takes the place of one that waits. The same "
            "request again\nchanges nothing.",
            approve="Approve who, as another operator has proposed, may be paid at an account. Again is a success.\n\n"
            "Ask each of these members first.",
            decline="Withdraw what you have proposed of an account, or reject what another did. Again is a success.",
        ),
        params=MemberAccountParams,
        proposal_params=MemberAccountProposalParams,
        body=MemberAccountBody,
        reply=MemberAccountReply,
        unknown=None,
        people=lambda: bootstrap.services().member_accounts.people,
        wanted=_wanted,
        shown=_shown,
    ),
)
