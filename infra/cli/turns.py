"""Working on a run from an operator's machine, in turns, until it is done."""

import time
from collections.abc import Callable
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from partners.runs.service import Advance

TURN_MS = 2_000
"""Work is saved and left this often, so that another process can go on at any time."""
WAIT_SECONDS = 1.0

T = TypeVar("T")


def in_turns(
    work: Callable[[int, Advance], T | None], advance: Advance, sleep: Callable[[float], None] = time.sleep
) -> T:
    """What `work`, for so many milliseconds and counting, comes to; waits where others have all that is left."""
    done_in_turn = 0

    def count(done: int) -> None:
        nonlocal done_in_turn
        done_in_turn += 1
        advance(done)

    while (result := work(TURN_MS, count)) is None:
        if not done_in_turn:
            sleep(WAIT_SECONDS)
        done_in_turn = 0
    return result


def counting(console: Console, things: str) -> Progress:
    """How many `things` are done, on a terminal."""
    columns = (SpinnerColumn(), TextColumn(f"{{task.completed:,.0f}} {things}"), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
