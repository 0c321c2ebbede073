"""Where partners' positions are paid: proposed by one operator, in force when another has approved it."""

from typing import TYPE_CHECKING, Any

from chalicelib.api.agreed_routes import Agreement, Texts, agreed_routes
from chalicelib.api.agreed_shape import proposal_facts
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.api.schemas.payees import PayeeAccountsBody, PayeeAccountsOut, PayeeAccountsReply, PayeeProposalReply
from chalicelib.api.schemas.terms import ProposalParams
from chalicelib.operations import Resource
from partners import bootstrap
from partners.contracts.errors import (
    UnknownPartnerError,
)

if TYPE_CHECKING:
    from partners.settlement.payments.agreed import Agreed
    from partners.settlement.payments.payees import PayeeAccounts

resource = Resource("positions", __name__)

CHARGED = "charge_automatically"


def _wanted(body: PayeeAccountsBody) -> "PayeeAccounts":
    from partners.settlement.payments.payees import PayeeAccounts

    return PayeeAccounts(
        body.customer_id, body.connected_account_id, body.collection == CHARGED, body.bank_account_fingerprint
    )


def _shown(one: "Agreed[PayeeAccounts]") -> PayeeAccountsReply:
    proposal = one.proposal
    return PayeeAccountsReply(
        partner_id=one.subject,
        version=one.version,
        proposal=None
        if proposal is None
        else PayeeProposalReply(**proposal_facts(proposal), accounts=PayeeAccountsOut(**_accounts(proposal.value))),
        **_accounts(one.value),
    )


def _accounts(accounts: "PayeeAccounts") -> dict[str, Any]:
    return {
        "customer_id": accounts.customer_id,
        "connected_account_id": accounts.connected_account_id,
        "collection": CHARGED if accounts.charged else "send_invoice",
        "bank_account_fingerprint": accounts.bank_account,
    }


routes = agreed_routes(
    resource,
    Agreement(
        name="payee_accounts",
        path="/v1/partners/{partner_id}/payee-accounts",
        subject="partner_id",
        texts=Texts(
            get="Get where a partner's positions are paid, and what is proposed instead.",
            propose="Propose where a partner's positions are paid, all of it at once.\n\n"
            "It holds when another operator has approved it; until then money goes where it went before. A "
            "new proposal takes\n"
            "the place of one that waits. The same request again changes nothing.",
            approve="Approve where another operator has proposed to pay a partner.\n\n"
            "It holds for payments that are planned from then on; one that is planned or sent at Stripe "
            "keeps its own. Again is a\n"
            "success.",
            decline="Withdraw what you have proposed of where a partner is paid, or reject what another did. "
            "Again is a success.",
        ),
        params=PartnerParams,
        proposal_params=ProposalParams,
        body=PayeeAccountsBody,
        reply=PayeeAccountsReply,
        unknown=UnknownPartnerError,
        people=lambda: bootstrap.services().payees.people,
        wanted=_wanted,
        shown=_shown,
    ),
)
