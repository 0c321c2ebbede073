"""What the tills of the demo will do: a pure function of the baskets and the seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from infra.demo.baskets import Basket
from infra.demo.calendar import Move
from infra.demo.retailers import RETAILERS, redeemed_at, retailer_of

MINUTE_MS = 60_000


class StepKind(StrEnum):
    ENROL = "enrol"
    PURCHASE = "purchase"
    REDEEM = "redeem"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a till does. `cents` is what was paid; a redemption decides on its points at the till."""

    number: int
    kind: StepKind
    household: int
    retailer: int
    location_id: str
    receipt: str
    occurred_at_ms: int
    cents: int

    @property
    def idempotency_key(self) -> str:
        return f"{self.kind}-{self.receipt}"


class StoreMissingError(Exception):
    """A retailer has no store among the chosen baskets, so nobody could spend points there."""


def stores_by_retailer(baskets: Sequence[Basket]) -> list[list[int]]:
    """The store numbers that occur, ascending, for each of RETAILERS. Raises StoreMissingError."""
    stores: list[list[int]] = [[] for _ in RETAILERS]
    for store in sorted({basket.store for basket in baskets}):
        stores[retailer_of(store)].append(store)
    for retailer, own in zip(RETAILERS, stores, strict=True):
        if not own:
            raise StoreMissingError(f"No basket was bought at {retailer.name}: choose more weeks or households.")
    return stores


def plan_steps(baskets: Sequence[Basket], move: Move, seed: int) -> list[Step]:
    """Every step in the order of time, numbered from 1.

    A household enrols with its first basket, earns with each, and after its last one stands before a till
    of another retailer, in that retailer's store number (household modulo stores), to spend points there.
    """
    stores = stores_by_retailer(baskets)
    last = {basket.household: basket.basket_id for basket in baskets}
    steps: list[Step] = []
    enrolled: set[int] = set()

    def add(kind: StepKind, basket: Basket, store: int, receipt: str, at_ms: int, cents: int) -> None:
        number = len(steps) + 1
        steps.append(Step(number, kind, basket.household, retailer_of(store), str(store), receipt, at_ms, cents))

    for basket in baskets:
        at_ms, receipt = move(basket.bought_at_ms), str(basket.basket_id)
        if basket.household not in enrolled:
            enrolled.add(basket.household)
            add(StepKind.ENROL, basket, basket.store, receipt, at_ms, 0)
        add(StepKind.PURCHASE, basket, basket.store, receipt, at_ms, basket.cents)
        if basket.basket_id == last[basket.household]:
            own = stores[redeemed_at(retailer_of(basket.store), basket.household, seed)]
            store = own[basket.household % len(own)]
            add(StepKind.REDEEM, basket, store, f"{receipt}-points", at_ms + MINUTE_MS, 0)
    return steps


def share_out(steps: Sequence[Step], callers: int) -> list[list[Step]]:
    """The steps of each caller: a household's are all with one, in order; new households go round."""
    shares: list[list[Step]] = [[] for _ in range(callers)]
    caller: dict[int, int] = {}
    for step in steps:
        shares[caller.setdefault(step.household, len(caller) % callers)].append(step)
    return shares
