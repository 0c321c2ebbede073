"""Which function answers which operation."""

import re
from collections.abc import Callable
from typing import Any

from tests.doubles.stripe.books import Books, Thing

Answer = Callable[..., Thing]
ROUTES: dict[tuple[str, str], Answer] = {}


def route(method: str, path: str) -> Callable[[Answer], Answer]:
    """The function is called with the books, the parameters, and the parts of the path by name."""

    def add(answer: Answer) -> Answer:
        ROUTES[method, path] = answer
        return answer

    return add


def find(method: str, path: str) -> tuple[tuple[str, str], dict[str, str]] | None:
    """The operation of a request, fixed paths before those with a part to fill in."""
    for one, template in sorted(ROUTES, key=lambda pair: pair[1].count("{")):
        if one != method:
            continue
        match = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), path)
        if match is not None:
            return (one, template), match.groupdict()
    return None


def answer(books: Books, operation: tuple[str, str], parts: dict[str, str], params: dict[str, Any]) -> Thing:
    return ROUTES[operation](books, params, **parts)
