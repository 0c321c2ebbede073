"""A store that shows one item of a transaction before the others, as DynamoDB may to plain reads."""

from dataclasses import dataclass
from typing import Any

from tests.fakes.dynamodb import (
    FakeDynamoDB,
    TransactionCanceledException,
    TransactionConflictException,
    item_key,
    told_as,
)

PATIENCE = 2
"""So many reads miss a transaction's other item before it shows as well."""


@dataclass
class Flight:
    """A transaction that will succeed: its items are locked, the writes in `hidden` do not show yet."""

    keys: list[tuple[str, str]]
    hidden: list[dict[str, Any]]
    patience: int = PATIENCE


class InFlight(FakeDynamoDB):
    """`launch` and `land` are the two halves of a transaction; the write numbered `first` shows with the launch.

    Until it has landed, another write of one of its items meets a conflict; then it lands. `changes` counts
    what could make another call end differently.
    """

    def __init__(self, first: int) -> None:
        super().__init__()
        self.changes = 0
        self._first = first
        self._flights: list[Flight] = []

    def launch(self, params: dict[str, Any]) -> Flight:
        """Raises TransactionCanceledException, as DynamoDB would."""
        actions = params["TransactItems"]
        keys = [_key_of(action) for action in actions]
        if self._conflict(*keys):
            raise self._cancelled(params, "TransactWriteItems")
        if not all(self._holds(write) for action in actions for write in action.values()):
            self._TransactWriteItems(params)
        self._do(actions[self._first])
        flight = Flight(keys, [action for number, action in enumerate(actions) if number != self._first])
        self._flights.append(flight)
        self.changes += 1
        return flight

    def land(self, flight: Flight) -> None:
        """All of the transaction shows, if it did not yet."""
        if flight in self._flights:
            for action in flight.hidden:
                self._do(action)
            self._flights.remove(flight)
            self.changes += 1

    def _PutItem(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if self._conflict(item_key(params["Item"])):
            raise TransactionConflictException(told_as("TransactionConflictException"), "PutItem")
        return super()._PutItem(params)

    def _TransactGetItems(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if self._conflict(*(item_key(action["Get"]["Key"]) for action in params["TransactItems"])):
            raise self._cancelled(params, "TransactGetItems")
        return super()._TransactGetItems(params)

    def _Query(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        answer = super()._Query(params)
        pk = next(iter(params["ExpressionAttributeValues"].values()))
        for flight in list(self._flights):
            if any(_key_of(action)[0] == pk["S"] for action in flight.hidden):
                flight.patience -= 1
                self.changes += 1
                if flight.patience == 0:
                    self.land(flight)
        return answer

    def _conflict(self, *keys: tuple[str, str]) -> bool:
        met = [flight for flight in self._flights if set(keys) & set(flight.keys)]
        for flight in met:
            self.land(flight)
        return bool(met)

    @staticmethod
    def _cancelled(params: dict[str, Any], name: str) -> TransactionCanceledException:
        reasons = [{"Code": "TransactionConflict"} for _ in params["TransactItems"]]
        return TransactionCanceledException(
            {**told_as("TransactionCanceledException"), "CancellationReasons": reasons}, name
        )


def _key_of(action: dict[str, Any]) -> tuple[str, str]:
    (write,) = action.values()
    return item_key(write.get("Item") or write["Key"])
