"""Between JSON and the library's types. Unknown members of an answer are left out: the API may add some."""

import dataclasses
import types
import typing
from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any


def encode(value: Any) -> Any:
    """A value as JSON has it. What is optional and None is left out. Raises ValueError for a time without an offset."""
    if dataclasses.is_dataclass(value):
        return body(
            {one.name: getattr(value, one.name) for one in dataclasses.fields(value)},
            optional={one.name for one in dataclasses.fields(value) if one.default is None},
        )
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: encode(one) for name, one in value.items()}
    return [encode(one) for one in value] if isinstance(value, list | tuple) else value


def body(fields: Mapping[str, Any], optional: Collection[str]) -> dict[str, Any]:
    """A JSON object of `fields`, without those of `optional` that are None."""
    return {name: encode(value) for name, value in fields.items() if value is not None or name not in optional}


def moment(value: datetime) -> str:
    """RFC 3339. Raises ValueError without an offset, for then nobody knows when it is."""
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone: use datetime.now(UTC) or .astimezone()")
    return value.isoformat()


def decode(kind: Any, value: Any) -> Any:
    """The value of JSON as `kind`. Raises TypeError or ValueError if it does not fit."""
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        (some,) = [one for one in typing.get_args(kind) if one is not types.NoneType]
        return None if value is None else decode(some, value)
    if origin is list:
        (item,) = typing.get_args(kind)
        return [decode(item, one) for one in value]
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _object(kind, value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if kind is date else value


def _object(kind: Any, value: Mapping[str, Any]) -> Any:
    kinds = _kinds(kind)
    return kind(**{name: decode(kinds[name], one) for name, one in value.items() if name in kinds})


@cache
def _kinds(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
