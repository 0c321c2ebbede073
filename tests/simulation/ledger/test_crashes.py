"""Whatever goes wrong at whichever call: the client's retry gets the right answer, and it happened once."""

import pytest

from shared.ledger.errors import BrokenJournalError
from shared.ledger.model import Entry
from tests.fakes.dynamodb import LastWriterWins
from tests.simulation.ledger.crashes import Crashes, explored
from tests.simulation.ledger.faults import Fault
from tests.simulation.ledger.linked import SCENARIOS
from tests.simulation.ledger.world import World

WRITES = [scenario for scenario in SCENARIOS if scenario.writes]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_faults_at_every_call_change_neither_answer_nor_store(scenario, in_full):
    assert explored(scenario, every_pair=in_full).covered.injected > 0


@pytest.mark.parametrize("scenario", [scenario for scenario in WRITES if scenario.replays], ids=str)
def test_a_key_that_took_effect_refuses_another_request(scenario):
    world = World()
    situation = scenario.begin(world, "m")
    world.ask(scenario.operation, situation.act, situation.key)
    partner = _newest(world).partner
    if partner == "network":
        other = situation.member.adjust(7)
    elif scenario.operation == "Till.enrol":
        other = situation.member.enrol("somebody-else@example.com")
    else:
        other = situation.member.purchase(777, partner, "r-other")
    key = f"{situation.key}-0" if scenario.operation == "record_purchases" else situation.key
    before = world.snapshot()
    assert world.ask("other", other, key).outcome.refused == "idempotency_key_reused"
    assert world.snapshot() == before


def _newest(world: World) -> Entry:
    return max((world.history(number)[-1] for number in world.members()), key=lambda entry: entry.recorded_at_ms)


def test_the_harness_notices_a_store_that_overwrites():
    purchase = next(scenario for scenario in WRITES if scenario.operation == "Till.purchase")
    with pytest.raises((AssertionError, BrokenJournalError)):
        Crashes(World(LastWriterWins()), purchase).one_fault(Fault.STALE, Fault.SDK_RETRY)
