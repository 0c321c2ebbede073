"""SQL that is said to run in Athena, too: it reads as Athena's, and means the same when put into DuckDB's words."""

import random
import re

import pytest
import sqlglot

from infra.paths import ROOT
from partners.lake.service import Lake
from partners.visits.lines import line_of
from tests.fakes.lake_shelf import FakeLakeShelf
from tests.support.entries import random_book
from tests.unit.partners.settlement.statement_examples import WEEK, by_day

STATEMENTS = [
    *(file.read_text() for file in ROOT.glob("partners/**/*.sql") if "in Athena" in file.read_text()),
    *re.findall("```sql\n(.*?)```", (ROOT / "docs" / "lake.md").read_text(), re.DOTALL),
]


@pytest.fixture(scope="module")
def lake():
    """A window of a partner, with something of all that the statements ask for."""
    book = random_book(random.Random(3), 60, ["city-market", "harvest"])
    some = [line_of(one) for one in book if one.partner == "harvest"]
    filled = Lake(FakeLakeShelf(), memory_mb=256)
    assert filled.write(7, "harvest", lambda _: by_day([*WEEK, *some]), lambda: True)
    with filled.opened([(7, "harvest")]) as database:
        yield database


@pytest.mark.parametrize("sql", STATEMENTS)
def test_a_statement_means_the_same_in_both_engines(lake, sql):
    [read] = sqlglot.parse(sql, read="athena")
    assert list(lake.rows(sql)) == list(lake.rows(read.sql(dialect="duckdb")))


def test_there_is_something_to_compare(lake):
    assert len(STATEMENTS) == 3
    assert all(len(list(lake.rows(sql))) > 1 for sql in STATEMENTS)
