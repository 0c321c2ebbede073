"""Partners: the network operator brings them in."""

from chalicelib.api.schemas.fields import NoBody, NoParams
from chalicelib.api.schemas.operator import PartnerBody, PartnerReply, PartnersReply
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import (
    InvalidNameError,
    InvalidPartnerIdError,
    PartnerExistsError,
    UnsupportedCurrencyError,
)
from partners.contracts.model import Partner
from shared.kernel.clock import to_rfc3339

resource = Resource("partners", __name__)


@resource.post(
    "/v1/partners",
    scope=Scope.OPERATOR,
    params=NoParams,
    body=PartnerBody,
    reply=PartnerReply,
    errors=(InvalidPartnerIdError, InvalidNameError, UnsupportedCurrencyError, PartnerExistsError),
)
def create_partner(call: Call[NoParams, PartnerBody]) -> Reply:
    """Bring a partner in.

    The same request again is a success and changes nothing.
    """
    body = call.body
    partner = bootstrap.services().contracts.create_partner(body.partner_id, body.name, body.currency)
    return Reply(_partner(partner))


@resource.get("/v1/partners", scope=Scope.OPERATOR, params=NoParams, reply=PartnersReply)
def list_partners(_: Call[NoParams, NoBody]) -> Reply:
    """List all partners."""
    return Reply(PartnersReply(partners=[_partner(one) for one in bootstrap.services().contracts.partners()]))


def _partner(partner: Partner) -> PartnerReply:
    return PartnerReply(
        partner_id=partner.partner_id,
        name=partner.name,
        currency=partner.currency,
        created_at=to_rfc3339(partner.created_at_ms),
    )
