"""A request fails on the way, others act on the member, and only then the client sends it again."""

from typing import Any

import pytest

from shared.kernel.errors import UnavailableError
from tests.simulation.ledger.acts import ACTS, past_of
from tests.simulation.ledger.faults import Fault
from tests.simulation.ledger.member import Member
from tests.simulation.ledger.world import Act, World, check_book, outcome_of
from tests.support.workers import DiedError

IN_BETWEEN = ("purchase", "redeem", "void", "return")


@pytest.mark.parametrize("others", IN_BETWEEN)
@pytest.mark.parametrize("asks", ACTS)
def test_what_others_do_before_the_retry_comes_after_it_or_before_it(asks, others):
    world = World()
    member = Member(world.server(), "m")
    past = past_of(member)
    act, other = ACTS[asks](member, past), ACTS[others](member, past)
    begun = world.snapshot(), world.clock()
    points = world.ask("", act, "k").points

    def after(*requests: tuple[Act, str]) -> dict[str, Any]:
        world.restore(*begun)
        told = {key: world.ask("", asked, key).outcome.plain for asked, key in requests}
        return {**told, "store": world.snapshot()}

    serial = [after((act, "k"), (other, "other")), after((other, "other"), (act, "k"))]
    plans = [{number: fault} for number, point in enumerate(points) for fault in point.faults]
    failed = [plan for plan in plans if _fails(world, begun, act, plan)]
    assert {fault for plan in failed for fault in plan.values()} >= {Fault.DIE_BEFORE, Fault.LOST_REQUEST}
    for plan in failed:
        _fails(world, begun, act, plan)
        told_other = world.ask("", other, "other").outcome.plain
        told = world.ask("", act, "k").outcome.plain
        check_book(world.history(number) for number in world.members())
        assert {"k": told, "other": told_other, "store": world.snapshot()} in serial, plan


def _fails(world: World, begun: Any, act: Act, plan: dict[int, Fault]) -> bool:
    """Send the request once from the beginning; whether it comes to nothing that the client can see."""
    world.restore(*begun)
    world.client.begin("", plan)
    try:
        outcome_of(act, world.server(), "k")
    except (DiedError, UnavailableError):
        return True
    return False
