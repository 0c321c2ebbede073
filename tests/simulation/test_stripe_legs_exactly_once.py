"""A settlement paid through Stripe by processes that die at any call and get any answer: no leg paid twice, none lost.

Compared at the end: what Stripe's own books moved, what the settlement says of each leg, and what is carried.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe
from botocore.exceptions import ReadTimeoutError

from partners.settlement.payments.legs import LegState
from partners.settlement.payments.model import PaidSettlement, Stage
from partners.settlement.payments.store import PaymentStore
from partners.settlement.payments.telling import BankWord
from shared.kernel.errors import ConflictError, UnavailableError
from tests.doubles.stripe import money
from tests.doubles.stripe.faults import Fault
from tests.doubles.stripe.http_client import DoubleClient
from tests.fakes.dynamodb import DynamoDBMethods, FakeDynamoDB
from tests.simulation.billing_world import Fuse, MortalClient, MortalDynamoDB, ProcessDiedError
from tests.unit.partners.settlement.stripe_legs_world import LegsWorld

FAULTS = [fault for fault in Fault if fault is not Fault.LOST_LATER]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda self, retries: 0)


class Life:
    """delta's first charge fails, its second is disputed and lost after payout; alpha pays its invoice by hand."""

    def __init__(self, fuse: Fuse | None = None) -> None:
        self.world = LegsWorld()
        store: Any = self.world.dynamodb
        self.store = PaymentStore(store, "settlement")
        self.world.approve()
        self.start(fuse)

    def start(self, fuse: Fuse | None) -> None:
        """A process, that dies when its fuse has burned down."""
        if fuse is None:
            self.world.connect(self.world.dynamodb, DoubleClient(self.world.double))
        else:
            self.world.connect(MortalDynamoDB(self.world.dynamodb, fuse), MortalClient(self.world, fuse))

    @property
    def one(self) -> PaidSettlement:
        found = self.store.get(7, "USD")
        assert found is not None
        return found

    def state(self, party: str) -> LegState:
        return [leg.state for leg in self.one.legs if leg.party == party][-1]

    def ask(self, act: Callable[[], object]) -> None:
        """Until it is answered, or was done before."""
        for _ in range(50):
            try:
                act()
            except ProcessDiedError:
                self.start(None)
            except UnavailableError:
                continue
            except ConflictError:
                return
            else:
                return
        raise AssertionError("it never gets through")

    def run(self) -> None:
        """A call of the schedule."""
        try:
            self.world.work()
        except ProcessDiedError:
            self.start(None)
        except UnavailableError:
            return

    def run_until(self, done: Callable[[], bool]) -> None:
        for _ in range(60):
            if done():
                return
            self.run()
        raise AssertionError(f"it stands still: {[(leg.key, leg.state.value) for leg in self.one.legs]}")

    def hear(self, kind: str) -> None:
        """A webhook, sent again until it is answered."""
        [*_, event] = [one for one in self.world.double.books.happened if one["type"] == kind]
        self.ask(lambda: self.world.webhooks.hear(event))

    def tell(self, party: str) -> None:
        key = [leg.key for leg in self.one.legs if leg.party == party][-1]
        word = BankWord(key, LegState.SUCCEEDED, "B-1")
        self.ask(lambda: self.world.payments.tell(7, "USD", [word], "ann"))

    def live(self) -> None:
        world = self.world
        declining = world.double.books.declining
        declining.add(world.customers["delta"])
        self.ask(lambda: world.payments.collect(7, "USD", "ann"))
        self.run_until(lambda: self.state("delta") is LegState.FAILED and self.state("alpha") is LegState.PENDING)
        declining.clear()
        self.ask(lambda: world.payments.try_again(7, "USD", "delta", "ann"))
        self.ask(lambda: world.payments.collect(7, "USD", "ann"))
        world.customer_pays("alpha")
        self.hear("invoice.paid")
        self.tell("omega")
        self.run_until(lambda: self.one.stage is Stage.FUNDED)
        self.ask(lambda: world.payments.pay(7, "USD", "bob"))
        self.run_until(lambda: self.state("beta") is LegState.SUCCEEDED)
        self.tell("gamma")
        [charge] = world.double.books.some("charge", customer=world.customers["delta"])
        money.decide(world.double.books, money.dispute(world.double.books, charge), "lost")
        self.hear("charge.dispute.closed")
        self.run_until(lambda: bool(world.window.carried))
        self.run()

    def check(self) -> None:
        world = self.world
        assert self.one.stage is Stage.SETTLED
        assert [(leg.key, leg.state.value) for leg in self.one.legs] == [
            ("7-USD:alpha:in:1", "succeeded"),
            ("7-USD:delta:in:1", "failed"),
            ("7-USD:omega:in:1", "succeeded"),
            ("7-USD:delta:in:2", "returned"),
            ("7-USD:beta:out:1", "succeeded"),
            ("7-USD:gamma:out:1", "succeeded"),
        ]
        assert world.moved_cents() == {"alpha": -500, "delta": -900, "beta": 1_000}
        for party, statuses in (("alpha", ["paid"]), ("delta", ["paid", "void"])):
            invoices = world.double.books.some("invoice", customer=world.customers[party])
            assert sorted(one["status"] for one in invoices) == statuses
        assert {one.party: one.amount_cents for one in world.window.carried.values()} == {"delta": -900}


def lived(fuse: Fuse | None = None) -> None:
    life = Life(fuse)
    life.live()
    life.check()


def deaths(step: int, first: int = 1) -> Iterator[int]:
    """The calls of a life, every so many."""
    fuse = Fuse(at=100_000)
    lived(fuse)
    assert fuse.calls > 100
    return iter(range(first, fuse.calls + 1, step))


def test_a_process_that_dies_pays_no_leg_twice_and_loses_none() -> None:
    for number in deaths(step=7):
        lived(Fuse(number))


@pytest.mark.full
def test_a_process_that_dies_at_any_call_pays_no_leg_twice_and_loses_none() -> None:
    for number in deaths(step=1):
        lived(Fuse(number))


class Weather:
    """Answers that fail: only the one asked for, or any with a chance."""

    def __init__(self, rng: random.Random, chance: float) -> None:
        self.rng, self.chance = rng, chance

    def __call__(self, method: str, path: str) -> Fault | None:
        return self.rng.choice(FAULTS) if self.rng.random() < self.chance else None


class WeatheredDynamoDB(DynamoDBMethods):
    """Some calls get no answer, done or not."""

    _request_signer = None
    meta, exceptions = FakeDynamoDB.meta, FakeDynamoDB.exceptions

    def __init__(self, inner: FakeDynamoDB, rng: random.Random) -> None:
        self._inner, self._rng = inner, rng

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        fate = self._rng.random()
        if fate < 0.03:
            raise ReadTimeoutError(endpoint_url="injected")
        answer: dict[str, Any] = self._inner._make_api_call(operation_name, api_params)
        if fate > 0.97:
            raise ReadTimeoutError(endpoint_url="injected")
        return answer


def weathered(seed: int) -> None:
    rng = random.Random(seed)
    life = Life()
    life.world.dynamodb = WeatheredDynamoDB(life.world.dynamodb, rng)  # type: ignore[assignment]
    life.start(Fuse(rng.randrange(1, 300)))
    live_faults = Weather(rng, 0.2)
    outside = life.world.customer_pays

    def pays(party: str) -> None:
        """A customer at Stripe's own page, whose answers do not get lost."""
        life.world.double.faults.choose = lambda method, path: None
        outside(party)
        life.world.double.faults.choose = live_faults

    life.world.customer_pays = pays  # type: ignore[method-assign]
    life.world.double.faults.choose = live_faults
    life.live()
    life.check()


@pytest.mark.parametrize("seed", range(6))
def test_in_any_weather_each_leg_is_paid_once(seed: int) -> None:
    weathered(seed)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(6, 200))
def test_in_all_weathers_each_leg_is_paid_once(seed: int) -> None:
    weathered(seed)
