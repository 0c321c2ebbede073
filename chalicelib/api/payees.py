"""Where partners' positions are paid: ids at Stripe, kept by the operator."""

from typing import TYPE_CHECKING

from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.api.schemas.payees import StripeAccountsBody, StripeAccountsReply
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import UnknownPartnerError

if TYPE_CHECKING:
    from partners.settlement.payments.stripe_accounts import StripeAccounts

resource = Resource("positions", __name__)

PATH = "/v1/partners/{partner_id}/stripe-accounts"


@resource.get(
    PATH, scope=Scope.OPERATOR, params=PartnerParams, reply=StripeAccountsReply, errors=(UnknownPartnerError,)
)
def get_stripe_accounts(call: Call[PartnerParams, NoBody]) -> Reply:
    """Get where a partner's positions are paid at Stripe."""
    return Reply(_as_it_is(call.params.partner_id))


@resource.post(
    PATH,
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=StripeAccountsBody,
    reply=StripeAccountsReply,
    status=200,
    errors=(UnknownPartnerError,),
    before=lambda call: _as_it_is(call.params.partner_id),
)
def set_stripe_accounts(call: Call[PartnerParams, StripeAccountsBody]) -> Reply:
    """Say where a partner's positions are paid at Stripe.

    It holds for payments that are planned from now on; one that is planned or sent keeps its own. The same again
    changes nothing.
    """
    body, payees = call.body, bootstrap.services().payees
    charged = body.collection == "charge_automatically"
    return Reply(
        _shown(
            payees.set_accounts(call.params.partner_id, body.customer_id, body.connected_account_id, charged=charged)
        )
    )


def _as_it_is(partner_id: str) -> StripeAccountsReply:
    return _shown(bootstrap.services().payees.accounts(partner_id))


def _shown(accounts: "StripeAccounts") -> StripeAccountsReply:
    return StripeAccountsReply(
        partner_id=accounts.partner_id,
        customer_id=accounts.customer_id,
        connected_account_id=accounts.connected_account_id,
        collection="charge_automatically" if accounts.charged else "send_invoice",
        version=accounts.version,
    )
