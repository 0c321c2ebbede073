from collections.abc import Iterator

import pytest

from app import app
from chalicelib.operations import Operation, operations_of
from partners.trail.model import Phase
from tests.unit.chalicelib import world as worlds

OPERATIONS: dict[str, Operation] = {one.operation_id: one for one in operations_of(app)}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[worlds.World]:
    """A new world. Whatever a test does in it, the trail tells what stood before, what stands now and why."""
    world = worlds.install(monkeypatch)
    yield world
    tells_of_each_change(world)


@pytest.fixture
def card(world: worlds.World) -> str:
    return world.enrol()


def tells_of_each_change(world: worlds.World) -> None:
    """Raises AssertionError if a change in the trail lacks what its operation promises."""
    asked = {}
    for record in world.trail_book.all():
        operation = OPERATIONS[record.act.action]
        if record.phase is Phase.BEGUN:
            asked[record.record_id] = record.act.asked
        if record.phase is not Phase.DONE:
            continue
        assert record.after is not None, record.act.action
        assert record.act.reason == asked[record.of or ""].get("reason"), record.act.action
        # Who is billed through Stripe for the first time was not before.
        if operation.before is not None and operation.operation_id != "open_billing":
            assert record.before is not None, record.act.action
