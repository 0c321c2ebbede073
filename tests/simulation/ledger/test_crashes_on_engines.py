"""What test_crashes.py shows in memory holds on real engines too; apart, so that one worker alone starts servers."""

import pytest

from infra.local.tables import create_tables
from tests.simulation.ledger.crashes import Crashes
from tests.simulation.ledger.faults import DIFFERENT
from tests.simulation.ledger.linked import SCENARIOS
from tests.simulation.ledger.world import World
from tests.support.clouds import DynamoEngine


@pytest.fixture(scope="module")
def engine_world(dynamodb_engine: DynamoEngine) -> World:
    """A network of its own on a real engine."""
    tables = create_tables(dynamodb_engine.client, "faults")
    names = {"ledger": "LedgerTable", "members": "MembersTable", "partners": "PartnersTable"}
    return World(dynamodb_engine.client, {name: tables[resource] for name, resource in names.items()})


@pytest.mark.functional
@pytest.mark.parametrize(
    "operation",
    [
        "Till.enrol",
        "Till.purchase",
        "Holds.capture",
        "Returns.return_goods",
        "Sharing.transfer",
        "Sharing.join",
        "Accounts.close",
    ],
)
def test_the_same_holds_on_a_real_engine(engine_world: World, operation: str):
    scenario = next(scenario for scenario in SCENARIOS if scenario.writes and scenario.operation == operation)
    crashes = Crashes(engine_world, scenario, salt=f"{operation.lower()}-")
    crashes.one_fault(*DIFFERENT)
    assert crashes.covered.injected >= 4
