"""The posting simulation over real tables: the promise the fake makes is the one the engines keep."""

import pytest

from partners.visits.store import PageStore
from tests.simulation.posting_world import World, check_exactly_once
from tests.support.clouds import DynamoEngine


@pytest.mark.parametrize("seed", range(6))
def test_every_entry_is_posted_once_on_a_real_table(dynamodb_engine: DynamoEngine, seed: int):
    book = PageStore(dynamodb_engine.client, dynamodb_engine.pages_table)
    world = World(seed, book=book, partners=[f"sim{seed}-{letter}" for letter in "abcd"])
    world.run()
    check_exactly_once(world)
