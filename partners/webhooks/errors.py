"""Why an endpoint, or what is asked of it, is refused."""

from shared.kernel.errors import ConflictError, InvalidRequestError, NotFoundError


class UnknownWebhookEndpointError(NotFoundError):
    code = "unknown_webhook_endpoint"
    title = "There is no such webhook endpoint"

    def __init__(self, endpoint_id: str) -> None:
        super().__init__("You have no webhook endpoint of this id.", endpoint_id=endpoint_id[:40])


class InvalidWebhookUrlError(InvalidRequestError):
    code = "invalid_webhook_url"
    title = "Webhooks can't be sent to this URL"

    def __init__(self, why: str) -> None:
        super().__init__(f"Give an https URL of a public name on port 443: {why}.")


class TooManyWebhookEndpointsError(ConflictError):
    code = "too_many_webhook_endpoints"
    title = "You have as many webhook endpoints as you may"

    def __init__(self, limit: int) -> None:
        super().__init__(f"You may have {limit} webhook endpoints. Delete one first.", limit=limit)


class WebhookUrlTakenError(ConflictError):
    code = "webhook_url_taken"
    title = "You have an endpoint of this URL"

    def __init__(self, endpoint_id: str) -> None:
        super().__init__("Change the endpoint that you have, or delete it.", endpoint_id=endpoint_id)


class WebhookEndpointDisabledError(ConflictError):
    code = "webhook_endpoint_disabled"
    title = "The webhook endpoint is disabled"

    def __init__(self, endpoint_id: str) -> None:
        super().__init__("Enable it first.", endpoint_id=endpoint_id)


class InvalidReplayError(InvalidRequestError):
    code = "invalid_replay"
    title = "Events can't be replayed from this time"

    def __init__(self, days: int) -> None:
        super().__init__(f"Give a time in the last {days} days.", days=days)


class PingTooSoonError(ConflictError):
    code = "ping_too_soon"
    title = "The endpoint's last test event was just now"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"An endpoint may be sent a test event every {seconds} seconds.", seconds=seconds)


class ReplayTooSoonError(ConflictError):
    code = "replay_too_soon"
    title = "The endpoint's last replay was just now"

    def __init__(self, minutes: int) -> None:
        super().__init__(f"An endpoint may begin a replay every {minutes} minutes.", minutes=minutes)
