"""Records of the trail and the chain they form.

An act has two records: one before anything is done, one with what came of it. So an act whose process dies in between
is there too, without an end.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from shared.kernel.ids import digest

MOST_DAYS = 92


class Phase(StrEnum):
    """BEGUN is written before the act, the others after it.

    REFUSED: nothing was changed. UNKNOWN: some store did not answer, so it may have been done, in whole or in part.
    """

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Act:
    """What someone is about to do: `by` is an operator, or the id of a key of `partner_id`.

    `about` names what it concerns. `asked` is what the request said, JSON-safe, without secrets and personal data.
    """

    by: str
    partner_id: str
    action: str
    about: Mapping[str, str]
    asked: Any
    reason: str | None
    request_id: str


@dataclass(frozen=True, slots=True)
class Record:
    """Record `number` of a UTC day, from 1 on. `of` is the record that began what this one ends.

    `hash` is over everything else, the hash of the record before included.
    """

    day: str
    number: int
    at_ms: int
    phase: Phase
    of: str | None
    act: Act
    outcome: str | None
    before: Any
    after: Any
    previous: str
    hash: str = ""

    @property
    def record_id(self) -> str:
        return f"{self.day}.{self.number}"


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Records in order, and after which record the listing goes on, None at its end."""

    records: list[Record]
    next: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Check:
    """What a day's chain says of itself: `broken_at` is the number of the first record that is missing or changed."""

    day: str
    records: int
    broken_at: int | None


def beginning_of(day: str) -> str:
    """What stands in a day's first record in the place of the hash before it."""
    return digest("trail", day).hex()


def hash_of(record: Record) -> str:
    facts = asdict(record)
    del facts["hash"]
    return digest("trail record", json.dumps(facts, sort_keys=True, separators=(",", ":"))).hex()
