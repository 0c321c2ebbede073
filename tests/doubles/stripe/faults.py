"""Failures that the double is told to have."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """`before` the request has its effect, or `after` it: the caller can't tell which."""

    TIME_OUT_BEFORE = "time-out before"
    TIME_OUT_AFTER = "time-out after"
    RESET_BEFORE = "reset before"
    RESET_AFTER = "reset after"
    ERROR_BEFORE = "500 before"
    ERROR_AFTER = "500 after"
    RATE_LIMITED = "429"
    LOST_LATER = "accepted and rejected later"


Chooser = Callable[[str, str], Fault | None]
"""Given method and path of a request, the fault it meets."""


@dataclass
class Faults:
    """Faults to come: planned ones first, one a matching request, then whatever `choose` says."""

    planned: list[tuple[str, Fault]] = field(default_factory=list)
    choose: Chooser = lambda method, path: None
    met: list[Fault] = field(default_factory=list)

    def plan(self, path: str, *faults: Fault) -> None:
        """The next POST requests to `path` meet these, in this order."""
        self.planned += [(path, fault) for fault in faults]

    def next(self, method: str, path: str) -> Fault | None:
        planned = self._planned(path) if method == "post" else None
        fault = planned or self.choose(method, path)
        if fault is not None:
            self.met.append(fault)
        return fault

    def _planned(self, path: str) -> Fault | None:
        for place, (one, fault) in enumerate(self.planned):
            if one == path:
                del self.planned[place]
                return fault
        return None
