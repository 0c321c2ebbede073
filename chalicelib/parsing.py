"""From the bytes of a request to validated, typed values. Every failure is a named error."""

from typing import Any, TypeVar

from pydantic import BaseModel

from chalicelib.errors import (
    BodyTooLargeError,
    IdempotencyKeyMissingError,
    InvalidFieldError,
    UnsupportedMediaTypeError,
)
from shared.kernel.reading import field_problem, read_json, validated

Model = TypeVar("Model", bound=BaseModel)

BODY_LIMIT_BYTES = 64 * 1024
WEBHOOK_LIMIT_BYTES = 512 * 1024
"""An order of some hundred lines takes that much."""


def parse_body(raw: bytes, content_type: str | None, model: type[Model]) -> Model:
    """A JSON request body as `model`.

    Raises UnsupportedMediaTypeError, BodyTooLargeError, MalformedJsonError (which includes duplicate
    names, NaN, Infinity and bottomless nesting) or an InvalidFieldError.
    """
    if content_type is not None and content_type.split(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaTypeError(content_type[:80])
    if len(raw) > BODY_LIMIT_BYTES:
        raise BodyTooLargeError(BODY_LIMIT_BYTES)
    return validated(model, read_json(raw), "pointer")


def bounded(raw: bytes) -> bytes:
    """A webhook's body as it is. Raises BodyTooLargeError."""
    if len(raw) > WEBHOOK_LIMIT_BYTES:
        raise BodyTooLargeError(WEBHOOK_LIMIT_BYTES)
    return raw


def parse_params(path: dict[str, str], query: dict[str, list[str]], model: type[Model]) -> Model:
    """Path and query parameters together as `model`; a name given twice is refused.

    Raises an InvalidFieldError.
    """
    values: dict[str, Any] = {}
    for name, given in query.items():
        if len(given) != 1 or name in path:
            raise InvalidFieldError([field_problem("parameter", name, "invalid_field", "give it once")])
        values[name] = given[0]
    return validated(model, values | path, "parameter")


def validated_line(values: object, model: type[Model], loc: tuple[int | str, ...]) -> Model:
    """One line of a body, at `loc` in it, as `model`. Raises an InvalidFieldError with pointers into the body."""
    return validated(model, values, "pointer", loc)


def parse_idempotency_key(header: str | None) -> str:
    """The header as it is; its form is the till's business. Raises IdempotencyKeyMissingError."""
    if not header:
        raise IdempotencyKeyMissingError
    return header
