"""What can go wrong with a call. `tessera_client.codes` has a class for each code of the API."""

from dataclasses import dataclass
from typing import Any


class TesseraClientError(Exception):
    """Everything this library raises for a call. `idempotency_key` is that of the call, None if it has none.

    Whenever it is unknown whether a call had its effect, repeat it with this key: it has it once.
    """

    def __init__(self, message: str, idempotency_key: str | None = None) -> None:
        super().__init__(message)
        self.idempotency_key = idempotency_key


class NoAnswerError(TesseraClientError):
    """The last attempt brought no answer: no connection, or a time-out. The call may have had its effect."""


class UnexpectedAnswerError(TesseraClientError):
    """An answer that the API does not give: something else stands at this address or in between."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field or parameter."""

    code: str
    detail: str
    pointer: str = ""
    parameter: str = ""


class ApiError(TesseraClientError):
    """A problem document (RFC 9457). Programs read `code`, people `detail`; support asks for `instance`.

    `facts` holds the members that this code adds, `errors` the wrong fields of the codes about fields.
    """

    def __init__(self, status: int, problem: dict[str, Any], idempotency_key: str | None = None) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}", idempotency_key)
        self.status = status
        self.code = str(problem.get("code", ""))
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail", ""))
        self.instance = str(problem.get("instance", ""))
        self.errors = tuple(
            FieldProblem(*(str(one.get(name, "")) for name in ("code", "detail", "pointer", "parameter")))
            for one in problem.get("errors", ())
        )
        self.facts = {name: value for name, value in problem.items() if name not in _COMMON}


_COMMON = {"type", "title", "status", "detail", "code", "instance", "errors"}


class InvalidRequestError(ApiError):
    """400: correct the request."""


class UnauthenticatedError(ApiError):
    """401: look at the key."""


class PermissionDeniedError(ApiError):
    """403: the key may not do this."""


class NotFoundError(ApiError):
    """404: look at what is there."""


class RequestFormError(ApiError):
    """405, 406, 413, 415: the request has another form than this operation takes."""


class ConflictError(ApiError):
    """409: what is there stands against it."""


class UnprocessableError(ApiError):
    """422: tell the customer or the clerk."""


class RateLimitedError(ApiError):
    """429: too many requests, also after the last attempt."""


class ServerError(ApiError):
    """5xx: send it again later with the same key. The call may have had its effect."""


BY_STATUS: dict[int, type[ApiError]] = {
    400: InvalidRequestError,
    401: UnauthenticatedError,
    403: PermissionDeniedError,
    404: NotFoundError,
    405: RequestFormError,
    406: RequestFormError,
    409: ConflictError,
    413: RequestFormError,
    415: RequestFormError,
    422: UnprocessableError,
    429: RateLimitedError,
}


def kind_of(status: int) -> type[ApiError]:
    """The class of a status, for codes that this version of the library does not know."""
    return BY_STATUS.get(status, ServerError if status >= 500 else ApiError)
