"""Billing contacts: where a partner's invoices are sent. The partner's admin says so, or the operator for it."""

from typing import TYPE_CHECKING

from chalicelib.api.schemas.billing_contacts import (
    BillingContactBody,
    BillingContactRemovalBody,
    BillingContactReply,
    PartnerBillingContactBody,
)
from chalicelib.api.schemas.fields import NoBody, NoParams
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.billing.contact_errors import InvalidBillingEmailError
from partners.contracts.errors import UnknownPartnerError
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.billing.contact import BillingContact

resource = Resource("billing contacts", __name__)


@resource.get("/v1/billing-contact", scope=Scope.ADMIN, params=NoParams, reply=BillingContactReply)
def get_billing_contact(call: Call[NoParams, NoBody]) -> Reply:
    """Get where your invoices are sent."""
    return _standing(call.caller.partner_id)


@resource.post(
    "/v1/billing-contact",
    scope=Scope.ADMIN,
    params=NoParams,
    before=lambda call: _as_it_is(call.caller.partner_id),
    body=BillingContactBody,
    reply=BillingContactReply,
    status=200,
    errors=(InvalidBillingEmailError,),
)
def set_billing_contact(call: Call[NoParams, BillingContactBody]) -> Reply:
    """Say where your invoices are to be sent.

    It holds for invoices from the next quarter of an hour on. The same again changes nothing. The address before is
    kept nowhere here.
    """
    return _set(call.caller.partner_id, call.body.email)


@resource.post(
    "/v1/billing-contact/delete",
    scope=Scope.ADMIN,
    params=NoParams,
    before=lambda call: _as_it_is(call.caller.partner_id),
    body=BillingContactRemovalBody,
    reply=BillingContactReply,
    status=200,
)
def delete_billing_contact(call: Call[NoParams, BillingContactRemovalBody]) -> Reply:
    """Have your invoices sent nowhere.

    The address is kept nowhere here, nor at Stripe from the next quarter of an hour on, but on invoices that are final.
    While you are billed through Stripe, nothing is invoiced until you name another. Again, nothing changes.
    """
    return _removed(call.caller.partner_id)


@resource.get(
    "/v1/partners/{partner_id}/billing-contact",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    reply=BillingContactReply,
    errors=(UnknownPartnerError,),
)
def get_partner_billing_contact(call: Call[PartnerParams, NoBody]) -> Reply:
    """Get where a partner's invoices are sent."""
    return _standing(call.params.partner_id)


@resource.post(
    "/v1/partners/{partner_id}/billing-contact",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    before=lambda call: _as_it_is(call.params.partner_id),
    body=PartnerBillingContactBody,
    reply=BillingContactReply,
    status=200,
    errors=(UnknownPartnerError, InvalidBillingEmailError),
)
def set_partner_billing_contact(call: Call[PartnerParams, PartnerBillingContactBody]) -> Reply:
    """Say where a partner's invoices are to be sent.

    Needed before it is billed through Stripe, which sends no invoice without an address. The same again changes
    nothing.
    """
    return _set(call.params.partner_id, call.body.email)


@resource.post(
    "/v1/partners/{partner_id}/billing-contact/delete",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    before=lambda call: _as_it_is(call.params.partner_id),
    body=BillingContactRemovalBody,
    reply=BillingContactReply,
    status=200,
    errors=(UnknownPartnerError,),
)
def delete_partner_billing_contact(call: Call[PartnerParams, BillingContactRemovalBody]) -> Reply:
    """Have a partner's invoices sent nowhere.

    The address is kept nowhere here, nor at Stripe from the next quarter of an hour on, but on invoices that are final.
    While it is billed through Stripe, nothing is invoiced until there is another. Again, nothing changes.
    """
    return _removed(call.params.partner_id)


def _standing(partner_id: str) -> Reply:
    return Reply(_as_it_is(partner_id))


def _as_it_is(partner_id: str) -> BillingContactReply:
    return _shown(partner_id, bootstrap.services().billing_contacts.contact(partner_id))


def _set(partner_id: str, email: str) -> Reply:
    return Reply(_shown(partner_id, bootstrap.services().billing_contacts.set_email(partner_id, email)))


def _removed(partner_id: str) -> Reply:
    return Reply(_shown(partner_id, bootstrap.services().billing_contacts.remove(partner_id)))


def _shown(partner_id: str, contact: "BillingContact | None") -> BillingContactReply:
    return BillingContactReply(
        partner_id=partner_id,
        email=None if contact is None else contact.email,
        changed_at=None if contact is None else to_rfc3339(contact.changed_at_ms),
        version=0 if contact is None else contact.version,
    )
