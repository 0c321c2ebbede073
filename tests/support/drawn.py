"""Cases of which `make test` runs some, drawn from a seed, and `make test-full` all."""

from collections.abc import Iterable
from random import Random
from typing import Any

import pytest


def one_in(share: int, cases: Iterable[Any]) -> list[Any]:
    """All of `cases` for `pytest.mark.parametrize`, about one in `share` without the marker `full`."""
    draw = Random(0)
    return [case if draw.randrange(share) == 0 else _only_in_full(case) for case in cases]


def first_of(count: int, cases: Iterable[Any]) -> list[Any]:
    """All of `cases` for `pytest.mark.parametrize`, the first `count` without the marker `full`."""
    return [case if place < count else _only_in_full(case) for place, case in enumerate(cases)]


def _only_in_full(case: Any) -> Any:
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.full)
