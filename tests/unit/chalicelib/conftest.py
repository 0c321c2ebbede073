import logging
from collections.abc import Iterator

import pytest

from app import app
from chalicelib.operations import Operation, operations_of
from partners.trail.model import Phase
from shared.kernel.logs import logger
from tests.support import described
from tests.unit.chalicelib import world as worlds

OPERATIONS: dict[str, Operation] = {one.operation_id: one for one in operations_of(app)}


DOCUMENTED = {(one.method.upper(), one.path): one for one in described.operations(described.api_document())}


class Problems(logging.Handler):
    """Every problem that was answered, as the log of requests has it: method, route, status, code."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.seen: set[tuple[str, str, int, str]] = set()

    def emit(self, record: logging.LogRecord) -> None:
        code = getattr(record, "code", None)
        if code is not None and hasattr(record, "route"):
            facts = record.__dict__
            self.seen.add((facts["method"], facts["route"], facts["status"], code))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[worlds.World]:
    """A new world. Whatever a test does in it, the trail tells what stood before, what stands now and why, and the
    document knows each problem that was answered."""
    problems = Problems()
    logger().addHandler(problems)
    try:
        world = worlds.install(monkeypatch)
        yield world
        tells_of_each_change(world)
        are_documented(problems)
    finally:
        logger().removeHandler(problems)


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


def are_documented(problems: Problems) -> None:
    """Raises AssertionError if a problem was answered that the document does not have for its operation."""
    for method, route, status, code in problems.seen:
        operation = DOCUMENTED.get((method, route))
        assert operation is None or code in operation.codes(status), f"undocumented: {method} {route} {status} {code}"
