"""Customers who join the network."""

from chalicelib.api import refusals
from chalicelib.api.schemas.fields import NoParams
from chalicelib.api.schemas.till import EnrolBody, EnrolledReply
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import PartnerNotActiveError, UnknownLocationError
from partners.till.errors import LocationClosedError, LocationNotOpenError
from partners.till.model import EnrolRequest
from shared.kernel.clock import to_rfc3339
from shared.ledger.errors import IdempotencyKeyReusedError
from shared.members.errors import AlreadyEnrolledError, EnrolmentBusyError, InvalidContactError

resource = Resource("members", __name__)


@resource.post(
    "/v1/members",
    scope=Scope.MEMBERS,
    params=NoParams,
    body=EnrolBody,
    reply=EnrolledReply,
    idempotent=True,
    errors=(
        InvalidContactError,
        PartnerNotActiveError,
        UnknownLocationError,
        LocationNotOpenError,
        LocationClosedError,
        AlreadyEnrolledError,
        IdempotencyKeyReusedError,
        *refusals.TIME,
        EnrolmentBusyError,
    ),
)
def enrol_member(call: Call[NoParams, EnrolBody]) -> Reply:
    """Enrol a customer.

    One e-mail address or phone number is enough. The reply holds the number of the customer's card, good
    at every partner of the network.
    """
    body = call.body
    done = bootstrap.services().till.enrol(
        call.caller.partner_id,
        call.idempotency_key,
        EnrolRequest(body.contact, body.location_id, body.receipt, body.occurred_at),
    )
    reply = EnrolledReply(
        card_number=done.card_number,
        entry_id=done.entry.entry_id,
        recorded_at=to_rfc3339(done.entry.recorded_at_ms),
        visit=done.entry.visit,
    )
    return Reply(reply, done.replayed)
