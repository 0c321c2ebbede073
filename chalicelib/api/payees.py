"""Where partners' positions are paid: proposed by one operator, in force when another has approved it."""

from typing import TYPE_CHECKING, Any

from chalicelib.api.agreed_shape import proposal_facts
from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.api.schemas.payees import PayeeAccountsBody, PayeeAccountsOut, PayeeAccountsReply, PayeeProposalReply
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
    from partners.settlement.payments.payees import PayeeAccounts

resource = Resource("positions", __name__)

PATH = "/v1/partners/{partner_id}/payee-accounts"
DECIDED = (UnknownPartnerError, UnknownProposalError, InvalidReasonError, ProposalDecidedError)
CHARGED = "charge_automatically"


@resource.get(PATH, scope=Scope.OPERATOR, params=PartnerParams, reply=PayeeAccountsReply, errors=(UnknownPartnerError,))
def get_payee_accounts(call: Call[PartnerParams, NoBody]) -> Reply:
    """Get where a partner's positions are paid, and what is proposed instead."""
    return Reply(_as_it_is(call.params.partner_id))


@resource.post(
    PATH,
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=PayeeAccountsBody,
    reply=PayeeAccountsReply,
    status=200,
    errors=(UnknownPartnerError, InvalidReasonError),
    before=lambda call: _as_it_is(call.params.partner_id),
)
def propose_payee_accounts(call: Call[PartnerParams, PayeeAccountsBody]) -> Reply:
    """Propose where a partner's positions are paid, all of it at once.

    It holds when another operator has approved it; until then money goes where it went before. A new proposal takes
    the place of one that waits. The same request again changes nothing.
    """
    from partners.settlement.payments.payees import PayeeAccounts

    body, people = call.body, bootstrap.services().payees.people
    wanted = PayeeAccounts(
        body.customer_id, body.connected_account_id, body.collection == CHARGED, body.bank_account_fingerprint
    )
    return Reply(_shown(people.propose(call.caller.acting_as, call.params.partner_id, wanted, body.reason)))


@resource.post(
    f"{PATH}/proposals/{{proposal}}/approve",
    scope=Scope.OPERATOR,
    params=ProposalParams,
    body=ReasonBody,
    reply=PayeeAccountsReply,
    status=200,
    errors=(*DECIDED, SecondPersonNeededError),
    before=lambda call: _as_it_is(call.params.partner_id),
)
def approve_payee_accounts(call: Call[ProposalParams, ReasonBody]) -> Reply:
    """Approve where another operator has proposed to pay a partner.

    It holds for payments that are planned from then on; one that is planned or sent at Stripe keeps its own. Again is a
    success.
    """
    where, people = call.params, bootstrap.services().payees.people
    return Reply(_shown(people.approve(call.caller.acting_as, where.partner_id, where.proposal, call.body.reason)))


@resource.post(
    f"{PATH}/proposals/{{proposal}}/decline",
    scope=Scope.OPERATOR,
    params=ProposalParams,
    body=ReasonBody,
    reply=PayeeAccountsReply,
    status=200,
    errors=DECIDED,
    before=lambda call: _as_it_is(call.params.partner_id),
)
def decline_payee_accounts(call: Call[ProposalParams, ReasonBody]) -> Reply:
    """Withdraw what you have proposed of where a partner is paid, or reject what another did. Again is a success."""
    where, people = call.params, bootstrap.services().payees.people
    return Reply(_shown(people.decline(call.caller.acting_as, where.partner_id, where.proposal, call.body.reason)))


def _as_it_is(partner_id: str) -> PayeeAccountsReply:
    return _shown(bootstrap.services().payees.people.of(partner_id))


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
