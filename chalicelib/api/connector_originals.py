"""Vendors' events whole, with what names persons in them: shown to the operator with a reason, and erased."""

from chalicelib.api.schemas.connectors import (
    ErasedReply,
    OriginalsBody,
    OriginalsPageBody,
    OriginalsReply,
    PartnerConnectionParams,
)
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.connectors.errors import UnknownConnectionError

resource = Resource("connectors", __name__)


@resource.post(
    "/v1/partners/{partner_id}/connectors/{connection_id}/originals",
    scope=Scope.OPERATOR,
    params=PartnerConnectionParams,
    body=OriginalsPageBody,
    reply=OriginalsReply,
    status=200,
    errors=(UnknownConnectionError,),
)
def show_original_events(call: Call[PartnerConnectionParams, OriginalsPageBody]) -> Reply:
    """Look at the events about one sale as the vendor sent them, five at once, say for a dispute.

    They name persons: who looked, at what and why is in the audit trail. They are gone after 30 days, or sooner.
    """
    from chalicelib.api.connector_shape import received_reply

    params, body = call.params, call.body
    found, after = bootstrap.services().original_events.of_sale(
        params.partner_id, params.connection_id, body.sale_id, body.after or ""
    )
    return Reply(OriginalsReply(events=[received_reply(one.event) for one in found], next_after=after))


@resource.post(
    "/v1/partners/{partner_id}/connectors/{connection_id}/originals/erase",
    scope=Scope.OPERATOR,
    params=PartnerConnectionParams,
    body=OriginalsBody,
    reply=ErasedReply,
    status=200,
    errors=(UnknownConnectionError,),
)
def erase_original_events(call: Call[PartnerConnectionParams, OriginalsBody]) -> Reply:
    """Erase the events about one sale as the vendor sent them, before their time, say because a customer asks for it.

    What sales are mapped by names nobody and stays.
    """
    params = call.params
    erased = bootstrap.services().original_events.erase(params.partner_id, params.connection_id, call.body.sale_id)
    return Reply(ErasedReply(erased=erased))
