"""Tasks of a run, and what a run may be named and cut into."""

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from partners.runs.errors import InvalidRunRequestError

RUN_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MOST_SEGMENTS = 1_000
_SEGMENT = "segment-"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task(Generic[T]):
    """A piece of a run that one worker does at a time, such as a segment of the journal.

    It stands at `cursor` (None: at its beginning), with what it came to so far in `result`. `version` counts
    its saves. A worker has it until `leased_until_ms`, or until it is dead for so long.
    """

    name: str
    result: T
    version: int = 0
    leased_until_ms: int = 0
    cursor: str | None = None
    done: bool = False


def check_run(run_id: str, segments: int) -> None:
    """Raises InvalidRunRequestError unless there can be a run of this name in so many segments."""
    if not RUN_ID.fullmatch(run_id):
        raise InvalidRunRequestError("A run's name has up to 40 small letters, digits and hyphens.")
    if not 1 <= segments <= MOST_SEGMENTS:
        raise InvalidRunRequestError(f"There may be 1 to {MOST_SEGMENTS} segments.", segments=segments)


def segment_names(segments: int) -> list[str]:
    """The names of the tasks that walk the journal."""
    return [f"{_SEGMENT}{number:03d}" for number in range(segments)]


def segment_number(name: str) -> int:
    """The segment that the task of this name walks. Raises ValueError if it walks none."""
    return int(name.removeprefix(_SEGMENT))
