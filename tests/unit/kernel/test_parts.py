"""Bytes beyond what an item holds are found whole by whoever finds the item, and items of before read as they are."""

import random
from itertools import count

import pytest
from botocore.exceptions import ClientError

from shared.kernel.parts import PART_BYTES, Attribute
from tests.fakes.dying_dynamodb import Died, DyingDynamoDB

SMALL, LARGE = b"small", random.Random(1).randbytes(3 * PART_BYTES + 1)
KEY = {"pk": {"S": "THINGS"}, "sk": {"S": "7"}}


class Things:
    """A thing that is replaced by one write, as stores do it."""

    def __init__(self) -> None:
        self.table = DyingDynamoDB()
        self.value = Attribute(self.table, "things", "value")

    def put(self, value: bytes) -> None:
        self.table.put_item(TableName="things", Item={**KEY, **self.value.put("THING#7", value)})

    def get(self) -> bytes:
        return self.value.get("THING#7", self.table.get_item(TableName="things", Key=KEY)["Item"])


def test_what_has_room_stands_in_the_item_as_it_always_did():
    things = Things()
    things.put(SMALL)
    assert things.table.tables["things"] == {("THINGS", "7"): {**KEY, "value": {"B": SMALL}}}


def test_an_item_that_was_written_before_there_were_parts_reads():
    things = Things()
    nearly_full = LARGE[: 390 * 1024]
    things.table.put_item(TableName="things", Item={**KEY, "value": {"B": nearly_full}})
    assert things.get() == nearly_full


@pytest.mark.parametrize(("before", "after"), [(SMALL, LARGE), (LARGE, LARGE[:-1]), (LARGE, SMALL)])
def test_whoever_dies_between_two_writes_has_changed_nothing_and_may_do_it_again(before, after):
    things = Things()
    things.put(before)
    for survived in count():
        things.table.dies_after = survived
        try:
            things.put(after)
        except Died:
            assert things.get() == before
        else:
            break
    assert survived == (1 if after is SMALL else 5)
    assert things.get() == after


def test_the_store_takes_no_item_beyond_400_kb():
    things = Things()
    with pytest.raises(ClientError, match="ValidationException"):
        things.table.put_item(TableName="things", Item={**KEY, "value": {"B": LARGE}})
