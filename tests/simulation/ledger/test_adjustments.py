"""An adjustment's state and its journal entry say the same, whoever decides, is late, and dies."""

import pytest

from partners.adjustments.model import AdjustmentState
from shared.ledger.model import Op
from tests.simulation.ledger.faults import Fault
from tests.simulation.ledger.member import Member
from tests.simulation.ledger.world import World, outcome_of
from tests.support.workers import DiedError

LONGEST = 12
"""More calls than an approval makes."""


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize("death", [Fault.DIE_BEFORE, Fault.DIE_AFTER], ids=["before", "after"])
def test_what_is_rejected_while_a_late_approval_is_under_way_has_no_entry_and_never_gets_one(world, death):
    member = Member(world.server(), "m")
    member.past(member.adjust(3_000))
    member.past(member.adjust(3_000))
    proposed = member.past(member.propose(-6_000)).adjustment_id
    # Another approval is refused, for points are missing a while, and then the proposal is rejected.
    others = (
        member.redeem(100),
        member.approve(proposed, "operator-3"),
        member.adjust(100),
        member.reject(proposed),
    )
    begun = world.snapshot(), world.clock()
    ended = set()
    for passed in range(LONGEST):
        for last in range(passed, LONGEST):
            world.restore(*begun)
            told = _approve_late(world, member.approve(proposed), passed, {last: death}, others)
            server = world.server()
            state = server.adjustments.get(proposed).state
            taken = [entry for entry in world.history(member.number) if entry.op is Op.ADJUST and entry.points < 0]
            assert (state is AdjustmentState.APPLIED) == bool(taken), (passed, last)
            assert not told or (told[-1].refused is None) == (state is AdjustmentState.REJECTED), (passed, last)
            assert outcome_of(member.approve(proposed), world.server(), "-").refused in (None, "adjustment_decided")
            assert server.adjustments.get(proposed).state in (state, AdjustmentState.APPLIED)
            ended.add(state)
    assert {AdjustmentState.APPLIED, AdjustmentState.REJECTED} <= ended


def _approve_late(world, act, passed, plan, others):
    """One try of `act`; before its call number `passed` the others are served, then it dies by plan, or not at all.

    What the others are told, nothing if the request makes fewer calls.
    """
    told = []
    world.client.begin("late", plan, lambda number: told.extend(world.meanwhile(*others)) if number == passed else None)
    try:
        outcome_of(act, world.server(), "-")
    except DiedError:
        pass
    finally:
        world.client.begin("", {})
    return told
