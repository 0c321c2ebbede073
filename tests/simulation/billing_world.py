"""Processes of billing that die at any of their calls, to the tables or to Stripe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
