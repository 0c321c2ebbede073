"""A request that fails on the way, another that is served meanwhile, and the first one sent again."""

from collections.abc import Iterator
from typing import Any

from shared.kernel.errors import UnavailableError
from tests.simulation.ledger.faults import Fault
from tests.simulation.ledger.world import Act, World, check_book, outcome_of
from tests.support.workers import DiedError


def check_retries(world: World, act: Act, other: Act) -> Iterator[Fault]:
    """Let `act` fail in every way it can, each time with `other` before it is sent again: both are told, and the
    store holds, what one after the other would come to. Yields the faults that made it fail."""
    begun = world.snapshot(), world.clock()
    points = world.ask("", act, "k").points

    def after(*requests: tuple[Act, str]) -> dict[str, Any]:
        world.restore(*begun)
        told = {key: world.ask("", asked, key).outcome.plain for asked, key in requests}
        return {**told, "store": world.snapshot()}

    serial = [after((act, "k"), (other, "other")), after((other, "other"), (act, "k"))]
    plans = [{number: fault} for number, point in enumerate(points) for fault in point.faults]
    for plan in plans:
        if not _fails(world, begun, act, plan):
            continue
        told_other = world.ask("", other, "other").outcome.plain
        told = world.ask("", act, "k").outcome.plain
        check_book(world.history(number) for number in world.members())
        assert {"k": told, "other": told_other, "store": world.snapshot()} in serial, plan
        yield from plan.values()


def _fails(world: World, begun: Any, act: Act, plan: dict[int, Fault]) -> bool:
    """Send the request once from the beginning; whether it comes to nothing that the client can see."""
    world.restore(*begun)
    world.client.begin("", plan)
    try:
        outcome_of(act, world.server(), "k")
    except (DiedError, UnavailableError):
        return True
    return False
