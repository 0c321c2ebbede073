"""From text that someone sent to typed values. Every failure is a named error."""

import json
import re
from typing import Literal, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from shared.kernel.field_errors import FIELD_ERRORS, MalformedJsonError

Model = TypeVar("Model", bound=BaseModel)

ERRORS_SHOWN = 20
DEEPEST = 32
"""Levels of lists and objects in what someone sends. Nothing that we or the shops' systems know has a dozen."""

CODE_OF_PYDANTIC = {
    "extra_forbidden": "unknown_field",
    "missing": "missing_field",
    "negative_amount": "negative_amount",
    "fractional_cents": "fractional_cents",
}
ENUM_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")
"""As pydantic says which values there are; whoever calls knows the values alone."""
TOO_DEEP = f"The body is nested too deeply: {DEEPEST} levels of lists and objects at most."
DETAIL_OF_PYDANTIC = {"extra_forbidden": "there is no such field", "missing": "this is required"}


def read_json(raw: bytes) -> object:
    """A JSON document. Raises MalformedJsonError."""
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_unique_names, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise MalformedJsonError(f"The body is not UTF-8 at byte {error.start}.") from None
    except json.JSONDecodeError as error:
        detail = f"{error.msg} at line {error.lineno}, column {error.colno}."
        raise MalformedJsonError(detail, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise MalformedJsonError(TOO_DEEP) from None
    except ValueError:
        # Python refuses to convert an integer of thousands of digits.
        raise MalformedJsonError("A number in the body has too many digits.") from None
    if raw.count(b"[") + raw.count(b"{") > DEEPEST and _levels(value) > DEEPEST:
        raise MalformedJsonError(TOO_DEEP)
    return value


def _levels(value: object) -> int:
    """How many lists and objects stand in each other, DEEPEST + 1 at most."""
    levels, within = 0, [value]
    while levels <= DEEPEST:
        nests = [inner for inner in within if isinstance(inner, list | dict)]
        if not nests:
            break
        levels += 1
        within = [inner for nest in nests for inner in (nest.values() if isinstance(nest, dict) else nest)]
    return levels


def _unique_names(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise MalformedJsonError("An object in the body has the same name twice.")
    try:
        # A name may be repeated in the answer; a lone surrogate, which JSON can escape, could not be sent.
        "".join(names).encode()
    except UnicodeEncodeError:
        raise MalformedJsonError("A name in the body is not Unicode text.") from None
    return names


def _refuse_constant(constant: str) -> NoReturn:
    raise MalformedJsonError(f"{constant} is not JSON.")


def validated(
    model: type[Model], values: object, place: Literal["pointer", "parameter"], base: tuple[int | str, ...] = ()
) -> Model:
    """`values` as `model`. Raises an InvalidFieldError that names each mistake by its `place`, below `base`."""
    try:
        return model.model_validate(values)
    except ValidationError as invalid:
        found = invalid.errors(include_url=False, include_context=False, include_input=False)
    problems = [_from_pydantic(error["type"], (*base, *error["loc"]), error["msg"], place) for error in found]
    raise FIELD_ERRORS[problems[0]["code"]](problems[:ERRORS_SHOWN])


def _from_pydantic(kind: str, loc: tuple[int | str, ...], message: str, place: str) -> dict[str, str]:
    where = str(loc[0]) if place == "parameter" and loc else json_pointer(loc)
    detail = DETAIL_OF_PYDANTIC.get(kind, ENUM_MEMBER.sub(r"\1", message))
    return field_problem(place, where, CODE_OF_PYDANTIC.get(kind, "invalid_field"), detail)


def field_problem(place: str, where: str, code: str, detail: str) -> dict[str, str]:
    """One of the `problems` of an InvalidFieldError."""
    return {place: where, "code": code, "detail": detail}


def json_pointer(loc: tuple[int | str, ...]) -> str:
    """RFC 6901; the whole document is the empty pointer."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in loc)
