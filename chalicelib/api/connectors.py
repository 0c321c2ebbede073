"""Connectors: a partner's Shopify shops, Square accounts and till files."""

from typing import TYPE_CHECKING

from chalicelib.api.schemas.connectors import (
    ConnectionBody,
    ConnectionParams,
    ConnectionReply,
    ConnectionsReply,
    ItemParams,
    LinkReply,
    PartnerConnectionParams,
    PartnerItemParams,
    PartnerUnmappedParams,
    ReceivedEventReply,
    ResultsParams,
    RetriesBody,
    RetriesReply,
    SecretBody,
    SettingsBody,
    UnmappedParams,
    UnmappedReply,
    UploadBody,
)
from chalicelib.api.schemas.fields import NoBody, NoParams, WhyBody
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.cursors import cursors
from chalicelib.errors import InvalidCursorError
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.connectors.errors import (
    ConnectionChangedError,
    ConnectionDisabledError,
    ConnectionExistsError,
    EventBusyError,
    EventGoneError,
    InvalidConnectionError,
    NotAFolderError,
    TooManyConnectionsError,
    UnknownConnectionError,
    UnknownUnmappedError,
)
from partners.connectors.words import CardPlace, Kind
from partners.contracts.errors import NotInThisStateError, UnknownLocationError
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.connectors.folders import Link
    from partners.connectors.model import CardSource, Connection

resource = Resource("connectors", __name__)


@resource.post(
    "/v1/connectors",
    scope=Scope.ADMIN,
    params=NoParams,
    body=ConnectionBody,
    reply=ConnectionReply,
    errors=(
        InvalidConnectionError,
        UnknownLocationError,
        ConnectionExistsError,
        TooManyConnectionsError,
        NotInThisStateError,
    ),
)
def create_connection(call: Call[NoParams, ConnectionBody]) -> Reply:
    """Connect a shop, a merchant account or a folder of files.

    It hears nothing before it is given the vendor's secret; a folder needs none.
    """
    body = call.body
    made = bootstrap.services().connections.create(
        call.caller.partner_id, Kind(body.kind), body.account, _source(body), body.locations
    )
    return _shown(made)


@resource.get("/v1/connectors", scope=Scope.ADMIN, params=NoParams, reply=ConnectionsReply)
def list_connections(call: Call[NoParams, NoBody]) -> Reply:
    """List your connections, disabled ones too."""
    return _listed(call.caller.partner_id)


@resource.post(
    "/v1/connectors/{connection_id}/settings",
    scope=Scope.ADMIN,
    params=ConnectionParams,
    before=lambda call: _as_it_is(call.caller.partner_id, call.params.connection_id),
    body=SettingsBody,
    reply=ConnectionReply,
    status=200,
    errors=(
        UnknownConnectionError,
        UnknownLocationError,
        InvalidConnectionError,
        ConnectionDisabledError,
        ConnectionChangedError,
    ),
)
def change_connection(call: Call[ConnectionParams, SettingsBody]) -> Reply:
    """Replace where the card is found, and which location is which.

    What waits in the queue is read by the new settings when it is tried again.
    """
    body = call.body
    changed = bootstrap.services().connections.change_settings(
        call.caller.partner_id, call.params.connection_id, _source(body), body.locations
    )
    return _shown(changed)


@resource.post(
    "/v1/connectors/{connection_id}/secrets",
    scope=Scope.ADMIN,
    params=ConnectionParams,
    before=lambda call: _as_it_is(call.caller.partner_id, call.params.connection_id),
    body=SecretBody,
    reply=ConnectionReply,
    errors=(UnknownConnectionError, InvalidConnectionError, ConnectionDisabledError, ConnectionChangedError),
)
def add_connection_secret(call: Call[ConnectionParams, SecretBody]) -> Reply:
    """Give the secret under which the vendor signs its events.

    Earlier secrets hold good for the time of overlap, so that events under way still verify.
    """
    body = call.body
    changed = bootstrap.services().connections.add_secret(
        call.caller.partner_id, call.params.connection_id, body.secret, body.notification_url, body.overlap_seconds
    )
    return _shown(changed)


@resource.post(
    "/v1/connectors/{connection_id}/disable",
    scope=Scope.ADMIN,
    params=ConnectionParams,
    before=lambda call: _as_it_is(call.caller.partner_id, call.params.connection_id),
    body=WhyBody,
    reply=ConnectionReply,
    status=200,
    errors=(UnknownConnectionError, ConnectionChangedError),
)
def disable_connection(call: Call[ConnectionParams, WhyBody]) -> Reply:
    """End a connection for good.

    It hears nothing more and its secrets are gone; what waits in its queue stays there.
    """
    ended = bootstrap.services().connections.disable(call.caller.partner_id, call.params.connection_id)
    return _shown(ended)


@resource.get(
    "/v1/connectors/{connection_id}/unmapped",
    scope=Scope.ADMIN,
    params=UnmappedParams,
    reply=UnmappedReply,
    errors=(UnknownConnectionError, InvalidCursorError),
)
def list_unmapped(call: Call[UnmappedParams, NoBody]) -> Reply:
    """List what could not be mapped, each with its reason, oldest first."""
    return _waiting(call.caller.partner_id, call.params)


@resource.get(
    "/v1/connectors/{connection_id}/unmapped/{item_id}/raw",
    scope=Scope.ADMIN,
    params=ItemParams,
    reply=ReceivedEventReply,
    errors=(UnknownConnectionError, UnknownUnmappedError, EventGoneError),
)
def get_unmapped_event(call: Call[ItemParams, NoBody]) -> Reply:
    """Get the event behind an item, within 30 days: what your vendor sent, without what names a person."""
    return _received(call.caller.partner_id, call.params)


@resource.post(
    "/v1/connectors/{connection_id}/unmapped/{item_id}/retries",
    scope=Scope.ADMIN,
    params=ItemParams,
    body=WhyBody,
    reply=RetriesReply,
    status=200,
    errors=(UnknownConnectionError, UnknownUnmappedError, EventBusyError),
)
def retry_unmapped_item(call: Call[ItemParams, WhyBody]) -> Reply:
    """Have one item tried again, its event read by the settings as they are now.

    It leaves the queue when it is settled. What was dismissed, and another amount of it told since, is recorded by this
    alone.
    """
    params = call.params
    bootstrap.services().unmapped.retry(call.caller.partner_id, params.connection_id, params.item_id)
    return Reply(RetriesReply(retried=1, next_after=None))


@resource.post(
    "/v1/connectors/{connection_id}/retries",
    scope=Scope.ADMIN,
    params=ConnectionParams,
    body=RetriesBody,
    reply=RetriesReply,
    status=200,
    errors=(UnknownConnectionError, UnknownUnmappedError, EventBusyError),
)
def retry_unmapped(call: Call[ConnectionParams, RetriesBody]) -> Reply:
    """Have the oldest hundred items tried again, or the next hundred behind one.

    They leave the queue when they are settled. Sales that were let go without a card can be read again as well.
    """
    return _retried(call.caller.partner_id, call.params, call.body, any_age=False)


@resource.post(
    "/v1/connectors/{connection_id}/uploads",
    scope=Scope.ADMIN,
    params=ConnectionParams,
    body=UploadBody,
    reply=LinkReply,
    errors=(UnknownConnectionError, ConnectionDisabledError, NotAFolderError, NotInThisStateError),
)
def upload_till_file(call: Call[ConnectionParams, UploadBody]) -> Reply:
    """Get a URL to PUT a file of purchases and returns to.

    A file of the same name takes the place of the one before. Whatever is put, each line counts once. Say the file's
    size if the URL goes to someone else: it then takes nothing larger.
    """
    partner_id, body = call.caller.partner_id, call.body
    link = bootstrap.services().folders.upload(partner_id, call.params.connection_id, body.name, body.size_bytes)
    return _link(link)


@resource.get(
    "/v1/connectors/{connection_id}/results/{name}",
    scope=Scope.ADMIN,
    params=ResultsParams,
    reply=LinkReply,
    errors=(UnknownConnectionError, NotAFolderError),
)
def get_till_file_results(call: Call[ResultsParams, NoBody]) -> Reply:
    """Get a URL to GET the results of a file from. There is nothing there until the file has been worked on."""
    params = call.params
    return _link(bootstrap.services().folders.results(call.caller.partner_id, params.connection_id, params.name))


@resource.get(
    "/v1/partners/{partner_id}/connectors", scope=Scope.OPERATOR, params=PartnerParams, reply=ConnectionsReply
)
def list_partner_connections(call: Call[PartnerParams, NoBody]) -> Reply:
    """List a partner's connections."""
    return _listed(call.params.partner_id)


@resource.get(
    "/v1/partners/{partner_id}/connectors/{connection_id}/unmapped",
    scope=Scope.OPERATOR,
    params=PartnerUnmappedParams,
    reply=UnmappedReply,
    errors=(UnknownConnectionError, InvalidCursorError),
)
def list_partner_unmapped(call: Call[PartnerUnmappedParams, NoBody]) -> Reply:
    """List what could not be mapped for a partner, each with its reason, oldest first."""
    return _waiting(call.params.partner_id, call.params)


@resource.get(
    "/v1/partners/{partner_id}/connectors/{connection_id}/unmapped/{item_id}/raw",
    scope=Scope.OPERATOR,
    params=PartnerItemParams,
    reply=ReceivedEventReply,
    errors=(UnknownConnectionError, UnknownUnmappedError, EventGoneError),
)
def get_partner_unmapped_event(call: Call[PartnerItemParams, NoBody]) -> Reply:
    """Get the event behind a partner's item, within 30 days.

    What the vendor sent, without what names a person. It may have a card's number, so who looked is in the audit trail.
    """
    return _received(call.params.partner_id, call.params)


@resource.post(
    "/v1/partners/{partner_id}/connectors/{connection_id}/retries",
    scope=Scope.OPERATOR,
    params=PartnerConnectionParams,
    body=RetriesBody,
    reply=RetriesReply,
    status=200,
    errors=(UnknownConnectionError, UnknownUnmappedError, EventBusyError),
)
def retry_partner_unmapped(call: Call[PartnerConnectionParams, RetriesBody]) -> Reply:
    """Have a hundred items of a partner tried again, as an import: sales of any age are recorded."""
    return _retried(call.params.partner_id, call.params, call.body, any_age=True)


def _source(body: SettingsBody) -> "CardSource | None":
    from partners.connectors.model import CardSource

    return None if body.card_source is None else CardSource(CardPlace(body.card_source.place), body.card_source.name)


def _shown(connection: "Connection") -> Reply:
    return Reply(_out(connection))


def _as_it_is(partner_id: str, connection_id: str) -> ConnectionReply:
    return _out(bootstrap.services().connections.connection(partner_id, connection_id))


def _out(connection: "Connection") -> ConnectionReply:
    from chalicelib.api.connector_shape import connection_reply

    unmapped, connection_id = bootstrap.services().unmapped, connection.connection_id
    return connection_reply(connection, unmapped.count(connection_id), unmapped.count_without_card(connection_id))


def _listed(partner_id: str) -> Reply:
    return Reply(
        ConnectionsReply(connections=[_out(one) for one in bootstrap.services().connections.connections(partner_id)])
    )


def _waiting(partner_id: str, params: UnmappedParams) -> Reply:
    from chalicelib.api.connector_shape import unmapped_reply

    binding = ("unmapped", partner_id, params.connection_id)
    after = "" if params.cursor is None else str(cursors().read(binding, params.cursor)["after"])
    facts, more = bootstrap.services().unmapped.waiting(partner_id, params.connection_id, after, params.limit)
    return Reply(unmapped_reply(facts, None if more is None else cursors().write(binding, {"after": more})))


def _retried(partner_id: str, params: ConnectionParams, body: RetriesBody, *, any_age: bool) -> Reply:
    retried, next_after = bootstrap.services().unmapped.retry_all(
        partner_id, params.connection_id, body.after or "", without_card=body.without_card, any_age=any_age
    )
    return Reply(RetriesReply(retried=retried, next_after=next_after))


def _received(partner_id: str, params: ItemParams) -> Reply:
    from chalicelib.api.connector_shape import received_reply

    return Reply(
        received_reply(bootstrap.services().unmapped.received(partner_id, params.connection_id, params.item_id))
    )


def _link(link: "Link") -> Reply:
    return Reply(LinkReply(url=link.url, expires_at=to_rfc3339(link.expires_at_ms)))
