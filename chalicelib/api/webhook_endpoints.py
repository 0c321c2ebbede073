"""Outgoing webhooks: a partner's endpoints, test events, replays, and the log."""

from typing import TYPE_CHECKING, TypedDict

from chalicelib.api.schemas.fields import NoBody, NoParams, WhyBody
from chalicelib.api.schemas.webhook_endpoints import (
    AttemptOut,
    AttemptsParams,
    AttemptsReply,
    EndpointChangesBody,
    EndpointParams,
    EndpointReply,
    EndpointsReply,
    EndpointWithSecretReply,
    NewEndpointBody,
    PingReply,
    ReplayBody,
    ReplayReply,
)
from chalicelib.cursors import cursors
from chalicelib.errors import InvalidCursorError
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import NotInThisStateError
from partners.webhooks.errors import (
    InvalidReplayError,
    InvalidWebhookUrlError,
    PingTooSoonError,
    ReplayTooSoonError,
    TooManyWebhookEndpointsError,
    UnknownWebhookEndpointError,
    WebhookEndpointDisabledError,
    WebhookUrlTakenError,
)
from partners.webhooks.model import Endpoint, EventType, IssuedSecret
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.webhooks.delivery import Attempt

resource = Resource("webhook endpoints", __name__)


@resource.post(
    "/v1/webhook-endpoints",
    scope=Scope.ADMIN,
    params=NoParams,
    body=NewEndpointBody,
    reply=EndpointWithSecretReply,
    errors=(InvalidWebhookUrlError, WebhookUrlTakenError, TooManyWebhookEndpointsError, NotInThisStateError),
)
def create_webhook_endpoint(call: Call[NoParams, NewEndpointBody]) -> Reply:
    """Have what happens at your locations sent to you.

    You may have five endpoints, each with a URL of its own. An endpoint is told of what happens after its creation;
    ask for a replay of what happened before. Its secret is in this reply and nowhere else.
    """
    body = call.body
    issued = bootstrap.services().webhook_endpoints.create(call.caller.partner_id, body.url, _types(body.event_types))
    return Reply(_with_secret(issued))


@resource.get("/v1/webhook-endpoints", scope=Scope.ADMIN, params=NoParams, reply=EndpointsReply)
def list_webhook_endpoints(call: Call[NoParams, NoBody]) -> Reply:
    """List your webhook endpoints."""
    endpoints = bootstrap.services().webhook_endpoints.all(call.caller.partner_id)
    return Reply(EndpointsReply(endpoints=[EndpointReply(**_facts(one)) for one in endpoints]))


@resource.get(
    "/v1/webhook-endpoints/{endpoint_id}",
    scope=Scope.ADMIN,
    params=EndpointParams,
    reply=EndpointReply,
    errors=(UnknownWebhookEndpointError,),
)
def get_webhook_endpoint(call: Call[EndpointParams, NoBody]) -> Reply:
    """See one of your webhook endpoints."""
    endpoint = bootstrap.services().webhook_endpoints.get(call.caller.partner_id, call.params.endpoint_id)
    return Reply(EndpointReply(**_facts(endpoint)))


@resource.post(
    "/v1/webhook-endpoints/{endpoint_id}",
    scope=Scope.ADMIN,
    params=EndpointParams,
    before=lambda call: _as_it_is(call.caller.partner_id, call.params.endpoint_id),
    body=EndpointChangesBody,
    reply=EndpointReply,
    status=200,
    errors=(UnknownWebhookEndpointError, InvalidWebhookUrlError, WebhookUrlTakenError, NotInThisStateError),
)
def change_webhook_endpoint(call: Call[EndpointParams, EndpointChangesBody]) -> Reply:
    """Change where or what is sent, disable an endpoint, or enable it again.

    What waits for an endpoint that is disabled is sent if it is enabled again within three days of having been told,
    and else given up. What happens meanwhile is not told; a replay has both.
    """
    body = call.body
    endpoint = bootstrap.services().webhook_endpoints.update(
        call.caller.partner_id,
        call.params.endpoint_id,
        url=body.url,
        event_types=None if body.event_types is None else _types(body.event_types),
        enabled=body.enabled,
    )
    return Reply(EndpointReply(**_facts(endpoint)))


@resource.post(
    "/v1/webhook-endpoints/{endpoint_id}/delete",
    scope=Scope.ADMIN,
    params=EndpointParams,
    before=lambda call: _as_it_is(call.caller.partner_id, call.params.endpoint_id),
    body=WhyBody,
    reply=EndpointReply,
    status=200,
    errors=(UnknownWebhookEndpointError,),
)
def delete_webhook_endpoint(call: Call[EndpointParams, WhyBody]) -> Reply:
    """Delete an endpoint for good, with all that waits for it."""
    endpoint = bootstrap.services().webhook_endpoints.delete(call.caller.partner_id, call.params.endpoint_id)
    return Reply(EndpointReply(**_facts(endpoint)))


@resource.post(
    "/v1/webhook-endpoints/{endpoint_id}/secret",
    scope=Scope.ADMIN,
    params=EndpointParams,
    before=lambda call: _as_it_is(call.caller.partner_id, call.params.endpoint_id),
    body=WhyBody,
    reply=EndpointWithSecretReply,
    errors=(UnknownWebhookEndpointError,),
)
def rotate_webhook_secret(call: Call[EndpointParams, WhyBody]) -> Reply:
    """Give an endpoint a new secret.

    For a day the one before it signs too, so that `webhook-signature` has two signatures. Its text is in this reply
    and nowhere else; if the reply is lost, ask again.
    """
    issued = bootstrap.services().webhook_endpoints.rotate_secret(call.caller.partner_id, call.params.endpoint_id)
    return Reply(_with_secret(issued))


@resource.post(
    "/v1/webhook-endpoints/{endpoint_id}/pings",
    scope=Scope.ADMIN,
    params=EndpointParams,
    body=WhyBody,
    reply=PingReply,
    errors=(UnknownWebhookEndpointError, WebhookEndpointDisabledError, PingTooSoonError),
)
def ping_webhook_endpoint(call: Call[EndpointParams, WhyBody]) -> Reply:
    """Send an endpoint a test event of type `ping`; a moment later the log says what came of it.

    One every five seconds.
    """
    event_id = bootstrap.services().replays.ping(call.caller.partner_id, call.params.endpoint_id)
    return Reply(PingReply(event_id=event_id))


@resource.post(
    "/v1/webhook-endpoints/{endpoint_id}/replays",
    scope=Scope.ADMIN,
    params=EndpointParams,
    body=ReplayBody,
    reply=ReplayReply,
    errors=(UnknownWebhookEndpointError, WebhookEndpointDisabledError, InvalidReplayError, ReplayTooSoonError),
)
def replay_webhooks(call: Call[EndpointParams, ReplayBody]) -> Reply:
    """Send an endpoint again what happened since a time, whether it arrived or not.

    Begins after two minutes. Events keep their ids, and those of a member their order. An endpoint may begin a replay
    every ten minutes.
    """
    replay = bootstrap.services().replays.request(call.caller.partner_id, call.params.endpoint_id, call.body.since)
    return Reply(
        ReplayReply(replay_id=replay.replay_id, since=to_rfc3339(replay.since_ms), until=to_rfc3339(replay.until_ms))
    )


@resource.get(
    "/v1/webhook-endpoints/{endpoint_id}/deliveries",
    scope=Scope.ADMIN,
    params=AttemptsParams,
    reply=AttemptsReply,
    errors=(UnknownWebhookEndpointError, InvalidCursorError),
)
def list_webhook_deliveries(call: Call[AttemptsParams, NoBody]) -> Reply:
    """List what was sent to an endpoint in the last 30 days, and what it answered, newest first."""
    partner_id, params = call.caller.partner_id, call.params
    binding = ("webhook deliveries", partner_id, params.endpoint_id)
    before = None if params.cursor is None else str(cursors().read(binding, params.cursor)["before"])
    replays, limit = bootstrap.services().replays, params.limit
    found = replays.attempts(partner_id, params.endpoint_id, before=before, limit=limit + 1)
    page = found[:limit]
    next_cursor = cursors().write(binding, {"before": page[-1].sort_key}) if len(found) > limit else None
    return Reply(AttemptsReply(deliveries=[_attempt(one) for one in page], next_cursor=next_cursor))


class _Facts(TypedDict):
    endpoint_id: str
    url: str
    event_types: list[str]
    enabled: bool
    disabled_because: str | None
    created_at: str
    second_secret_until: str | None


def _as_it_is(partner_id: str, endpoint_id: str) -> EndpointReply:
    return EndpointReply(**_facts(bootstrap.services().webhook_endpoints.get(partner_id, endpoint_id)))


def _facts(endpoint: Endpoint) -> _Facts:
    until_ms = endpoint.secrets[1].until_ms if len(endpoint.secrets) > 1 else None
    return {
        "endpoint_id": endpoint.endpoint_id,
        "url": endpoint.url,
        "event_types": sorted(endpoint.event_types),
        "enabled": endpoint.disabled is None,
        "disabled_because": endpoint.disabled,
        "created_at": to_rfc3339(endpoint.created_at_ms),
        "second_secret_until": None if until_ms is None else to_rfc3339(until_ms),
    }


def _with_secret(issued: IssuedSecret) -> EndpointWithSecretReply:
    return EndpointWithSecretReply(secret=issued.secret, **_facts(issued.endpoint))


def _types(names: list[str]) -> frozenset[EventType]:
    return frozenset(EventType(name) for name in names)


def _attempt(attempt: "Attempt") -> AttemptOut:
    return AttemptOut.model_validate(
        {
            "at": to_rfc3339(attempt.at_ms),
            "event_id": attempt.event_id,
            "event_type": attempt.event_type,
            "replay_id": attempt.replay_id or None,
            "attempt": attempt.number,
            "outcome": attempt.outcome,
            "status": attempt.status,
            "error": attempt.error,
            "latency_ms": attempt.latency_ms,
            "response": attempt.snippet,
            "next_attempt_at": None if attempt.next_at_ms is None else to_rfc3339(attempt.next_at_ms),
        }
    )
