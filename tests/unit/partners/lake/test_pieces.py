"""A column of bytes is read so many rows at a time, whatever the batches it comes in."""

import pytest

from partners.lake.database import Pieces, Row

BATCHES: list[list[Row]] = [[(b"a",), (b"b",), (b"c",)], [(b"d",)], [(b"e",), (b"f",)]]


@pytest.mark.parametrize("takes", [(6,), (1, 2, 3), (4, 2), (2, 0, 4), (3, 3), (5, 9)])
def test_each_value_is_taken_once_in_its_order(takes: tuple[int, ...]) -> None:
    pieces = Pieces(BATCHES)
    taken = [b"".join(pieces.take(rows)) for rows in takes]
    assert b"".join(taken) == b"abcdef"
    assert [len(one) for one in taken[:-1]] == list(takes[:-1])
    assert list(pieces.take(1)) == []
