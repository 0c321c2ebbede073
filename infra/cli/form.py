"""A command's arguments, made from the types that validate the API's request, and the request made from them. Pure."""

import argparse
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.api.schemas.fields import Body, NoParams, Params
from chalicelib.operations import Operation
from chalicelib.parsing import parse_params, validated_line
from shared.kernel.reading import json_pointer

Schema = Mapping[str, Any]

CURSOR = "cursor"
_SUFFIXES = re.compile("_(id|number|cents)$")
"""Left out in arguments: `--card` is card_number, `--amount` is amount_cents."""
_AMOUNT = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{2}))?")


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a request body: its `path` in there, how it is given, and what its schema says."""

    path: tuple[str, ...]
    schema: Schema
    required: bool
    about: str

    @property
    def flag(self) -> str:
        return _flag(self.path[-1])

    @property
    def dest(self) -> str:
        return "/".join(self.path)

    @property
    def is_moment(self) -> bool:
        return self.schema.get("format") == "date-time"

    @property
    def is_now_by_default(self) -> bool:
        return self.is_moment and self.required

    @property
    def is_amount(self) -> bool:
        return self.path[-1].endswith("_cents")


class Form:
    """The arguments of an operation: what names it in its path stands by itself; what else it asks for are flags.

    Money is an amount in units of its currency, such as 12.34, and the currency. A moment that must be given is
    now, if it is not. Raises TypeError for a body with lists, which no flags can give.
    """

    def __init__(self, operation: Operation) -> None:
        self._params: type[Params] = operation.params
        self._body: type[Body] = operation.body
        params = operation.params.model_json_schema().get("properties", {})
        self._in_path = {name: about for name, about in params.items() if f"{{{name}}}" in operation.path}
        self._in_query = {name: _value(about) for name, about in params.items() if name not in self._in_path}
        schema = operation.body.model_json_schema()
        self.fields = tuple(_fields(schema, schema.get("$defs", {})))

    def add_to(self, parser: argparse.ArgumentParser) -> None:
        for name, schema in self._in_path.items():
            parser.add_argument(
                name, metavar=_argument(name).upper(), help=_help(schema.get("description", ""), schema)
            )
        for name, schema in self._in_query.items():
            about = _help(schema.get("description", ""), schema)
            if schema["type"] == "boolean":
                parser.add_argument(_flag(name), dest=_asked(name), action="store_const", const="true", help=about)
            else:
                parser.add_argument(_flag(name), dest=_asked(name), metavar=_argument(name).upper(), help=about)
        if self.in_pages:
            parser.add_argument("--all", action="store_true", help="Every page from there on, one after the other.")
        for field in self.fields:
            if field.schema["type"] == "boolean":
                parser.add_argument(field.flag, dest=field.dest, action="store_const", const=True, help=_about(field))
                continue
            parser.add_argument(
                field.flag,
                dest=field.dest,
                required=field.required and not field.is_moment,
                type=_reader(field),
                metavar=_metavar(field),
                help=_about(field),
            )

    @property
    def in_pages(self) -> bool:
        """Whether the answer may be one of several."""
        return CURSOR in self._in_query

    def moments_left_out(self, chosen: argparse.Namespace) -> list[Field]:
        """The fields that become now."""
        return [field for field in self.fields if field.is_now_by_default and getattr(chosen, field.dest) is None]

    def params(self, chosen: argparse.Namespace, cursor: str | None = None) -> Params:
        """What was chosen, or the page of it at `cursor`. Raises an InvalidFieldError."""
        if self._params is NoParams:
            return NoParams()
        given = {name: getattr(chosen, _asked(name)) for name in self._in_query}
        query = given if cursor is None else {**given, CURSOR: cursor}
        asked = {name: [value] for name, value in query.items() if value is not None}
        return parse_params({name: getattr(chosen, name) for name in self._in_path}, asked, self._params)

    def body(self, chosen: argparse.Namespace, now: str) -> Body:
        """The API's request body of what was given at `now`, RFC 3339. Raises an InvalidFieldError."""
        values: dict[str, Any] = {}
        for field in self.fields:
            given = getattr(chosen, field.dest)
            if given is None and field.is_now_by_default:
                given = now
            if given is not None:
                inside = values
                for name in field.path[:-1]:
                    inside = inside.setdefault(name, {})
                inside[field.path[-1]] = given
        return validated_line(values, self._body, ())

    def argument_of(self, problem: Mapping[str, str]) -> str:
        """The argument that a field's problem is about, as it is written."""
        if "parameter" in problem:
            name = problem["parameter"]
            return _flag(name) if name in self._in_query else _argument(name).upper()
        flags = {json_pointer(field.path): field.flag for field in self.fields}
        return flags.get(problem["pointer"], problem["pointer"])


def _fields(
    schema: Schema,
    definitions: Mapping[str, Schema],
    path: tuple[str, ...] = (),
    required: bool = True,
    about: str = "",
) -> Iterator[Field]:
    """The fields of an object, and of those in it; `about` tells what the object is for."""
    for name, part in schema.get("properties", {}).items():
        value = _value(part)
        if "$ref" in value:
            value = definitions[value["$ref"].rpartition("/")[2]]
        here, needed = (*path, name), required and name in schema.get("required", ())
        if value["type"] == "object":
            yield from _fields(value, definitions, here, needed, part.get("description", ""))
        elif value["type"] == "array":
            raise TypeError(f"{json_pointer(here)} is a list, and no flag can give one")
        else:
            field = Field(here, value, needed, part.get("description") or value.get("description", ""))
            yield replace(field, about=about) if field.is_amount else field


def _value(part: Schema) -> Schema:
    """What a part is when it is given."""
    return next((one for one in part.get("anyOf", ()) if one.get("type") != "null"), part)


def _flag(name: str) -> str:
    return f"--{_argument(name)}"


def _asked(name: str) -> str:
    """Where the value of a query parameter is kept, which a field of the body may be called like."""
    return f"?{name}"


def _argument(name: str) -> str:
    return _SUFFIXES.sub("", name).replace("_", "-")


def _metavar(field: Field) -> str:
    if field.is_moment:
        return "TIME"
    return _argument(field.path[-1]).upper()


def _reader(field: Field) -> Any:
    if field.is_amount:
        return _cents
    return int if field.schema["type"] == "integer" else str


def _cents(text: str) -> int:
    amount = _AMOUNT.fullmatch(text)
    if amount is None:
        raise argparse.ArgumentTypeError("write an amount such as 12 or 12.34")
    cents = int(amount[2]) * 100 + int(amount[3] or 0)
    return -cents if amount[1] else cents


def _about(field: Field) -> str:
    if field.is_amount:
        units, cents = divmod(field.schema["examples"][0], 100)
        return _help(f"In units of the currency. {field.about}", {"examples": [f"{units}.{cents:02d}"]})
    if field.is_now_by_default:
        return _help("Now, if left out.", field.schema)
    return _help(field.about, field.schema)


def _help(text: str, schema: Schema) -> str:
    default = schema.get("default")
    after = f" {default} if left out." if default not in (None, False) else ""
    example = f" Such as: {schema['examples'][0]}" if schema.get("examples") else ""
    return f"{text}{after}{example}".strip().replace("%", "%%")
