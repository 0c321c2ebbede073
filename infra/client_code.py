"""The Python client's types, operations and errors, made from the OpenAPI document for `python -m infra.api_docs`."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from infra.paths import ROOT

CLIENT = ROOT / "clients" / "python" / "tessera_client"
HEADER = '"""{about}\n\nWritten by `python -m infra.api_docs` from the API\'s OpenAPI document: do not edit."""\n\n'

KEYWORDS = {"from": "from_"}
STATUS_CLASSES = {
    400: "InvalidRequestError",
    401: "UnauthenticatedError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    405: "RequestFormError",
    406: "RequestFormError",
    409: "ConflictError",
    413: "RequestFormError",
    415: "RequestFormError",
    422: "UnprocessableError",
    429: "RateLimitedError",
}

Document = dict[str, Any]


def client_files(document: Document) -> dict[str, str]:
    """The generated files by name, formatted."""
    made = {"types.py": _types(document), "api.py": _api(document), "codes.py": _codes(document)}
    return {name: _formatted(text) for name, text in made.items()}


def is_for_clients(operation: Document) -> bool:
    """Whether a client may call it: what takes a body but no key is called by other systems."""
    return bool(operation["security"]) or "requestBody" not in operation


def _types(document: Document) -> str:
    lines = [HEADER.format(about="What the API takes and answers."), _TYPES_IMPORTS]
    # Aliases are read when the module is, so they come first.
    schemas = document["components"]["schemas"]
    used = {name: schemas[name] for name in _used(document)}
    for name, schema in sorted(used.items(), key=lambda pair: (pair[1].get("type") == "object", pair[0])):
        if schema.get("type") != "object":
            lines.append(f"{name} = {_kind(schema)}\n")
            continue
        lines += ["\n\n@dataclass(frozen=True, slots=True, kw_only=True)", f"class {name}:"]
        lines.append(_docstring(schema.get("description", ""), 4))
        for field, part in schema.get("properties", {}).items():
            default = "" if field in schema.get("required", []) else _default(part)
            lines.append(f"    {field}: {_kind(part)}{default}")
            if "description" in part:
                lines.append(_docstring(part["description"], 4))
    return "\n".join(lines) + "\n"


_TYPES_IMPORTS = """\
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
"""


def _used(document: Document) -> set[str]:
    """The schemas that a method takes or answers, or that one of these holds."""
    found: set[str] = set()
    waiting: list[Any] = []
    for _, _, operation in _operations(document):
        waiting += [part for part, _ in _body_fields(document, operation).values()]
        waiting += [one["content"] for status, one in operation["responses"].items() if status.startswith("2")]
    while waiting:
        for name in set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(waiting.pop()))) - found - {"Problem"}:
            found.add(name)
            waiting.append(document["components"]["schemas"][name])
    return found


def _kind(part: Document) -> str:
    """The Python type of a schema. Raises KeyError or ValueError for a schema of a kind that is not used yet."""
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[1]
        return "dict[str, Any]" if name == "Problem" else name
    if "const" in part or "enum" in part:
        return f"Literal[{', '.join(repr(one) for one in part.get('enum', [part.get('const')]))}]"
    if "anyOf" in part:
        some = [_kind(one) for one in part["anyOf"] if one.get("type") != "null"]
        if some == ["datetime", "date"]:
            return "datetime | date"
        if len(some) != 1 or len(part["anyOf"]) != 2:
            raise ValueError(f"a choice that the client can't tell apart: {part}")
        return f"{some[0]} | None"
    match part["type"]:
        case "array":
            return f"list[{_kind(part['items'])}]"
        case "string":
            formats = {"date-time": "datetime", "date": "date", "binary": "bytes"}
            return formats.get(part.get("format", ""), "str")
        case "object":
            return "dict[str, Any]"
        case plain:
            return {"integer": "int", "boolean": "bool"}[plain]


def _default(part: Document) -> str:
    default = part.get("default")
    if isinstance(default, list):
        return " = field(default_factory=list)"
    return f" = {default!r}" if default is not None else " = None" if "None" in _kind(part) else " | None = None"


def _api(document: Document) -> str:
    types = ", ".join(sorted(_used(document)))
    lines = [HEADER.format(about="Every operation of the API as a method."), _API_IMPORTS.format(types=types)]
    lines += [
        "class Tessera(Calls):",
        '    """The API, under one key. Each method may raise any TesseraClientError."""',
    ]
    lines.append("")
    for method, path, operation in _operations(document):
        lines += _method(document, method, path, operation)
    return "\n".join(lines) + "\n"


_API_IMPORTS = """\
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal

from tessera_client.calls import Calls
from tessera_client.types import {types}
from tessera_client.values import body

"""


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if is_for_clients(operation):
                yield method.upper(), path, operation


def _method(document: Document, method: str, path: str, operation: Document) -> Iterator[str]:
    name = operation["operationId"]
    parameters = [_resolved(document, one) for one in operation.get("parameters", [])]
    keyed = any(one["name"] == "Idempotency-Key" for one in parameters)
    in_path = [one for one in parameters if one["in"] == "path"]
    in_query = [one for one in parameters if one["in"] == "query"]
    fields = _body_fields(document, operation)
    clashing = {one["name"] for one in parameters} & set(fields)
    if clashing:
        raise ValueError(f"{name}: {clashing} in both body and path")
    reply = _reply(operation)
    plain = [f"{one['name']}: {_kind(one['schema'])}" for one in in_path]
    named = [_argument(one["name"], one["schema"], one["required"]) for one in in_query]
    named += [_argument(field, part, required) for field, (part, required) in fields.items()]
    named += ["idempotency_key: str | None = None"] if keyed else []
    # What has no default comes first, as Python would have it of other arguments.
    named.sort(key=lambda argument: " = " in argument)
    signature = ", ".join(["self", *plain, *(["*", *named] if named else [])])
    yield f"    def {name}({signature}) -> {reply}:"
    yield _docstring(_about(operation), 8)
    call = [f"{name!r}, {method!r}, {path!r}, {reply}"]
    call.append(f"repeatable={method == 'GET' or operation.get('x-repeatable', False)}")
    if in_path:
        call.append("path_values=" + _dict(one["name"] for one in in_path))
    if in_query:
        call.append("query=" + _dict(one["name"] for one in in_query))
    if "requestBody" in operation:
        optional = {field for field, (_, required) in fields.items() if not required}
        call.append(f"body=body({_dict(fields)}, optional={sorted(optional)})")
    if keyed:
        call.append("idempotency_key=idempotency_key, keyed=True")
    yield f"        return self._call({', '.join(call)})"
    yield ""
    if any(one["name"] == "cursor" for one in in_query):
        yield from _iterator(document, name, in_path, [one for one in in_query if one["name"] != "cursor"], reply)


def _iterator(document: Document, name: str, in_path: list[Document], query: list[Document], reply: str) -> list[str]:
    properties = document["components"]["schemas"][reply]["properties"]
    # What a page is of stands last: what is said of all pages, such as totals, before it.
    *_, items = [field for field, part in properties.items() if part.get("type") == "array"]
    item = _kind(properties[items]["items"])
    plain = [f"{one['name']}: {_kind(one['schema'])}" for one in in_path]
    named = sorted((_argument(one["name"], one["schema"], one["required"]) for one in query), key=lambda a: " = " in a)
    given = [one["name"] for one in in_path] + [f"{_safe(one['name'])}={_safe(one['name'])}" for one in query]
    return [
        f"    def iter_{name.removeprefix('list_')}({', '.join(['self', *plain, '*', *named])}) -> Iterator[{item}]:",
        f'        """`{name}` of all pages, one after the other; `limit` is the size of a page."""',
        f"        return self._pages(lambda cursor: self.{name}({', '.join([*given, 'cursor=cursor'])}), {items!r})",
        "",
    ]


def _argument(name: str, schema: Document, required: bool) -> str:
    kind = _kind(schema)
    if required:
        return f"{_safe(name)}: {kind}"
    return f"{_safe(name)}: {kind.removesuffix(' | None')} | None = None"


def _dict(names: Iterable[str]) -> str:
    """A dictionary of arguments by the names that the API has for them."""
    return "{" + ", ".join(f"{name!r}: {_safe(name)}" for name in names) + "}"


def _safe(name: str) -> str:
    return KEYWORDS.get(name, name)


def _body_fields(document: Document, operation: Document) -> dict[str, tuple[Document, bool]]:
    content = operation.get("requestBody", {}).get("content", {})
    for media in content.values():
        schema = _resolved(document, media["schema"])
        return {name: (part, name in schema.get("required", [])) for name, part in schema["properties"].items()}
    return {}


def _reply(operation: Document) -> str:
    success = next(one for status, one in operation["responses"].items() if status.startswith("2"))
    return _kind(next(iter(success["content"].values()))["schema"])


def _about(operation: Document) -> str:
    about = f"{operation['summary']}."
    if operation.get("description"):
        about += "\n\n" + operation["description"]
    scopes = [scope for one in operation["security"] for names in one.values() for scope in names]
    return about + (f"\n\nNeeds: {', '.join(scopes)}." if scopes else "")


def _docstring(text: str, indent: int) -> str:
    space = " " * indent
    text = text.strip().replace("\\", "\\\\")
    if len(text) + indent < 110 and "\n" not in text:
        return f'{space}"""{text}"""'
    lines = [line for paragraph in text.split("\n") for line in _wrapped(paragraph, 112 - indent)]
    return "\n".join([f'{space}"""{lines[0]}', *(f"{space}{line}".rstrip() for line in lines[1:]), f'{space}"""'])


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width) or [""]


def _codes(document: Document) -> str:
    codes = {code: one["value"]["status"] for code, one in document["components"]["examples"].items()}
    about = {code: one["summary"] for code, one in document["components"]["examples"].items()}
    lines = [
        HEADER.format(about="A class for each code of the API's problem documents."),
        "from tessera_client import errors\n",
    ]
    classes = {code: "".join(word.title() for word in code.split("_")) + "Error" for code in codes}
    for code, name in classes.items():
        base = STATUS_CLASSES.get(codes[code], "ServerError")
        lines += [f"\n\nclass {name}(errors.{base}):", f'    """{codes[code]} `{code}`: {about[code]}."""']
    lines.append("\n\nBY_CODE: dict[str, type[errors.ApiError]] = {")
    return "\n".join([*lines, *(f"    {code!r}: {name}," for code, name in classes.items()), "}"]) + "\n"


def _resolved(document: Document, part: Document) -> Document:
    while "$ref" in part:
        found: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def _formatted(text: str) -> str:
    ruff = str(Path(sys.executable).with_name("ruff"))
    checks = [ruff, "check", "--quiet", "--fix", "--select", "I,F401,UP", "--stdin-filename", "x.py", "-"]
    sorted_imports = subprocess.run(checks, input=text, capture_output=True, text=True, check=True, cwd=ROOT)
    done = subprocess.run(
        [ruff, "format", "--stdin-filename", "x.py", "-"],
        input=sorted_imports.stdout,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return done.stdout
