"""A statement as a PDF for the file and as a table for a spreadsheet."""

import csv
import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from partners.settlement.statements.lines import rows_of
from partners.settlement.statements.model import Block, LineSums
from partners.settlement.statements.paper import MOST_BLOCKS, statement_pdf
from partners.settlement.statements.table import COLUMNS
from tests.unit.partners.settlement.statement_examples import WEEK, a_line, a_statement, files_of, rows

HASH = "ab" * 32


def text_of(statement):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(statement_pdf(statement, HASH))).pages)


def test_every_figure_of_the_statement_is_on_paper():
    text = text_of(a_statement())
    for shown in ("Harvest Foods (harvest)", "window 47", "-5.00", "-2.04", "335", "0.00625", "-2.09375", HASH):
        assert shown in text
    for row in ("harbour 2026-11-15 1 1 125 0 -0.78125", "All 5 4 335 140 -2.02375"):
        assert row in text.replace("\n", " ")


@pytest.mark.parametrize(("opening", "says"), [(-500, "you owe"), (10_000, "owed to you"), (-296, "settled")])
def test_the_closing_position_says_whose_it_is(opening, says):
    assert says in text_of(a_statement(opening_cents=opening))


def test_the_same_statement_gives_the_same_bytes():
    assert statement_pdf(a_statement(), HASH) == statement_pdf(a_statement(), HASH)


def test_a_window_in_which_nothing_happened_has_a_statement_too():
    text = text_of(a_statement(charges=(), blocks=(), net_cents=0, net_micros=0))
    assert "Net position of the period 0.00" in text.replace("\n", " ")


def test_with_very_many_locations_and_days_each_location_has_one_row():
    sums = LineSums(lines=1, visits=1, issued_points=10)
    days = [f"2026-11-{day + 1:02d}" for day in range(MOST_BLOCKS // 20 + 1)]
    blocks = [Block(f"s{place}", day, sums, HASH) for day in days for place in range(20)]
    text = text_of(a_statement(blocks=tuple(blocks))).replace("\n", " ")
    assert "s7 21 21 210 0 0.00" in text


def test_the_table_has_a_row_a_line_and_every_figure():
    heading, *table = csv.reader(io.StringIO(files_of(rows())[1]))
    assert tuple(heading) == COLUMNS
    redemption = dict(zip(heading, table[2], strict=True))
    assert len(table) == len(WEEK)
    assert (redemption["visit"], redemption["position_micros"]) == ("true", "700000")
    assert set(redemption["honoured"].split()) == {"harvest:100", "city-market:40"}
    assert dict(zip(heading, table[3], strict=True))["cashback"] == "cashback_issued:harvest:63"


@pytest.mark.parametrize("receipt", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_a_receipt_is_never_a_formula(receipt):
    line = replace(a_line(1, 0, "s1"), receipt=receipt)
    _, row = csv.reader(io.StringIO(files_of(rows_of([line]))[1]))
    assert row[3] == f"'{receipt}"
