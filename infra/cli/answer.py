"""Answers and problems of operations: the API's, for people or as JSON."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from rich.box import SIMPLE
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table

from chalicelib.errors import InvalidFieldError
from chalicelib.operations import Reply
from chalicelib.problems import problem_document
from infra.cli.wording import money
from shared.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    TesseraError,
    UnavailableError,
    UnprocessableError,
)

NEXT_CURSOR = "next_cursor"
"""Where the API's listings say how they go on; see `chalicelib.api.schemas.listings`."""

_WHAT_TO_DO: dict[type[TesseraError], str] = {
    InvalidRequestError: "Nothing was recorded. Correct it and run it again.",
    ForbiddenError: "Nothing was recorded. Look at the key, or ask someone who may.",
    NotFoundError: "Nothing was recorded. Look at what is there, and at what was typed.",
    ConflictError: "Nothing was recorded. `tessera ledger show CARD` tells what is there.",
    UnprocessableError: "Nothing was recorded. Tell whoever asked for it.",
    UnavailableError: "Run it again in a moment, with the same --key and --occurred-at where they are asked for.",
    TesseraError: "Nothing was recorded.",
}


def print_json(reply: Reply) -> None:
    """The body of the API's answer, byte for byte."""
    print(reply.content)


def print_reply(console: Console, reply: Reply) -> None:
    if reply.replayed:
        console.print(
            "[yellow]As before:[/yellow] this was recorded under the same key, and counts once.", highlight=False
        )
    facts = json.loads(reply.content)
    console.print(_rows({name: value for name, value in facts.items() if name != NEXT_CURSOR}))


def print_problem(
    console: Console,
    error: TesseraError,
    request_id: str,
    argument_of: Callable[[Mapping[str, str]], str],
    *,
    as_json: bool,
) -> None:
    """The problem document; or its title, its detail and what to do.

    `argument_of` names the argument that the problem of a field is about.
    """
    if as_json:
        print(json.dumps(problem_document(error, request_id), ensure_ascii=False, separators=(",", ":")))
        return
    console.print(f"[bold red]{escape(error.title)}[/bold red] ({error.code})", highlight=False)
    if isinstance(error, InvalidFieldError):
        for problem in error.problems:
            console.print(escape(f"{argument_of(problem)}: {problem['detail']}"), highlight=False)
    else:
        console.print(escape(error.detail), highlight=False)
    console.print(next(says for kind, says in _WHAT_TO_DO.items() if isinstance(error, kind)), highlight=False)


def _rows(facts: Mapping[str, Any]) -> Table:
    table = Table(box=None, show_header=False, show_edge=False, padding=(0, 2, 0, 0))
    for name, value in facts.items():
        table.add_row(_label(name), _shown(value))
    return table


def _shown(value: Any) -> RenderableType:
    match value:
        case None | []:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case {"amount_cents": int(cents), "currency": str(currency)}:
            return money(cents, currency)
        case dict():
            return _rows(value)
        case [dict() as first, *_] if first.keys() != {"amount_cents", "currency"}:
            return _columns(value)
        case list():
            return "\n".join(str(_shown(one)) for one in value)
        case _:
            return escape(str(value))


def _columns(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=SIMPLE, show_edge=False, padding=(0, 1, 0, 0), header_style="bold cyan")
    for name in rows[0]:
        table.add_column(_label(name))
    for row in rows:
        table.add_row(*(_shown(value) for value in row.values()))
    return table


def _label(name: str) -> str:
    return name.replace("_", " ")
