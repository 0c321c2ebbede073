"""Posting under everything a stream may do: each failing seed reproduces with `World(seed)`.

`make test-full` runs four blocks of seeds; `POSTING_SEEDS=5000 python -m pytest -m "" tests/simulation` looks further.
"""

import os

import pytest

from tests.fakes.page_book import FakePageBook
from tests.simulation.posting_world import World, check_exactly_once
from tests.support.workers import FaultRates

BLOCKS = 4
BLOCK = int(os.environ.get("POSTING_SEEDS", "320")) // BLOCKS


@pytest.mark.parametrize("block", [0, *(pytest.param(block, marks=pytest.mark.full) for block in range(1, BLOCKS))])
def test_every_entry_is_posted_once_whatever_the_stream_and_the_stores_do(block):
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        world = World(seed)
        world.run()
        try:
            check_exactly_once(world)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error


def test_the_simulation_notices_a_store_that_lets_the_last_writer_win():
    def goes_wrong(seed: int) -> bool:
        world = World(seed, book=FakePageBook(first_writer_wins=False), rates=FaultRates())
        world.run()
        try:
            check_exactly_once(world)
        except AssertionError:
            return True
        return False

    assert any(goes_wrong(seed) for seed in range(200))
