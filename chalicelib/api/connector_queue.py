"""What waits at a connector, one item at a time: looked into and tried again by the operator, dismissed by either."""

from chalicelib.api.schemas.connectors import (
    DismissalBody,
    ItemParams,
    LinkReply,
    PartnerItemParams,
    PartnerResultsParams,
    RetriesReply,
    UnmappedOut,
)
from chalicelib.api.schemas.fields import NoBody, WhyBody
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.connectors.errors import EventBusyError, NotAFolderError, UnknownConnectionError, UnknownUnmappedError
from shared.kernel.clock import to_rfc3339

resource = Resource("connectors", __name__)

ERRORS = (UnknownConnectionError, UnknownUnmappedError, EventBusyError)


@resource.post(
    "/v1/connectors/{connection_id}/unmapped/{item_id}/dismiss",
    scope=Scope.ADMIN,
    params=ItemParams,
    body=DismissalBody,
    reply=UnmappedOut,
    status=200,
    errors=ERRORS,
    before=lambda call: _item(call.caller.partner_id, call.params),
)
def dismiss_unmapped_item(call: Call[ItemParams, DismissalBody]) -> Reply:
    """Take an item out of the queue, for nothing is to come of it, or you have recorded it yourself.

    If its vendor tells another amount of it later, that waits. Nothing that is recorded is undone.
    """
    return _dismissed(call.caller.partner_id, call.params, call.body)


@resource.post(
    "/v1/partners/{partner_id}/connectors/{connection_id}/unmapped/{item_id}/dismiss",
    scope=Scope.OPERATOR,
    params=PartnerItemParams,
    body=DismissalBody,
    reply=UnmappedOut,
    status=200,
    errors=ERRORS,
    before=lambda call: _item(call.params.partner_id, call.params),
)
def dismiss_partner_unmapped_item(call: Call[PartnerItemParams, DismissalBody]) -> Reply:
    """Take an item out of a partner's queue, for nothing is to come of it."""
    return _dismissed(call.params.partner_id, call.params, call.body)


@resource.post(
    "/v1/partners/{partner_id}/connectors/{connection_id}/unmapped/{item_id}/retries",
    scope=Scope.OPERATOR,
    params=PartnerItemParams,
    body=WhyBody,
    reply=RetriesReply,
    status=200,
    errors=ERRORS,
)
def retry_partner_unmapped_item(call: Call[PartnerItemParams, WhyBody]) -> Reply:
    """Have one item of a partner tried again, as an import: a sale of any age is recorded."""
    params = call.params
    bootstrap.services().unmapped.retry(params.partner_id, params.connection_id, params.item_id, any_age=True)
    return Reply(RetriesReply(retried=1, next_after=None))


@resource.get(
    "/v1/partners/{partner_id}/connectors/{connection_id}/results/{name}",
    scope=Scope.OPERATOR,
    params=PartnerResultsParams,
    reply=LinkReply,
    errors=(UnknownConnectionError, NotAFolderError),
)
def get_partner_till_file_results(call: Call[PartnerResultsParams, NoBody]) -> Reply:
    """Get a URL to GET the results of a partner's file from.

    They say what became of each line. In the queue the file's name is its item's `foreign_id`.
    """
    params = call.params
    link = bootstrap.services().folders.results(params.partner_id, params.connection_id, params.name)
    return Reply(LinkReply(url=link.url, expires_at=to_rfc3339(link.expires_at_ms)))


def _item(partner_id: str, params: ItemParams) -> UnmappedOut:
    from chalicelib.api.connector_shape import item_reply

    return item_reply(bootstrap.services().unmapped.item(partner_id, params.connection_id, params.item_id))


def _dismissed(partner_id: str, params: ItemParams, body: DismissalBody) -> Reply:
    from chalicelib.api.connector_shape import item_reply

    unmapped = bootstrap.services().unmapped
    return Reply(item_reply(unmapped.dismiss(partner_id, params.connection_id, params.item_id, body.reason)))
