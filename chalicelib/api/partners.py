"""Partners: the network operator brings them in."""

from chalicelib.api.schemas.fields import NoBody, NoParams
from chalicelib.api.schemas.operator import (
    PartnerBody,
    PartnerLifeReply,
    PartnerParams,
    PartnerReply,
    PartnersReply,
    StateBody,
    StateChangeReply,
)
from chalicelib.errors import InvalidCursorError
from chalicelib.listing import PageParams, page_of
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.closure.errors import PositionOpenError
from partners.contracts.errors import (
    ClosingTooSoonError,
    InvalidNameError,
    InvalidPartnerIdError,
    InvalidReasonError,
    LocationsOpenError,
    PartnerExistsError,
    PartnerWithoutTermsError,
    StateChangeRefusedError,
    StateConflictError,
    UnknownPartnerError,
    UnsupportedCurrencyError,
)
from partners.contracts.life import MAY, MAY_GET
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
    """Invite a partner.

    It may not trade before it has been verified and is active. The same request again is a success and changes
    nothing.
    """
    body = call.body
    lives = bootstrap.services().lives
    partner = lives.invite(call.caller.acting_as, body.partner_id, body.name, body.currency)
    return Reply(_partner(partner))


@resource.get(
    "/v1/partners", scope=Scope.OPERATOR, params=PageParams, reply=PartnersReply, errors=(InvalidCursorError,)
)
def list_partners(call: Call[PageParams, NoBody]) -> Reply:
    """List all partners, by id."""
    partners = bootstrap.services().contracts.partners()
    page, next_cursor = page_of(partners, lambda one: one.partner_id, ("partners",), call.params)
    return Reply(PartnersReply(partners=[_partner(one) for one in page], next_cursor=next_cursor))


@resource.post(
    "/v1/partners/{partner_id}/state",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    before=lambda call: _partner(bootstrap.services().contracts.partner_now(call.params.partner_id)),
    body=StateBody,
    reply=PartnerReply,
    status=200,
    errors=(
        UnknownPartnerError,
        InvalidReasonError,
        StateChangeRefusedError,
        PartnerWithoutTermsError,
        ClosingTooSoonError,
        LocationsOpenError,
        PositionOpenError,
        StateConflictError,
    ),
)
def change_partner_state(call: Call[PartnerParams, StateBody]) -> Reply:
    """Take a partner to another state of its life.

    invited, verified, active, suspended, closed: in this order, and back from suspended to active. Its tills know
    within a minute. Points that a suspended or closed partner has granted stay spendable elsewhere. The state that it
    is in already is a success and changes nothing.
    """
    body, services = call.body, bootstrap.services()
    moved = services.lives.move(call.caller.acting_as, call.params.partner_id, body.state, body.reason)
    return Reply(_partner(moved))


@resource.get(
    "/v1/partners/{partner_id}",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    reply=PartnerLifeReply,
    errors=(UnknownPartnerError,),
)
def get_partner(call: Call[PartnerParams, NoBody]) -> Reply:
    """Show a partner, what it may do now and how it came to that."""
    services = bootstrap.services()
    partner = services.contracts.partner_now(call.params.partner_id)
    changes = [
        StateChangeReply(state=one.state, by=one.by, at=to_rfc3339(one.at_ms), reason=one.reason)
        for one in services.lives.history(partner.partner_id)
    ]
    shown = _partner(partner).model_dump()
    may, may_get = sorted(MAY[partner.state]), sorted(MAY_GET[partner.state])
    return Reply(PartnerLifeReply(**shown, may=may, may_get=may_get, changes=changes))


def _partner(partner: Partner) -> PartnerReply:
    return PartnerReply(
        partner_id=partner.partner_id,
        name=partner.name,
        currency=partner.currency,
        created_at=to_rfc3339(partner.created_at_ms),
        state=partner.state,
    )
