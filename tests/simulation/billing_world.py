"""Processes of billing that die at any of their calls, to the tables or to Stripe."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from functions.metering import TURN_MS
from tests.doubles.stripe.http_client import DoubleClient
from tests.fakes.dynamodb import DynamoDBMethods, FakeDynamoDB
from tests.unit.partners.billing.stripe_world import StripeWorld


class ProcessDiedError(BaseException):
    """The process is gone; nothing of it runs on."""


@dataclass
class Fuse:
    """Ends the process before its `at`-th call, which is after the effect of the one before."""

    at: int
    calls: int = 0

    def burn(self, call: Any) -> Any:
        self.calls += 1
        if self.calls == self.at:
            raise ProcessDiedError
        return call()


class MortalDynamoDB(DynamoDBMethods):
    _request_signer = None
    meta, exceptions = FakeDynamoDB.meta, FakeDynamoDB.exceptions

    def __init__(self, inner: FakeDynamoDB, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._fuse.burn(lambda: self._inner._make_api_call(operation_name, api_params))
        return answer


class MortalClient(DoubleClient):
    def __init__(self, world: StripeWorld, fuse: Fuse) -> None:
        super().__init__(world.double)
        self._fuse = fuse

    def request(self, *args: Any, **options: Any) -> tuple[str, int, Mapping[str, str]]:
        answer: tuple[str, int, Mapping[str, str]] = self._fuse.burn(
            lambda: DoubleClient.request(self, *args, **options)
        )
        return answer


def make_mortal(world: StripeWorld, fuse: Fuse) -> None:
    """Let the world's process die by this fuse."""
    world.connect(MortalDynamoDB(world.dynamodb, fuse), MortalClient(world, fuse))


def start_anew(world: StripeWorld) -> None:
    """A process after the one that died; nothing ends it."""
    world.connect(world.dynamodb, DoubleClient(world.double))


@dataclass(frozen=True)
class Saved:
    """A world as it stood at a moment, its contract excepted."""

    now_ms: int
    books: Any
    tables: Any
    pages: Any
    entries: list[Any]


def saved(world: StripeWorld) -> Saved:
    books = copy.deepcopy(world.double.books)
    return Saved(world.clock(), books, world.dynamodb.tables, dict(world.shelf.items), list(world.entries))


def loaded(before: Saved) -> StripeWorld:
    """Another world that stands as that one did."""
    world = StripeWorld()
    world.clock.now_ms = before.now_ms
    clock_ms = world.double.books.clock_ms
    world.double.books = copy.deepcopy(before.books, {id(before.books.clock_ms): clock_ms})
    world.dynamodb = FakeDynamoDB(before.tables)
    world.shelf.items.update(before.pages)
    world.entries += before.entries
    start_anew(world)
    return world


def scheduled(world: StripeWorld) -> bool:
    """A run of the schedule, as `functions/metering.py` does it: in its turn; whether it had one."""
    holder, now_ms = uuid4().hex, world.clock()
    if not world.metering_turn.take(holder, now_ms, now_ms + TURN_MS):
        return False
    world.work()
    world.metering_turn.end(holder)
    return True
