"""Large statements are made from the lake: byte for byte what is made from pages line by line."""

import pytest
from hypothesis import given, settings

from partners.lake.errors import NotInLakeError
from partners.lake.service import Lake
from partners.settlement.statements.filed import FiledLines
from partners.settlement.statements.lines import blocks_of, in_order, rows_of
from tests.fakes.lake_shelf import FakeLakeShelf
from tests.support.lines import lines
from tests.unit.partners.settlement.statement_examples import files_of


@given(some=lines())
@settings(max_examples=15, deadline=None)
def test_files_and_blocks_from_the_lake_are_those_from_pages(some):
    lake = Lake(FakeLakeShelf(), memory_mb=256, lines_a_part=12)
    assert lake.write(7, "harvest", lambda _: some, lambda: True)
    jsonl, csv = bytearray(), bytearray()
    blocks = FiledLines(lake).written(7, "harvest", jsonl.extend, csv.extend)
    wanted = list(rows_of(in_order(some)))
    assert (jsonl.decode(), csv.decode()) == files_of(wanted)
    assert blocks == list(blocks_of(wanted))


def test_what_is_not_filed_yet_is_not_stated():
    with pytest.raises(NotInLakeError):
        FiledLines(Lake(FakeLakeShelf())).written(7, "harvest", print, print)
