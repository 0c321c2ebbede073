"""Workers that run one store call at a time, in any order, and can die at any of them. Deterministic."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from partners.visits.errors import PageTakenError
from partners.visits.model import Chain, Page
from partners.visits.stream import StreamRecord
from shared.kernel.errors import StoreUnavailableError

T = TypeVar("T")


class DiedError(BaseException):
    """The worker's process is gone. Not an Exception, so that nothing in its code can catch it."""


@dataclass(frozen=True)
class FaultRates:
    """Chances for each store call: to die, or to get no answer, before it or after it took effect.

    `echo`: a write took effect, its answer was lost, and the SDK's retry found the item it had written.
    """

    death: float = 0.0
    outage: float = 0.0
    echo: float = 0.0


def _closed_gate() -> threading.Lock:
    gate = threading.Lock()
    gate.acquire()
    return gate


class Worker:
    """Runs `job` in a thread that pauses before each store call; `step` lets it go on to the next."""

    def __init__(self, job: Callable[["Worker"], Any], rng: random.Random, rates: FaultRates) -> None:
        self._job = job
        self._rng = rng
        self._rates = rates
        self._go = _closed_gate()
        self._paused = _closed_gate()
        self.done = False
        self.died = False
        self.result: Any = None
        self.error: Exception | None = None
        threading.Thread(target=self._run, daemon=True).start()

    def step(self) -> None:
        self._go.release()
        self._paused.acquire()

    def finish(self) -> None:
        while not self.done:
            self.step()

    def call(self, effect: Callable[[], T]) -> T:
        """One store call, with whatever befalls it."""
        self._paused.release()
        self._go.acquire()
        self._suffer()
        result = effect()
        self._suffer()
        return result

    def echoes(self) -> bool:
        return self._rng.random() < self._rates.echo

    def _suffer(self) -> None:
        fate = self._rng.random()
        if fate < self._rates.death:
            raise DiedError
        if fate < self._rates.death + self._rates.outage:
            raise StoreUnavailableError("injected")

    def _run(self) -> None:
        self._go.acquire()
        try:
            self.result = self._job(self)
        except DiedError:
            self.died = True
        except Exception as error:  # noqa: BLE001  a test reads it
            self.error = error
        finally:
            self.done = True
            self._paused.release()


class WorkersBook:
    """A page book as one worker reaches it."""

    def __init__(self, book: Any, worker: Worker) -> None:
        self._book = book
        self._worker = worker

    def covered(self, chain: Chain) -> str:
        return self._worker.call(lambda: self._book.covered(chain))

    def covering(self, chain: Chain, sequence: str) -> Page | None:
        return self._worker.call(lambda: self._book.covering(chain, sequence))

    def add(self, page: Page) -> None:
        self._worker.call(lambda: self._book.add(page))
        if self._worker.echoes():
            raise PageTakenError(page.sort_key)


class WorkersDeadLetters:
    """A dead-letter queue as one worker reaches it."""

    def __init__(self, letters: Any, worker: Worker) -> None:
        self._letters = letters
        self._worker = worker

    def set_aside(self, shard: str, record: StreamRecord, reason: str) -> None:
        self._worker.call(lambda: self._letters.set_aside(shard, record, reason))
