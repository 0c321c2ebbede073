"""Every error becomes an RFC 9457 problem document here, and nowhere else."""

import json
from typing import Any

from chalice.app import Response

from chalicelib.errors import (
    BodyTooLargeError,
    InvalidFieldError,
    MethodNotAllowedError,
    NoAnswerInTimeError,
    NotAcceptableError,
    TooManyRequestsError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
)
from shared.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    TesseraError,
    UnavailableError,
    UnprocessableError,
)

Headers = dict[str, str | list[str]]

CONTENT_TYPE = "application/problem+json"
TYPE_BASE = "https://tessera.example/problems/"

STATUS_OF_KIND: dict[type[TesseraError], int] = {
    InvalidRequestError: 400,
    UnauthorizedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    MethodNotAllowedError: 405,
    NotAcceptableError: 406,
    ConflictError: 409,
    BodyTooLargeError: 413,
    UnsupportedMediaTypeError: 415,
    UnprocessableError: 422,
    TooManyRequestsError: 429,
    UnavailableError: 503,
    NoAnswerInTimeError: 504,
}


class InternalError(TesseraError):
    """Stands for every unexpected exception; says nothing about it."""

    code = "internal_error"
    title = "Something went wrong on our side"

    def __init__(self) -> None:
        super().__init__(
            "The error was recorded. Send the request again with the same Idempotency-Key; "
            "if it persists, tell us the instance."
        )


def status_of(error: type[TesseraError]) -> int:
    """The HTTP status of a kind of error; 500 for one of no known kind."""
    for kind in error.__mro__:
        if kind in STATUS_OF_KIND:
            return STATUS_OF_KIND[kind]
    return 500


def problem_document(error: TesseraError, request_id: str) -> dict[str, Any]:
    """The members of the problem document, in the order they are written."""
    document: dict[str, Any] = {
        "type": TYPE_BASE + error.code,
        "title": error.title,
        "status": status_of(type(error)),
        "detail": error.detail,
        "code": error.code,
        "instance": f"urn:uuid:{request_id}",
    }
    if isinstance(error, InvalidFieldError):
        document["errors"] = error.problems
    return document | error.data


def problem_response(error: TesseraError, request_id: str) -> Response:
    """The problem document as an HTTP response."""
    document = problem_document(error, request_id)
    headers: Headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
    if isinstance(error, UnavailableError):
        headers["Retry-After"] = "1"
    return Response(
        body=json.dumps(document, separators=(",", ":"), ensure_ascii=False),
        headers=headers,
        status_code=document["status"],
    )


def expected(error: BaseException | None) -> TesseraError:
    """The error itself if it is one of ours, InternalError for anything else."""
    return error if isinstance(error, TesseraError) else InternalError()
