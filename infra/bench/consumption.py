"""Counts a DynamoDB client's round trips, and the capacity units that AWS would charge for them.

Sizes are those of the items really sent and received; the units follow AWS's rules (`infra.capacity`),
because the emulators' own figures do not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from infra.capacity import item_bytes, read_units, write_units

_READS = {"Query": "Items", "GetItem": "Item"}


@dataclass(slots=True)
class Consumption:
    """What a stretch of work consumed. `largest_bytes` is the largest item written, or read if none was."""

    calls: list[str] = field(default_factory=list)
    round_trips: int = 0
    write_units: int = 0
    read_units: Fraction = Fraction(0)
    largest_bytes: int = 0


class UnweighedCallError(Exception):
    """A call was made whose price is not known here."""


class Scales:
    """Weighs the calls of one client through botocore's event hooks."""

    def __init__(self, client: Any) -> None:
        self._events = client.meta.events
        self._now = Consumption()
        self._consistent = False

    @contextmanager
    def weigh(self) -> Iterator[Consumption]:
        """Everything the client does inside the block. Raises UnweighedCallError from within a call."""
        hooks = {
            "provide-client-params.dynamodb": self._asked,
            "before-send.dynamodb": self._sent,
            "after-call.dynamodb": self._answered,
        }
        self._now = Consumption()
        for event, hook in hooks.items():
            self._events.register(event, hook)
        try:
            yield self._now
        finally:
            for event, hook in hooks.items():
                self._events.unregister(event, hook)

    def _asked(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        now = self._now
        now.calls.append(model.name)
        self._consistent = bool(params.get("ConsistentRead"))
        match model.name:
            case "PutItem":
                self._wrote(params["Item"], transactional=False)
            case "TransactWriteItems":
                for action in params["TransactItems"]:
                    self._wrote(action["Put"]["Item"], transactional=True)
            case "Query" | "GetItem":
                pass
            case other:
                raise UnweighedCallError(other)

    def _wrote(self, item: dict[str, Any], *, transactional: bool) -> None:
        size, now = item_bytes(item), self._now
        now.largest_bytes = max(now.largest_bytes, size) if now.write_units else size
        now.write_units += write_units(size, transactional=transactional)

    def _sent(self, **_: Any) -> None:
        self._now.round_trips += 1

    def _answered(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name not in _READS:
            return
        found = parsed.get(_READS[model.name], [])
        items = [found] if isinstance(found, dict) else found
        size = sum(item_bytes(item) for item in items)
        self._now.read_units += read_units(size, consistent=self._consistent)
        if not self._now.write_units:
            self._now.largest_bytes = max(self._now.largest_bytes, size)
