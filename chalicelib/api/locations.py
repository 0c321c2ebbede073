"""The locations of partners: the network operator opens and closes them."""

from typing import TYPE_CHECKING

from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.operator import (
    ClosingBody,
    LocationBody,
    LocationParams,
    LocationReply,
    LocationsReply,
    PartnerLocationsParams,
    PartnerParams,
)
from chalicelib.errors import InvalidCursorError
from chalicelib.listing import PageParams, page_of
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import (
    ClosedBeforeOpeningError,
    ClosingTooLateError,
    InvalidLocationIdError,
    InvalidNameError,
    LocationAlreadyClosedError,
    LocationExistsError,
    NotInThisStateError,
    OpeningTooLateError,
    UnknownLocationError,
    UnknownPartnerError,
    UnknownTimeZoneError,
)
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.contracts.model import Location

resource = Resource("partners", __name__)


@resource.post(
    "/v1/partners/{partner_id}/locations",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=LocationBody,
    reply=LocationReply,
    errors=(
        UnknownPartnerError,
        InvalidLocationIdError,
        InvalidNameError,
        UnknownTimeZoneError,
        LocationExistsError,
        OpeningTooLateError,
        NotInThisStateError,
    ),
)
def open_location(call: Call[PartnerParams, LocationBody]) -> Reply:
    """Open a location of a partner.

    The same request again is a success and changes nothing.
    """
    body = call.body
    location = bootstrap.services().contracts.open_location(
        call.params.partner_id, body.location_id, body.name, body.time_zone, body.opened_at
    )
    return Reply(_shape(location))


@resource.post(
    "/v1/partners/{partner_id}/locations/{location_id}/close",
    scope=Scope.OPERATOR,
    params=LocationParams,
    before=lambda call: _as_it_is(call.params),
    body=ClosingBody,
    reply=LocationReply,
    status=200,
    errors=(
        UnknownPartnerError,
        UnknownLocationError,
        ClosedBeforeOpeningError,
        ClosingTooLateError,
        LocationAlreadyClosedError,
    ),
)
def close_location(call: Call[LocationParams, ClosingBody]) -> Reply:
    """Close a location of a partner.

    From then on nothing can happen there; what happened before may still be reported. The day of closing is the last
    that is billed. A closing to come may be moved, one that has come stands.
    """
    params = call.params
    contracts = bootstrap.services().contracts
    location = contracts.close_location(params.partner_id, params.location_id, call.body.closed_at)
    return Reply(_shape(location))


@resource.get(
    "/v1/partners/{partner_id}/locations",
    scope=Scope.OPERATOR,
    params=PartnerLocationsParams,
    reply=LocationsReply,
    errors=(UnknownPartnerError, InvalidCursorError),
)
def list_partner_locations(call: Call[PartnerLocationsParams, NoBody]) -> Reply:
    """List all locations of a partner, by id."""
    return _listed(call.params.partner_id, ("partner locations",), call.params)


@resource.get(
    "/v1/locations", scope=Scope.REPORTS, params=PageParams, reply=LocationsReply, errors=(InvalidCursorError,)
)
def list_locations(call: Call[PageParams, NoBody]) -> Reply:
    """List your locations, by id, also those that have closed."""
    return _listed(call.caller.partner_id, ("locations",), call.params)


def _listed(partner_id: str, binding: tuple[str, ...], params: PageParams) -> Reply:
    locations = bootstrap.services().contracts.locations(partner_id)
    page, next_cursor = page_of(locations, lambda one: one.location_id, (*binding, partner_id), params)
    return Reply(LocationsReply(locations=[_shape(one) for one in page], next_cursor=next_cursor))


def _shape(location: "Location") -> LocationReply:
    return LocationReply(
        partner_id=location.partner_id,
        location_id=location.location_id,
        name=location.name,
        time_zone=location.time_zone,
        opened_at=to_rfc3339(location.opened_at_ms),
        closed_at=None if location.closed_at_ms is None else to_rfc3339(location.closed_at_ms),
    )


def _as_it_is(params: LocationParams) -> LocationReply:
    contracts = bootstrap.services().contracts
    return _shape(contracts.location(contracts.partner(params.partner_id).partner_id, params.location_id))
