"""Bytes by key, in memory or on disk: each key's in the order they were added, and gone with the block."""

from pathlib import Path

import pytest

from shared.kernel.spool import Spool


@pytest.mark.parametrize("in_memory_bytes", [0, 5, 100])
def test_what_is_added_under_a_key_follows_what_was_added_before(in_memory_bytes: int) -> None:
    with Spool(in_memory_bytes) as spool:
        for number in range(4):
            spool.add(("a",), b"%d" % number)
            spool.add(("b", "c"), b"-")
        assert spool.get(("a",)) == b"0123"
        assert spool.get(("b", "c")) == b"----"
        assert spool.get(("b",)) == b""
        assert sorted(spool) == [("a",), ("b", "c")]


def test_only_what_is_beyond_the_memory_is_on_disk_and_it_is_gone_with_the_block() -> None:
    with Spool(10) as spool:
        folder = Path(spool._folder.name)
        spool.add(("a",), b"1234567890")
        assert not list(folder.iterdir())
        spool.add(("b",), b"1")
        assert len(list(folder.iterdir())) == 2
    assert not folder.exists()
