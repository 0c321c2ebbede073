"""Books come out of their table as they were put into it."""

import random

from partners.books.store import MOST_CONTRADICTIONS, BookStore, pack_count, unpack_count
from partners.books.work import Run
from partners.runs.model import Task
from partners.settlement.parts import PART_BYTES
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
