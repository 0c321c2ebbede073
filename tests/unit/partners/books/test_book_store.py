"""Books come out of their table as they were put into it."""

import json
import random
import zlib
from dataclasses import replace
from itertools import count as numbers

import pytest

from partners.books.model import Count
from partners.books.store import MOST_CONTRADICTIONS, BookStore, pack_count, unpack_count
from partners.books.work import Run
from partners.runs.errors import TaskTakenError
from partners.runs.model import Task
from shared.kernel.parts import PART_BYTES
from shared.ledger.model import POINTS, Place
from tests.fakes.dying_dynamodb import Died, DyingDynamoDB
from tests.fakes.dynamodb import FakeDynamoDB
from tests.unit.partners.books.test_books import counted
from tests.unit.partners.books.world import World


def test_a_count_and_the_books_of_a_month_are_read_as_they_were_written():
    world = World(3, steps=20)
    world.coalition.clock.advance(days=31)
    closed, count = counted(world, world.close_all()[0].run_id)
    assert count.within
    assert count.states
    assert unpack_count(pack_count(count)) == count
    store = BookStore(FakeDynamoDB(), "books")
    begun = store.add_run(Run(closed.run_id, 1, 4))
    store.save(begun, Task("0", count))
    assert store.run(closed.run_id) == begun
    assert store.tasks(begun)["0"].result == count
    many = tuple(f"number {number}" for number in range(MOST_CONTRADICTIONS + 1))
    ended = Run(closed.run_id, 1, 4, closed.digest, many, 9)
    assert store.conclude(ended) == ended
    (found,) = store.runs()
    assert (found.digest, found.contradictions, found.ended_at_ms) == (closed.digest, many[:-1], 9)
    document = random.Random(1).randbytes(2 * PART_BYTES)
    store.put_document(closed.run_id, "d", document)
    assert store.document(closed.run_id, "d") == document


def test_a_segment_that_was_counted_before_prices_were_begins_anew():
    table = FakeDynamoDB()
    store, run = BookStore(table, "books"), Run("2026-11", 1, 4)
    store.save(run, Task("segment-000", Count(1, 1), version=1, leased_until_ms=7, cursor="{}", done=True))
    (row,) = table.tables["books"].values()
    without_prices = json.loads(zlib.decompress(row["result"]["B"]))[:-1]
    row["result"] = {"B": zlib.compress(json.dumps(without_prices).encode())}
    assert store.tasks(run) == {"segment-000": Task("segment-000", Count(), version=1, leased_until_ms=7)}


def many_cohorts(issuers: int) -> Count:
    """More than 400 KB, packed: what 300 issuers' points of five years did in all ways."""
    rng = random.Random(5)
    ways = [(Place.ISSUER, Place.ACTIVE), (Place.ACTIVE, Place.ACCEPTOR), (Place.ACCEPTOR, Place.ACTIVE)]
    flows = {
        (f"issuer-{issuer}", POINTS, 24_300 + month, *way): rng.randrange(1, 10**9)
        for issuer in range(issuers)
        for month in range(60)
        for way in ways
    }
    return Count(1, 2, flows, {}, {}, {}, {}, {})


def test_a_segment_with_more_cohorts_than_an_item_holds_is_seen_whole_or_as_it_was_before():
    """Whoever saves it dies before or after any write."""
    more = many_cohorts(300)
    assert len(pack_count(more)) > 400 * 1024
    table = DyingDynamoDB()
    store, run = BookStore(table, "books"), Run("2026-11", 1, 4)
    little = Task("segment-000", Count(1, 1), version=1)
    store.save(run, little)
    saved = replace(little, result=more, version=2)
    for survived in numbers():
        table.dies_after = survived
        try:
            store.save(run, saved)
        except Died:
            assert store.tasks(run) == {"segment-000": little}
        else:
            break
    assert survived > 2
    assert store.tasks(run) == {"segment-000": saved}
    assert {"gone_after"} <= set.intersection(*(set(item) for item in table.tables["books"].values()))
    with pytest.raises(TaskTakenError):
        store.save(run, replace(saved, result=Count(7, 7)))
    assert store.tasks(run) == {"segment-000": saved}
