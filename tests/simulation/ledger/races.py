"""Two servers at work on one member, in every order in which their calls can reach the store. No threads.

A request is run up to its next call and set aside there; to go on, it is run again from its beginning and
given the recorded answers. Every order of calls is tried; each must end as if one request had come after
the other.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.fakes.dynamodb import DynamoDBMethods
from tests.simulation.ledger.faults import Fault, FaultyClient
from tests.simulation.ledger.in_flight import Flight, InFlight
from tests.simulation.ledger.world import Act, Outcome, World, outcome_of

LONGEST = 40
"""More calls than any request makes."""


READS = ("GetItem", "Query", "TransactGetItems")


class SetAsideError(BaseException):
    """The request has come to a call that is not its turn. No Exception, so that nothing catches it."""


@dataclass(frozen=True)
class Contender:
    """A request and its key. With `stale`, all eventual reads miss the member's newest entry."""

    act: Act
    key: str
    stale: bool = False


class Request(DynamoDBMethods):
    """A contender at work: `step` lets it make one call."""

    _request_signer = None

    def __init__(self, world: World, contender: Contender) -> None:
        self._world = world
        self._contender = contender
        self._line = FaultyClient(world.inner, {real: name for name, real in world.tables.items()})
        self.meta, self.exceptions = self._line.meta, self._line.exceptions
        self._answers: list[dict[str, Any] | ClientError] = []
        self._next = 0
        self._flight: Flight | None = None
        self.seen: list[int] = []
        self.wrote = False
        self.outcome: Outcome | None = None

    def step(self) -> None:
        self._next, self._may_call, self.wrote = 0, True, False
        try:
            self.outcome = outcome_of(
                self._contender.act, self._world.server(self, self._world.warm), self._contender.key
            )
        except SetAsideError:
            return

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        if self._next == len(self._answers):
            if not self._may_call:
                raise SetAsideError
            self._may_call = False
            answer = self._call(operation_name, api_params)
            self.seen.append(hash(repr(answer)))
            if answer is None:
                raise SetAsideError
            self._answers.append(answer)
        answer = self._answers[self._next]
        self._next += 1
        if isinstance(answer, ClientError):
            raise answer
        return answer

    def _call(self, name: str, params: dict[str, Any]) -> dict[str, Any] | ClientError | None:
        """The answer; None from a transaction that is on its way and answers with its next step."""
        reads = name in ("GetItem", "Query") and not params.get("ConsistentRead")
        store = self._world.inner
        before = getattr(store, "changes", 0)
        self._line.begin("race", {0: Fault.STALE} if reads and self._contender.stale else {})
        try:
            if isinstance(store, InFlight) and name == "TransactWriteItems":
                answer = self._fly(store, params)
            else:
                answer = self._line._make_api_call(name, params)
        except ClientError as error:
            answer = error
        self.wrote = name not in READS or getattr(store, "changes", 0) != before
        return answer

    def _fly(self, store: InFlight, params: dict[str, Any]) -> dict[str, Any] | None:
        if self._flight is None:
            self._flight = store.launch(params)
            return None
        store.land(self._flight)
        self._flight = None
        return {}


@dataclass
class Race:
    """Two requests on a world that both find as it is now. `orders` counts those that could end differently.

    Of long requests only the first `most_orders` are tried, drawn at random from a seed.
    """

    world: World
    contenders: tuple[Contender, Contender]
    most_orders: int | None = None
    orders: int = 0

    def __post_init__(self) -> None:
        self._past = self.world.snapshot(), self.world.clock()

    def run(self) -> None:
        """Every order of calls ends as one request after the other does: in what both are told, and in the store."""
        serial = [self._race([turn] * LONGEST)[0] for turn in (0, 1)]
        for ended, order in self.endings():
            assert ended in serial, f"calls in the order {order}: {ended[0]}"

    def endings(self) -> Iterator[tuple[Any, list[int]]]:
        """What both are told and what is stored at the end, with the turns taken, for every order of calls."""
        waiting: list[list[int]] = [[]]
        seen: set[Any] = set()
        draw = random.Random(0)
        while waiting and self.orders != self.most_orders:
            begun = waiting.pop(draw.randrange(len(waiting)))
            ended, taken = self._race(begun)
            self.orders += 1
            yield ended, [turn for turn, _ in taken]
            for place, (turn, state) in enumerate(taken):
                seen.add((state, turn))
                if (state, 1 - turn) not in seen:
                    seen.add((state, 1 - turn))
                    waiting.append([*(earlier for earlier, _ in taken[:place]), 1 - turn])

    def _race(self, turns: Sequence[int]) -> tuple[Any, list[tuple[int, Any]]]:
        """Take these turns, then the first request's: (told and stored at the end, turns with the states before).

        A state is who has written in which order, and what both have been answered: two orders that reach the
        same state go on alike.
        """
        self.world.restore(*self._past)
        writers: list[int] = []
        requests = [Request(self.world, contender) for contender in self.contenders]
        taken: list[tuple[int, Any]] = []
        while working := [turn for turn in (0, 1) if requests[turn].outcome is None]:
            turn = turns[len(taken)] if len(working) == 2 and len(taken) < len(turns) else working[0]
            if len(working) == 2:
                taken.append((turn, (tuple(writers), *(tuple(request.seen) for request in requests))))
            requests[turn].step()
            writers += [turn] * requests[turn].wrote
        self.world.check_stored()
        told = [request.outcome.plain for request in requests if request.outcome is not None]
        return (told, self.world.snapshot()), taken
