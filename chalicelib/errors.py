"""What can be wrong with a request before any service is called."""

from shared.kernel.errors import ForbiddenError, InvalidRequestError, TesseraError
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
    """Answered by the gateway, which asks the authorizer: no handler ever raises it."""

    code = "unauthorized"
    title = "The API key is missing or not valid"

    def __init__(self) -> None:
        super().__init__("Send a valid API key in the header Authorization: Bearer tsk_...")


class ScopeMissingError(ForbiddenError):
    code = "scope_missing"
    title = "The API key may not do this"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs a key with the scope {scope}.", scope=scope)


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
