"""From the bytes of a request to validated, typed values. Every failure is a named error."""

import json
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.errors import (
    FIELD_ERRORS,
    BodyTooLargeError,
    IdempotencyKeyMissingError,
    InvalidFieldError,
    MalformedJsonError,
    UnsupportedMediaTypeError,
)

Model = TypeVar("Model", bound=BaseModel)

BODY_LIMIT_BYTES = 64 * 1024
ERRORS_SHOWN = 20

CODE_OF_PYDANTIC = {
    "extra_forbidden": "unknown_field",
    "missing": "missing_field",
    "negative_amount": "negative_amount",
    "fractional_cents": "fractional_cents",
}
DETAIL_OF_PYDANTIC = {"extra_forbidden": "there is no such field", "missing": "this is required"}


def parse_body(raw: bytes, content_type: str | None, model: type[Model]) -> Model:
    """A JSON request body as `model`.

    Raises UnsupportedMediaTypeError, BodyTooLargeError, MalformedJsonError (which includes duplicate
    names, NaN, Infinity and bottomless nesting) or an InvalidFieldError.
    """
    if content_type is not None and content_type.split(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaTypeError(content_type[:80])
    if len(raw) > BODY_LIMIT_BYTES:
        raise BodyTooLargeError(BODY_LIMIT_BYTES)
    return _validated(model, read_json(raw), "pointer")


def parse_params(path: dict[str, str], query: dict[str, list[str]], model: type[Model]) -> Model:
    """Path and query parameters together as `model`; a name given twice is refused.

    Raises an InvalidFieldError.
    """
    values: dict[str, Any] = {}
    for name, given in query.items():
        if len(given) != 1 or name in path:
            raise InvalidFieldError([_problem("parameter", name, "invalid_field", "give it once")])
        values[name] = given[0]
    return _validated(model, values | path, "parameter")


def validated_line(values: object, model: type[Model], loc: tuple[int | str, ...]) -> Model:
    """One line of a body, at `loc` in it, as `model`. Raises an InvalidFieldError with pointers into the body."""
    return _validated(model, values, "pointer", loc)


def parse_idempotency_key(header: str | None) -> str:
    """The header as it is; its form is the till's business. Raises IdempotencyKeyMissingError."""
    if not header:
        raise IdempotencyKeyMissingError
    return header


def read_json(raw: bytes) -> object:
    """A JSON document. Raises MalformedJsonError."""
    try:
        return json.loads(raw.decode(), object_pairs_hook=_unique_names, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise MalformedJsonError(f"The body is not UTF-8 at byte {error.start}.") from None
    except json.JSONDecodeError as error:
        detail = f"{error.msg} at line {error.lineno}, column {error.colno}."
        raise MalformedJsonError(detail, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise MalformedJsonError("The body is nested too deeply.") from None
    except ValueError:
        # Python refuses to convert an integer of thousands of digits.
        raise MalformedJsonError("A number in the body has too many digits.") from None


def _unique_names(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise MalformedJsonError("An object in the body has the same name twice.")
    return names


def _refuse_constant(constant: str) -> NoReturn:
    raise MalformedJsonError(f"{constant} is not JSON.")


def _validated(model: type[Model], values: object, place: str, base: tuple[int | str, ...] = ()) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as invalid:
        found = invalid.errors(include_url=False, include_context=False, include_input=False)
    problems = [_from_pydantic(error["type"], (*base, *error["loc"]), error["msg"], place) for error in found]
    raise FIELD_ERRORS[problems[0]["code"]](problems[:ERRORS_SHOWN])


def _from_pydantic(kind: str, loc: tuple[int | str, ...], message: str, place: str) -> dict[str, str]:
    where = str(loc[0]) if place == "parameter" and loc else json_pointer(loc)
    return _problem(place, where, CODE_OF_PYDANTIC.get(kind, "invalid_field"), DETAIL_OF_PYDANTIC.get(kind, message))


def _problem(place: str, where: str, code: str, detail: str) -> dict[str, str]:
    return {place: where, "code": code, "detail": detail}


def json_pointer(loc: tuple[int | str, ...]) -> str:
    """RFC 6901; the whole document is the empty pointer."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in loc)
