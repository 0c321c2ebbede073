"""What can be wrong with a request before any service is called."""

from shared.kernel.errors import ForbiddenError, InvalidRequestError, TesseraError, UnavailableError
from shared.kernel.field_errors import (
    FIELD_ERRORS,
    FractionalCentsError,
    InvalidFieldError,
    MalformedJsonError,
    MissingFieldError,
    NegativeAmountError,
    UnknownFieldError,
)

__all__ = [
    "FIELD_ERRORS",
    "FractionalCentsError",
    "InvalidFieldError",
    "MalformedJsonError",
    "MissingFieldError",
    "NegativeAmountError",
    "UnknownFieldError",
]


class NotAcceptableError(TesseraError):
    code = "not_acceptable"
    title = "The reply is of another type than you accept"

    def __init__(self, media_type: str) -> None:
        super().__init__(f"Send the header Accept: {media_type}.", media_type=media_type)


class UnsupportedMediaTypeError(TesseraError):
    code = "unsupported_media_type"
    title = "The body is not JSON"

    def __init__(self, content_type: str) -> None:
        super().__init__("Send the body as Content-Type: application/json.", content_type=content_type)


class BodyTooLargeError(TesseraError):
    code = "body_too_large"
    title = "The body is too large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"A body may have {limit_bytes} bytes at most.", limit_bytes=limit_bytes)


class MethodNotAllowedError(TesseraError):
    code = "method_not_allowed"
    title = "This resource has no such method"

    def __init__(self, method: str) -> None:
        super().__init__(f"{method} is not offered here; the Allow header lists what is.")


class UnauthorizedError(TesseraError):
    """Answered by the gateway, which asks the authorizer; and by us to who changes something with a key that has ended
    while the gateway remembered it."""

    code = "unauthorized"
    title = "The API key is missing or not valid"

    def __init__(self) -> None:
        super().__init__("Send a valid API key in the header Authorization: Bearer tsk_...")


class BadRequestError(InvalidRequestError):
    """Answered by the gateway, to what it can't read."""

    code = "bad_request"
    title = "The request can't be read"

    def __init__(self) -> None:
        super().__init__("See /v1/openapi.json for what may be sent.")


class RefusedByGatewayError(ForbiddenError):
    """Answered by the gateway."""

    code = "forbidden"
    title = "The API key may not do this"

    def __init__(self) -> None:
        super().__init__("The gateway refused this request for this API key.")


class TooManyRequestsError(TesseraError):
    """Answered by the gateway."""

    code = "too_many_requests"
    title = "Too many requests"

    def __init__(self) -> None:
        super().__init__("Wait a moment, then send it again with the same Idempotency-Key.")


class UsagePlanNotReadyError(UnavailableError):
    """Answered by the gateway, which learns of a new plan's key some seconds after it was given one."""

    code = "usage_plan_not_ready"
    title = "The usage plan is not ready yet"

    def __init__(self) -> None:
        super().__init__("The key is good. Wait some seconds, then send it again with the same Idempotency-Key.")


class NoAnswerInTimeError(TesseraError):
    """Answered by the gateway, which gives up after half a minute."""

    code = "timeout"
    title = "No answer in time"

    def __init__(self) -> None:
        super().__init__("Send the request again with the same Idempotency-Key.")


class ScopeMissingError(ForbiddenError):
    code = "scope_missing"
    title = "The API key may not do this"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs a key with the scope {scope}.", scope=scope)


class AddressNotAllowedError(ForbiddenError):
    code = "address_not_allowed"
    title = "The API key is not good from this address"

    def __init__(self, source_ip: str) -> None:
        super().__init__("The request comes from outside the key's allowed_networks.", source_ip=source_ip[:45])


class RoleMissingError(ForbiddenError):
    code = "role_missing"
    title = "The operator may not do this"

    def __init__(self, roles: list[str]) -> None:
        super().__init__(f"This needs an operator with the role {' or '.join(roles)}.", roles=" ".join(roles))


class IdempotencyKeyMissingError(InvalidRequestError):
    code = "idempotency_key_missing"
    title = "The Idempotency-Key header is missing"

    def __init__(self) -> None:
        super().__init__("Send an Idempotency-Key header, new for each new request, the same for each retry.")


class InvalidCursorError(InvalidRequestError):
    code = "invalid_cursor"
    title = "The cursor does not belong to this listing"

    def __init__(self) -> None:
        super().__init__("Use next_cursor exactly as this listing returned it, with the same key and filters.")
