"""What Shopify and Square tell of a partner's sales."""

from chalicelib.api.schemas.connectors import ConnectionParams
from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.hearing import HeardReply
from chalicelib.errors import MalformedJsonError
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.connectors.errors import EventBusyError
from partners.connectors.words import SHOPIFY_HEADERS, SHOPIFY_SIGNATURE, SQUARE_SIGNATURE
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.hearing_errors import MalformedWebhookError, UnverifiedWebhookError

resource = Resource("connectors", __name__)

REFUSALS = (UnverifiedWebhookError, MalformedJsonError, MalformedWebhookError, EventBusyError, StoreUnavailableError)


@resource.webhook(
    "/v1/connectors/shopify/{connection_id}",
    signature_header=SHOPIFY_SIGNATURE,
    headers=SHOPIFY_HEADERS,
    params=ConnectionParams,
    reply=HeardReply,
    errors=REFUSALS,
)
def receive_shopify_event(call: Call[ConnectionParams, NoBody]) -> Reply:
    """Take an event from a shop at Shopify.

    Only Shopify calls this. The body must be signed with a secret of the connection. Topics are `orders/paid`,
    `refunds/create` and `order_transactions/create`; others are ignored. An event is kept and put in line, and has its
    effect once.
    """
    heard = bootstrap.services().intake.hear_shopify(
        call.params.connection_id, call.raw_body, call.signature, call.headers
    )
    return Reply(HeardReply(heard=heard.value))


@resource.webhook(
    "/v1/connectors/square/{connection_id}",
    signature_header=SQUARE_SIGNATURE,
    params=ConnectionParams,
    reply=HeardReply,
    errors=REFUSALS,
)
def receive_square_event(call: Call[ConnectionParams, NoBody]) -> Reply:
    """Take an event from a merchant account at Square.

    Only Square calls this. Body and notification URL must be signed with a key of the connection. Payments and
    refunds count once they are completed; other events are ignored. An event has its effect once.
    """
    heard = bootstrap.services().intake.hear_square(call.params.connection_id, call.raw_body, call.signature)
    return Reply(HeardReply(heard=heard.value))
