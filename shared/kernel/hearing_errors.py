"""Why what comes by webhook is not heard."""

from shared.kernel.errors import ForbiddenError, InvalidRequestError


class UnverifiedWebhookError(ForbiddenError):
    """One error for every cause, so that a caller learns nothing about the endpoint."""

    code = "webhook_not_verified"
    title = "This webhook is not from whom it says"

    def __init__(self) -> None:
        super().__init__("The signature does not verify under the endpoint's secret.")


class MalformedWebhookError(InvalidRequestError):
    """Signed, but not as its vendor documents it."""

    code = "webhook_malformed"
    title = "This event is not as its vendor documents it"
