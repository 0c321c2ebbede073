"""Processes that die at their calls, and what is called from them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.dynamodb import DynamoDBMethods, FakeDynamoDB


class ProcessDiedError(BaseException):
    """The process is gone; nothing of it runs on."""


@dataclass
class Fate:
    """What befalls a process at its calls, which are numbered by their beginnings and ends.

    It dies where `dies` says, with all of its threads, until it is `born_again`. Where `meets` says, another worker
    does all that is in line meanwhile.
    """

    dies: frozenset[int] = frozenset()
    meets: frozenset[int] = frozenset()
    other: Callable[[], object] = lambda: None
    moments: int = 0
    gone: bool = False

    def live(self, call: Callable[[], Any]) -> Any:
        self._pass()
        answer = call()
        self._pass()
        return answer

    def born_again(self) -> None:
        self.gone = False

    def _pass(self) -> None:
        if self.gone:
            raise ProcessDiedError
        self.moments += 1
        if self.moments in self.meets:
            self.other()
        if self.moments in self.dies:
            self.gone = True
            raise ProcessDiedError


class MortalDynamoDB(DynamoDBMethods):
    _request_signer = None
    meta, exceptions = FakeDynamoDB.meta, FakeDynamoDB.exceptions

    def __init__(self, inner: FakeDynamoDB, fate: Fate) -> None:
        self._inner, self._fate = inner, fate

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._fate.live(lambda: self._inner._make_api_call(operation_name, api_params))
        return answer


@dataclass
class Mortal:
    """Each method of `inner` is a call at which the process may die."""

    inner: Any
    fate: Fate

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **options: self.fate.live(lambda: getattr(self.inner, name)(*args, **options))
